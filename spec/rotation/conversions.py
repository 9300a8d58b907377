"""From matrices to the other forms, between these, and the angles of points of the sphere."""

import numpy as np

from spec.rotation.matrix import angles_to_matrix, axis_angle_to_matrix, quaternion_to_matrix
from spec.rotation.quaternion import compose_quaternion, matrix_to_quaternion


def matrix_to_angles(R):
    """alpha and beta bring the y axis to where R brings it; gamma is the turn about y that is left."""
    alpha, beta = xyz_to_angles(R @ [0, 1, 0])
    rest = angles_to_matrix(alpha, beta, 0).T @ R
    return alpha, beta, np.arctan2(rest[0, 2], rest[0, 0])


def matrix_to_axis_angle(R):
    return quaternion_to_axis_angle(matrix_to_quaternion(R))


def matrix_to_log_coordinates(R):
    return axis_angle_to_log_coordinates(*matrix_to_axis_angle(R))


def axis_angle_to_quaternion(axis, angle):
    length = np.linalg.norm(axis)
    n = np.asarray(axis) / length if length > 0 else np.zeros(3)
    return np.array([np.cos(angle / 2), *(np.sin(angle / 2) * n)])


def quaternion_to_axis_angle(q):
    """q / |q| = (cos(angle / 2), sin(angle / 2) axis), the sine not negative; the identity gets zero and zero."""
    w, v = q[0], np.asarray(q[1:])
    s = np.linalg.norm(v)
    return (v / s, 2 * np.arctan2(s, w)) if s > 0 else (np.zeros(3), 0.0)


def axis_angle_to_log_coordinates(axis, angle):
    length = np.linalg.norm(axis)
    return np.zeros(3) if length == 0 else np.asarray(axis) / length * angle


def log_coordinates_to_axis_angle(log):
    angle = np.linalg.norm(log)
    return (np.asarray(log) / angle if angle > 0 else np.zeros(3)), angle


def quaternion_to_log_coordinates(q):
    return axis_angle_to_log_coordinates(*quaternion_to_axis_angle(q))


def log_coordinates_to_quaternion(log):
    return axis_angle_to_quaternion(*log_coordinates_to_axis_angle(log))


def angles_to_quaternion(alpha, beta, gamma):
    turns = [([0, 1, 0], alpha), ([1, 0, 0], beta), ([0, 1, 0], gamma)]
    a, b, c = (axis_angle_to_quaternion(axis, angle) for axis, angle in turns)
    return compose_quaternion(compose_quaternion(a, b), c)


def angles_to_axis_angle(alpha, beta, gamma):
    return matrix_to_axis_angle(angles_to_matrix(alpha, beta, gamma))


def angles_to_log_coordinates(alpha, beta, gamma):
    return matrix_to_log_coordinates(angles_to_matrix(alpha, beta, gamma))


def quaternion_to_angles(q):
    return matrix_to_angles(quaternion_to_matrix(q))


def axis_angle_to_angles(axis, angle):
    return matrix_to_angles(axis_angle_to_matrix(axis, angle))


def log_coordinates_to_angles(log):
    return axis_angle_to_angles(*log_coordinates_to_axis_angle(log))


def angles_to_xyz(alpha, beta):
    return angles_to_matrix(alpha, beta, 0) @ [0, 1, 0]


def xyz_to_angles(xyz):
    """The azimuth about y from z towards x, zero at the poles; the angle from y, a right angle for the zero vector."""
    x, y, z = xyz
    pole = x == 0 and z == 0
    return 0.0 if pole else np.arctan2(x, z), np.pi / 2 if pole and y == 0 else np.arctan2(np.hypot(x, z), y)
