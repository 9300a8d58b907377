"""Plans for the tests of plans and lowerings: every mode of channels, built without any op."""

from eqlib.o3 import Irreps, Surd, SurdTensor, exact_clebsch_gordan, symmetric_couplings
from eqlib.plan import Path, Plan, Segment, segments

ONE = Surd.of(1)


def outer(irreps1="2x0e+1o", irreps2="1o+2x1e", keep=None) -> Plan:
    """Every copy by every copy: modes u, v -> uv."""
    irreps1, irreps2 = Irreps(irreps1), Irreps(irreps2)
    paths, out = [], []
    for i1, (mul1, ir1) in enumerate(irreps1):
        for i2, (mul2, ir2) in enumerate(irreps2):
            for ir3 in ir1 * ir2:
                if keep is None or str(ir3) == keep:
                    block = exact_clebsch_gordan(ir1.l, ir2.l, ir3.l)
                    paths.append(Path((i1, i2, len(out)), ("u", "v", "uv"), block, Surd.sqrt(ir3.dim)))
                    out.append(Segment((mul1, mul2), ir3.dim))
    return Plan((segments(irreps1), segments(irreps2), tuple(out)), (0, 1), tuple(paths))


def channelwise() -> Plan:
    """A weighted product, copy by copy, with an operand that has no copies: modes u, -, u -> u."""
    block = SurdTensor.of((3, 3, 1, 3), {(*index[:2], 0, index[2]): value for index, value in _epsilon()})
    operands = ((Segment((4,), 3),), (Segment((), 3),), (Segment((4,), 1),), (Segment((4,), 3),))
    return Plan(operands, (0, 1, 2), (Path((0, 0, 0, 0), ("u", "", "u", "u"), block, Surd.sqrt(3)),))


def mixing(u: tuple[int, int] = (4, 5), w: int = 2) -> Plan:
    """A linear layer with the weights as an operand: modes uw, u -> w, the identity on components."""
    entries = {(0, i, i): ONE for i in range(3)}
    block = SurdTensor.of((1, 3, 3), entries, label="identity")
    weights = tuple(Segment((mul, w), 1) for mul in u)
    operands = (weights, tuple(Segment((mul,), 3) for mul in u), (Segment((w,), 3),))
    paths = tuple(Path((s, s, 0), ("uw", "u", "w"), block, Surd.sqrt(2) / 3) for s in (0, 1))
    return Plan(operands, (0, 1), paths)


def fully_connected() -> Plan:
    """A weighted product in which every copy mixes with every other: modes uvw, u, v -> w."""
    block = SurdTensor.of((1, 3, 3, 3), {(0, *index): value for index, value in _epsilon()})
    operands = ((Segment((2, 3, 4), 1),), (Segment((2,), 3),), (Segment((3,), 3),), (Segment((4,), 3),))
    return Plan(operands, (0, 1, 2), (Path((0, 0, 0, 0), ("uvw", "u", "v", "w"), block, ONE),))


def square() -> Plan:
    """x -> x times x, copy by copy: one input read by two slots."""
    return Plan(
        ((Segment((3,), 3),), (Segment((3,), 5),)),
        (0, 0),
        (Path((0, 0, 0), ("u", "u", "u"), exact_clebsch_gordan(1, 1, 2), Surd.sqrt(5)),),
    )


def cubic() -> Plan:
    """Weights and three factors that are one input, copy by copy: so many terms that a table of them is looped over."""
    couplings = [
        ((1, 1, 2), symmetric_couplings([(1, 2), (2, 1)], 2)),
        ((2, 2, 2), symmetric_couplings([(2, 3)], 2)),
        ((1, 2, 2), symmetric_couplings([(1, 1), (2, 2)], 1)),
    ]
    paths: list[Path] = []
    for degrees, tensors in couplings:
        for C in tensors:
            block = SurdTensor.of((1, *C.shape), {(0, *index): value for index, value in C.entries}, C.label)
            reads = (len(paths), *(l - 1 for l in degrees), int(C.shape[-1] == 5))
            paths.append(Path(reads, ("u",) * 5, block, Surd.sqrt(C.shape[-1])))
    irreps = (Segment((4,), 3), Segment((4,), 5))
    return Plan((tuple(Segment((4,), 1) for _ in paths), irreps, irreps), (0, 1, 1, 1), tuple(paths))


def swapped_channels() -> Plan:
    """Channels written in another order than they are read, and one of them summed."""
    operands = ((Segment((2, 3), 3),), (Segment((3, 4, 2), 1),), (Segment((4, 2), 3),))
    block = SurdTensor.of((3, 1, 3), {(i, 0, i): ONE for i in range(3)})
    return Plan(operands, (0, 1), (Path((0, 0, 0), ("uv", "vwu", "wu"), block, ONE),))


def _epsilon():
    return exact_clebsch_gordan(1, 1, 1).entries


EXAMPLES = {f.__name__: f for f in (outer, channelwise, mixing, fully_connected, square, cubic, swapped_channels)}
