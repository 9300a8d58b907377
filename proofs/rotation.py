"""Theorems about rotations: the functions of `spec/rotation.py`, run on symbols instead of floats.

A quaternion is four free symbols, an angle a pair (c, s) with c^2 + s^2 = 1 (`_symbolic_angles.py`). What takes a
square root or an arc tangent runs on rational rotations instead, without rounding (`_exact_angles.py`).
"""

import itertools
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from eqlib.o3 import matrix_from_quaternion
from proofs._exact_angles import Irrational, exact, lift, rational_rotations, root, uniform_numbers
from proofs._symbolic_angles import ALPHA, BETA, GAMMA, derivative, require_zero
from proofs.certificate import ProofFailed, theorem
from spec import rotation as spec

Q = np.array(sympy.symbols("w x y z", real=True), dtype=object)
P = np.array(sympy.symbols("a b c d", real=True), dtype=object)
IDENTITY = np.eye(3, dtype=int)
GRID = range(-3, 4)
FORMS = ("matrix", "angles", "quaternion", "axis_angle", "log_coordinates")


@theorem(
    statement="R = quaternion_to_matrix(q) has R^T R = 1 and det R = 1 for every q that is not zero",
    method="|q|^4 R^T R = |q|^4 and |q|^6 det R = |q|^6 as polynomials in the components of q",
    covers=("quaternion_to_matrix",),
    counts="identities",
)
def quaternions_act_as_rotations(lmax: int) -> int:
    numerators, square = _numerators(Q)
    orthogonal = require_zero("|q|^4 (R^T R - 1)", numerators.T @ numerators - square**2 * IDENTITY)
    return orthogonal + require_zero("|q|^6 (det R - 1)", sympy.Matrix(numerators).det() - square**3)


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
        require_zero("|p q|^2 - |p|^2 |q|^2", square - square_p * square_q)
        + require_zero("|p q|^2 (R(p q) - R(p) R(q))", numerators - left @ right)
        + require_zero("R(conjugate) - R^T", _numerators(spec.inverse_quaternion(Q))[0] - right.T)
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
    return require_zero("R(-q) - R(q)", _numerators(-Q)[0] - numerators) + require_zero(
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
            raise ProofFailed(f"q = {_show(q)}: no diagonal entry reaches 1")
        for k in np.flatnonzero(q):
            found = outer[k] / (2 * root(outer[k, k]))
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
    cases = sum(require_zero(f"{f.__name__} adds", f(ALPHA) @ f(BETA) - f(ALPHA + BETA)) for f in turns)
    for name, matrix in [("R", R), *((f.__name__, f(ALPHA)) for f in turns)]:
        cases += require_zero(f"{name}^T {name} - 1", matrix.T @ matrix - IDENTITY)
        cases += require_zero(f"det {name} - 1", sympy.Matrix(matrix).det() - 1)
    inverse = spec.angles_to_matrix(*spec.inverse_angles(ALPHA, BETA, GAMMA))
    return cases + require_zero("R of the inverse angles - R^T", inverse - R.T)


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
    return require_zero("R y - point", R[:, 1] - point) + require_zero(
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
        require_zero("product - closed form", q - closed)
        + require_zero("|q|^2 - 1", q @ q - 1)
        + require_zero("R(q) - R(angles)", _numerators(q)[0] - R)
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
    (N, _), w, v = _numerators(Q), Q[0], Q[1:]
    axial = np.array([N[2, 1] - N[1, 2], N[0, 2] - N[2, 0], N[1, 0] - N[0, 1]])
    return (
        require_zero("trace", np.trace(N) - 3 * w**2 + v @ v)
        + require_zero("antisymmetric part", axial - 4 * w * v)
        + require_zero("its length", axial @ axial - 16 * w**2 * (v @ v))
    )


@theorem(
    statement="a conversion between any two of the five forms keeps the rotation",
    method="equality of the matrices, without rounding, over rational rotations: half turns, gimbal lock and the "
    "identity among them; the exponential of log coordinates is left to quaternions_turn_about_their_axis",
    covers=(
        "matrix_to_angles",
        "matrix_to_quaternion",
        "matrix_to_axis_angle",
        "matrix_to_log_coordinates",
        "angles_to_matrix",
        "angles_to_quaternion",
        "angles_to_axis_angle",
        "angles_to_log_coordinates",
        "quaternion_to_matrix",
        "quaternion_to_angles",
        "quaternion_to_axis_angle",
        "quaternion_to_log_coordinates",
        "axis_angle_to_matrix",
        "axis_angle_to_angles",
        "axis_angle_to_quaternion",
        "axis_angle_to_log_coordinates",
        "log_coordinates_to_angles",
        "log_coordinates_to_quaternion",
        "log_coordinates_to_axis_angle",
    ),
    counts="conversions",
)
def conversions_keep_the_rotation(lmax: int) -> int:
    cases = 0
    pairs = [pair for pair in itertools.permutations(FORMS, 2) if pair != ("log_coordinates", "matrix")]
    for source, target in pairs:
        before = cases
        for q in rational_rotations():
            try:
                converted = _convert(source, target, _convert("quaternion", source, (q,)))
                same = _equal(_matrix(target, converted), spec.quaternion_to_matrix(q))
            except Irrational:
                continue  # no rational number says what this form of this rotation is
            if not same:
                raise ProofFailed(f"{source}_to_{target} changes the rotation of q = {_show(q)}")
            cases += 1
        if cases - before < 50:
            raise ProofFailed(f"{source}_to_{target} was decided for {cases - before} rotations only")
    return cases


@theorem(
    statement="in every form composition is the product of the matrices, the inverse the transpose, "
    "and the identity is neutral",
    method="equality of the matrices, without rounding, over pairs of rational rotations",
    covers=(
        "compose_angles",
        "compose_quaternion",
        "compose_axis_angle",
        "compose_log_coordinates",
        "inverse_angles",
        "inverse_quaternion",
        "inverse_log_coordinates",
        "identity_angles",
        "identity_quaternion",
        "identity_log_coordinates",
    ),
    counts="equalities",
)
def every_form_is_a_group(lmax: int) -> int:
    cases = 0
    for form in FORMS[1:]:
        before = cases
        for p, q in itertools.product(rational_rotations()[:16], repeat=2):
            try:
                cases += _require_group(form, p, q)
            except Irrational:
                continue
        if cases - before < 50:
            raise ProofFailed(f"the group law of {form} was decided in {cases - before} cases only")
    return cases


@theorem(
    statement="rand_angles is uniform: the volume of SO(3) in Euler angles is sin(beta) d alpha d beta d gamma, "
    "and alpha, gamma and cos(beta) are drawn uniformly",
    method="determinant of R^T dR, in normal form; alpha = 2 pi u, gamma = 2 pi v and cos(beta) = 2 t - 1, exactly",
    covers=("rand_angles", "rand_matrix"),
    counts="equalities",
    assumes="the Haar measure is the volume of the left-invariant forms R^T dR",
)
def random_rotations_are_uniform(lmax: int) -> int:
    R = spec.angles_to_matrix(ALPHA, BETA, GAMMA)
    velocities = [R.T @ derivative(R, angle) for angle in (ALPHA, BETA, GAMMA)]
    forms = sympy.Matrix([[W[2, 1], W[0, 2], W[1, 0]] for W in velocities])
    cases = sum(require_zero("R^T dR is antisymmetric", W + W.T) for W in velocities)
    cases += require_zero("volume^2 - sin(beta)^2", forms.det() ** 2 - BETA.s**2)
    for (u, v, t), (alpha, beta, gamma) in ((drawn, spec.rand_angles(*drawn)) for drawn in uniform_numbers()):
        if not (alpha == u.angle and gamma == v.angle and np.cos(beta) == 2 * t - 1):
            raise ProofFailed(f"t = {t}: the angles are not those that the uniform numbers say")
        cases += 1
    return cases


@theorem(
    statement="the random rotations of one key are the same rotation in every form",
    method="equality of the matrices, without rounding, for rational turns",
    covers=(
        "rand_matrix",
        "rand_angles",
        "rand_quaternion",
        "rand_axis_angle",
        "rand_log_coordinates",
    ),
    counts="equalities",
)
def random_rotations_agree(lmax: int) -> int:
    cases = 0
    for form in FORMS:
        before = cases
        for drawn in uniform_numbers():
            try:
                same = _equal(_matrix(form, _tuple(getattr(spec, f"rand_{form}")(*drawn))), spec.rand_matrix(*drawn))
            except Irrational:
                continue
            if not same:
                raise ProofFailed(f"rand_{form} is not rand_matrix for t = {drawn[2]}")
            cases += 1
        if cases - before < 10:
            raise ProofFailed(f"rand_{form} was decided in {cases - before} cases only")
    return cases


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


def _integer_quaternions() -> list[np.ndarray]:
    """Those of the grid that are not zero, the smallest first."""
    grid = sorted(itertools.product(GRID, repeat=4), key=lambda q: (sum(n * n for n in q), q))
    return [np.array(q, dtype=object) for q in grid[1:]]


def _show(q: np.ndarray) -> str:
    return f"({', '.join(str(lift(x).number()) for x in q)})"


def _require_group(form: str, p: np.ndarray, q: np.ndarray) -> int:
    left, right = _convert("quaternion", form, (p,)), _convert("quaternion", form, (q,))
    P, Q = spec.quaternion_to_matrix(p), spec.quaternion_to_matrix(q)
    claims = {f"compose_{form}": (_tuple(getattr(spec, f"compose_{form}")(*left, *right)), P @ Q)}
    if form != "axis_angle":
        claims[f"inverse_{form}"] = (_tuple(getattr(spec, f"inverse_{form}")(*left)), P.T)
        identity = tuple(exact(x) if np.ndim(x) else lift(x) for x in _tuple(getattr(spec, f"identity_{form}")()))
        claims[f"identity_{form}"] = (identity, IDENTITY)
    for name, (value, expected) in claims.items():
        if not _equal(_matrix(form, value), expected):
            raise ProofFailed(f"{name} is wrong for p = {_show(p)}, q = {_show(q)}")
    return len(claims)


def _tuple(x: Any) -> tuple[Any, ...]:
    return x if isinstance(x, tuple) else (x,)


def _convert(source: str, target: str, value: tuple[Any, ...]) -> tuple[Any, ...]:
    return value if source == target else _tuple(getattr(spec, f"{source}_to_{target}")(*value))


def _matrix(form: str, value: tuple[Any, ...]) -> np.ndarray:
    if form == "log_coordinates":
        form, value = "quaternion", _convert(form, "quaternion", value)
    return _convert(form, "matrix", value)[0]


def _equal(R: np.ndarray, S: np.ndarray) -> bool:
    return all(lift(x) == lift(y) for x, y in zip(R.ravel(), S.ravel(), strict=True))
