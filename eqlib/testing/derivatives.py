"""Laws of differentiation: right to third order, and finite at zero."""

import functools
import itertools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.testing.judgement import require, require_close
from eqlib.testing.subject import Subject

Function = Callable[..., Any]


def derivatives_are_right(subject: Subject) -> None:
    """Reverse derivatives to third order agree with central differences, and forward derivatives with reverse ones.

    The step 2^-13 balances truncation, about h^2, against rounding, about eps / h; both stay below the bound.
    """
    step = 2.0**-13
    operands = subject.draw(seed=2)
    ahead, behind = ([x + sign * step * _direction(x) for x in operands] for sign in (1, -1))
    values = [_value(subject), *(_along(g) for g in _gradients(subject))]
    for order, (lower, higher) in enumerate(itertools.pairwise(values), start=1):
        numeric = (lower(*ahead) - lower(*behind)) / (2 * step)
        scale = 1 + abs(float(lower(*operands))) + abs(float(numeric))
        got = float(higher(*operands))
        what = f"has a wrong derivative of order {order}"
        require(abs(got - float(numeric)) <= 1e-5 * scale, subject, what, got=got, numeric=numeric)
    _, forward = jax.jit(lambda *xs: jax.jvp(_value(subject), xs, tuple(_direction(x) for x in xs)))(*operands)
    require_close(subject, "has forward and reverse derivatives that differ", forward, values[1](*operands), 1e5)


def derivatives_are_finite_at_zero(subject: Subject) -> None:
    """No derivative up to third order is NaN or infinite where one operand, or all of them, are zero."""
    draw = subject.draw()
    for zero in (*range(len(draw)), "all"):
        operands = [x * 0.0 if zero in (n, "all") else x for n, x in enumerate(draw)]
        for order, gradient in enumerate(_gradients(subject), start=1):
            found = [g.array for g in gradient(*operands)]
            what = f"has a derivative of order {order} that is not finite at zero"
            require(all(np.isfinite(g).all() for g in found), subject, what, zero=f"operand {zero}", got=found)


def _value(subject: Subject) -> Function:
    """The sum of the output with a weight for every component, so that nothing cancels."""

    def value(*xs: IrrepsArray) -> jax.Array:
        z = subject(*xs).array
        return jnp.sum(z * (1.3 + jnp.arange(z.size).reshape(z.shape) % 7))

    return value


@functools.cache
def _gradients(subject: Subject) -> tuple[Function, ...]:
    """Gradients in every operand: of the value, of its derivative along a direction, and of that one's derivative."""
    found: list[Function] = []
    f = _value(subject)
    for _ in range(3):
        every = tuple(range(len(subject.operands)))
        gradient = jax.grad(f, argnums=every)
        found.append(jax.jit(gradient))
        f = _along(gradient)
    return tuple(found)


def _along(gradient: Function) -> Function:
    """The derivative along the fixed direction of each operand."""

    def along(*xs: IrrepsArray) -> jax.Array:
        terms = [jnp.sum(g.array * _direction(x).array) for g, x in zip(gradient(*xs), xs, strict=True)]
        return functools.reduce(jnp.add, terms)

    return along


def _direction(x: IrrepsArray) -> IrrepsArray:
    """A direction in which every component of an operand changes, each at its own rate."""
    return IrrepsArray(x.irreps, jnp.asarray(np.cos(1.0 + np.arange(x.array.size)).reshape(x.shape), x.dtype))
