"""What factorisations and solvers do to errors: perturbation theory to first order, and backward errors.

The pivots are those that were chosen; that others might be, had the matrix not been rounded, is no error of rounding.
"""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

# The backward errors of eigenvalue solvers are a modest multiple of n eps |A|: the multiple is an assumption.
_MODEST = 8


def _unit_lower(x: Any) -> Any:
    return jnp.tril(x, -1) + jnp.eye(x.shape[-1], dtype=x.dtype)


def _size_of_inverse(x: Any, lower: bool) -> Any:
    eye = jnp.broadcast_to(jnp.eye(x.shape[-1], dtype=x.dtype), x.shape)
    return jnp.abs(jax.lax.linalg.triangular_solve(x, eye, left_side=True, lower=lower))


def _product(*factors: Any) -> Any:
    result = factors[0]
    for factor in factors[1:]:
        result = jnp.matmul(result, factor, precision="highest")
    return result


def _lu(eqn: Any, xs: Sequence[Any], es: Sequence[Any], values: Sequence[Any], eps: Any) -> list[Any]:
    """dL = L low(W), dU = up(W) U, where W = L^-1 dA U^-1 and dA has the backward error n eps |L||U|."""
    both, _, order = values
    if both.shape[-1] != both.shape[-2]:
        raise NotImplementedError("there is no rule for the rounding of lu of a matrix that is not square.")
    L, U = _unit_lower(both), jnp.triu(both)
    moved = jnp.take_along_axis(es[0], order[..., None], axis=-2)
    dA = moved + both.shape[-1] * eps * _product(jnp.abs(L), jnp.abs(U))
    W = _product(_size_of_inverse(L, True), dA, _size_of_inverse(U, False))
    error = _product(jnp.abs(L), jnp.tril(W, -1)) + _product(jnp.triu(W), jnp.abs(U))
    return [error, None, None]


def _cholesky(eqn: Any, xs: Sequence[Any], es: Sequence[Any], values: Sequence[Any], eps: Any) -> list[Any]:
    """dL = L low(L^-1 dA L^-T), where dA has the backward error (n + 1) eps |L||L^T|."""
    L = values[0]
    size, inverse = jnp.abs(L), _size_of_inverse(L, True)
    dA = es[0] + (L.shape[-1] + 1) * eps * _product(size, jnp.swapaxes(size, -1, -2))
    return [_product(size, jnp.tril(_product(inverse, dA, jnp.swapaxes(inverse, -1, -2))))]


def _triangular_solve(eqn: Any, xs: Sequence[Any], es: Sequence[Any], values: Sequence[Any], eps: Any) -> list[Any]:
    """T x = b: dx = T^-1 (dT x + db), and the backward error of substitution, n eps |T|."""
    params, T, x = eqn.params, xs[0], jnp.abs(values[0])
    keep = jnp.tril if params["lower"] else jnp.triu
    no_error = [jnp.zeros_like(v) if e is None else e for v, e in zip(xs, es, strict=True)]
    dT, inside = keep(no_error[0]), jnp.abs(keep(T))
    if params["unit_diagonal"]:
        kept = 1 - jnp.eye(T.shape[-1], dtype=T.dtype)
        inside, dT = inside * kept + (1 - kept), dT * kept
        T = T * kept + (1 - kept)
    inverse = _size_of_inverse(keep(T), params["lower"])
    dT = dT + T.shape[-1] * eps * inside
    if params["transpose_a"]:
        inverse, dT = jnp.swapaxes(inverse, -1, -2), jnp.swapaxes(dT, -1, -2)
    if params["left_side"]:
        return [_product(inverse, _product(dT, x) + no_error[1])]
    return [_product(_product(x, dT) + no_error[1], inverse)]


def _eigh(eqn: Any, xs: Sequence[Any], es: Sequence[Any], values: Sequence[Any], eps: Any) -> list[Any]:
    """Eigenvalues move by |dA| at most (Weyl), eigenvectors by |dA| over the gap; where there is no gap, anywhere.

    The signs of eigenvectors are those that the solver chose.
    """
    (A,), (vectors, eigenvalues) = xs, values
    n = A.shape[-1]
    moved = jnp.sqrt(jnp.sum(es[0] ** 2, axis=(-2, -1))) + _MODEST * n * eps * jnp.sqrt(jnp.sum(A**2, axis=(-2, -1)))
    distance = jnp.abs(eigenvalues[..., :, None] - eigenvalues[..., None, :])
    gap = jnp.min(jnp.where(jnp.eye(n, dtype=bool), jnp.inf, distance), axis=-1)
    turned = 2**0.5 * moved[..., None] / jnp.maximum(gap - 2 * moved[..., None], 0.0)
    of_vectors = jnp.broadcast_to(turned[..., None, :], vectors.shape) + n * eps
    return [of_vectors, jnp.broadcast_to(moved[..., None], eigenvalues.shape)]


LINEAR_ALGEBRA: dict[str, Callable[..., list[Any]]] = {
    "lu": _lu,
    "cholesky": _cholesky,
    "triangular_solve": _triangular_solve,
    "eigh": _eigh,
}
