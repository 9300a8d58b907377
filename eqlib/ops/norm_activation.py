"""Functions of the lengths of vectors, which multiply them."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from eqlib.array_types import Array, Inexact
from eqlib.arrays.create import from_chunks
from eqlib.dtypes import at_least_float32
from eqlib.errors import IrrepsError
from eqlib.keywords import also_named
from eqlib.ops._activations import Activation, one_for_each, require_elementwise, require_shape
from eqlib.ops._operands import as_inexact, takes_irreps


@also_named(x="input")
@takes_irreps(1)
def norm_activation(x: Any, acts: Sequence[Activation | None], *, normalization: str = "component") -> Any:
    """Multiplies each copy of an irrep by a function of its length.

    Law:    norm_activation(D(g) x) = D(g) norm_activation(x) for all g in O(3), whatever the functions, since lengths
            are invariant.
    Shape:  [..., irreps] -> [..., irreps]. Irreps alone give irreps alone.
    Scale:  the length given to a function is, component: the root mean square of the 2l+1 components; norm: the root of
            the sum of their squares.
    Order:  `acts` has one function, or None to leave it unchanged, per segment. A copy that is zero remains zero, with
            the derivative act(0), or 0 where that is infinite.
    Raises: IrrepsError if there are too few functions or too many, if one is no function or not elementwise, or if
            `normalization` is unknown.
    Source: Thomas et al. (2018), arXiv:1802.08219, section 4.1.3.
    Example:
        >>> import eqlib
        >>> x = eqlib.IrrepsArray("0e + 1o", jnp.array([-2.0, 0.0, 3.0, 0.0]))
        >>> norm_activation(x, [None, jnp.square], normalization="norm")
        1x0e+1x1o [-2.  0. 27.  0.]
    """
    (x,) = as_inexact(x)
    if normalization not in ("component", "norm"):
        raise IrrepsError(f"there is no normalization {normalization!r} of lengths.\n  Write 'component' or 'norm'.")
    acts = one_for_each("norm_activation", acts, x.irreps)
    for act in acts:
        if act is not None:
            require_elementwise(act, x.irreps)
    chunks = [
        chunk if act is None else _scaled(chunk, act, normalization) for chunk, act in zip(x.chunks, acts, strict=True)
    ]
    return from_chunks(x.irreps, chunks, x.shape[:-1], x.dtype)


def _scaled(
    chunk: Inexact[Array, "*batch mul dim"], act: Activation, normalization: str
) -> Inexact[jax.Array, "*batch mul dim"]:
    """act(length) times each copy, computed in at least 32 bits and rounded once."""
    x = jnp.asarray(chunk, at_least_float32(chunk.dtype))
    square = jnp.sum(x * x, axis=-1, keepdims=True)
    if normalization == "component":
        square = square / x.shape[-1]
    # The root has no derivative at zero, so a copy that is zero meets the constant act(0); nothing if that is infinite.
    positive = square > 0
    length = jnp.sqrt(jnp.where(positive, square, 1.0))
    factor = jnp.asarray(act(length))
    if factor.ndim:
        require_shape(act, factor.shape, length.shape)
    zero = jnp.zeros(square.shape[-2:], square.dtype)
    finite = jnp.isfinite(act(zero))
    origin = jnp.where(finite, act(jnp.where(finite, zero, 1.0)), 0.0)
    return (x * jnp.where(positive, factor, origin)).astype(chunk.dtype)
