"""New arrays: from chunks, from plain arrays, of zeros and of ones."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from eqlib.array_types import Extent, Shape
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.errors import LayoutError
from eqlib.explain import one_per_segment
from eqlib.o3 import Irreps, MulIrrep, as_shape, namespace, quoted


def from_chunks(
    irreps: object,
    chunks: Sequence[Any],
    leading_shape: int | Sequence[Extent],
    dtype: Any = None,
    *,
    backend: Any = None,
) -> IrrepsArray:
    """Joins one array per segment; None stands for zeros.

    Shape:  chunks [..., mul, 2l+1] -> [..., irreps]; `leading_shape` is [...].
    Raises: LayoutError if a chunk is no array or has another shape, or if all are None and `dtype` is not given.
            `dtype` is only used if there is no chunk to tell it.
    Example:
        >>> import numpy as np
        >>> from_chunks("1o + 2x0e", [None, np.ones((2, 1))], ())
        1x1o+2x0e [0. 0. 0. 1. 1.]
    """
    irreps, chunks, leading_shape = Irreps(irreps), list(chunks), as_shape(leading_shape)
    if len(irreps) != len(chunks):
        hint = one_per_segment("chunks", len(chunks), len(irreps), ", with zeros in the last")
        raise LayoutError(
            f"from_chunks: {len(chunks)} chunks for the {len(irreps)} segments of {irreps}: each has one.\n"
            f"  Write {hint}."
        )
    for i, (mul_ir, chunk) in enumerate(zip(irreps, chunks, strict=True)):
        shape = (*leading_shape, mul_ir.mul, mul_ir.ir.dim)
        if chunk is not None and not hasattr(chunk, "shape"):
            raise LayoutError(
                f"from_chunks: chunk {i}, for {mul_ir}, is a {type(chunk).__name__} and not an array.\n"
                f"  Write jnp.asarray(chunk), of shape {shape}, or None for zeros."
            )
        if chunk is not None and chunk.shape != shape:
            raise LayoutError(
                f"from_chunks: chunk {i}, for {mul_ir}, has shape {chunk.shape}; the leading shape, the multiplicity "
                f"and the dimension of the irrep make {shape}.\n  Write {_meant(mul_ir, chunk.shape, shape)}."
            )
    given = [chunk for chunk in chunks if chunk is not None]
    if not given and dtype is None:
        raise LayoutError(
            "from_chunks: no chunk tells the dtype, since there is none or all are None.\n"
            f"  Write from_chunks({quoted(irreps)}, chunks, {leading_shape}, jnp.float32)."
        )
    xp = backend or (namespace(*given) if given else jnp)
    dtype = given[0].dtype if given else dtype
    parts = [
        xp.zeros((*leading_shape, mul_ir.dim), dtype)
        if chunk is None
        else xp.asarray(chunk).reshape((*leading_shape, mul_ir.dim))
        for mul_ir, chunk in zip(irreps, chunks, strict=True)
    ]
    return IrrepsArray(irreps, xp.concatenate(parts or [xp.zeros((*leading_shape, 0), dtype)], axis=-1))


def _meant(mul_ir: MulIrrep, shape: Shape, wanted: Shape) -> str:
    """What may have been meant by a chunk of another shape than that of its segment."""
    if shape[:-2] == wanted[:-2] and shape[-2:] == wanted[:-3:-1]:
        return "chunk.swapaxes(-1, -2), if its last axis is that of the copies"
    if shape == (*wanted[:-2], wanted[-2] * wanted[-1]):
        return f"chunk.reshape({wanted})"
    if len(shape) == len(wanted) and shape[:-2] == wanted[:-2] and shape[-1] == wanted[-1]:
        return f"'{shape[-2]}x{mul_ir.ir}' for these copies, or chunk[..., :{wanted[-2]}, :] for the first"
    if shape[-2:] == wanted[-2:]:
        return f"{shape[:-2]} for the leading shape"
    return f"jnp.zeros({wanted}), or None, for zeros"


def as_irreps_array(array: Any, *, backend: Any = None) -> IrrepsArray:
    """Takes the entries of the last axis of a plain array to be scalars; an IrrepsArray stays what it is.

    Raises:  LayoutError if the array has no axis, or is none.
    Example:
        >>> import numpy as np
        >>> as_irreps_array(np.array([1.0, 2.0]))
        2x0e [1. 2.]
    """
    if isinstance(array, IrrepsArray):
        return array
    xp = backend or (namespace(array) if hasattr(array, "shape") else jnp)
    try:
        array = xp.asarray(array)
    except (TypeError, ValueError) as error:
        if isinstance(error, jax.errors.JAXTypeError):  # a tracer where an array of NumPy is needed
            raise
        raise LayoutError(
            f"{type(array).__name__} is no array of numbers, and was to be read as scalars.\n"
            "  Write an IrrepsArray, or for scalars an array: jnp.ones(3)."
        ) from None
    if array.ndim == 0:
        raise LayoutError(
            "as_irreps_array: an array without axes has no axis for the irreps.\n"
            "  Write as_irreps_array(jnp.reshape(a, 1))."
        )
    return IrrepsArray(Irreps([(array.shape[-1], "0e")]), array)


def zeros(irreps: object, leading_shape: int | Sequence[Extent] = (), dtype: Any = None) -> IrrepsArray:
    """An array of zeros.

    Shape:  [*leading_shape, irreps].
    """
    irreps = Irreps(irreps)
    return IrrepsArray(irreps, jnp.zeros((*as_shape(leading_shape), irreps.dim), dtype))


def zeros_like(irreps_array: IrrepsArray) -> IrrepsArray:
    """An array of zeros with the irreps, the shape and the dtype of another.

    Raises:  LayoutError if it has no irreps.
    """
    x = _with_irreps("zeros_like", irreps_array)
    return IrrepsArray(x.irreps, namespace(x.array).zeros_like(x.array))


def ones(irreps: object, leading_shape: int | Sequence[Extent] = (), dtype: Any = None) -> IrrepsArray:
    """An array of ones. For l > 0 these are components like any other: no rotation leaves them as they are.

    Shape:  [*leading_shape, irreps].
    """
    irreps = Irreps(irreps)
    return IrrepsArray(irreps, jnp.ones((*as_shape(leading_shape), irreps.dim), dtype))


def ones_like(irreps_array: IrrepsArray) -> IrrepsArray:
    """An array of ones with the irreps, the shape and the dtype of another.

    Raises:  LayoutError if it has no irreps.
    """
    x = _with_irreps("ones_like", irreps_array)
    return IrrepsArray(x.irreps, namespace(x.array).ones_like(x.array))


def _with_irreps(function: str, x: Any) -> IrrepsArray:
    if not isinstance(x, IrrepsArray):
        raise LayoutError(
            f"{function}: {type(x).__name__} has no irreps.\n"
            f"  Write {function}(as_irreps_array(x)) for scalars, jnp.{function}(x) for an array without irreps."
        )
    return x
