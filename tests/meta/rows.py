"""Every row of the kill matrix, in groups."""

import functools
from collections.abc import Iterator

from eqlib.o3 import Irrep
from eqlib.testing.conformance import LAWS
from eqlib.testing.profile import Profile
from tests.meta import black_boxes, layers
from tests.meta.faults import FAULTS, Fault
from tests.meta.faults.proofs import PROOF_FAULTS, ProofFault
from tests.meta.faults.representations import REPRESENTATION_FAULTS, RepresentationFault
from tests.meta.kills import BY_NAME, kills, refutes
from tests.meta.layers import LayerCase
from tests.meta.row import CHECK_LAWS, PROVE, Refusals, Row, by_check, by_proof, column
from tests.o3.irrep_test import test_matrices_are_a_representation
from tests.testing.exact import faults_test as programs
from tests.testing.field_layer import FieldLayer
from tests.testing.field_networks import NETWORKS
from tests.testing.field_pieces import PIECES
from tests.testing.field_wrong import WRONG

THEOREMS = tuple(sorted({fault.killer for fault in PROOF_FAULTS}))
REPRESENTATION = "test: matrices are a representation"
COLUMNS = (
    *(f"law: {law.__name__}" for law in LAWS),
    *(f"theorem: {name}" for name in THEOREMS),
    REPRESENTATION,
    *map(column, CHECK_LAWS),
    PROVE,
)


def of_op(fault: Fault) -> Refusals:
    """All laws of the conformance suite, and a proof of what acts on one sample."""
    subject = fault.subject
    refusals = {f"law: {name}": kills(law, subject) for name, law in BY_NAME.items()}
    return refusals | ({} if subject.sample else by_proof(subject, subject.operands, as_plain_arrays=False))


def of_table(fault: ProofFault) -> Refusals:
    """All theorems that find some fault."""
    return {f"theorem: {name}": refutes(name, fault) for name in THEOREMS}


def of_representation(fault: RepresentationFault) -> Refusals:
    """The test of what a representation is, on one irrep of each parity."""
    with fault.planted():
        try:
            for ir in (Irrep("1o"), Irrep("1e"), Irrep("2e")):
                test_matrices_are_a_representation(ir)
        except AssertionError:
            return {REPRESENTATION: True}
    return {REPRESENTATION: False}


def of_layer(case: LayerCase, profile: str | Profile) -> Refusals:
    """All laws of `check`, and a proof."""
    return by_check(case.fn, case.in_, case.out, profile=profile) | by_proof(case.fn, case.in_, case.out)


def of_black_box(case: LayerCase) -> Refusals:
    """All laws of `check` on what is not traced."""
    return by_check(case.fn, case.in_, case.out, profile="quick")


def of_program(fn: object, in_: object, out: object) -> Refusals:
    """A proof, and the laws of `check` in float64, for which some of the programs are written."""
    options = {"as_plain_arrays": True, "sizes": {"node": 4, "edge": 7}}
    return by_proof(fn, in_, out, **options) | by_check(fn, in_, out, profile="quick", dtypes=(), **options)


def of_field_layer(layer: FieldLayer) -> Refusals:
    """The laws of `check`, and a proof."""
    options = {"sizes": layer.sizes, "example": layer.example}
    checked = by_check(layer.fn, layer.in_, layer.out, profile="quick", **options)
    return checked | by_proof(layer.fn, layer.in_, layer.out, **options)


def wrong() -> Iterator[Row]:
    """The planted faults."""
    for op in FAULTS:
        yield Row("faults of ops", op.name, functools.partial(of_op, op), (f"law: {op.killer}",))
    for table in PROOF_FAULTS:
        yield Row(
            "faults of tables and plans", table.name, functools.partial(of_table, table), (f"theorem: {table.killer}",)
        )
    for matrices in REPRESENTATION_FAULTS:
        yield Row("faults of D", matrices.name, functools.partial(of_representation, matrices), (REPRESENTATION,))
    for case in layers.FAULTS:
        yield Row("wrong layers", case.name, functools.partial(of_layer, case, "ci"), tuple(map(column, case.found_by)))
    for case in black_boxes.WRONG:
        yield Row(
            "wrong functions that JAX cannot trace",
            case.name,
            functools.partial(of_black_box, case),
            tuple(map(column, case.found_by)),
        )
    for name, (fn, in_, out, *_) in programs.FAULTS.items():
        yield Row("wrong programs", name, functools.partial(of_program, fn, in_, out), (PROVE,))
    for layer in WRONG:
        yield Row("wrong layers of the field", layer.name, functools.partial(of_field_layer, layer))


def right() -> Iterator[Row]:
    """What no checker may refuse, however nasty."""
    for case in layers.RIGHT:
        yield Row("right layers", case.name, functools.partial(of_layer, case, "ci"), right=True)
    for case in black_boxes.RIGHT:
        yield Row("right functions that JAX cannot trace", case.name, functools.partial(of_black_box, case), right=True)
    for name, (fn, in_, out) in programs.RIGHT.items():
        yield Row(
            "right programs",
            name,
            functools.partial(by_proof, fn, in_, out, as_plain_arrays=True, sizes={"node": 4}),
            right=True,
        )
    for layer in (*NETWORKS, *PIECES):
        if layer.check == "ok":
            yield Row("right layers of the field", layer.name, functools.partial(of_field_layer, layer), right=True)


ROWS = (*wrong(), *right())
