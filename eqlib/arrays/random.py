"""Random arrays whose distribution does not change under rotations."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from eqlib.array_types import Extent, RandomKey
from eqlib.arrays.create import from_chunks
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.o3 import Irreps, as_shape, quoted


def normal(
    irreps: object,
    key: RandomKey | None = None,
    leading_shape: int | Sequence[Extent] = (),
    *,
    normalize: bool = False,
    normalization: str | None = None,
    dtype: Any = None,
) -> IrrepsArray:
    """Independent normal components; with `normalize`, every copy of an irrep is scaled to unit length.

    Law:    the distribution is invariant under O(3).
    Shape:  [*leading_shape, irreps].
    Scale:  component (the default): every component has variance 1; norm: every copy has mean square length 1.
    Raises: ValueError without a key of JAX, or if `normalization` is neither.
    Example:
        >>> normal("2x0e + 1o", jax.random.key(0), (7,)).shape
        (7, 5)
    """
    irreps, leading_shape = Irreps(irreps), as_shape(leading_shape)
    if key is None or isinstance(key, int):
        given = "" if key is None else f", which {key} is not"
        raise ValueError(
            f"normal: random numbers need a key{given}, for the same key gives the same numbers.\n"
            f"  Write normal({quoted(irreps)}, jax.random.key({key or 0}))."
        )
    if normalization not in (None, "component", "norm"):
        raise ValueError(f"normal: the normalization is 'component' or 'norm', not {normalization!r}.")
    dtype = jnp.result_type(float) if dtype is None else dtype
    if normalization != "norm" and not normalize:
        return IrrepsArray(irreps, jax.random.normal(key, (*leading_shape, irreps.dim), dtype))
    chunks = []
    for mul, ir in irreps:
        key, key_of_chunk = jax.random.split(key)
        chunk = jax.random.normal(key_of_chunk, (*leading_shape, mul, ir.dim), dtype)
        length = jnp.linalg.norm(chunk, axis=-1, keepdims=True) if normalize else jnp.sqrt(ir.dim).astype(dtype)
        chunks.append(chunk / length)
    return from_chunks(irreps, chunks, leading_shape, dtype)
