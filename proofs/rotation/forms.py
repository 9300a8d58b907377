"""Theorems about all forms at once: without rounding on rational rotations, by `exact_angles.py`."""

import itertools
from typing import Any

import numpy as np

from proofs.certificate import ProofFailed, theorem
from proofs.rotation.conversions import FORMS, as_tuple, convert, equal, to_matrix
from proofs.rotation.exact_angles import Irrational, exact, lift, rational_rotations, show
from spec import rotation as spec

IDENTITY = np.eye(3, dtype=int)


@theorem(
    statement="a conversion between any two of the five forms keeps the rotation",
    method="equality of the matrices, without rounding, over rational rotations: half turns, gimbal lock and the "
    "identity among them; the exponential of log coordinates is left to exponential_series_is_long_enough",
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
                converted = convert(source, target, of_form(source, q))
                same = equal(to_matrix(target, converted), spec.quaternion_to_matrix(q))
            except Irrational:
                continue  # no rational number says what this form of this rotation is
            if not same:
                raise ProofFailed(f"{source}_to_{target} changes the rotation of q = {show(q)}")
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
    statement="the angle between two rotations in any form is that of the matrix P^T Q: its cosine is (tr - 1)/2 and "
    "its sine is not negative",
    method="equality of the cosines, without rounding, over pairs of rational rotations",
    covers=(
        "rotation_angle_from_matrix",
        "rotation_angle_from_angles",
        "rotation_angle_from_quaternion",
        "rotation_angle_from_axis_angle",
        "rotation_angle_from_log_coordinates",
    ),
    counts="equalities",
)
def angles_between_rotations_are_those_of_the_trace(lmax: int) -> int:
    cases = 0
    for form in FORMS:
        before = cases
        for p, q in itertools.product(rational_rotations()[:10], repeat=2):
            R = spec.quaternion_to_matrix(p).T @ spec.quaternion_to_matrix(q)
            try:
                arguments = (R,) if form == "matrix" else (*of_form(form, p), *of_form(form, q))
                angle = lift(getattr(spec, f"rotation_angle_from_{form}")(*arguments))
                cosine, sine = angle.cos(), angle.sin()
            except Irrational:
                continue
            if not (2 * cosine == np.trace(R) - 1 and abs(sine) == sine):
                raise ProofFailed(f"rotation_angle_from_{form} is wrong for p = {show(p)}, q = {show(q)}")
            cases += 1
        if cases - before < 50:
            raise ProofFailed(f"rotation_angle_from_{form} was decided in {cases - before} cases only")
    return cases


@theorem(
    statement="angles_to_xyz is the image of the y axis, and xyz_to_angles gives its angles back, whatever the length",
    method="equality of the points, without rounding, for the images of y under rational rotations",
    covers=("angles_to_xyz", "xyz_to_angles"),
    counts="points",
)
def points_have_their_angles(lmax: int) -> int:
    cases = 0
    for q in rational_rotations():
        point = spec.quaternion_to_matrix(q)[:, 1]
        for length in (1, 3):
            try:
                angles = spec.xyz_to_angles(length * point)
                same = equal(spec.angles_to_xyz(*angles), point) and equal(
                    spec.angles_to_matrix(*angles, 0)[:, 1], point
                )
            except Irrational:
                continue
            if not same:
                raise ProofFailed(f"{length} times the image of y under q = {show(q)} has other angles")
            cases += 1
    if cases < 50:
        raise ProofFailed(f"the angles of {cases} points only were decided")
    return cases


def of_form(form: str, q: np.ndarray) -> tuple[Any, ...]:
    """A rotation in a form."""
    return convert("quaternion", form, (q,))


def _require_group(form: str, p: np.ndarray, q: np.ndarray) -> int:
    left, right = of_form(form, p), of_form(form, q)
    P, Q = spec.quaternion_to_matrix(p), spec.quaternion_to_matrix(q)
    claims = {f"compose_{form}": (as_tuple(getattr(spec, f"compose_{form}")(*left, *right)), P @ Q)}
    if form != "axis_angle":
        claims[f"inverse_{form}"] = (as_tuple(getattr(spec, f"inverse_{form}")(*left)), P.T)
        identity = tuple(exact(x) if np.ndim(x) else lift(x) for x in as_tuple(getattr(spec, f"identity_{form}")()))
        claims[f"identity_{form}"] = (identity, IDENTITY)
    for name, (value, expected) in claims.items():
        if not equal(to_matrix(form, value), expected):
            raise ProofFailed(f"{name} is wrong for p = {show(p)}, q = {show(q)}")
    return len(claims)
