"""Quaternions (w, x, y, z): their product, and the unit quaternions of a matrix."""

import numpy as np


def identity_quaternion():
    return np.array([1.0, 0.0, 0.0, 0.0])


def compose_quaternion(q1, q2):
    """Hamilton: (w1, v1) (w2, v2) = (w1 w2 - v1.v2, w1 v2 + w2 v1 + v1 x v2)."""
    (w1, *v1), (w2, *v2) = q1, q2
    v1, v2 = np.array(v1), np.array(v2)
    return np.array([w1 * w2 - np.dot(v1, v2), *(w1 * v2 + w2 * v1 + np.cross(v1, v2))])


def inverse_quaternion(q):
    w, x, y, z = q
    return np.array([w, -x, -y, -z])


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
