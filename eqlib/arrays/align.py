"""Copies of two representations beside each other, and factors of copies beside components."""

from eqlib.array_types import Array, Shaped
from eqlib.o3 import Irreps, namespace


def align(irreps1: Irreps, irreps2: Irreps) -> tuple[Irreps, Irreps]:
    """Cuts two irreps of equally many copies into segments of equal multiplicity; no component moves.

    Example:
        >>> align(Irreps("2x0e + 1o"), Irreps("1e + 2x2e"))
        (1x0e+1x0e+1x1o, 1x1e+1x2e+1x2e)
    """
    left, right = list(irreps1)[::-1], list(irreps2)[::-1]
    segments1, segments2 = [], []
    while left and right:
        (mul1, ir1), (mul2, ir2) = left.pop(), right.pop()
        mul = min(mul1, mul2)
        segments1.append((mul, ir1))
        segments2.append((mul, ir2))
        if mul1 > mul:
            left.append((mul1 - mul, ir1))
        if mul2 > mul:
            right.append((mul2 - mul, ir2))
    return Irreps(segments1), Irreps(segments2)


def per_component(
    irreps: Irreps, a: Shaped[Array, "*batch {irreps.num_irreps}"]
) -> Shaped[Array, "*batch {irreps.dim}"]:
    """Repeats one value per copy over the components of that copy.

    Shape:  [..., num_irreps] -> [..., dim].
    Example:
        >>> import numpy as np
        >>> per_component(Irreps("2x0e + 1o"), np.array([5, 6, 7]))
        array([5, 6, 7, 7, 7])
    """
    xp, leading_shape = namespace(a), a.shape[:-1]
    if all(ir.l == 0 for _, ir in irreps):
        return a
    parts, u = [], 0
    for mul_ir in irreps:
        values = a[..., u : u + mul_ir.mul, None]
        u += mul_ir.mul
        # Broadcast, not gathered: the gradient is then a sum and not a scatter.
        repeated = xp.broadcast_to(values, (*leading_shape, mul_ir.mul, mul_ir.ir.dim))
        parts.append(repeated.reshape((*leading_shape, mul_ir.dim)))
    return xp.concatenate(parts, axis=-1)
