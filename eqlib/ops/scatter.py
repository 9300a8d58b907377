"""Sum, mean and maximum over the rows of an array that share a destination."""

import operator
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Array, Extent, Inexact, Integer, Num, Shape
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.dtypes import at_least_float32
from eqlib.errors import IrrepsError, LayoutError
from eqlib.lowering.extents import at_most, is_known, known_or_large
from eqlib.o3 import namespace, present
from eqlib.ops._operands import require_in_range

Destinations = Integer[Array, "*rows"]
Reduction = Callable[[Inexact[jax.Array, "..."], Destinations, int], Inexact[jax.Array, "..."]]


def scatter_sum(
    data: Any,
    *,
    dst: Any = None,
    nel: Any = None,
    output_size: Any = None,
    map_back: bool = False,
    mode: Any = "promise_in_bounds",
) -> Any:
    """Adds the rows that share a destination: of messages on edges, for instance, at the nodes that receive them.

    The destinations are given by `dst`, one per row, with the number `output_size` of them; or by `nel`, the numbers
    of rows that go to 0, to 1, ... in turn. With `map_back` each row is given the sum at its destination, and `dst`
    may hold any labels.

    Law:    scatter_sum(D(g) x) = D(g) scatter_sum(x) for all g in O(3); linear in x; the order of rows does not matter.
    Shape:  [*rows, ...] -> [output_size, ...], or [*rows, ...] with `map_back`. `dst` is [*rows], of any integer dtype.
            `data` is an IrrepsArray, whose last axis is no row, or a plain array; integers become floating.
    Scale:  none: a sum of n independent rows has n times their variance.
    Order:  `mode` says what becomes of a row whose destination is negative or not below `output_size`. "drop", or
            "fill", leaves it out: rows of padding have such a destination. "clip" sends it to the nearest. The default
            promises that there is none: one that is known raises, and under jit it is left out. So is a row after the
            last that `nel` counts. With `map_back` what is left out is given 0.
    Raises: LayoutError if not exactly one of `dst` and `nel` is given, if there is not one destination per row, if
            `output_size` is missing or superfluous, if `nel`, where it is known, is negative or counts too many, or if
            a destination that is known is out of range, unless `mode` says what becomes of it.
    Source: Gilmer et al. (2017), arXiv:1704.01212: the sum over the messages to a node.
    Example:
        >>> scatter_sum(jnp.array([1.0, 2.0, 4.0]), dst=jnp.array([2, 0, 2]), output_size=3)
        Array([2., 0., 5.], dtype=float32)
        >>> scatter_sum(jnp.ones(5), nel=jnp.array([1, 3]), map_back=True)
        Array([1., 3., 3., 3., 0.], dtype=float32)
    """
    return _scatter(_sum, 0.0, data, dst, nel, output_size, map_back, mode)


def scatter_mean(
    data: Any,
    *,
    dst: Any = None,
    nel: Any = None,
    output_size: Any = None,
    map_back: bool = False,
    mode: Any = "promise_in_bounds",
) -> Any:
    """The mean of the rows that share a destination; 0 where there is none. The arguments are those of `scatter_sum`.

    Law:    scatter_mean(D(g) x) = D(g) scatter_mean(x) for all g in O(3); linear in x; the order of rows does not
            matter.
    Shape:  [*rows, ...] -> [output_size, ...], or [*rows, ...] with `map_back`.
    Scale:  none: a mean of n independent rows has their variance divided by n.
    Order:  as in `scatter_sum`; a row that is dropped does not count.
    Raises: as `scatter_sum`.
    Source: as `scatter_sum`; a mean is a sum divided by the number of its rows.
    Example:
        >>> scatter_mean(jnp.array([1.0, 2.0, 4.0]), dst=jnp.array([2, 0, 2]), output_size=3)
        Array([2. , 0. , 2.5], dtype=float32)
    """
    return _scatter(_mean, 0.0, data, dst, nel, output_size, map_back, mode)


def scatter_max(
    data: Any,
    *,
    dst: Any = None,
    nel: Any = None,
    initial: float = -np.inf,
    output_size: Any = None,
    map_back: bool = False,
    mode: Any = "promise_in_bounds",
) -> Any:
    """The largest of the invariants that share a destination, component by component, and not below `initial`.

    Law:    scatter_max(x) is invariant, as x must be; the order of rows does not matter. Rows that are equally large
            share the derivative equally.
    Shape:  [*rows, ...] -> [output_size, ...], or [*rows, ...] with `map_back`.
    Order:  as in `scatter_sum`; a destination without rows, and with `map_back` a row without destination, is given
            `initial`.
    Raises: IrrepsError if the irreps of `data` are not all 0e; LayoutError as `scatter_sum`.
    Source: Xu et al. (2019), arXiv:1810.00826: the maximum as an aggregation of messages.
    Example:
        >>> scatter_max(jnp.array([1.0, 2.0, 4.0]), dst=jnp.array([2, 0, 2]), output_size=3)
        Array([  2., -inf,   4.], dtype=float32)
    """
    if isinstance(data, IrrepsArray) and not all(ir.is_scalar() for ir in present(data.irreps)):
        raise IrrepsError(
            f"cannot take the maximum of {data.irreps}: which component of an irrep other than 0e is the largest "
            "changes under rotations and inversion.\n"
            "  Write scatter_max(norm(x), ...) for the greatest lengths; scatter_sum and scatter_mean take any irreps."
        )

    def largest(
        x: Inexact[jax.Array, "..."], rows: Destinations, size: Extent
    ) -> Inexact[jax.Array, "destinations ..."]:
        empty = jnp.full((size, *x.shape[rows.ndim :]), initial, x.dtype)
        return empty.at[rows].max(x, mode="drop", wrap_negative_indices=False)

    return _scatter(largest, initial, data, dst, nel, output_size, map_back, mode)


def _scatter(
    reduce: Reduction, empty: float, data: Any, dst: Any, nel: Any, output_size: Any, map_back: bool, mode: Any
) -> Any:
    """reduce(x, rows, size) in at least 32 bits and rounded once; back at each row if asked for."""
    x = jnp.asarray(data.array if isinstance(data, IrrepsArray) else data)
    leading_shape = x.shape[:-1] if isinstance(data, IrrepsArray) else x.shape
    rows, size = _destinations(leading_shape, dst, nel, output_size, map_back, mode)
    dtype = x.dtype if jnp.issubdtype(x.dtype, jnp.inexact) else jnp.result_type(float)
    z = reduce(x.astype(at_least_float32(dtype)), rows, size)
    if map_back:
        z = z.at[rows].get(mode="fill", fill_value=empty, wrap_negative_indices=False)
    z = z.astype(dtype)
    return IrrepsArray(data.irreps, z) if isinstance(data, IrrepsArray) else z


def _sum(x: Num[jax.Array, "..."], rows: Destinations, size: Extent) -> Num[jax.Array, "destinations ..."]:
    # No promise that indices are sorted: with it XLA took 400 ms on a GPU for a sum that takes 2.3 ms without.
    zeros = jnp.zeros((size, *x.shape[rows.ndim :]), x.dtype)
    return zeros.at[rows].add(x, mode="drop", wrap_negative_indices=False)


def _mean(x: Inexact[jax.Array, "..."], rows: Destinations, size: Extent) -> Inexact[jax.Array, "destinations ..."]:
    counts = jnp.maximum(_sum(jnp.ones(rows.shape, jnp.int32), rows, size), 1).astype(x.dtype)
    z = _sum(x, rows, size)
    return z / counts.reshape((size,) + (1,) * (z.ndim - 1))


def _destinations(
    leading_shape: Shape, dst: Any, nel: Any, output_size: Any, map_back: bool, mode: Any
) -> tuple[Destinations, Extent]:
    """The destination of each row, a number in [0, size]: `size` itself is nowhere; and `size`."""
    if (dst is None) == (nel is None):
        raise LayoutError(
            f"the destinations of rows were given {'twice' if nel is not None else 'neither'} by dst "
            f"{'and' if nel is not None else 'nor'} by nel.\n"
            "  Write dst=, the destination of each row, or nel=, the number of rows of each destination in turn."
        )
    if nel is not None:
        return _from_counts(leading_shape, _integers("nel", nel), output_size)
    dst = _integers("dst", dst)
    if dst.shape != leading_shape[: dst.ndim]:
        raise LayoutError(
            f"dst has shape {dst.shape}, and the rows of data have {leading_shape[: max(dst.ndim, 1)]}: each row needs "
            "one destination, and the axis of irreps has none.\n"
            "  Give dst the shape of the leading axes of data over which to reduce."
        )
    if map_back and output_size is None:
        _, rows = namespace(dst).unique(dst, return_inverse=True, **_padded(dst))
        return rows.reshape(dst.shape), dst.size
    return _from_indices(dst, _size(output_size, map_back), mode)


def _padded(dst: Destinations) -> dict[str, int]:
    """What makes the shape of the labels of a JAX array known: there are at most as many as rows."""
    return {} if isinstance(dst, np.ndarray) else {"size": dst.size}


def _from_indices(dst: Destinations, size: Extent, mode: Any) -> tuple[Destinations, Extent]:
    """Clamped at the width of dst before it is converted, so that no index becomes another one."""
    mode = _mode(mode)
    if mode is jax.lax.GatherScatterMode.PROMISE_IN_BOUNDS:
        require_in_range(
            "dst", dst, 0, size, "Write mode='drop' to leave out the rows that go nowhere, as padding does."
        )
    xp, limits = namespace(dst), np.iinfo(dst.dtype)
    rows = xp.clip(dst, max(-1, limits.min), at_most(size, limits.max))
    rows = rows.astype(np.int32 if known_or_large(size) < 2**31 else np.int64)
    if mode is jax.lax.GatherScatterMode.CLIP:
        return xp.clip(rows, 0, max(size - 1, 0)), size
    return xp.where(rows < 0, size, rows), size


def _mode(mode: Any) -> jax.lax.GatherScatterMode:
    try:
        return jax.lax.GatherScatterMode.from_any(mode)
    except ValueError:
        raise LayoutError(
            f"there is no mode {mode!r} of scattering, which says what becomes of a row whose destination is out of "
            "range.\n"
            "  Write mode='drop' to leave it out, mode='clip' to send it to the nearest, or leave out `mode`."
        ) from None


def _from_counts(
    leading_shape: Shape, nel: Integer[Array, "..."], output_size: Any
) -> tuple[Integer[jax.Array, " {leading_shape[0]}"], Extent]:
    """Row i goes to the first destination up to which more than i rows are counted."""
    if nel.ndim != 1 or not leading_shape:
        raise LayoutError(
            f"nel has shape {nel.shape} for data with rows of shape {leading_shape}; it counts along the first axis of "
            "data.\n  Write dst= for rows of any shape."
        )
    if output_size is not None:
        raise LayoutError(
            f"output_size={output_size} was given with nel, which has the output size {nel.size}.\n"
            "  Leave out output_size."
        )
    if not isinstance(nel, jax.core.Tracer):
        counts = np.asarray(nel, np.int64)
        if np.any(counts < 0) or counts.sum() > leading_shape[0]:
            raise LayoutError(
                f"nel={counts} counts {counts.sum()} rows, and data has {leading_shape[0]}: the numbers may not be "
                "negative nor sum to more.\n"
                "  Rows that nel leaves over are dropped."
            )
    ends = jnp.cumsum(jnp.maximum(nel, 0), dtype=int)
    return jnp.searchsorted(ends, jnp.arange(leading_shape[0]), side="right"), nel.size


def _integers(name: str, values: Any) -> Integer[Array, "..."]:
    array = values if hasattr(values, "dtype") else np.asarray(values)
    if not jnp.issubdtype(array.dtype, jnp.integer):
        raise LayoutError(
            f"{name} has dtype {array.dtype}: destinations and numbers of rows are integers.\n"
            f"  Write {name}.astype(int), if its values are whole numbers."
        )
    return array


def _size(output_size: Any, map_back: bool) -> Extent:
    if map_back:
        raise LayoutError(
            f"output_size={output_size} was given with map_back=True, where the output has the rows of data.\n"
            "  Leave out one of the two."
        )
    if not is_known(output_size):
        return output_size
    try:
        size = operator.index(output_size)
    except TypeError:
        size = -1
    if size < 0:
        given = "is missing" if output_size is None else f"is {output_size}"
        raise LayoutError(
            f"output_size {given}: the shape of an array must be known before its values, so it is an int, not below 0 "
            "and not traced.\n"
            "  Write output_size=nodes.shape[0], for instance; under jit, a static argument; or map_back=True."
        )
    return size
