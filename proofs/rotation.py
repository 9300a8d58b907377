"""Theorems about rotations: the functions of `spec/rotation.py`, run on symbols instead of floats.

A quaternion is four free symbols. An angle is a pair (c, s) of symbols with c^2 + s^2 = 1: an expression in them has a
normal form of degree at most one in s, which vanishes only if the expression does for every angle.
"""

import itertools
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import Any

import numpy as np
import sympy

from eqlib.o3 import matrix_from_quaternion
from proofs.certificate import ProofFailed, theorem
from spec import rotation as spec

Q = np.array(sympy.symbols("w x y z", real=True), dtype=object)
P = np.array(sympy.symbols("a b c d", real=True), dtype=object)
CIRCLES = [sympy.symbols(f"c{k} s{k}", real=True) for k in range(3)]
IDENTITY = np.eye(3, dtype=int)
GRID = range(-3, 4)


@dataclass(frozen=True)
class Angle:
    """An angle by its cosine and sine; `numpy.cos` and `numpy.sin` call the methods of that name."""

    c: Any
    s: Any

    def cos(self) -> Any:
        return self.c

    def sin(self) -> Any:
        return self.s

    def __neg__(self) -> "Angle":
        return Angle(self.c, -self.s)

    def __add__(self, other: "Angle") -> "Angle":
        return Angle(self.c * other.c - self.s * other.s, self.s * other.c + self.c * other.s)

    def __sub__(self, other: "Angle") -> "Angle":
        return self + -other


ALPHA, BETA, GAMMA = (Angle(c, s) for c, s in CIRCLES)


@theorem(
    statement="R = quaternion_to_matrix(q) has R^T R = 1 and det R = 1 for every q that is not zero",
    method="|q|^4 R^T R = |q|^4 and |q|^6 det R = |q|^6 as polynomials in the components of q",
    covers=("quaternion_to_matrix",),
    counts="identities",
)
def quaternions_act_as_rotations(lmax: int) -> int:
    numerators, square = _numerators(Q)
    orthogonal = _require_zero("|q|^4 (R^T R - 1)", numerators.T @ numerators - square**2 * IDENTITY)
    return orthogonal + _require_zero("|q|^6 (det R - 1)", sympy.Matrix(numerators).det() - square**3)


@theorem(
    statement="quaternion_to_matrix is a homomorphism, and takes the conjugate to the inverse",
    method="|p|^2 |q|^2 (R(p q) - R(p) R(q)) = 0 as a polynomial in eight variables",
    covers=("quaternion_to_matrix", "compose_quaternion", "inverse_quaternion"),
    counts="identities",
)
def quaternions_compose_as_matrices(lmax: int) -> int:
    (left, square_p), (right, square_q) = _numerators(P), _numerators(Q)
    product = spec.compose_quaternion(P, Q)
    numerators, square = _numerators(product)
    return (
        _require_zero("|p q|^2 - |p|^2 |q|^2", square - square_p * square_q)
        + _require_zero("|p q|^2 (R(p q) - R(p) R(q))", numerators - left @ right)
        + _require_zero("R(conjugate) - R^T", _numerators(spec.inverse_quaternion(Q))[0] - right.T)
    )


@theorem(
    statement="two unit quaternions give one matrix if and only if they differ by a sign at most",
    method="the matrix of -q is that of q, and 4 q q^T is a function of the matrix, by a polynomial identity",
    covers=("quaternion_to_matrix", "matrix_to_quaternion"),
    counts="identities",
)
def quaternions_cover_rotations_twice(lmax: int) -> int:
    numerators, square = _numerators(Q)
    outer = spec.four_outer_products(numerators) + (square - 1) * np.eye(4, dtype=int)  # its 1 stands for |q|^2
    return _require_zero("R(-q) - R(q)", _numerators(-Q)[0] - numerators) + _require_zero(
        "4 q q^T of the matrix - 4 q q^T", outer - 4 * np.outer(Q, Q)
    )


@theorem(
    statement="each of Shepperd's four branches gives back a unit quaternion up to sign, and one of them is available: "
    "the largest of the four diagonal entries is at least 1",
    method="rational unit quaternions, by integer square roots; the diagonal sums to 4 for every matrix whatever",
    covers=("matrix_to_quaternion",),
    counts="branches",
)
def shepperd_branches_invert_the_matrix(lmax: int) -> int:
    entries = np.array(sympy.symbols("r:9"), dtype=object).reshape(3, 3)
    _require_zero("sum of the diagonal - 4", np.trace(spec.four_outer_products(entries)) - 4)
    branches = 0
    for p in _integer_quaternions():
        q = spec.compose_quaternion(p, p) / Fraction(int(p @ p))  # the square of p / |p|: rational and of length 1
        outer = spec.four_outer_products(spec.quaternion_to_matrix(q))
        if max(np.diag(outer)) < 1:
            raise ProofFailed(f"q = {_show(q)}: no diagonal entry reaches 1")
        for k in np.flatnonzero(q):
            found = outer[k] / (2 * _root(outer[k, k]))
            if list(found) not in (list(q), list(-q)):
                raise ProofFailed(f"q = {_show(q)}: branch {'wxyz'[k]} gives {_show(found)}")
            branches += 1
    return branches


@theorem(
    statement="matrix_x, matrix_y and matrix_z are rotations and add their angles; "
    "R = Ry(alpha) Rx(beta) Ry(gamma) is a rotation, whose inverse has the angles (-gamma, -beta, -alpha)",
    method="normal forms modulo c^2 + s^2 = 1 for every angle",
    covers=("matrix_x", "matrix_y", "matrix_z", "angles_to_matrix", "inverse_angles", "compose_angles"),
    counts="identities",
)
def euler_angles_give_rotations(lmax: int) -> int:
    turns = (spec.matrix_x, spec.matrix_y, spec.matrix_z)
    R = spec.angles_to_matrix(ALPHA, BETA, GAMMA)
    cases = sum(_require_zero(f"{f.__name__} adds", f(ALPHA) @ f(BETA) - f(ALPHA + BETA)) for f in turns)
    for name, matrix in [("R", R), *((f.__name__, f(ALPHA)) for f in turns)]:
        cases += _require_zero(f"{name}^T {name} - 1", matrix.T @ matrix - IDENTITY)
        cases += _require_zero(f"det {name} - 1", sympy.Matrix(matrix).det() - 1)
    inverse = spec.angles_to_matrix(*spec.inverse_angles(ALPHA, BETA, GAMMA))
    return cases + _require_zero("R of the inverse angles - R^T", inverse - R.T)


@theorem(
    statement="the y axis goes to the point with azimuth alpha and polar angle beta, and "
    "(cos gamma, sin gamma) = (c R_xx - s R_zx, c R_xz - s R_zz) with c, s of alpha, also where sin(beta) = 0",
    method="normal forms modulo c^2 + s^2 = 1 for every angle",
    covers=("angles_to_matrix", "matrix_to_angles", "angles_to_xyz", "xyz_to_angles"),
    counts="identities",
)
def euler_angles_are_read_off_the_matrix(lmax: int) -> int:
    R = spec.angles_to_matrix(ALPHA, BETA, GAMMA)
    point = np.array([BETA.s * ALPHA.s, BETA.c, BETA.s * ALPHA.c])
    turned = ALPHA.c * R[0] - ALPHA.s * R[2]
    return _require_zero("R y - point", R[:, 1] - point) + _require_zero(
        "gamma", np.array([turned[0] - GAMMA.c, turned[2] - GAMMA.s])
    )


@theorem(
    statement="with b, p and m half of beta, alpha + gamma and alpha - gamma the unit quaternion of the angles is "
    "(cos b cos p, sin b cos m, cos b sin p, -sin b sin m), and its matrix is that of the angles",
    method="normal forms modulo c^2 + s^2 = 1 for the half angles",
    covers=("angles_to_quaternion", "angles_to_matrix", "quaternion_to_matrix"),
    counts="identities",
)
def angles_have_a_quaternion(lmax: int) -> int:
    a, b, c = ALPHA, BETA, GAMMA  # the halves of the Euler angles
    turns = [a.c, 0, a.s, 0], [b.c, b.s, 0, 0], [c.c, 0, c.s, 0]
    q = spec.compose_quaternion(spec.compose_quaternion(turns[0], turns[1]), turns[2])
    closed = np.array([b.c * (a + c).c, b.s * (a - c).c, b.c * (a + c).s, -b.s * (a - c).s])
    R = spec.angles_to_matrix(a + a, b + b, c + c)
    return (
        _require_zero("product - closed form", q - closed)
        + _require_zero("|q|^2 - 1", q @ q - 1)
        + _require_zero("R(q) - R(angles)", _numerators(q)[0] - R)
    )


@theorem(
    statement="R(cos(t/2), sin(t/2) n) = 1 + sin(t) K + (1 - cos(t)) K^2 for |n| = 1, K u = n x u, which is exp(t K)",
    method="|q|^2 R = |q|^2 + 2 w K(v) + 2 K(v)^2 as polynomials, and K(v)^3 = -|v|^2 K(v)",
    covers=(
        "axis_angle_to_matrix",
        "axis_angle_to_quaternion",
        "quaternion_to_axis_angle",
        "log_coordinates_to_matrix",
        "log_coordinates_to_quaternion",
        "quaternion_to_log_coordinates",
    ),
    counts="identities",
    assumes="the power series of sine and cosine, and their formulas for the double angle",
)
def quaternions_turn_about_their_axis(lmax: int) -> int:
    (numerators, square), w, v = _numerators(Q), Q[0], Q[1:]
    K = np.stack([np.cross(v, e) for e in IDENTITY], axis=-1)
    return _require_zero("|q|^2 R", numerators - square * IDENTITY - 2 * w * K - 2 * K @ K) + _require_zero(
        "K^3 + |v|^2 K", K @ K @ K + (v @ v) * K
    )


@theorem(
    statement="for q = (cos(t/2), sin(t/2) n) the trace is 1 + 2 cos(t) and the antisymmetric part has length "
    "2 |sin(t)|, so that the rotation angle of R is atan2(|antisymmetric part|, trace - 1)",
    method="polynomial identities: |q|^2 tr R = 3 w^2 - |v|^2 and |q|^4 |a|^2 = 16 w^2 |v|^2",
    covers=(
        "rotation_angle_from_matrix",
        "rotation_angle_from_angles",
        "rotation_angle_from_quaternion",
        "rotation_angle_from_axis_angle",
        "rotation_angle_from_log_coordinates",
    ),
    counts="identities",
    assumes="the formulas of sine and cosine for the double angle",
)
def trace_and_antisymmetric_part_give_the_angle(lmax: int) -> int:
    (N, _), w, v = _numerators(Q), Q[0], Q[1:]
    axial = np.array([N[2, 1] - N[1, 2], N[0, 2] - N[2, 0], N[1, 0] - N[0, 1]])
    return (
        _require_zero("trace", np.trace(N) - 3 * w**2 + v @ v)
        + _require_zero("antisymmetric part", axial - 4 * w * v)
        + _require_zero("its length", axial @ axial - 16 * w**2 * (v @ v))
    )


@theorem(
    statement="eqlib.o3.matrix_from_quaternion is quaternion_to_matrix",
    method="equality without rounding at every integer quaternion of the grid whose |q|^2 is a power of two; "
    "the ten of them with |q|^2 <= 2 and no negative component determine a quadratic form in four variables",
    covers=("quaternion_to_matrix",),
    counts="quaternions",
    assumes="the entries of |q|^2 matrix_from_quaternion(q) are quadratic forms, as its text shows",
)
def library_matrix_of_a_quaternion_is_the_definition(lmax: int) -> int:
    cases = 0
    for q in _integer_quaternions():
        square = int(q @ q)
        if square & (square - 1) == 0:
            library = matrix_from_quaternion(q.astype(np.float64))
            expected = spec.quaternion_to_matrix(q * Fraction(1))
            if [Fraction(float(x)) for x in library.ravel()] != list(expected.ravel()):
                raise ProofFailed(f"q = {_show(q)}: {library.tolist()} is not {expected.tolist()}")
            cases += 1
    return cases


def _numerators(q: np.ndarray) -> tuple[np.ndarray, Any]:
    """|q|^2 R(q), whose entries are polynomials, and |q|^2."""
    square = q @ q
    return np.vectorize(lambda entry: sympy.cancel(entry * square), otypes=[object])(
        spec.quaternion_to_matrix(q)
    ), square


def _require_zero(what: str, expressions: Any) -> int:
    """How many expressions there are, all of them zero for all values of the symbols."""
    flat = np.ravel(np.array(expressions, dtype=object))
    for index, expression in enumerate(flat):
        rest = _normal_form(sympy.sympify(expression))
        if rest != 0:
            raise ProofFailed(f"{what}, entry {index}: {rest} is not 0")
    return len(flat)


def _normal_form(expression: sympy.Expr) -> sympy.Expr:
    for c, s in CIRCLES:
        if expression.has(s):
            expression = sympy.rem(expression, s**2 + c**2 - 1, s)
    return sympy.expand(expression)


def _integer_quaternions() -> list[np.ndarray]:
    """Those of the grid that are not zero, the smallest first."""
    grid = sorted(itertools.product(GRID, repeat=4), key=lambda q: (sum(n * n for n in q), q))
    return [np.array(q, dtype=object) for q in grid[1:]]


def _root(square: Fraction) -> Fraction:
    root = Fraction(isqrt(square.numerator), isqrt(square.denominator))
    if root**2 != square:
        raise ProofFailed(f"{square} is not the square of a rational number")
    return root


def _show(q: np.ndarray) -> str:
    return f"({', '.join(map(str, q))})"
