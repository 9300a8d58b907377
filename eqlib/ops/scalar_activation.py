"""Functions applied to scalars, and what makes a function fit to be applied."""

import functools
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Array, Float, Inexact, Num
from eqlib.arrays.create import from_chunks
from eqlib.dtypes import at_least_float32
from eqlib.errors import IrrepsError
from eqlib.keywords import also_named
from eqlib.o3 import Irrep, Irreps
from eqlib.ops._activations import (
    Activation,
    evaluate,
    is_elementwise,
    name_of,
    one_for_each,
    remembered,
    require_elementwise,
    require_shape,
)
from eqlib.ops._operands import as_inexact, takes_irreps

# Where parity is measured: densely where activations bend, and far out, where they are cut off.
_PARITY_GRID = np.concatenate([np.linspace(0.0, 10.0, 256), np.geomspace(12.0, 100.0, 32)])
# A function whose constant is this close to 1 is left as it is: normalising twice is normalising once.
_UNIT_TOLERANCE = 1e-5


def soft_odd(x: Num[Array, "*axes"]) -> Inexact[jax.Array, "*axes"]:
    """x (1 - exp(-x^2)): smooth, odd, the identity for large |x|: an activation for odd scalars.

    Law:    soft_odd(-x) = -soft_odd(x).
    Shape:  any; elementwise.
    Raises: nothing.
    Source: the default activation of odd scalars in e3nn-jax.
    Example:
        >>> float(soft_odd(jnp.asarray(-30.0)))
        -30.0
    """
    # 1 - exp(-2t) = 2 tanh(t) / (1 + tanh(t)) has all its digits where x is small, for half the time of expm1.
    tanh = jnp.tanh(x * x / 2)
    return x * (2 * tanh / (1 + tanh))


@remembered
def normalize_function(phi: Activation) -> Activation:
    """Divides a function by its root mean square under the normal distribution.

    Law:    the mean of normalize_function(phi)(x)^2 over normal x is 1; normalising twice is normalising once.
    Shape:  that of phi; elementwise.
    Scale:  component: normal inputs of unit variance give outputs of unit mean square.
    Raises: ValueError if that mean is zero, infinite or no number; IrrepsError if the function is not elementwise, or
            depends on values that are being traced, so that it has no mean yet.
    Source: the integral by Gauss-Legendre quadrature in float64, 32 points in each unit interval of [-14, 14].
    Example:
        >>> print(f"{normalize_function(jnp.square)(1.0):.6f}, which is 1 / sqrt(3)")
        0.577350, which is 1 / sqrt(3)
    """
    if not is_elementwise(phi):
        raise IrrepsError(
            f"cannot normalise {name_of(phi)}: it is not elementwise, so that its values are not those of one normal "
            "number.\n"
            "  Write a function of one number, such as jax.numpy.tanh, and apply the other one to its values."
        )
    x, weights = _normal_quadrature()
    values = evaluate(phi, x)
    with np.errstate(over="ignore"):
        square = float(np.sum(weights * values**2))
    if not 0 < square < np.inf:
        raise ValueError(
            f"cannot normalise {name_of(phi)}: its mean square under the normal distribution is {square}.\n"
            "  Pass normalize_act=False to use the function as it is."
        )
    constant = float(np.sqrt(square))
    if abs(constant - 1) < _UNIT_TOLERANCE:
        return phi

    @functools.wraps(phi, updated=())
    def normalized(x: Any) -> Any:
        return phi(x) / constant

    return normalized


@also_named(x="input")
@takes_irreps(1)
def scalar_activation(
    x: Any,
    acts: Sequence[Activation | None] | None = None,
    *,
    even_act: Activation | None = jax.nn.gelu,
    odd_act: Activation | None = soft_odd,
    normalize_act: bool = True,
) -> Any:
    """Applies functions to the scalars of `x`; segments without a function pass unchanged.

    Law:    scalar_activation(D(g) x) = D'(g) scalar_activation(x) for all g in O(3): an even scalar may go through any
            function, an odd one only through an even or an odd function, which gives it that parity.
    Shape:  [..., irreps] -> [..., irreps'], where irreps' differs in the parity of odd scalars at most.
            Irreps alone give irreps' alone.
    Scale:  component: each function is normalised, see `normalize_function`, unless `normalize_act` is False.
    Order:  that of `x`; neither sorted nor merged. `acts` has one function, or None, per segment; without it every 0e
            goes through `even_act`, every 0o through `odd_act`.
    Raises: IrrepsError if a function is given for a segment that is no scalar, if there are too few or too many, if one
            is no function, if an odd scalar meets a function that is neither even nor odd, if a function is not
            elementwise, or if it depends on values that are being traced and is to be normalised or to meet an odd
            scalar.
    Source: Weiler et al. (2018), arXiv:1807.02547, section 4.3, extended to O(3).
    Example:
        >>> scalar_activation("4x0e + 2x0o + 1o", [None, jnp.abs, None])
        4x0e+2x0e+1x1o
    """
    (x,) = as_inexact(x)
    if acts is None:
        acts = [{1: even_act, -1: odd_act}[ir.p] if ir.l == 0 else None for _, ir in x.irreps]
    acts = one_for_each("scalar_activation", acts, x.irreps)
    irreps, chunks = [], []
    for (mul, ir), chunk, act in zip(x.irreps, x.chunks, acts, strict=True):
        irreps.append((mul, ir if act is None else _output_of_copies(mul, ir, act, x.irreps)))
        applied = act if act is None or mul == 0 or not normalize_act else normalize_function(act)
        chunks.append(chunk if applied is None or mul == 0 else _apply(applied, chunk))
    return from_chunks(irreps, chunks, x.shape[:-1], x.dtype)


def _output_of_copies(mul: int, ir: Irrep, act: Activation, irreps: Irreps) -> Irrep:
    """The irrep of act(x) for each of `mul` copies; where there is none, no function is refused."""
    try:
        return _output(ir, act, irreps)
    except IrrepsError:
        if mul > 0:
            raise
        return ir


def _output(ir: Irrep, act: Activation, irreps: Irreps) -> Irrep:
    """The irrep of act(x) for x of irrep `ir`."""
    if ir.l != 0:
        raise IrrepsError(
            f"cannot apply {name_of(act)} to the {ir} of {irreps}: a function of its components does not rotate "
            "with it.\n"
            "  Write norm_activation(x, acts), or gate(x), which multiply it by a scalar; or None for this segment."
        )
    require_elementwise(act, irreps)
    if ir.p == 1:
        return ir
    p = _parity(act)
    if p == 0:
        raise IrrepsError(
            f"cannot apply {name_of(act)} to the 0o of {irreps}: an inversion changes the sign of an odd scalar, and "
            f"{name_of(act)} is neither even nor odd, so its value would have no parity.\n"
            "  Write an odd function such as jax.numpy.tanh or soft_odd, or an even one such as jax.numpy.abs."
        )
    return Irrep(0, p)


def _apply(act: Activation, chunk: Inexact[Array, "*axes"]) -> Inexact[jax.Array, "*axes"]:
    """act(chunk), computed in at least 32 bits and rounded once."""
    wide = jnp.asarray(chunk, at_least_float32(chunk.dtype))
    z = jnp.asarray(act(wide))
    require_shape(act, z.shape, chunk.shape)
    return z.astype(chunk.dtype)


@remembered
def _parity(phi: Activation) -> int:
    """1 if phi(-x) = phi(x), -1 if phi(-x) = -phi(x), 0 otherwise: measured point by point on [0, 100] in float64.

    A thousand roundings of the values up to there are allowed, and of the constants of which a function is the
    difference, as sigmoid - 1/2 is. More would let pass an odd function plus a constant, which has no parity.
    """
    x, eps = _PARITY_GRID, np.finfo(np.float64).eps
    right, left = evaluate(phi, x), evaluate(phi, -x)
    size = np.abs(np.where(np.isfinite(right), right, 0.0))
    allowed = 2**10 * eps * np.maximum.accumulate(size) + 4 * eps * np.max(size[x <= 1])

    def agree(a: Float[np.ndarray, " points"], b: Float[np.ndarray, " points"]) -> bool:
        with np.errstate(invalid="ignore"):  # beyond the range of the dtype both may be infinite, or NaN
            same = (a == b) | (np.isnan(a) & np.isnan(b)) | (np.abs(a - b) <= allowed)
        return bool(np.all(same))

    return 1 if agree(left, right) else -1 if agree(left, -right) else 0


@functools.cache
def _normal_quadrature() -> tuple[Float[np.ndarray, " points"], Float[np.ndarray, " points"]]:
    """Nodes, and weights that include the normal density; exact also for functions with a kink at an integer."""
    nodes, weights = np.polynomial.legendre.leggauss(32)
    x = np.add.outer(np.arange(-14.0, 14.0), (nodes + 1) / 2)
    return x.reshape(-1), (weights / 2 * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)).reshape(-1)
