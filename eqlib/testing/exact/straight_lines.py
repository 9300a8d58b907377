"""What `evaluate` means: its straight-line program, on exact numbers. Its factors are exact, so nothing is guessed."""

from collections.abc import Sequence

import numpy as np

from eqlib.o3 import Surd
from eqlib.plan.straight_line import StraightLine
from eqlib.testing.exact.constants import of_surd
from eqlib.testing.exact.degree import CONSTANT
from eqlib.testing.exact.domain import Domain, Value, together


def evaluate_program(domain: Domain, program: StraightLine, inputs: Sequence[Value]) -> list[Value]:
    """The outputs of a program on inputs [..., component], which share all leading axes."""
    leading = inputs[0].data.shape[:-1]
    rows = [[x.moved(x.data[..., n]) for n in range(x.shape[-1])] for x in inputs]
    return [_row(domain, leading, found) for found in program.run(rows, _ExactNumbers(domain, len(leading) - 1))]


def _row(domain: Domain, leading: tuple[int, ...], components: Sequence[Value]) -> Value:
    if not components:
        return domain.lift(np.zeros((*leading[1:], 0)))
    return together(components, np.stack([np.broadcast_to(z.data, leading) for z in components], axis=-1))


class _ExactNumbers:
    """The arithmetic of a domain, on arrays of some rank."""

    def __init__(self, domain: Domain, rank: int) -> None:
        self._domain, self._rank = domain, rank

    def add(self, a: Value, b: Value) -> Value:
        return self._domain.add(a, b)

    def mul(self, a: Value, b: Value) -> Value:
        return self._domain.mul(a, b)

    def scale(self, factor: Surd, a: Value) -> Value:
        return self.mul(self.constant(factor), a)

    def inverse_root(self, a: Value) -> Value:
        return self._domain.inverse(self._domain.root(a))

    def constant(self, factor: Surd) -> Value:
        number = self._domain.exact([of_surd(factor)])
        return Value(number.reshape(-1, *(1,) * self._rank), CONSTANT)
