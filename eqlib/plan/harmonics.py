"""The solid harmonics of several degrees at once, as one straight-line program.

With A_m + i B_m = (z + ix)^m, and P_l^(m) the derivative of order m of the Legendre polynomial of degree l,

    Y_lm = Q_lm A_m for m >= 0, Q_l|m| B_|m| for m < 0        Q_lm = n_lm r^(l-m) P_l^(m)(y/r)

Two recurrences give every Q from those one degree lower. The first is the derivative of order m-1 of
P_l' = t P_(l-1)' + l P_(l-1):

    P_l^(m) = t P_(l-1)^(m) + (l+m-1) P_(l-1)^(m-1)           P_l = t P_(l-1) - (1-t^2)/l P_(l-1)'

Near the poles all terms of the first are of one sign, and the second subtracts what is small there: degree 11 is
within 3 eps of float32 of the length of Y_l, at any direction. The recurrence in l alone, at a fixed m, takes about as
many steps and loses 27 eps, since near the poles it subtracts almost equal numbers.
"""

import functools
from collections.abc import Sequence

from eqlib.o3.basis import norm_square
from eqlib.o3.surd import Surd
from eqlib.plan.straight_line import ONE, ZERO, StraightLine, Symbol, Value, record

Table = dict[tuple[int, int], Symbol]


@functools.cache
def harmonics_program(degrees: tuple[int, ...], normalization: str, *, of_direction: bool = False) -> StraightLine:
    """The solid harmonics of some degrees, side by side: (x, y, z) -> Y_l for each l of `degrees`.

    `normalization` is `norm` or `component`. (`integral` is `component` divided by the root of 4 pi, which no root of
    a fraction is.) Those `of_direction` are the same at v/|v|, and at 0 if v is 0.

    Example:
        >>> print(harmonics_program((1,), "component", of_direction=True))
        in0: v0 v1 v2
        v3 = v0 * v0
        v4 = v1 * v1
        v5 = v3 + v4
        v6 = v2 * v2
        v7 = v5 + v6
        v8 = 1/√v7
        v9 = v0 * v8
        v10 = v1 * v8
        v11 = v2 * v8
        v12 = √3 v10
        v13 = √3 v9
        v14 = √3 v11
        out0: v13 v12 v14
    """

    def compute(v: Sequence[Value]) -> list[list[Symbol]]:
        v = _direction(v) if of_direction else v
        lmax = max(degrees, default=0)
        Q, (A, B) = _legendre(v, lmax, normalization), _azimuthal(v, lmax)
        rows = [[Q[l, abs(m)] * (A[m] if m >= 0 else B[-m]) for m in range(-l, l + 1)] for l in degrees]
        return [[component for row in rows for component in row]]

    return record([3], compute)


def _direction(v: Sequence[Value]) -> list[Value]:
    """v/|v|, and 0 at 0."""
    x, y, z = v
    inverse = (x * x + y * y + z * z).inverse_root()
    return [x * inverse, y * inverse, z * inverse]


def _azimuthal(v: Sequence[Value], lmax: int) -> tuple[list[Symbol], list[Symbol]]:
    """A_m and B_m, the real and the imaginary part of (z + ix)^m."""
    x, _, z = v
    A, B = list[Symbol]([ONE]), list[Symbol]([ZERO])
    for m in range(lmax):
        A, B = [*A, z * A[m] - x * B[m]], [*B, z * B[m] + x * A[m]]
    return A, B


def _legendre(v: Sequence[Value], lmax: int, normalization: str) -> Table:
    """Q_lm, for 0 <= m <= l <= lmax."""
    x, y, z = v
    Q: Table = {(0, 0): ONE}
    rho_square = x * x + z * z

    def relative(l: int, m: int, n: int) -> Surd:
        """The scale of Q_lm in that of Q_(l-1)n."""
        return _scale(l, m, normalization) / _scale(l - 1, n, normalization)

    for l in range(1, lmax + 1):
        for m in range(l):
            Q[l, m] = relative(l, m, m) * (y * Q[l - 1, m])
        if l > 1:
            Q[l, 0] -= relative(l, 0, 1) / l * (rho_square * Q[l - 1, 1])
        for m in range(1, l + 1):
            Q[l, m] = Q.get((l, m), ZERO) + (l + m - 1) * relative(l, m, m - 1) * Q[l - 1, m - 1]
    return Q


def _scale(l: int, m: int, normalization: str) -> Surd:
    """n_lm, in the normalisation that is asked for."""
    return Surd.sqrt(norm_square(l, m) * {"norm": 1, "component": 2 * l + 1}[normalization])
