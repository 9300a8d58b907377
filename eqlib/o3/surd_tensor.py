"""A sparse tensor of exact numbers: the coefficients of a path, before any dtype is chosen."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from eqlib.array_types import Float
from eqlib.o3.surd import Surd, binary_format

Index = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SurdTensor:
    """A tensor of `shape` whose non-zero entries are `entries`: pairs (index, Surd) sorted by index.

    Two tensors are equal if shapes and entries are; `label` is for printing only.

    Raises: ValueError if an index is out of range or out of order, or if an entry is zero.
    Example:
        >>> half = SurdTensor.of((2, 2), {(0, 1): Surd.sqrt(2), (1, 0): Surd.of(-1)}, label="M")
        >>> half
        M [2, 2], 2 non-zero: (0, 1) √2, (1, 0) -1
        >>> half.numpy(np.float32)
        array([[ 0.       ,  1.4142135],
               [-1.       ,  0.       ]], dtype=float32)
    """

    shape: tuple[int, ...]
    entries: tuple[tuple[Index, Surd], ...]
    label: str = "tensor"
    _hash: int | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        previous: Index = ()
        for index, value in self.entries:
            if len(index) != len(self.shape) or not all(0 <= i < n for i, n in zip(index, self.shape, strict=True)):
                raise ValueError(f"{self.label}: index {index} is outside the shape {self.shape}")
            if previous and index <= previous:
                raise ValueError(f"{self.label}: index {index} follows {previous}: write SurdTensor.of(shape, entries)")
            if not value:
                raise ValueError(f"{self.label}: the entry at {index} is zero: write SurdTensor.of(shape, entries)")
            previous = index

    @staticmethod
    def of(shape: Sequence[int], entries: Mapping[Index, Surd], label: str = "tensor") -> SurdTensor:
        """Builds the tensor from entries in any order, of which zeros are dropped."""
        return SurdTensor(tuple(shape), tuple(sorted((pair for pair in entries.items() if pair[1]), key=_index)), label)

    def numpy(self, dtype: Any = np.float64, scale: Surd | int = 1) -> Float[np.ndarray[Any, Any], ...]:
        """Returns `scale` times the tensor as a dense array, each exact product rounded correctly once.

        The array is a fresh one: writing to it changes nothing else.
        """
        return _rounded(self, np.dtype(dtype), Surd.of(scale)).copy()

    def transpose(self, axes: Sequence[int]) -> SurdTensor:
        """Permutes the axes as `numpy.transpose` does: axis n of the result is axis `axes[n]` of this tensor."""
        axes = tuple(axes)
        if sorted(axes) != list(range(len(self.shape))):
            raise ValueError(f"{self.label}: {axes} is no permutation of the axes 0..{len(self.shape) - 1}")
        if axes == tuple(range(len(axes))):
            return self
        shape = tuple(self.shape[axis] for axis in axes)
        entries = {tuple(index[axis] for axis in axes): value for index, value in self.entries}
        return SurdTensor.of(shape, entries, f"{self.label}.transpose{axes}")

    def scaled(self, factor: Surd | int) -> SurdTensor:
        """Multiplies every entry by an exact number."""
        factor = Surd.of(factor)
        if factor == 1:
            return self
        return SurdTensor.of(self.shape, {i: value * factor for i, value in self.entries}, f"{factor} {self.label}")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SurdTensor):
            return NotImplemented
        if self is other:
            return True
        return hash(self) == hash(other) and self.shape == other.shape and self.entries == other.entries

    def __hash__(self) -> int:
        if self._hash is None:
            object.__setattr__(self, "_hash", hash((self.shape, self.entries)))
        return self._hash  # pyright: ignore[reportReturnType]

    def __repr__(self) -> str:
        first = ", ".join(f"{index} {value}" for index, value in self.entries[:3])
        more = ", ..." if len(self.entries) > 3 else ""
        return f"{self.label} {list(self.shape)}, {len(self.entries)} non-zero: {first}{more}"


def _index(pair: tuple[Index, Surd]) -> Index:
    return pair[0]


@functools.lru_cache(maxsize=1024)
def _rounded(tensor: SurdTensor, dtype: np.dtype[Any], scale: Surd) -> Float[np.ndarray[Any, Any], ...]:
    dense, to = np.zeros(tensor.shape, dtype), binary_format(dtype)
    for index, value in tensor.scaled(scale).entries:
        dense[index] = value.nearest(to)
    dense.flags.writeable = False
    return dense
