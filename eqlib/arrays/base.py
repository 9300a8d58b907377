"""What an IrrepsArray is: irreps, and one dense array whose last axis they describe."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Array, Shape, Shaped
from eqlib.errors import LayoutError
from eqlib.o3 import Irrep, Irreps, MulIrrep, quoted

# The kinds of NumPy's dtypes of objects, texts, times and their differences.
_NO_NUMBERS = frozenset("OSUTMm")


@dataclass(frozen=True, init=False, eq=False, repr=False)
class IrrepsArrayBase:
    """An array together with the representation on its last axis.

    The array is the only representation of the data: chunks are computed from it on demand, and no flag beside it
    remembers that a chunk is zero.
    """

    irreps: Irreps
    array: Any

    # Scalars and arrays on the left leave the operation to this class.
    __array_ufunc__ = None
    __array_priority__ = 1000
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, irreps: object, array: object, *, zero_flags: object = None, chunks: object = None) -> None:
        if zero_flags is not None or chunks is not None:
            warnings.warn(
                "IrrepsArray: zero_flags and chunks are ignored, for they say nothing that the array does not say.",
                DeprecationWarning,
                stacklevel=2,
            )
        if hasattr(irreps, "shape"):
            raise _swapped(irreps, array)
        self._set(Irreps(irreps), _checked(Irreps(irreps), array))

    def _set(self, irreps: Irreps, array: object) -> None:
        object.__setattr__(self, "irreps", irreps)
        object.__setattr__(self, "array", array)

    def _new(self, irreps: object, array: object) -> Self:
        """An IrrepsArray of other content."""
        return type(self)(irreps, array)

    @classmethod
    def _unchecked(cls, irreps: Irreps, leaf: object) -> Self:
        """For trees: JAX puts objects of any kind and arrays of any shape where the array was."""
        self = object.__new__(cls)
        self._set(irreps, leaf)
        return self

    @property
    def chunks(self) -> list[Shaped[Array, "..."]]:
        """The segments as arrays of shape [..., mul, 2l+1], in the order of the irreps.

        Example:
            >>> from eqlib import IrrepsArray
            >>> [chunk.shape for chunk in IrrepsArray("2x0e + 1o", np.ones((7, 5))).chunks]
            [(7, 2, 1), (7, 1, 3)]
        """
        if self.shape[-1:] != (self.irreps.dim,):
            raise LayoutError(
                f"an IrrepsArray of {self.irreps} holds an array of shape {self.shape}, whose last axis is not their "
                f"{self.irreps.dim} components: a map over a tree of arrays put it there.\n"
                "  Write f(x.array) for a function whose values have no irreps, sum(x, axis=0) for a sum over rows."
            )
        return [
            self.array[..., s].reshape((*self.shape[:-1], mul, ir.dim))
            for (mul, ir), s in zip(self.irreps, self.irreps.slices(), strict=True)
        ]

    @property
    def zero_flags(self) -> tuple[bool, ...]:
        """All False: the array is dense, and a chunk that happens to be zero is like any other."""
        return (False,) * len(self.irreps)

    @property
    def shape(self) -> Shape:
        """The shape of the array; the last axis has length ``irreps.dim``."""
        return self.array.shape

    @property
    def ndim(self) -> int:
        """The number of axes of the array, that of the irreps included."""
        return len(self.shape)

    @property
    def dtype(self) -> Any:
        """The dtype of the array."""
        return self.array.dtype

    def __len__(self) -> int:
        return len(self.array)

    def __iter__(self) -> Iterator[Self]:
        if self.ndim <= 1:
            raise ValueError(
                f"cannot iterate over {self.irreps}: its only axis is that of the irreps, and a component of an irrep "
                "is not a representation.\n  Write for chunk in x.chunks, or for segment in x.split()."
            )
        return (self._new(self.irreps, row) for row in self.array)

    def __bool__(self) -> bool:
        return bool(self.array)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Shaped[np.ndarray, "..."]:
        return np.asarray(self.array, dtype=dtype, copy=copy)

    def __repr__(self) -> str:
        text = str(self.array)
        return f"{self.irreps}\n{text}" if "\n" in text else f"{self.irreps} {text}"


def _swapped(first: Any, second: object) -> LayoutError:
    irreps = str(second) if isinstance(second, str | Irrep | MulIrrep | Irreps) and second else "0e + 1o"
    return LayoutError(
        f"IrrepsArray: the first argument is an array of shape {first.shape}, and must be the irreps of its last "
        f"axis.\n  Write IrrepsArray({irreps!r}, array)."
    )


def _meant(irreps: Irreps, shape: Shape) -> str:
    """What may have been meant by an array whose last axis has another length than the irreps."""
    if not shape:
        return "IrrepsArray('0e', array[None]) for one scalar"
    if len(irreps) == 1 and shape[-2:] == (irreps[0].mul, irreps[0].ir.dim):
        return f"IrrepsArray({quoted(irreps)}, array.reshape((*array.shape[:-2], -1))), if the copies have an axis"
    if len(irreps) == 1 and shape[-1] and shape[-1] % irreps[0].ir.dim == 0:
        mul, ir = shape[-1] // irreps[0].ir.dim, irreps[0].ir
        return f"IrrepsArray('{mul}x{ir}', array) for {mul} copies"
    return f"IrrepsArray('{shape[-1]}x0e', array), if the numbers are scalars"


def _checked(irreps: Irreps, array: Any) -> Shaped[Array, "... {irreps.dim}"]:
    """`array`, after a check of its last axis; numbers in lists become a JAX array."""
    if isinstance(array, IrrepsArrayBase):
        raise LayoutError(
            f"IrrepsArray: the array already has irreps, {array.irreps}.\n"
            "  Write x.rechunk(irreps) to cut it otherwise, IrrepsArray(irreps, x.array) to give it a new meaning."
        )
    if isinstance(array, list | tuple):
        array = jnp.asarray(array)
    shape = getattr(array, "shape", None)
    if not isinstance(shape, tuple):
        raise LayoutError(
            f"IrrepsArray: {type(array).__name__} is not an array; the last axis must have length {irreps.dim} for "
            f"{irreps}.\n  Write IrrepsArray({quoted(irreps)}, jnp.asarray(values))."
        )
    if len(shape) == 0 or shape[-1] != irreps.dim:
        raise LayoutError(
            f"IrrepsArray: Array shape {shape} incompatible with irreps {irreps}: the last axis must have length "
            f"{irreps.dim}, the dimension of {irreps}.\n  Write {_meant(irreps, shape)}."
        )
    if getattr(getattr(array, "dtype", None), "kind", None) in _NO_NUMBERS:
        raise LayoutError(
            f"IrrepsArray: an array of dtype {array.dtype} has no numbers, which alone rotate.\n"
            f"  Write IrrepsArray({quoted(irreps)}, array.astype(float)), if its values are numbers."
        )
    return array
