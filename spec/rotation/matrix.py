"""The matrix of each form: what it does to vectors."""

import numpy as np

from spec.rotation.quaternion import compose_quaternion, inverse_quaternion

AXES = np.eye(3, dtype=int)


def matrix_x(angle):
    """y turns towards z."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def matrix_y(angle):
    """z turns towards x."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])


def matrix_z(angle):
    """x turns towards y."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def angles_to_matrix(alpha, beta, gamma):
    return matrix_y(alpha) @ matrix_x(beta) @ matrix_y(gamma)


def quaternion_to_matrix(q):
    """The columns are the images q e / q of the axes e."""
    inverse = inverse_quaternion(q) / np.dot(q, q)
    columns = [compose_quaternion(compose_quaternion(q, [0, *e]), inverse)[1:] for e in AXES]
    return np.stack(columns, axis=-1)


def axis_angle_to_matrix(axis, angle):
    """Rodrigues: what is along the axis stays, what is across it turns."""
    length = np.linalg.norm(axis)
    if length == 0:
        return np.eye(3)
    n = np.asarray(axis) / length
    columns = [np.dot(n, e) * n + np.cos(angle) * (e - np.dot(n, e) * n) + np.sin(angle) * np.cross(n, e) for e in AXES]
    return np.stack(columns, axis=-1)


def log_coordinates_to_matrix(log):
    """The exponential series of the cross product with `log`; halving makes it short, and squaring doubles errors."""
    halvings = 3
    cross = np.stack([np.cross(log, e) for e in AXES], axis=-1) / 2**halvings
    term, total = np.eye(3), np.eye(3)
    for n in range(1, 30):
        term = term @ cross / n
        total = total + term
    for _ in range(halvings):
        total = total @ total
    return total
