"""Several arrays made one: end to end, on a new axis, or entry by entry."""

import operator
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from eqlib.array_types import Shape
from eqlib.arrays.align import per_component
from eqlib.arrays.arith import broadcast_leading, is_zero
from eqlib.arrays.create import as_irreps_array, zeros_like
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.arrays.multiplicity import standardize_axis
from eqlib.errors import LayoutError
from eqlib.explain import mismatch
from eqlib.o3 import namespace


def concatenate(arrays: Sequence[Any], axis: int = -1) -> IrrepsArray:
    """Joins arrays along an axis; along the last one the irreps are joined too, neither sorted nor merged.

    Plain arrays count as scalars, 0e.

    Raises:  LayoutError if the other axes differ; IrrepsError if the irreps differ and the axis is a leading one.
    Example:
        >>> import numpy as np
        >>> concatenate([IrrepsArray("1o", np.array([1, 2, 3])), IrrepsArray("0e", np.array([4]))])
        1x1o+1x0e [1 2 3 4]
    """
    arrays = _as_irreps_arrays("concatenate", arrays)
    ndim = arrays[0].ndim
    if axis % ndim == ndim - 1 and -ndim <= axis < ndim:
        _require_equal_shapes("concatenate", [x.shape[:-1] for x in arrays])
        irreps = reduce(operator.add, (x.irreps for x in arrays))
        return IrrepsArray(irreps, _namespace(arrays).concatenate([x.array for x in arrays], axis=-1))
    axis = standardize_axis(axis, ndim, arrays[0].irreps)
    _require_equal_irreps("concatenate", arrays, lambda x, y: f"concatenate([{x}, {y}], axis={axis})")
    _require_equal_shapes("concatenate", [x.shape[:axis] + x.shape[axis + 1 : -1] for x in arrays])
    return IrrepsArray(arrays[0].irreps, _namespace(arrays).concatenate([x.array for x in arrays], axis=axis))


def stack(arrays: Sequence[Any], axis: int = 0) -> IrrepsArray:
    """Joins arrays of equal irreps along a new leading axis.

    Raises:  IrrepsError if the irreps differ; LayoutError if the shapes differ or the axis would be the last.
    Example:
        >>> import numpy as np
        >>> stack([IrrepsArray("1o", np.array([1, 2, 3])), IrrepsArray("1o", np.array([4, 5, 6]))])
        1x1o
        [[1 2 3]
         [4 5 6]]
    """
    arrays = _as_irreps_arrays("stack", arrays)
    axis = standardize_axis(axis, arrays[0].ndim + 1, arrays[0].irreps)
    _require_equal_irreps("stack", arrays, lambda x, y: f"stack([{x}, {y}], axis={axis})")
    _require_equal_shapes("stack", [x.shape[:-1] for x in arrays])
    return IrrepsArray(arrays[0].irreps, _namespace(arrays).stack([x.array for x in arrays], axis=axis))


def where(mask: Any, x: Any, y: Any) -> IrrepsArray:
    """Chooses from `x` where the mask is true and from `y` elsewhere, whole irreps at a time; 0 may stand for one.

    Shape:  [..., 1] or [..., num_irreps], [..., irreps], [..., irreps] -> [..., irreps]; leading axes broadcast.
    Raises: IrrepsError if the irreps differ; LayoutError if the mask fits neither shape or is not of booleans.
    Example:
        >>> import numpy as np
        >>> x = IrrepsArray("0e + 1o", np.array([1, 2, 3, 4]))
        >>> where(np.array([False, True]), x, 0)
        1x0e+1x1o [0 2 3 4]
    """
    x = zeros_like(y) if is_zero(x) and isinstance(y, IrrepsArray) else as_irreps_array(x)
    y = zeros_like(x) if is_zero(y) else as_irreps_array(y)
    _require_equal_irreps("choose between", [x, y], lambda x, y: f"where(mask, {x}, {y})")
    xp = namespace(mask, x.array, y.array)
    mask, copies = xp.asarray(mask), x.irreps.num_irreps
    if mask.dtype != bool:
        raise LayoutError(
            f"where: the mask has dtype {mask.dtype}, and a choice is between true and false.\n"
            "  Write where(mask != 0, x, y) for x at every number but 0."
        )
    if mask.ndim > 0 and mask.shape[-1] not in (1, copies):
        raise LayoutError(
            f"where: the last axis of the mask has length {mask.shape[-1]}; it must be 1, or {copies} for the {copies} "
            f"copies of {x.irreps}.\n  Write where(mask[..., None], x, y) for a mask of the leading axes."
        )
    broadcast_leading(f"cannot choose between {x.irreps} by a mask", mask.shape[:-1], x.shape[:-1], y.shape[:-1])
    if mask.ndim > 0 and mask.shape[-1] == copies:
        mask = per_component(x.irreps, mask)
    return IrrepsArray(x.irreps, xp.where(mask, x.array, y.array))


def _as_irreps_arrays(verb: str, arrays: Sequence[Any]) -> list[IrrepsArray]:
    if len(arrays) == 0:
        raise LayoutError(
            f"cannot {verb} an empty list: nothing tells the irreps or the shape.\n"
            "  Write zeros(irreps, leading_shape)."
        )
    return [as_irreps_array(x) for x in arrays]


def _namespace(arrays: Sequence[IrrepsArray]) -> Any:
    return namespace(*(x.array for x in arrays))


def _require_equal_irreps(verb: str, arrays: Sequence[IrrepsArray], rewrite: Callable[[str, str], str]) -> None:
    first = arrays[0].irreps
    for x in arrays:
        if x.irreps != first:
            extended = rewrite(*(f"{name}.extend_with_zeros(x.irreps + y.irreps)" for name in ("x", "y")))
            otherwise = f"With zeros for what one of them lacks, write {extended}."
            raise mismatch(f"cannot {verb} {first} and {x.irreps}", first, x.irreps, rewrite, otherwise)


def _require_equal_shapes(verb: str, shapes: Sequence[Shape]) -> None:
    for shape in shapes:
        if shape != shapes[0]:
            raise LayoutError(
                f"cannot {verb} arrays whose other leading axes are {shapes[0]} and {shape}: they must be equal.\n"
                "  Write x.broadcast_to((*leading_shape, -1)) first."
            )
