"""Rotations, one at a time, by their definitions.

A rotation matrix is determined by what it does to vectors; the other forms are defined by their matrix, and a
conversion to a form solves that definition. R(alpha, beta, gamma) = Ry(alpha) Rx(beta) Ry(gamma); a quaternion is
(w, x, y, z).
"""

from .conversions import angles_to_axis_angle as angles_to_axis_angle
from .conversions import angles_to_log_coordinates as angles_to_log_coordinates
from .conversions import angles_to_quaternion as angles_to_quaternion
from .conversions import angles_to_xyz as angles_to_xyz
from .conversions import axis_angle_to_angles as axis_angle_to_angles
from .conversions import axis_angle_to_log_coordinates as axis_angle_to_log_coordinates
from .conversions import axis_angle_to_quaternion as axis_angle_to_quaternion
from .conversions import log_coordinates_to_angles as log_coordinates_to_angles
from .conversions import log_coordinates_to_axis_angle as log_coordinates_to_axis_angle
from .conversions import log_coordinates_to_quaternion as log_coordinates_to_quaternion
from .conversions import matrix_to_angles as matrix_to_angles
from .conversions import matrix_to_axis_angle as matrix_to_axis_angle
from .conversions import matrix_to_log_coordinates as matrix_to_log_coordinates
from .conversions import quaternion_to_angles as quaternion_to_angles
from .conversions import quaternion_to_axis_angle as quaternion_to_axis_angle
from .conversions import quaternion_to_log_coordinates as quaternion_to_log_coordinates
from .conversions import xyz_to_angles as xyz_to_angles
from .group import compose_angles as compose_angles
from .group import compose_axis_angle as compose_axis_angle
from .group import compose_log_coordinates as compose_log_coordinates
from .group import identity_angles as identity_angles
from .group import identity_log_coordinates as identity_log_coordinates
from .group import inverse_angles as inverse_angles
from .group import inverse_log_coordinates as inverse_log_coordinates
from .group import rotation_angle_from_angles as rotation_angle_from_angles
from .group import rotation_angle_from_axis_angle as rotation_angle_from_axis_angle
from .group import rotation_angle_from_log_coordinates as rotation_angle_from_log_coordinates
from .group import rotation_angle_from_matrix as rotation_angle_from_matrix
from .group import rotation_angle_from_quaternion as rotation_angle_from_quaternion
from .matrix import angles_to_matrix as angles_to_matrix
from .matrix import axis_angle_to_matrix as axis_angle_to_matrix
from .matrix import log_coordinates_to_matrix as log_coordinates_to_matrix
from .matrix import matrix_x as matrix_x
from .matrix import matrix_y as matrix_y
from .matrix import matrix_z as matrix_z
from .matrix import quaternion_to_matrix as quaternion_to_matrix
from .quaternion import compose_quaternion as compose_quaternion
from .quaternion import four_outer_products as four_outer_products
from .quaternion import identity_quaternion as identity_quaternion
from .quaternion import inverse_quaternion as inverse_quaternion
from .quaternion import matrix_to_quaternion as matrix_to_quaternion
from .random import rand_angles as rand_angles
from .random import rand_axis_angle as rand_axis_angle
from .random import rand_log_coordinates as rand_log_coordinates
from .random import rand_matrix as rand_matrix
from .random import rand_quaternion as rand_quaternion

LAWS = {
    "matrix_x": ("rotation", "adds_angles"),
    "matrix_y": ("rotation", "adds_angles"),
    "matrix_z": ("rotation", "adds_angles"),
    "angles_to_matrix": ("rotation", "round_trip"),
    "quaternion_to_matrix": ("rotation", "round_trip", "homomorphism", "double_cover"),
    "axis_angle_to_matrix": ("rotation", "round_trip", "fixes_axis"),
    "log_coordinates_to_matrix": ("rotation", "round_trip", "smooth"),
    "matrix_to_angles": ("round_trip",),
    "matrix_to_quaternion": ("round_trip", "unit_norm"),
    "matrix_to_axis_angle": ("round_trip", "unit_norm"),
    "matrix_to_log_coordinates": ("round_trip",),
    "angles_to_quaternion": ("same_rotation", "unit_norm"),
    "angles_to_axis_angle": ("same_rotation", "unit_norm"),
    "angles_to_log_coordinates": ("same_rotation",),
    "quaternion_to_angles": ("same_rotation",),
    "quaternion_to_axis_angle": ("same_rotation", "round_trip", "unit_norm"),
    "quaternion_to_log_coordinates": ("same_rotation", "round_trip", "smooth"),
    "axis_angle_to_angles": ("same_rotation",),
    "axis_angle_to_quaternion": ("same_rotation", "round_trip", "unit_norm"),
    "axis_angle_to_log_coordinates": ("same_rotation", "round_trip"),
    "log_coordinates_to_angles": ("same_rotation",),
    "log_coordinates_to_quaternion": ("same_rotation", "round_trip", "unit_norm", "smooth"),
    "log_coordinates_to_axis_angle": ("same_rotation", "round_trip", "unit_norm"),
    "angles_to_xyz": ("round_trip", "unit_norm"),
    "xyz_to_angles": ("round_trip", "homogeneous"),
    "identity_angles": ("identity",),
    "identity_quaternion": ("identity",),
    "identity_log_coordinates": ("identity",),
    "compose_angles": ("homomorphism",),
    "compose_quaternion": ("homomorphism", "multiplies_norms"),
    "compose_axis_angle": ("homomorphism",),
    "compose_log_coordinates": ("homomorphism", "smooth"),
    "inverse_angles": ("inverse",),
    "inverse_quaternion": ("inverse",),
    "inverse_log_coordinates": ("inverse",),
    "rotation_angle_from_matrix": ("class_function",),
    "rotation_angle_from_angles": ("invariant_metric",),
    "rotation_angle_from_quaternion": ("invariant_metric",),
    "rotation_angle_from_axis_angle": ("invariant_metric",),
    "rotation_angle_from_log_coordinates": ("invariant_metric",),
    "rand_angles": ("uniform",),
    "rand_matrix": ("uniform", "rotation"),
    "rand_quaternion": ("uniform", "unit_norm"),
    "rand_axis_angle": ("uniform", "unit_norm"),
    "rand_log_coordinates": ("uniform",),
}
