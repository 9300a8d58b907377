"""Laws of differentiation: right to third order, and finite at zero."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.polynomial import Chebyshev

from eqlib.array_types import Float
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.testing.accuracy import EPS, value_and_rounding
from eqlib.testing.judgement import require
from eqlib.testing.subject import Subject

Function = Callable[..., Any]

NODES = np.cos(np.pi * (np.arange(17) + 0.5) / 17)
"""Where a function of t in [-1, 1] is interpolated by a polynomial of degree 16."""


def derivatives_are_right(subject: Subject) -> None:
    """Derivatives along a line, to third order in reverse and to first forward, are those of a polynomial through it.

    The value at x + t d, for t at Chebyshev's nodes in [-r, r], is interpolated; a multilinear op is met exactly. The
    derivative of order k is sum_j w_kj value_j, whose error is at most sum_j |w_kj| bound_j for the rounding of the
    values, and not more for what the interpolation leaves out, once its last coefficients are down to the rounding.
    The rounding of the derivative itself is less than that: by Cauchy's estimate its terms are of size
    k! max|value| / r^k, whereas sum_j |w_kj| is about (17/r)^k; and 17^k / k! exceeds the 5^k by which k reverse passes
    may multiply the operations. Hence three times the sum.
    """
    operands = subject.draw(seed=2)
    directions = [_direction(x) for x in operands]
    values, bounds, radius = _on_a_line(subject, operands, directions)
    _, forward = jax.jit(lambda *xs: jax.jvp(_value(subject), xs, tuple(map(_direction, xs))))(*operands)
    reverse = [_sum_along(gradient, operands) for gradient in _gradients(subject)(*operands)]
    found = [("forward", 1, forward), *(("reverse", k, got) for k, got in enumerate(reverse, start=1))]
    for mode, order, got in found:
        weights = _weights(order) / radius**order
        want, allowed = weights @ values, 3 * np.abs(weights) @ bounds
        what = f"has a wrong {mode} derivative of order {order}"
        evidence = {"got": got, "interpolated": want, "allowed": allowed}
        require(abs(float(got) - want) <= allowed, subject, what, **evidence)


def derivatives_are_finite_at_zero(subject: Subject) -> None:
    """No derivative up to third order is NaN or infinite where one operand, or all of them, are zero."""
    draw = subject.draw()
    for zero in (*range(len(draw)), "all"):
        operands = [x * 0.0 if zero in (n, "all") else x for n, x in enumerate(draw)]
        for order, gradient in enumerate(_gradients(subject)(*operands), start=1):
            found = [np.asarray(g.array) for g in gradient]
            what = f"has a derivative of order {order} that is not finite at zero"
            require(all(np.isfinite(g).all() for g in found), subject, what, zero=f"operand {zero}", got=found)


def _on_a_line(
    subject: Subject, operands: Sequence[IrrepsArray], directions: Sequence[IrrepsArray]
) -> tuple[Float[np.ndarray, "node ..."], Float[np.ndarray, "node ..."], float]:
    """Values and bounds at the nodes, and a radius small enough for the interpolation to leave out rounding only."""
    for radius in 2.0 ** -np.arange(10):
        t = radius * NODES.reshape(-1, *(1,) * operands[0].ndim)
        points = [IrrepsArray(x.irreps, x.array + t * d.array) for x, d in zip(operands, directions, strict=True)]
        moved = [EPS * np.abs(x.array) for x in points]
        z, errors = value_and_rounding(subject, points, moved)
        weights = _output_weights(z.shape[1:])
        axes = tuple(range(1, z.ndim))
        values = np.sum(z * weights, axis=axes)
        bounds = np.sum(np.abs(weights) * (errors + z[0].size * EPS * np.abs(z)), axis=axes)
        if np.abs(_coefficients() @ values)[-2:].max() <= bounds.max():
            return values, bounds, float(radius)
    require(False, subject, "is not smooth where its derivatives were to be judged", values=values, bounds=bounds)
    raise AssertionError


@functools.cache
def _coefficients() -> Float[np.ndarray, "degree node"]:
    """From values at the nodes to the coefficients of Chebyshev's polynomials, [coefficient, node]."""
    degrees = np.arange(len(NODES))
    matrix = 2 / len(NODES) * np.cos(degrees[:, None] * np.arccos(NODES))
    matrix[0] /= 2
    return matrix


@functools.cache
def _weights(order: int) -> Float[np.ndarray, " node"]:
    """The weight of each node in the derivative at 0 of the polynomial through the nodes."""
    return np.array([Chebyshev(column).deriv(order)(0.0) for column in _coefficients().T])


def _value(subject: Subject) -> Function:
    """The sum of the output with a weight for every component, so that nothing cancels."""

    def value(*xs: IrrepsArray) -> Float[jax.Array, ""]:
        z = subject(*xs).array
        return jnp.sum(z * _output_weights(z.shape))

    return value


def _output_weights(shape: Sequence[int]) -> Float[np.ndarray, "*shape"]:
    return 1.3 + np.arange(int(np.prod(shape))).reshape(shape) % 7


@functools.cache
def _gradients(subject: Subject) -> Function:
    """Gradients in every operand: of the value, of its derivative along a direction, and of that one's derivative.

    They are one program, because each has the one before it inside.
    """
    found: list[Function] = []
    f = _value(subject)
    for _ in range(3):
        found.append(jax.grad(f, argnums=tuple(range(len(subject.operands)))))
        f = _along(found[-1])
    return jax.jit(lambda *xs: [gradient(*xs) for gradient in found])


def _along(gradient: Function) -> Function:
    """The derivative along the fixed direction of each operand."""

    def along(*xs: IrrepsArray) -> Float[jax.Array, ""]:
        return _sum_along(gradient(*xs), xs)

    return along


def _sum_along(gradient: Sequence[IrrepsArray], xs: Sequence[IrrepsArray]) -> Float[jax.Array, ""]:
    """The derivative along the fixed direction of each operand, from the gradient in each."""
    return functools.reduce(
        jnp.add, [jnp.sum(g.array * _direction(x).array) for g, x in zip(gradient, xs, strict=True)]
    )


def _direction(x: IrrepsArray) -> IrrepsArray:
    """A direction in which every component of an operand changes, each at its own rate."""
    return IrrepsArray(x.irreps, jnp.asarray(np.cos(1.0 + np.arange(x.array.size)).reshape(x.shape), x.dtype))
