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
from eqlib.testing.exact.prime_field import PrimeField
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
    if before.ndim == 1:
        before, after = before[:, None], after[:, None]
    axes = [axis for axis in range(1, before.ndim) if before.shape[axis] <= _LONGEST]
    return not axes or any(_maps(_rows(before, axis), _rows(after, axis), p, affine) for axis in reversed(axes))


def _rows(x: np.ndarray, axis: int) -> np.ndarray:
    return np.moveaxis(x, axis, -1).reshape(-1, x.shape[axis])


def _maps(x: np.ndarray, y: np.ndarray, p: int, affine: bool) -> bool:
    """Whether y = x M for some matrix, on rows enough to tell."""
    if affine:
        x = np.concatenate([x, np.ones_like(x[:, :1])], axis=1)
    enough = 2 * x.shape[1] + 8
    if len(x) <= x.shape[1] + 1:
        return True
    chosen = np.random.default_rng(0).permutation(len(x))[:enough]
    x, y = x[chosen], y[chosen]
    return _rank(x, p) == _rank(np.concatenate([x, y], axis=1), p)


def _rank(rows: np.ndarray, p: int) -> int:
    """By elimination modulo p."""
    left, rank = [[int(x) for x in row] for row in rows], 0
    for column in range(rows.shape[1]):
        at = next((n for n in range(rank, len(left)) if left[n][column]), None)
        if at is None:
            continue
        left[rank], left[at] = left[at], left[rank]
        inverse = pow(left[rank][column], -1, p)
        for n in range(rank + 1, len(left)):
            if left[n][column]:
                factor = left[n][column] * inverse % p
                left[n] = [(x - factor * y) % p for x, y in zip(left[n], left[rank], strict=True)]
        rank += 1
    return rank
