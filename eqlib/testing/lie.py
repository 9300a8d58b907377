"""The Lie test of a backward pass: the derivative of an equivariant function commutes with the generators.

If f(g x) = g f(x) for all g, then J X x = X' f(x) for every generator X of the group, where J is the derivative of f.
So for every cotangent v the backward pass must give <vjp(v), X x> = <v, X' f(x)>.
"""

from collections.abc import Sequence

import numpy as np

from eqlib.array_types import Float
from eqlib.testing.blocks import on_copies
from eqlib.testing.operands import Field

EPS = float(np.finfo(np.float64).eps)

Arrays = Sequence[np.ndarray]


class Generator:
    """An infinitesimal rotation about an axis, or an infinitesimal translation."""

    def __init__(self, name: str, axis: int | None) -> None:
        self.name, self.axis = name, axis

    def act(self, one: Field, x: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
        """X x, of the shape of x."""
        if self.axis is None:
            return np.broadcast_to((1.0, -2.0, 0.5), x.shape) if one.is_position else np.zeros_like(x)
        return on_copies(lambda ir: ir.generators()[self.axis], one.irreps, x)

    def spread(self, one: Field, bound: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
        """|X| bound: what X makes of errors of that size."""
        if self.axis is None:
            return np.zeros_like(bound)
        return on_copies(lambda ir: np.abs(ir.generators()[self.axis]), one.irreps, bound)


def generators(fields: Sequence[Field]) -> list[Generator]:
    """Those that act on these fields: three rotations, and a translation if there are positions."""
    found = [Generator(f"rotation about {name}", axis) for axis, name in enumerate("xyz")]
    if any(one.is_position for one in fields):
        found.append(Generator("translation", None))
    return found


def residual(
    X: Generator,
    inputs: tuple[Sequence[Field], Arrays, Arrays, Arrays],
    outputs: tuple[Sequence[Field], Arrays, Arrays, Arrays],
) -> tuple[float, float]:
    """The difference <vjp(v), X x> - <v, X' f(x)>, and the bound on its rounding.

    inputs    the fields, their values x, the gradients vjp(v), and bounds on the errors of these
    outputs   the fields, their cotangents v, the values f(x), and bounds on the errors of these
    """
    terms: list[tuple[np.ndarray, np.ndarray]] = []
    for one, x, gradient, bound in zip(*inputs, strict=True):
        moved = X.act(one, x)
        terms.append((gradient * moved, bound * np.abs(moved)))
    for one, v, value, bound in zip(*outputs, strict=True):
        terms.append((-v * X.act(one, value), np.abs(v) * X.spread(one, bound)))
    count = sum(products.size for products, _ in terms) + 8
    size = sum(float(np.sum(np.abs(products))) for products, _ in terms)
    allowed = sum(float(np.sum(errors)) for _, errors in terms) + count * EPS * size
    return abs(sum(float(np.sum(products)) for products, _ in terms)), allowed
