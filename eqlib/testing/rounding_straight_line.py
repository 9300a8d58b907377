"""What a straight-line program does to errors: each of its steps passes them on, and rounds."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np

from eqlib.o3 import Surd


def of_straight_line(eqn: Any, xs: Sequence[Any], es: Sequence[Any], values: Sequence[Any], eps: Any) -> list[Any]:
    """The errors of the outputs; what has 16 bits is computed in 32, and rounded once more at the end."""
    program = eqn.params["program"]
    inner = jnp.minimum(eps, 2.0**-23)
    rows = [
        [_Rounded(x[..., n], jnp.zeros_like(x[..., n]) if e is None else e[..., n]) for n in range(x.shape[-1])]
        for x, e in zip(xs, es, strict=True)
    ]
    found = program.run(rows, _Rounding(inner))
    last = jnp.where(eps > 2.0**-23, eps, 0.0)
    return [
        jnp.stack([jnp.broadcast_to(z.error, v.shape[:-1]) for z in row], axis=-1) + last * jnp.abs(v)
        if row
        else jnp.zeros_like(v)
        for row, v in zip(found, values, strict=True)
    ]


class _Rounded(NamedTuple):
    """A number, and a bound on its error."""

    value: Any
    error: Any


class _Rounding:
    """The arithmetic of rounded numbers: every step adds eps times its result."""

    def __init__(self, eps: Any) -> None:
        self._eps = eps

    def add(self, a: _Rounded, b: _Rounded) -> _Rounded:
        return self._rounded(a.value + b.value, a.error + b.error)

    def mul(self, a: _Rounded, b: _Rounded) -> _Rounded:
        return self._rounded(a.value * b.value, jnp.abs(a.value) * b.error + jnp.abs(b.value) * a.error)

    def scale(self, factor: Surd, a: _Rounded) -> _Rounded:
        if abs(factor) == 1:
            return _Rounded(a.value * factor.sign, a.error)
        return self.mul(self.constant(factor), a)

    def inverse_root(self, a: _Rounded) -> _Rounded:
        """Of a^(-1/2): the slope -a^(-3/2)/2, and the roundings of a root and of a division."""
        zero = a.value == 0
        value = jnp.where(zero, 0, 1 / jnp.sqrt(jnp.where(zero, 1, a.value)))
        return _Rounded(value, value**3 / 2 * a.error + 2 * self._eps * value)

    def constant(self, factor: Surd) -> _Rounded:
        number = float(factor)
        exact = number == np.float32(number).astype(jnp.bfloat16)
        return _Rounded(jnp.asarray(number), 0.0 if exact else self._eps * abs(number))

    def _rounded(self, value: Any, error: Any) -> _Rounded:
        return _Rounded(value, error + self._eps * jnp.abs(value))
