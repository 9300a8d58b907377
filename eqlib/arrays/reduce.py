"""Sums and means, over leading axes and over the copies of an irrep."""

import operator
from collections.abc import Callable
from typing import Any

from eqlib.arrays.create import as_irreps_array, from_chunks
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.errors import LayoutError
from eqlib.o3 import Irreps, namespace
from eqlib.o3.parsing import integer

Axes = int | tuple[int, ...] | list[int] | None


def sum(array: Any, axis: Axes = None, keepdims: bool = False) -> IrrepsArray:
    """Adds along `axis`, by default all axes; on the axis of the irreps it adds the copies of every segment.

    Law:    sum(D(g) x) = D(g) sum(x).
    Shape:  [..., irreps] -> [..., irreps] without the axes, or with length 1; on the last axis every multiplicity is 1.
            A plain array is read as scalars, 0e.
    Raises: LayoutError if there is no such axis.
    Example:
        >>> import numpy as np
        >>> sum(IrrepsArray("3x0e + 2x0e", np.arange(10).reshape(2, 5)), axis=1)
        1x0e+1x0e
        [[ 3  7]
         [18 17]]
    """
    array = as_irreps_array(array)
    return _reduced(namespace(array.array).sum, array, axis, keepdims, Irreps([(1, ir) for _, ir in array.irreps]))


def mean(array: Any, axis: Axes = None, keepdims: bool = False) -> IrrepsArray:
    """Averages along `axis`, by default all axes; on the axis of the irreps it averages the copies of every segment.

    Law:    mean(D(g) x) = D(g) mean(x).
    Shape:  as `sum`, except that a segment without copies, which has no mean, stays without.
    Raises: as `sum`.
    Example:
        >>> import numpy as np
        >>> mean(IrrepsArray("3x0e + 2x0e", np.arange(10).reshape(2, 5)), axis=0)
        3x0e+2x0e [2.5 3.5 4.5 5.5 6.5]
    """
    array = as_irreps_array(array)
    irreps = Irreps([(min(mul, 1), ir) for mul, ir in array.irreps])
    return _reduced(namespace(array.array).mean, array, axis, keepdims, irreps)


def _reduced(op: Callable[..., Any], x: IrrepsArray, axis: Axes, keepdims: bool, irreps: Irreps) -> IrrepsArray:
    axes = _standardize_axes(axis, x.ndim)
    last = x.ndim - 1
    leading = tuple(i for i in axes if i != last)
    if leading:
        x = IrrepsArray(x.irreps, op(x.array, axis=leading, keepdims=keepdims))
    if last not in axes:
        return x
    chunks = [
        op(chunk, axis=-2, keepdims=True) if mul > 0 else chunk
        for chunk, (mul, _) in zip(x.chunks, irreps, strict=True)
    ]
    return from_chunks(irreps, chunks, x.shape[:-1], x.dtype)


def _standardize_axes(axis: Axes, ndim: int) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(ndim))
    axes = axis if isinstance(axis, tuple | list) else (axis,)
    for i in axes:
        n = integer(i)
        if n is None or not -ndim <= n < ndim:
            fault = "no integer" if n is None else "out of range"
            raise LayoutError(
                f"axis {i!r} is {fault}: the array has {ndim} axes.\n"
                "  Write axis=-1 for the copies of every irrep, axis=0 for the first axis, axis=None for all."
            )
    return tuple(sorted({operator.index(i) % ndim for i in axes}))
