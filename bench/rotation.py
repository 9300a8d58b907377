"""rotation: uniformly distributed rotations, as an augmentation or the frames of edges have them."""

from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from bench.harness import Workload
from bench.workloads import POINTS, Input, uniform


def quaternions(rng: np.random.Generator, rows: int) -> np.ndarray:
    """Uniform on the sphere of unit quaternions."""
    q = rng.normal(size=(rows, 4))
    return q / np.linalg.norm(q, axis=-1, keepdims=True)


def points(rng: np.random.Generator, rows: int) -> np.ndarray:
    """Vectors of lengths between 0 and 1, as log coordinates and as points."""
    return quaternions(rng, rows)[:, 1:]


def axes(rng: np.random.Generator, rows: int) -> np.ndarray:
    """Vectors of length 1."""
    r = points(rng, rows)
    return r / np.linalg.norm(r, axis=-1, keepdims=True)


def matrices(rng: np.random.Generator, rows: int) -> np.ndarray:
    """Frames of random vectors, by NumPy alone."""
    frames = np.linalg.qr(rng.normal(size=(rows, 3, 3)))[0]
    return frames * np.linalg.det(frames)[:, None, None]


def key(rng: np.random.Generator, rows: int) -> np.ndarray:
    """A random key in its old style, an array."""
    return np.array([0, 1], np.uint32)


TURN = uniform(-3.0, 3.0)
ANGLES = (TURN, uniform(0.1, 3.0), TURN)
AXIS_ANGLE = (axes, uniform(0.1, 3.0))
ROWS = uniform(0.0, 1.0)  # for functions that take a shape and no array


def forward(name: str, inputs: tuple[Input, ...], run: Callable[..., Any], peer: Any = None) -> Workload:
    """Values alone."""
    return Workload(name, "uniform", POINTS, inputs, run, peer, has_gradient=False)


def gradient(name: str, inputs: tuple[Input, ...], run: Callable[..., Any]) -> Workload:
    """Values and gradients: of what models differentiate."""
    return Workload(name, "uniform", POINTS, inputs, run)


WORKLOADS = (
    forward("matrix_x", (TURN,), lambda lib, t: lib.matrix_x(t)),
    forward("matrix_y", (TURN,), lambda lib, t: lib.matrix_y(t)),
    forward("matrix_z", (TURN,), lambda lib, t: lib.matrix_z(t)),
    forward("matrix_to_angles", (matrices,), lambda lib, R: lib.matrix_to_angles(R)),
    gradient("matrix_to_quaternion", (matrices,), lambda lib, R: lib.matrix_to_quaternion(R)),
    forward("matrix_to_axis_angle", (matrices,), lambda lib, R: lib.matrix_to_axis_angle(R)),
    gradient("matrix_to_log_coordinates", (matrices,), lambda lib, R: lib.matrix_to_log_coordinates(R)),
    gradient("angles_to_matrix", ANGLES, lambda lib, a, b, c: lib.angles_to_matrix(a, b, c)),
    forward("angles_to_quaternion", ANGLES, lambda lib, a, b, c: lib.angles_to_quaternion(a, b, c)),
    forward("angles_to_axis_angle", ANGLES, lambda lib, a, b, c: lib.angles_to_axis_angle(a, b, c)),
    forward("angles_to_log_coordinates", ANGLES, lambda lib, a, b, c: lib.angles_to_log_coordinates(a, b, c)),
    gradient("quaternion_to_matrix", (quaternions,), lambda lib, q: lib.quaternion_to_matrix(q)),
    forward("quaternion_to_angles", (quaternions,), lambda lib, q: lib.quaternion_to_angles(q)),
    forward("quaternion_to_axis_angle", (quaternions,), lambda lib, q: lib.quaternion_to_axis_angle(q)),
    gradient("quaternion_to_log_coordinates", (quaternions,), lambda lib, q: lib.quaternion_to_log_coordinates(q)),
    forward("axis_angle_to_matrix", AXIS_ANGLE, lambda lib, n, t: lib.axis_angle_to_matrix(n, t)),
    forward("axis_angle_to_angles", AXIS_ANGLE, lambda lib, n, t: lib.axis_angle_to_angles(n, t)),
    forward("axis_angle_to_quaternion", AXIS_ANGLE, lambda lib, n, t: lib.axis_angle_to_quaternion(n, t)),
    forward("axis_angle_to_log_coordinates", AXIS_ANGLE, lambda lib, n, t: lib.axis_angle_to_log_coordinates(n, t)),
    gradient("log_coordinates_to_matrix", (points,), lambda lib, w: lib.log_coordinates_to_matrix(w)),
    forward("log_coordinates_to_angles", (points,), lambda lib, w: lib.log_coordinates_to_angles(w)),
    gradient("log_coordinates_to_quaternion", (points,), lambda lib, w: lib.log_coordinates_to_quaternion(w)),
    forward("log_coordinates_to_axis_angle", (points,), lambda lib, w: lib.log_coordinates_to_axis_angle(w)),
    forward("angles_to_xyz", ANGLES[:2], lambda lib, a, b: lib.angles_to_xyz(a, b)),
    gradient("xyz_to_angles", (points,), lambda lib, r: lib.xyz_to_angles(r)),
    forward("compose_angles", 2 * ANGLES, lambda lib, *angles: lib.compose_angles(*angles)),
    forward("compose_quaternion", 2 * (quaternions,), lambda lib, p, q: lib.compose_quaternion(p, q)),
    forward("compose_axis_angle", 2 * AXIS_ANGLE, lambda lib, *turns: lib.compose_axis_angle(*turns)),
    forward("compose_log_coordinates", 2 * (points,), lambda lib, v, w: lib.compose_log_coordinates(v, w)),
    forward("inverse_angles", ANGLES, lambda lib, a, b, c: lib.inverse_angles(a, b, c)),
    forward("inverse_quaternion", (quaternions,), lambda lib, q: lib.inverse_quaternion(q)),
    forward("inverse_log_coordinates", (points,), lambda lib, w: lib.inverse_log_coordinates(w)),
    forward("rotation_angle_from_matrix", (matrices,), lambda lib, R: lib.rotation_angle_from_matrix(R)),
    forward(
        "rotation_angle_from_angles",
        2 * ANGLES,
        lambda lib, *angles: lib.rotation_angle_from_angles(*angles),
        lambda lib, *angles: jax.vmap(lib.rotation_angle_from_angles)(*angles),  # wrong there in batches
    ),
    forward(
        "rotation_angle_from_quaternion", 2 * (quaternions,), lambda lib, p, q: lib.rotation_angle_from_quaternion(p, q)
    ),
    forward(
        "rotation_angle_from_axis_angle",
        2 * AXIS_ANGLE,
        lambda lib, *turns: lib.rotation_angle_from_axis_angle(*turns),
    ),
    forward(
        "rotation_angle_from_log_coordinates",
        2 * (points,),
        lambda lib, v, w: lib.rotation_angle_from_log_coordinates(v, w),
    ),
    forward("identity_angles", (ROWS,), lambda lib, x: lib.identity_angles(x.shape)),
    forward("identity_quaternion", (ROWS,), lambda lib, x: lib.identity_quaternion(x.shape)),
    forward("identity_log_coordinates", (ROWS,), lambda lib, x: lib.identity_log_coordinates(x.shape)),
    forward("rand_matrix", (key, ROWS), lambda lib, key, x: lib.rand_matrix(key, x.shape)),
    forward("rand_angles", (key, ROWS), lambda lib, key, x: lib.rand_angles(key, x.shape)),
    forward("rand_quaternion", (key, ROWS), lambda lib, key, x: lib.rand_quaternion(key, x.shape)),
    forward("rand_axis_angle", (key, ROWS), lambda lib, key, x: lib.rand_axis_angle(key, x.shape)),
    forward("rand_log_coordinates", (key, ROWS), lambda lib, key, x: lib.rand_log_coordinates(key, x.shape)),
)
