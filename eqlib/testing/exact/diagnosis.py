"""Where a program goes wrong: the first value, on a way to the output, that no longer transforms linearly.

A value transforms if, for one element of the group, there is a matrix that takes its values before to its values after,
along one of its axes and for all samples. What does not, and yet leads to an output that does (a square, before its
components are summed), is no fault; so the search goes back from an output that fails through values that fail.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from eqlib.testing.elements import Element
from eqlib.testing.exact.action import action
from eqlib.testing.exact.constants import Reading
from eqlib.testing.exact.domain import Operand, Value
from eqlib.testing.exact.field_check import draw_point
from eqlib.testing.exact.prime_field import PrimeField, multiply
from eqlib.testing.exact.primes import primes
from eqlib.testing.exact.traced import Traced

# Samples for each value; axes longer than this are not looked at.
_SAMPLES, _LONGEST = 24, 32


class Step(NamedTuple):
    """An equation as it was run, and its line."""

    eqn: Any
    inputs: tuple[Operand, ...]
    outputs: tuple[Operand, ...]
    line: str


def first_fault(traced: Traced, element: Element, reading: Reading) -> str:
    """In words, the first equation that goes wrong, if it can be told."""
    domain = PrimeField(primes(1, 0) * _SAMPLES, 0, reading)
    point = draw_point(traced, domain)
    before, after = list[Step](), list[Step]()
    results = point.at(point.inputs, lambda *step: before.append(Step(*step)))
    moved = action(domain, element)
    point.at(point.moved(moved), lambda *step: after.append(Step(*step)))
    if len(before) != len(after):
        return "first:  the program takes another way after the element has acted"
    fails = _failing(before, after, domain, affine=any(element.translation))
    made = {id(z): step for step in reversed(before) for z in step.outputs}
    differing = [z for z, d in zip(results, point.differences(moved), strict=True) if d.any()]
    faults = [step for z in differing for step in _sources(z, made, fails)]
    if not faults:
        return "first:  every value transforms linearly, and the output not as the irreps that are told"
    order = {id(step): n for n, step in enumerate(before)}
    first = min(faults, key=lambda step: order[id(step)])
    name = first.eqn.primitive.name
    return f"first:  {name}, at {first.line}: its value does not transform, and its operands do"


def _failing(before: Sequence[Step], after: Sequence[Step], domain: PrimeField, affine: bool) -> set[int]:
    """The values, by identity, that do not transform."""
    found, seen = set[int](), set[int]()
    for a, b in zip(before, after, strict=True):
        for x, y in zip(a.outputs, b.outputs, strict=True):
            if isinstance(x, Value) and isinstance(y, Value) and id(x) not in seen:
                seen.add(id(x))
                if not transforms(x.data, y.data, domain.primes[0], affine):
                    found.add(id(x))
    return found


def _sources(z: Value, made: dict[int, Step], fails: set[int]) -> Iterator[Step]:
    """The equations whose values fail though their operands do not, reached from a value through values that fail."""
    waiting, visited = [z], set[int]()
    while waiting:
        x = waiting.pop()
        if id(x) in visited or id(x) not in fails or id(x) not in made:
            continue
        visited.add(id(x))
        step = made[id(x)]
        causes = [y for y in step.inputs if isinstance(y, Value) and id(y) in fails and y is not x]
        waiting += causes
        if not causes:
            yield step


def transforms(before: np.ndarray, after: np.ndarray, p: int, affine: bool) -> bool:
    """Whether one matrix takes `before` to `after` along one of the axes after the first, modulo p."""
    if not before.size:
        return True
    if before.ndim == 1:
        before, after = before[:, None], after[:, None]
    axes = [axis for axis in range(1, before.ndim) if before.shape[axis] <= _LONGEST]
    return not axes or any(_maps(_rows(before, axis), _rows(after, axis), p, affine) for axis in reversed(axes))


def _rows(x: np.ndarray, axis: int) -> np.ndarray:
    return np.moveaxis(x, axis, -1).reshape(-1, x.shape[axis])


def _maps(x: np.ndarray, y: np.ndarray, p: int, affine: bool) -> bool:
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


def _is_spanned(columns: np.ndarray, p: np.ndarray) -> bool:
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
