"""Plans over the edges of a graph: sums over edges of what plans make of rows of arrays.

An edge reads a row of each input and adds a row to each output. Which row, an index says, such as the node that sends
or the node that receives; without an index every edge has a row of its own. Gathering and summing are transposes of
each other, so such a plan is closed under differentiation and transposition as plans are.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from eqlib.plan import algebra
from eqlib.plan.plan import Plan, Segment


class Rows(NamedTuple):
    """An operand of a plan over edges: the segments of a row, and the index that tells an edge its row.

    Without an index the edge has a row of its own.
    """

    segments: tuple[Segment, ...]
    at: int | None = None

    @property
    def size(self) -> int:
        """The length of a row."""
        return sum(segment.size for segment in self.segments)


@dataclass(frozen=True, slots=True)
class Term:
    """What one plan adds: the inputs that it reads, in the order of its operands, and the output it writes."""

    plan: Plan
    reads: tuple[int, ...]
    writes: int


@dataclass(frozen=True)
class IndexedPlan:
    """A sum of terms over the edges of a graph; hashable, comparable, printable.

    inputs, outputs  the rows of each
    terms            what each edge adds to the outputs

    Raises: ValueError if a term does not fit what it reads or writes.
    Example: messages from the nodes that send them, index 0, summed at the nodes that receive them, index 1
        >>> from eqlib.ops.conv import plan_conv
        >>> _, plan = plan_conv("2x0e + 1o", "1o")
        >>> print(plan)
        in0: 2x1 + 1x3 at index 0
        in1: 1x3 of the edge
        in2: 1x1x1 + 2x1x1 + 1x1x1 + 1x1x1 of the edge
        out0: 1x1x1 + 2x1x3 + 1x1x3 + 1x1x5 at index 1
        out0 += plan(in0, in1, in2)
          4 paths, 23 nonzero coefficients, 104 flops per edge
    """

    inputs: tuple[Rows, ...]
    outputs: tuple[Rows, ...]
    terms: tuple[Term, ...]

    def __post_init__(self) -> None:
        for term in self.terms:
            found = (*(self.inputs[n].segments for n in term.reads), self.outputs[term.writes].segments)
            if found != term.plan.operands:
                raise ValueError(f"a term reads {term.reads} and writes {term.writes}, which its plan does not fit.")

    @property
    def indices(self) -> frozenset[int]:
        """The indices that inputs or outputs use."""
        return frozenset(rows.at for rows in (*self.inputs, *self.outputs) if rows.at is not None)

    def __str__(self) -> str:
        lines = [
            f"{kind}{n}: {' + '.join(map(str, rows.segments)) or 'empty'} "
            + ("of the edge" if rows.at is None else f"at index {rows.at}")
            for kind, operands in (("in", self.inputs), ("out", self.outputs))
            for n, rows in enumerate(operands)
        ]
        return "\n".join([*lines, *(f"{_call(term)}\n{_paths(term.plan)}" for term in self.terms)])


def _call(term: Term) -> str:
    return f"out{term.writes} += plan({', '.join(f'in{n}' for n in term.reads)})"


def _paths(plan: Plan) -> str:
    count = sum(len(path.coefficients.entries) for path in plan.paths)
    return f"  {len(plan.paths)} paths, {count} nonzero coefficients, {plan.flops} flops per edge"


def over_edges(plan: Plan, at: Sequence[int | None]) -> IndexedPlan:
    """One plan over edges: `at` says for each input, and last for the output, which index finds its row."""
    *inputs, output = (Rows(segments, index) for segments, index in zip(plan.operands, at, strict=True))
    return IndexedPlan(tuple(inputs), (output,), (Term(plan, tuple(range(len(inputs))), 0),))


@functools.cache
def derivative(plan: IndexedPlan, moved: tuple[int, ...]) -> IndexedPlan:
    """The directional derivative in the inputs `moved`: the inputs of `plan`, then a tangent of each of these.

    Law: indexed(derivative(plan, moved), *x, *dx) = d/dt indexed(plan, *(x + t dx)) at t = 0.
    """
    tangent = {n: len(plan.inputs) + at for at, n in enumerate(moved)}
    terms: list[Term] = []
    for term in plan.terms:
        for n, read in enumerate(term.reads):
            if read in tangent:
                kept = tuple(r for m, r in enumerate(term.reads) if m != n or term.plan.degree(n) > 1)
                terms.append(Term(algebra.derivative(term.plan, n), (*kept, tangent[read]), term.writes))
    return IndexedPlan((*plan.inputs, *(plan.inputs[n] for n in moved)), plan.outputs, tuple(terms))


@functools.cache
def transpose(plan: IndexedPlan, linear: tuple[int, ...]) -> IndexedPlan:
    """From the other inputs and a cotangent of each output to the cotangents of the inputs `linear`.

    Law:    <indexed(plan, x, y), g> = <y, indexed(transpose(plan, linear), x, g)> for the inputs y that are `linear`.
    Raises: ValueError if a term is not linear in these inputs together.
    """
    others = [n for n in range(len(plan.inputs)) if n not in linear]
    inputs = (*(plan.inputs[n] for n in others), *plan.outputs)
    terms: list[Term] = []
    for term in plan.terms:
        slots = [n for n, read in enumerate(term.reads) if read in linear]
        if len(slots) != 1:
            raise ValueError(
                f"a term reads {len(slots)} of the inputs {linear}, and must read one to be linear in them."
            )
        (n,) = slots
        reads = tuple(len(others) + term.writes if m == n else others.index(r) for m, r in enumerate(term.reads))
        terms.append(Term(algebra.transpose(term.plan, n), reads, linear.index(term.reads[n])))
    return IndexedPlan(inputs, tuple(plan.inputs[n] for n in linear), tuple(terms))


@functools.cache
def restricted(plan: IndexedPlan, inputs: tuple[int, ...], outputs: tuple[int, ...]) -> IndexedPlan:
    """The plan of only these outputs, when the inputs that are not among `inputs` are zero."""
    terms = tuple(
        Term(term.plan, tuple(inputs.index(n) for n in term.reads), outputs.index(term.writes))
        for term in plan.terms
        if term.writes in outputs and all(n in inputs for n in term.reads)
    )
    return IndexedPlan(tuple(plan.inputs[n] for n in inputs), tuple(plan.outputs[n] for n in outputs), terms)


def read_by(terms: Sequence[Term]) -> tuple[int, ...]:
    """The inputs that any of the terms reads, in order."""
    return tuple(sorted({n for term in terms for n in term.reads}))
