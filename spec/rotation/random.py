"""Random rotations: three independent numbers u, v, t, uniform in [0, 1), stand for the random key."""

import numpy as np

from spec.rotation.conversions import angles_to_axis_angle, angles_to_log_coordinates, angles_to_quaternion
from spec.rotation.matrix import angles_to_matrix


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
