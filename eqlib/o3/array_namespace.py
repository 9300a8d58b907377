"""The array namespace of the arguments: NumPy, or the one that a JAX array carries, so that o3 never imports JAX."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from eqlib.array_types import Array, ArrayLike, Extent, Float, Shape

Namespace = Any  # the module numpy or jax.numpy


def namespace(*arrays: ArrayLike) -> Namespace:
    """Returns the module whose functions act on `arrays`.

    Python numbers and NumPy arrays give `numpy`; one array of another library gives that library's namespace.

    Raises: TypeError if the arrays belong to two libraries other than NumPy.
    Source: the array API standard, https://data-apis.org/array-api, method `__array_namespace__`.
    Example:
        >>> namespace(1.0, np.ones(3)).__name__
        'numpy'
    """
    found: Namespace = np
    for array in arrays:
        if isinstance(array, (np.ndarray, np.generic)) or not hasattr(array, "__array_namespace__"):
            continue
        other = array.__array_namespace__()
        if found is not np and found is not other:
            raise TypeError(
                f"cannot mix arrays of {found.__name__} and {other.__name__}: no rule says which of the two computes. "
                "Convert one of them first, for instance with numpy.asarray(x)."
            )
        found = other
    return found


def as_shape(shape: Extent | Sequence[Extent]) -> Shape:
    """A shape, of which one axis may be given as its length alone, as in NumPy.

    Lengths that are no numbers, such as those that JAX knows by a name alone, are left to JAX.

    Raises: ValueError if a length is a number, but not an integer, 0 or more.
    Example:
        >>> as_shape(3), as_shape([2, 3])
        ((3,), (2, 3))
    """
    given: Any = shape
    lengths: tuple[Any, ...] = tuple(given) if hasattr(given, "__iter__") and not isinstance(given, str) else (given,)
    for n in lengths:
        is_negative = isinstance(n, (int, np.integer)) and n < 0
        if n is None or isinstance(n, (str, bool, np.bool_, float, np.inexact)) or is_negative:
            raise ValueError(
                f"the shape {shape!r} has an axis of length {n!r}, and a length is an integer, 0 or more.\n"
                "  Write (2, 3) for two axes, 2 for one, () for none."
            )
    return lengths


def as_floating(*arrays: ArrayLike) -> tuple[Float[Array, "..."], ...]:
    """Converts the arguments to arrays of one real floating dtype.

    Floating dtypes are promoted to their common one and otherwise kept; integers become the default floating dtype.

    Raises: TypeError for booleans, complex numbers and everything else that is not a real number.
    Example:
        >>> [x.dtype.name for x in as_floating(np.float32(1), 2)]
        ['float32', 'float32']
    """
    xp = namespace(*arrays)
    operands = [x if hasattr(x, "dtype") or isinstance(x, (int, float)) else xp.asarray(x) for x in arrays]
    dtype = xp.result_type(*operands)
    if xp.issubdtype(dtype, xp.integer):
        dtype = xp.asarray(0.0).dtype
    if not xp.issubdtype(dtype, xp.floating):
        raise TypeError(f"expected real numbers, got dtype {dtype}: write x.astype(float) if that is what is meant")
    return tuple(xp.asarray(x, dtype=dtype) for x in operands)


def working_dtype(dtype: Any) -> Any:
    """Returns the dtype to compute in: the given one, or float32 where 16 bits would lose digits on the way.

    Example:
        >>> working_dtype(np.dtype("float16")).name, working_dtype(np.dtype("float64")).name
        ('float32', 'float64')
    """
    return np.dtype("float32") if np.dtype(dtype).itemsize < 4 else np.dtype(dtype)
