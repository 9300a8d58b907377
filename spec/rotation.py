"""Rotations, one at a time, by their definitions.

A rotation matrix is determined by what it does to vectors; the other forms are defined by their matrix, and a
conversion to a form solves that definition. R(alpha, beta, gamma) = Ry(alpha) Rx(beta) Ry(gamma); a quaternion is
(w, x, y, z).
"""

import numpy as np

AXES = np.eye(3, dtype=int)

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

# To matrices


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
    """The exponential series of the cross product with `log`; halving and squaring make it short."""
    halvings = 8
    cross = np.stack([np.cross(log, e) for e in AXES], axis=-1) / 2**halvings
    term, total = np.eye(3), np.eye(3)
    for n in range(1, 20):
        term = term @ cross / n
        total = total + term
    for _ in range(halvings):
        total = total @ total
    return total


# From matrices


def four_outer_products(R):
    """4 q q^T of the unit quaternion q of R: linear in R."""
    (xx, xy, xz), (yx, yy, yz), (zx, zy, zz) = R
    return np.array(
        [
            [1 + xx + yy + zz, zy - yz, xz - zx, yx - xy],
            [zy - yz, 1 + xx - yy - zz, xy + yx, xz + zx],
            [xz - zx, xy + yx, 1 - xx + yy - zz, yz + zy],
            [yx - xy, xz + zx, yz + zy, 1 - xx - yy + zz],
        ]
    )


def matrix_to_quaternion(R):
    """A column of q q^T is a multiple of q; the largest is the least rounded."""
    outer = four_outer_products(R)
    column = outer[:, np.argmax(np.diag(outer))]
    return _choose_sign(column / np.linalg.norm(column))


def _choose_sign(q):
    """w > 0; at half a turn, where w = 0, the largest component is positive."""
    decisive = q[0] if abs(q[0]) > 1e-14 else q[np.argmax(np.abs(q))]
    return q if decisive > 0 else -q


def matrix_to_angles(R):
    """alpha and beta bring the y axis to where R brings it; gamma is the turn about y that is left."""
    alpha, beta = xyz_to_angles(R @ [0, 1, 0])
    rest = angles_to_matrix(alpha, beta, 0).T @ R
    return alpha, beta, np.arctan2(rest[0, 2], rest[0, 0])


def matrix_to_axis_angle(R):
    return quaternion_to_axis_angle(matrix_to_quaternion(R))


def matrix_to_log_coordinates(R):
    return axis_angle_to_log_coordinates(*matrix_to_axis_angle(R))


def rotation_angle_from_matrix(R):
    """A vector across the axis turns by the angle."""
    axis, angle = matrix_to_axis_angle(R)
    if angle == 0:
        return 0.0
    across = np.cross(axis, AXES[np.argmin(np.abs(axis))])
    return np.arctan2(np.linalg.norm(np.cross(across, R @ across)), np.dot(across, R @ across))


# Between the other forms


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


# Points of the sphere


def angles_to_xyz(alpha, beta):
    return angles_to_matrix(alpha, beta, 0) @ [0, 1, 0]


def xyz_to_angles(xyz):
    """The azimuth about y from z towards x, zero at the poles; the angle from y, a right angle for the zero vector."""
    x, y, z = xyz
    pole = x == 0 and z == 0
    return 0.0 if pole else np.arctan2(x, z), np.pi / 2 if pole and y == 0 else np.arctan2(np.hypot(x, z), y)


# Identity, composition, inverse, angle between


def identity_angles():
    return 0.0, 0.0, 0.0


def identity_quaternion():
    return np.array([1.0, 0.0, 0.0, 0.0])


def identity_log_coordinates():
    return np.zeros(3)


def compose_quaternion(q1, q2):
    """Hamilton: (w1, v1) (w2, v2) = (w1 w2 - v1.v2, w1 v2 + w2 v1 + v1 x v2)."""
    (w1, *v1), (w2, *v2) = q1, q2
    v1, v2 = np.array(v1), np.array(v2)
    return np.array([w1 * w2 - np.dot(v1, v2), *(w1 * v2 + w2 * v1 + np.cross(v1, v2))])


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


def inverse_quaternion(q):
    w, x, y, z = q
    return np.array([w, -x, -y, -z])


def inverse_log_coordinates(log):
    return -np.asarray(log)


def _angle_between(R1, R2):
    return rotation_angle_from_matrix(R1.T @ R2)


def rotation_angle_from_angles(alpha1, beta1, gamma1, alpha2, beta2, gamma2):
    return _angle_between(angles_to_matrix(alpha1, beta1, gamma1), angles_to_matrix(alpha2, beta2, gamma2))


def rotation_angle_from_quaternion(q1, q2):
    return _angle_between(quaternion_to_matrix(q1), quaternion_to_matrix(q2))


def rotation_angle_from_axis_angle(axis1, angle1, axis2, angle2):
    return _angle_between(axis_angle_to_matrix(axis1, angle1), axis_angle_to_matrix(axis2, angle2))


def rotation_angle_from_log_coordinates(log1, log2):
    return _angle_between(log_coordinates_to_matrix(log1), log_coordinates_to_matrix(log2))


# Random rotations: three independent numbers u, v, t, uniform in [0, 1), stand for the random key


def rand_angles(u, v, t):
    """Uniform on SO(3): y goes to a uniform point of the sphere (Archimedes: uniform in height), then turned by any."""
    return 2 * np.pi * u, np.arccos(2 * t - 1), 2 * np.pi * v


def rand_matrix(u, v, t):
    return angles_to_matrix(*rand_angles(u, v, t))


def rand_quaternion(u, v, t):
    return angles_to_quaternion(*rand_angles(u, v, t))


def rand_axis_angle(u, v, t):
    return angles_to_axis_angle(*rand_angles(u, v, t))


def rand_log_coordinates(u, v, t):
    return angles_to_log_coordinates(*rand_angles(u, v, t))
