"""The first equation of a program whose value does not transform, of those that lead to a wrong output.

A value transforms if, for one element of the group, there is a matrix that takes its values before to its values after,
along one of its axes and for all samples. What does not, and yet leads to an output that does (a square, before its
components are summed), is no fault; so the search goes back from an output that fails through values that fail.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from eqlib.array_types import Shaped

LINEAR = "every value transforms linearly, and the output not as the irreps that are told"


class Step(NamedTuple):
    """An equation as it was run: its primitive, its source line, and its values by what tells them apart."""

    name: str
    line: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.name}, at {self.line}"


def first_fault(steps: Sequence[Step], fails: Collection[int], results: Sequence[int]) -> str:
    """In words, the first step whose value fails though its operands do not, on a way to the results that are wrong."""
    made = {z: n for n, step in reversed(list(enumerate(steps))) for z in step.outputs}
    sources = [n for z in results for n in _sources(z, steps, made, fails)]
    if not sources:
        last = [steps[made[z]] for z in results if z in made]
        return f"{LINEAR}; it is made by {last[0]}" if last else LINEAR
    return f"{steps[min(sources)]}: its value does not transform, and its operands do"


def _sources(z: int, steps: Sequence[Step], made: dict[int, int], fails: Collection[int]) -> Iterator[int]:
    """The steps whose values fail though their operands do not, reached from a value through values that fail."""
    waiting, visited = [z], set[int]()
    while waiting:
        x = waiting.pop()
        if x in visited or x not in fails or x not in made:
            continue
        visited.add(x)
        causes = [y for y in steps[made[x]].inputs if y in fails and y != x]
        waiting += causes
        if not causes:
            yield made[x]


def transforms(
    before: Shaped[np.ndarray, "*shape"],
    after: Shaped[np.ndarray, "*shape"],
    maps: Callable[[Shaped[np.ndarray, "row column"], Shaped[np.ndarray, "row column"]], bool],
    longest: int = 32,
) -> bool:
    """Whether one matrix takes `before` to `after` along one of the axes after the first, which numbers the samples.

    maps     whether a matrix takes the rows of one array to those of another
    longest  axes longer than this are not looked at
    """
    if not before.size:
        return True
    if before.ndim == 1:
        before, after = before[:, None], after[:, None]
    axes = [axis for axis in range(1, before.ndim) if before.shape[axis] <= longest]
    return not axes or any(maps(_rows(before, axis), _rows(after, axis)) for axis in reversed(axes))


def _rows(x: Shaped[np.ndarray, "..."], axis: int) -> Shaped[np.ndarray, "row column"]:
    return np.moveaxis(x, axis, -1).reshape(-1, x.shape[axis])
