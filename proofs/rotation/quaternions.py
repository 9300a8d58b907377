"""Theorems about quaternions: four free symbols, and integers where a square root is taken."""

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from eqlib.o3 import matrix_from_quaternion
from proofs.certificate import ProofFailed, theorem
from proofs.rotation.exact_angles import exact, lift, root, show
from proofs.rotation.symbolic_angles import require_zero
from spec import rotation as spec

Q = np.array(sympy.symbols("w x y z", real=True), dtype=object)
P = np.array(sympy.symbols("a b c d", real=True), dtype=object)
IDENTITY = np.eye(3, dtype=int)
GRID = range(-3, 4)


@theorem(
    statement="R = quaternion_to_matrix(q) has R^T R = 1 and det R = 1 for every q that is not zero",
    method="|q|^4 R^T R = |q|^4 and |q|^6 det R = |q|^6 as polynomials in the components of q",
    covers=("quaternion_to_matrix",),
    counts="identities",
)
def quaternions_act_as_rotations(lmax: int) -> int:
    numerators, square = cleared(Q)
    orthogonal = require_zero("|q|^4 (R^T R - 1)", numerators.T @ numerators - square**2 * IDENTITY)
    return orthogonal + require_zero("|q|^6 (det R - 1)", sympy.Matrix(numerators).det() - square**3)


@theorem(
    statement="quaternion_to_matrix is a homomorphism, and takes the conjugate to the inverse",
    method="|p|^2 |q|^2 (R(p q) - R(p) R(q)) = 0 as a polynomial in eight variables",
    covers=("quaternion_to_matrix", "compose_quaternion", "inverse_quaternion"),
    counts="identities",
)
def quaternions_compose_as_matrices(lmax: int) -> int:
    (left, square_p), (right, square_q) = cleared(P), cleared(Q)
    product = spec.compose_quaternion(P, Q)
    numerators, square = cleared(product)
    return (
        require_zero("|p q|^2 - |p|^2 |q|^2", square - square_p * square_q)
        + require_zero("|p q|^2 (R(p q) - R(p) R(q))", numerators - left @ right)
        + require_zero("R(conjugate) - R^T", cleared(spec.inverse_quaternion(Q))[0] - right.T)
    )


@theorem(
    statement="two unit quaternions give one matrix if and only if they differ by a sign at most",
    method="the matrix of -q is that of q, and 4 q q^T is a function of the matrix, by a polynomial identity",
    covers=("quaternion_to_matrix", "matrix_to_quaternion"),
    counts="identities",
)
def quaternions_cover_rotations_twice(lmax: int) -> int:
    numerators, square = cleared(Q)
    outer = spec.four_outer_products(numerators) + (square - 1) * np.eye(4, dtype=int)  # its 1 stands for |q|^2
    return require_zero("R(-q) - R(q)", cleared(-Q)[0] - numerators) + require_zero(
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
    require_zero("sum of the diagonal - 4", np.trace(spec.four_outer_products(entries)) - 4)
    branches = 0
    for p in _integer_quaternions():
        q = spec.compose_quaternion(p, p) / Fraction(int(p @ p))  # the square of p / |p|: rational and of length 1
        outer = spec.four_outer_products(spec.quaternion_to_matrix(q))
        if max(np.diag(outer)) < 1:
            raise ProofFailed(f"q = {show(q)}: no diagonal entry reaches 1")
        for k in np.flatnonzero(q):
            found = outer[k] / (2 * root(outer[k, k]))
            if list(found) not in (list(q), list(-q)):
                raise ProofFailed(f"q = {show(q)}: branch {'wxyz'[k]} gives {show(found)}")
            branches += 1
    return branches


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
    (numerators, square), w, v = cleared(Q), Q[0], Q[1:]
    K = np.stack([np.cross(v, e) for e in IDENTITY], axis=-1)
    return require_zero("|q|^2 R", numerators - square * IDENTITY - 2 * w * K - 2 * K @ K) + require_zero(
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
    (N, _), w, v = cleared(Q), Q[0], Q[1:]
    axial = np.array([N[2, 1] - N[1, 2], N[0, 2] - N[2, 0], N[1, 0] - N[0, 1]])
    return (
        require_zero("trace", np.trace(N) - 3 * w**2 + v @ v)
        + require_zero("antisymmetric part", axial - 4 * w * v)
        + require_zero("its length", axial @ axial - 16 * w**2 * (v @ v))
    )


@theorem(
    statement="log_coordinates_to_matrix is exp(K), K u = log x u, to 2^-100",
    method="its value at rational vectors, by fractions, beside 1 + sin(t)/t K + (1 - cos(t))/t^2 K^2, power series in "
    "t^2 up to t^120, whose rest is below 2^-200 for t < 5; by K^3 = -t^2 K that is the exponential",
    covers=("log_coordinates_to_matrix",),
    counts="entries",
)
def exponential_series_is_long_enough(lmax: int) -> int:
    count = 0
    for log in ((0, 0, 0), (1, 0, 0), (0, -3, 0), (Fraction(1, 3), 2, -2), (3, 1, Fraction(-5, 2))):
        K = np.stack([np.cross(log, e) for e in IDENTITY], axis=-1) * Fraction(1)
        square = sum(Fraction(x) ** 2 for x in log)
        sine, cosine = (
            sum((-square) ** n / Fraction(math.factorial(2 * n + rest)) for n in range(61)) for rest in (1, 2)
        )
        expected = IDENTITY + sine * K + cosine * K @ K
        for index, entry in np.ndenumerate(spec.log_coordinates_to_matrix(exact(log))):
            if abs(lift(entry).number() - expected[index]) > Fraction(1, 2**100):
                raise ProofFailed(f"log = {show(exact(log))}: entry {index} is {float(lift(entry).number())}")
            count += 1
    return count


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
                raise ProofFailed(f"q = {show(q)}: {library.tolist()} is not {expected.tolist()}")
            cases += 1
    return cases


def cleared(q: np.ndarray) -> tuple[np.ndarray, Any]:
    """|q|^2 R(q), whose entries are polynomials, and |q|^2."""
    square = q @ q
    return np.vectorize(lambda entry: sympy.cancel(entry * square), otypes=[object])(
        spec.quaternion_to_matrix(q)
    ), square


def _integer_quaternions() -> list[np.ndarray]:
    """Those of the grid that are not zero, the smallest first."""
    grid = sorted(itertools.product(GRID, repeat=4), key=lambda q: (sum(n * n for n in q), q))
    return [np.array(q, dtype=object) for q in grid[1:]]
