"""Out-of-place updates of an IrrepsArray at an index."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.arrays.base import IrrepsArrayBase
from eqlib.errors import LayoutError
from eqlib.explain import mismatch
from eqlib.o3 import Irreps, quoted

T = TypeVar("T", bound=IrrepsArrayBase)


@dataclass(frozen=True)
class At(Generic[T]):
    """What stands for ``x.at``: its brackets choose where to write."""

    x: T
    position: Callable[[Any], tuple[Irreps, tuple[Any, ...]]]

    def __getitem__(self, index: Any) -> "Update[T]":
        return Update(self.x, *self.position(index))


@dataclass(frozen=True)
class Update(Generic[T]):
    """``x.at[index]``: the array `x`, the irreps written to, and their place in the array."""

    x: T
    irreps: Irreps
    index: tuple[Any, ...]

    def set(self, values: Any) -> T:
        """A copy of the array with `values`, an IrrepsArray or 0, at the index.

        Raises:  IrrepsError if the irreps of `values` are others, LayoutError if its dtype does not fit.
        """
        return self._updated("set", values)

    def add(self, values: Any) -> T:
        """A copy of the array with `values`, an IrrepsArray or 0, added at the index; repeated indices add up.

        Raises:  IrrepsError if the irreps of `values` are others, LayoutError if its dtype does not fit.
        """
        return self._updated("add", values)

    def _updated(self, method: str, values: Any) -> T:
        array, values = self.x.array, self._values(method, values)
        if isinstance(array, np.ndarray) and not isinstance(values, jax.Array):
            array = array.copy()
            if method == "set":
                array[self.index] = values
            else:
                np.add.at(array, self.index, values)
        else:
            array = getattr(jnp.asarray(array).at[self.index], method)(values)
        return self.x._new(self.x.irreps, array)

    def _values(self, method: str, values: Any) -> Any:
        what = f"cannot {method} values at an index of {self.irreps}"
        if isinstance(values, int | float) and values == 0:
            return 0
        if not isinstance(values, IrrepsArrayBase):
            raise NotImplementedError(
                f"{what}: {type(values).__name__} has no irreps, and only 0 needs none.\n"
                f"  Write x.at[index].{method}(IrrepsArray({quoted(self.irreps)}, values))."
            )
        if values.irreps.simplify() != self.irreps.simplify():
            what = f"cannot {method} {values.irreps} at an index of {self.irreps}"
            otherwise = f"Write x.at[index].{method}(0), or values of the irreps {self.irreps}."
            rewrite = f"{{}}.at[index].{method}({{}})".format
            raise mismatch(what, self.irreps, values.irreps, rewrite, otherwise)
        is_narrower = any(
            jnp.issubdtype(values.dtype, kind) and not jnp.issubdtype(self.x.dtype, kind)
            for kind in (np.complexfloating, np.inexact)
        )
        if is_narrower:
            raise LayoutError(
                f"{what}: {values.dtype} values would be truncated to {self.x.dtype}.\n"
                f"  Write x.astype({str(values.dtype)!r}).at[index].{method}(values)."
            )
        return values.array
