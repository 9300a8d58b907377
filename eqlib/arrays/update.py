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


# What `jax.Array.at` can do besides: why an IrrepsArray cannot, and what to write instead.
_LINEAR = "what is written is a representation, and a new value of it comes from the old one"
_COMPONENTS = "a function of its components does not rotate with an irrep"
_SCALARS = "IrrepsArray(x.irreps, x.array.at[index].{}) where all irreps are 0e"
_ELSEWHERE = {
    "get": ("what stands at an index is read by the index alone", "x[index]"),
    "multiply": (_LINEAR, "x.at[index].set(x[index] * factor)"),
    "mul": (_LINEAR, "x.at[index].set(x[index] * factor)"),
    "divide": (_LINEAR, "x.at[index].set(x[index] / divisor)"),
    "subtract": (_LINEAR, "x.at[index].add(-values)"),
    "apply": (_COMPONENTS, "x.at[index].set(function(x[index])) with an equivariant function"),
    "power": (_COMPONENTS, "x.at[index].set(x[index] ** exponent) where all irreps are scalars"),
    "max": (_COMPONENTS, _SCALARS.format("max(values)")),
    "min": (_COMPONENTS, _SCALARS.format("min(values)")),
}


def _no_update(name: str) -> str:
    if name not in _ELSEWHERE:
        return f"x.at[index] has no attribute {name!r}.\n  Write x.at[index].set(values) or x.at[index].add(values)."
    why, code = _ELSEWHERE[name]
    return f"x.at[index] has no {name}: {why}.\n  Write {code}."


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

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(_no_update(name))

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
