"""Names of e3nn-jax that programs still call: a former one warns, and does what the present name does."""

import warnings
from collections.abc import Callable
from typing import Any

from eqlib.arrays.create import as_irreps_array, from_chunks, zeros, zeros_like
from eqlib.arrays.irreps_array import IrrepsArray


def _renamed(old: str, new: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        warnings.warn(f"IrrepsArray.{old} is deprecated: write {new}.", DeprecationWarning, stacklevel=2)
        return function(*args, **kwargs)

    call.__name__, call.__doc__ = old, f"Deprecated: write {new}."
    return call


for _old, _new, _function in (
    ("from_list", "eqlib.from_chunks", from_chunks),
    ("as_irreps_array", "eqlib.as_irreps_array", as_irreps_array),
    ("zeros", "eqlib.zeros", zeros),
    ("zeros_like", "eqlib.zeros_like", zeros_like),
):
    setattr(IrrepsArray, _old, staticmethod(_renamed(_old, _new, _function)))

for _old, _new, _function in (
    ("remove_nones", "x.remove_zero_chunks", IrrepsArray.remove_zero_chunks),
    ("sorted", "x.sort", IrrepsArray.sort),
    ("filtered", "x.filter", IrrepsArray.filter),
    ("factor_mul_to_last_axis", "x.mul_to_axis", lambda x, axis=-2: x.mul_to_axis(axis=axis)),
    ("repeat_mul_by_last_axis", "x.axis_to_mul", IrrepsArray.axis_to_mul),
):
    setattr(IrrepsArray, _old, _renamed(_old, _new, _function))

IrrepsArray.list = property(_renamed("list", "x.chunks", lambda x: x.chunks))  # type: ignore[attr-defined]


def _irreps_to_axis(x: IrrepsArray) -> None:
    """Not defined: e3nn-jax has the name alone.

    Raises: AttributeError always.
    """
    raise AttributeError(
        "'IrrepsArray' object has no attribute 'irreps_to_axis', a name of e3nn-jax, where it is not implemented.\n"
        "  Write eqlib.stack([x.slice_by_dim[i : i + d] for i in range(0, x.irreps.dim, d)], axis=-2) to undo "
        "x.axis_to_irreps() for irreps of dimension d."
    )


IrrepsArray.irreps_to_axis = property(_irreps_to_axis)  # type: ignore[attr-defined]
