"""The layout inside of a lowering: the segments of an operand with the channels last.

At the boundary a row is flat, and in a segment of it the components of a copy are neighbours (`mul_ir`). With the
channels last, the same component of all copies is contiguous, and arithmetic on it runs at the full width of a
processor. Neighbouring segments of one shape are read and written together.
"""

import functools
import itertools
import math
from collections.abc import Iterable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from eqlib.array_types import Array, Inexact, Shape
from eqlib.lowering.in_order import in_order
from eqlib.plan import Segment

Part = Inexact[jax.Array, "..."]  # a segment, [leading, components, channels]


class Parts:
    """The segments of an operand [leading, size]."""

    def __init__(self, x: Inexact[Array, "*leading size"], operand: Sequence[Segment]) -> None:
        self._rank = x.ndim - 1
        # Of equal neighbours: [leading, segments, channels, components].
        self._stored: list[Part] = []
        self._places: list[tuple[int, int]] = []  # of each segment, its run and its place there
        self._parts: dict[int, Part] = {}
        end = 0
        for segment, equal in itertools.groupby(operand):
            count = len(list(equal))
            start, end = end, end + count * segment.size
            self._places += [(len(self._stored), n) for n in range(count)]
            self._stored.append(x[..., start:end].reshape(*x.shape[:-1], count, *segment.extents, segment.dim))

    @functools.cached_property
    def _runs(self) -> list[Part]:
        return [in_order(jnp.moveaxis(run, -1, self._rank + 1)) for run in self._stored]

    def __getitem__(self, n: int) -> Part:
        if n not in self._parts:
            run, place = self._places[n]
            self._parts[n] = jax.lax.index_in_dim(self._runs[run], place, self._rank, keepdims=False)
        return self._parts[n]

    def stored(self, n: int) -> Inexact[jax.Array, "..."]:
        """A segment as it is at the boundary: [leading, channels, components]."""
        run, place = self._places[n]
        return jax.lax.index_in_dim(self._stored[run], place, self._rank, keepdims=False)

    def stacked(self, numbers: Sequence[int]) -> Inexact[jax.Array, "..."]:
        """Segments one after another, their channels as one axis: [leading, components, channel]."""
        found = []
        for run, places in itertools.groupby(map(self._places.__getitem__, numbers), key=lambda place: place[0]):
            for start, end in _ranges(n for _, n in places):
                part = jax.lax.slice_in_dim(self._runs[run], start, end, axis=self._rank)
                *leading, count, dim = part.shape[: self._rank + 2]
                found.append(part.reshape(*leading, count * dim, math.prod(part.shape[self._rank + 2 :])))
        return found[0] if len(found) == 1 else jnp.concatenate(found, axis=self._rank)


def _ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Ascending numbers as ranges (first, last + 1)."""
    found: list[tuple[int, int]] = []
    for n in numbers:
        if found and found[-1][1] == n:
            found[-1] = (found[-1][0], n + 1)
        else:
            found.append((n, n + 1))
    return found


def flat(
    parts: Sequence[Part | None], operand: Sequence[Segment], leading: Shape, dtype: Any
) -> Inexact[jax.Array, "*leading size"]:
    """The rows of the output, from its segments; zero where there is None, repeated along axes that no input has."""
    rank = len(leading)
    columns = [jnp.zeros((*leading, 0), dtype)]
    pairs = zip(operand, parts, strict=True)
    for (segment, is_zero), equal in itertools.groupby(pairs, key=lambda pair: (pair[0], pair[1] is None)):
        run = [part for _, part in equal]
        if not is_zero:
            shape = (*leading, segment.dim, *segment.extents)
            stacked = jnp.stack([jnp.broadcast_to(part, shape) for part in run], axis=rank)
            columns.append(in_order(jnp.moveaxis(stacked, rank + 1, -1)).reshape(*leading, len(run) * segment.size))
        else:
            columns.append(jnp.zeros((*leading, len(run) * segment.size), dtype))
    return jnp.concatenate(columns, axis=-1)
