"""Where a program goes wrong, in exact numbers: see `eqlib.testing.first_fault`."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from eqlib.array_types import Integer
from eqlib.testing.elements import Element
from eqlib.testing.exact.action import action
from eqlib.testing.exact.constants import Reading
from eqlib.testing.exact.domain import Operand, Value
from eqlib.testing.exact.field_check import draw_point
from eqlib.testing.exact.prime_field import PrimeField, multiply
from eqlib.testing.exact.primes import primes
from eqlib.testing.exact.traced import Traced
from eqlib.testing.first_fault import Step, first_fault, transforms

_SAMPLES = 24


class Run(NamedTuple):
    """An equation as it was run, and its line."""

    eqn: Any
    inputs: tuple[Operand, ...]
    outputs: tuple[Operand, ...]
    line: str

    @property
    def step(self) -> Step:
        """The equation and what tells its values apart."""
        return Step(self.eqn.primitive.name, self.line, _identities(self.inputs), _identities(self.outputs))


def exact_fault(traced: Traced, element: Element, reading: Reading) -> str | None:
    """In words, the first equation that goes wrong; None if the element breaks no law in exact numbers.

    Raises: Undecided if there is no rule for an equation.
    """
    domain = PrimeField(primes(1, 0) * _SAMPLES, 0, reading)
    point = draw_point(traced, domain)
    before, after = list[Run](), list[Run]()
    results = point.at(point.inputs, lambda *run: before.append(Run(*run)))
    moved = action(domain, element)
    point.at(point.moved(moved), lambda *run: after.append(Run(*run)))
    if len(before) != len(after):
        return "the program takes another way after the element has acted"
    differing = [id(z) for z, d in zip(results, point.differences(moved), strict=True) if d.any()]
    if not differing:
        return None
    fails = _failing(before, after, domain, affine=any(element.translation))
    return first_fault([run.step for run in before], fails, differing)


def _identities(values: Sequence[Operand]) -> tuple[int, ...]:
    return tuple(id(x) for x in values if isinstance(x, Value))


def _failing(before: Sequence[Run], after: Sequence[Run], domain: PrimeField, affine: bool) -> set[int]:
    """The values, by identity, that do not transform."""
    p = domain.primes[0]
    found, seen = set[int](), set[int]()
    for a, b in zip(before, after, strict=True):
        for x, y in zip(a.outputs, b.outputs, strict=True):
            if isinstance(x, Value) and isinstance(y, Value) and id(x) not in seen:
                seen.add(id(x))
                if not transforms(x.data, y.data, lambda rows, images: _maps(rows, images, p, affine)):
                    found.add(id(x))
    return found


def _maps(x: Integer[np.ndarray, "sample n"], y: Integer[np.ndarray, "sample m"], p: int, affine: bool) -> bool:
    """Whether y = x M for some matrix: whether a random combination of the columns of y is one of the columns of x."""
    rng, modulus = np.random.default_rng(0), np.array(p)
    if affine:
        x = np.concatenate([x, np.ones_like(x[:, :1])], axis=1)
    if len(x) <= x.shape[1] + 1:  # too few rows to tell
        return True
    chosen = rng.permutation(len(x))[: x.shape[1] + 4]
    x, y = x[chosen], y[chosen]
    combined = multiply(y, rng.integers(0, p, (1, y.shape[1])), modulus).sum(1, keepdims=True) % p
    return _is_spanned(np.concatenate([x, combined], axis=1), modulus)


def _is_spanned(columns: Integer[np.ndarray, "row column"], p: Integer[np.ndarray, ""]) -> bool:
    """Whether the last column is a combination of the others, by elimination modulo p."""
    rank = 0
    for n in range(columns.shape[1] - 1):
        pivots = np.flatnonzero(columns[rank:, n])
        if not pivots.size:
            continue
        at = rank + int(pivots[0])
        columns[[rank, at]] = columns[[at, rank]]
        inverse = np.array(pow(int(columns[rank, n]), -1, int(p)))
        factors = multiply(columns[rank + 1 :, n : n + 1], inverse, p)
        columns[rank + 1 :] = (columns[rank + 1 :] - multiply(factors, columns[rank : rank + 1], p)) % p
        rank += 1
    return not columns[rank:, -1].any()
