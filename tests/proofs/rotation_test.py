"""Every theorem about rotations is proved, and fails where its subject is wrong."""

import sys

import numpy as np
import pytest

import proofs.rotation
import spec.rotation
from proofs.certificate import THEOREMS, ProofFailed, decide

NAMES = [name for name, claim in THEOREMS.items() if claim.prove.__module__.startswith("proofs.rotation.")]

MODULES = [module for name, module in sys.modules.items() if name.startswith(("spec.rotation", "proofs.rotation."))]

RIGHT = {name: getattr(spec.rotation, name) for name in spec.rotation.LAWS} | {
    "four_outer_products": spec.rotation.four_outer_products,
    "matrix_from_quaternion": proofs.rotation.quaternions.matrix_from_quaternion,
}


def left_handed_product(q1, q2):
    return RIGHT["compose_quaternion"](q2, q1)


def transposed(q):
    return RIGHT["quaternion_to_matrix"](q).T


def without_a_sign(q):
    w, x, y, z = q
    return np.array([w, -x, -y, z])


def swapped_columns(*angles):
    return RIGHT["angles_to_matrix"](*angles)[:, [2, 1, 0]]


def wrong_corner(R):
    outer = RIGHT["four_outer_products"](R)
    outer[1, 2] = -outer[1, 2]
    return outer


def on_the_wrong_side(R):
    axis, angle = RIGHT["matrix_to_axis_angle"](R)
    return -axis, angle


def without_arc_cosine(u, v, t):
    alpha, _, gamma = RIGHT["rand_angles"](u, v, t)
    return alpha, 2 * np.pi * u, gamma


def twice_the_angle(R):
    return 2 * RIGHT["rotation_angle_from_matrix"](R)


def without_the_inverse(a, b, c, d, e, f):
    to_matrix = RIGHT["angles_to_matrix"]
    return RIGHT["rotation_angle_from_matrix"](to_matrix(a, b, c) @ to_matrix(d, e, f))


def second_order(log):
    K = np.cross(np.eye(3, dtype=int), log)
    return np.eye(3, dtype=int) + K + K @ K / 2


# The theorem, the function in its subject, and a wrong version of it.
FAULTS = [
    ("quaternions_act_as_rotations", "inverse_quaternion", without_a_sign),
    ("quaternions_compose_as_matrices", "quaternion_to_matrix", transposed),
    ("quaternions_cover_rotations_twice", "four_outer_products", wrong_corner),
    ("shepperd_branches_invert_the_matrix", "four_outer_products", wrong_corner),
    ("euler_angles_give_rotations", "matrix_z", lambda angle: RIGHT["matrix_z"](angle) * 2),
    ("euler_angles_give_rotations", "inverse_angles", lambda a, b, c: (-a, -b, -c)),
    ("euler_angles_are_read_off_the_matrix", "angles_to_matrix", swapped_columns),
    ("euler_angles_are_read_off_the_matrix", "matrix_x", lambda angle: RIGHT["matrix_x"](angle).T),
    ("angles_have_a_quaternion", "compose_quaternion", left_handed_product),
    ("quaternions_turn_about_their_axis", "quaternion_to_matrix", transposed),
    ("trace_and_antisymmetric_part_give_the_angle", "quaternion_to_matrix", transposed),
    ("conversions_keep_the_rotation", "matrix_to_axis_angle", on_the_wrong_side),
    ("conversions_keep_the_rotation", "quaternion_to_angles", lambda q: RIGHT["quaternion_to_angles"](q)[::-1]),
    ("angles_between_rotations_are_those_of_the_trace", "rotation_angle_from_matrix", twice_the_angle),
    ("angles_between_rotations_are_those_of_the_trace", "rotation_angle_from_angles", without_the_inverse),
    ("points_have_their_angles", "xyz_to_angles", lambda xyz: RIGHT["xyz_to_angles"](xyz[::-1])),
    ("exponential_series_is_long_enough", "log_coordinates_to_matrix", second_order),
    ("every_form_is_a_group", "compose_log_coordinates", lambda v, w: RIGHT["compose_log_coordinates"](w, v)),
    ("every_form_is_a_group", "identity_angles", lambda: (np.pi, 0.0, 0.0)),
    ("random_rotations_are_uniform", "rand_angles", without_arc_cosine),
    ("random_rotations_agree", "rand_quaternion", lambda u, v, t: RIGHT["rand_quaternion"](v, u, t)),
    (
        "library_matrix_of_a_quaternion_is_the_definition",
        "matrix_from_quaternion",
        lambda q: RIGHT["matrix_from_quaternion"](q) * (1 + 2**-52),
    ),
]


@pytest.mark.parametrize("name", NAMES)
def test_theorem_is_proved(name):
    verdict = decide(THEOREMS[name], 1)
    assert verdict.proved, verdict.counterexample


@pytest.mark.parametrize(("name", "function", "wrong"), FAULTS)
def test_theorem_fails_where_its_subject_is_wrong(monkeypatch, name, function, wrong):
    for module in MODULES:
        if hasattr(module, function):
            monkeypatch.setattr(module, function, wrong)
    with pytest.raises(ProofFailed):
        THEOREMS[name].prove(1)


def test_every_theorem_has_a_planted_fault():
    assert {name for name, _, _ in FAULTS} == set(NAMES)
