"""Every form is a group: its identity, composition and inverse, and the angle between two rotations."""

import numpy as np

from spec.rotation.conversions import (
    axis_angle_to_quaternion,
    log_coordinates_to_quaternion,
    matrix_to_angles,
    matrix_to_axis_angle,
    quaternion_to_axis_angle,
    quaternion_to_log_coordinates,
)
from spec.rotation.matrix import (
    AXES,
    angles_to_matrix,
    axis_angle_to_matrix,
    quaternion_to_matrix,
)
from spec.rotation.quaternion import compose_quaternion


def identity_angles():
    return 0.0, 0.0, 0.0


def identity_log_coordinates():
    return np.zeros(3)


def compose_angles(alpha1, beta1, gamma1, alpha2, beta2, gamma2):
    return matrix_to_angles(angles_to_matrix(alpha1, beta1, gamma1) @ angles_to_matrix(alpha2, beta2, gamma2))


def compose_axis_angle(axis1, angle1, axis2, angle2):
    q1, q2 = axis_angle_to_quaternion(axis1, angle1), axis_angle_to_quaternion(axis2, angle2)
    return quaternion_to_axis_angle(compose_quaternion(q1, q2))


def compose_log_coordinates(log1, log2):
    q1, q2 = log_coordinates_to_quaternion(log1), log_coordinates_to_quaternion(log2)
    return quaternion_to_log_coordinates(compose_quaternion(q1, q2))


def inverse_angles(alpha, beta, gamma):
    return -gamma, -beta, -alpha


def inverse_log_coordinates(log):
    return -np.asarray(log)


def rotation_angle_from_matrix(R):
    """A vector across the axis turns by the angle."""
    axis, angle = matrix_to_axis_angle(R)
    if angle == 0:
        return 0.0
    across = np.cross(axis, AXES[np.argmin(np.abs(axis))])
    return np.arctan2(np.linalg.norm(np.cross(across, R @ across)), np.dot(across, R @ across))


def _angle_between(R1, R2):
    return rotation_angle_from_matrix(R1.T @ R2)


def rotation_angle_from_angles(alpha1, beta1, gamma1, alpha2, beta2, gamma2):
    return _angle_between(angles_to_matrix(alpha1, beta1, gamma1), angles_to_matrix(alpha2, beta2, gamma2))


def rotation_angle_from_quaternion(q1, q2):
    return _angle_between(quaternion_to_matrix(q1), quaternion_to_matrix(q2))


def rotation_angle_from_axis_angle(axis1, angle1, axis2, angle2):
    return _angle_between(axis_angle_to_matrix(axis1, angle1), axis_angle_to_matrix(axis2, angle2))


def rotation_angle_from_log_coordinates(log1, log2):
    return rotation_angle_from_quaternion(log_coordinates_to_quaternion(log1), log_coordinates_to_quaternion(log2))
