"""Theorems about Euler angles: pairs (c, s) with c^2 + s^2 = 1, by `symbolic_angles.py`."""

import numpy as np
import sympy

from proofs.certificate import theorem
from proofs.rotation.quaternions import cleared
from proofs.rotation.symbolic_angles import ALPHA, BETA, GAMMA, require_zero
from spec import rotation as spec

IDENTITY = np.eye(3, dtype=int)


@theorem(
    statement="matrix_x, matrix_y and matrix_z are rotations and add their angles; "
    "R = Ry(alpha) Rx(beta) Ry(gamma) is a rotation, whose inverse has the angles (-gamma, -beta, -alpha)",
    method="normal forms modulo c^2 + s^2 = 1 for every angle",
    covers=("matrix_x", "matrix_y", "matrix_z", "angles_to_matrix", "inverse_angles", "compose_angles"),
    counts="identities",
)
def euler_angles_give_rotations(lmax: int) -> int:
    turns = (spec.matrix_x, spec.matrix_y, spec.matrix_z)
    R = spec.angles_to_matrix(ALPHA, BETA, GAMMA)
    cases = sum(require_zero(f"{f.__name__} adds", f(ALPHA) @ f(BETA) - f(ALPHA + BETA)) for f in turns)
    for name, matrix in [("R", R), *((f.__name__, f(ALPHA)) for f in turns)]:
        cases += require_zero(f"{name}^T {name} - 1", matrix.T @ matrix - IDENTITY)
        cases += require_zero(f"det {name} - 1", sympy.Matrix(matrix).det() - 1)
    inverse = spec.angles_to_matrix(*spec.inverse_angles(ALPHA, BETA, GAMMA))
    return cases + require_zero("R of the inverse angles - R^T", inverse - R.T)


@theorem(
    statement="the y axis goes to the point with azimuth alpha and polar angle beta, and "
    "(cos gamma, sin gamma) = (c R_xx - s R_zx, c R_xz - s R_zz) with c, s of alpha, also where sin(beta) = 0",
    method="normal forms modulo c^2 + s^2 = 1 for every angle",
    covers=("angles_to_matrix", "matrix_to_angles", "angles_to_xyz", "xyz_to_angles"),
    counts="identities",
)
def euler_angles_are_read_off_the_matrix(lmax: int) -> int:
    R = spec.angles_to_matrix(ALPHA, BETA, GAMMA)
    point = np.array([BETA.s * ALPHA.s, BETA.c, BETA.s * ALPHA.c])
    turned = ALPHA.c * R[0] - ALPHA.s * R[2]
    return require_zero("R y - point", R[:, 1] - point) + require_zero(
        "gamma", np.array([turned[0] - GAMMA.c, turned[2] - GAMMA.s])
    )


@theorem(
    statement="with b, p and m half of beta, alpha + gamma and alpha - gamma the unit quaternion of the angles is "
    "(cos b cos p, sin b cos m, cos b sin p, -sin b sin m), and its matrix is that of the angles",
    method="normal forms modulo c^2 + s^2 = 1 for the half angles",
    covers=("angles_to_quaternion", "angles_to_matrix", "quaternion_to_matrix"),
    counts="identities",
)
def angles_have_a_quaternion(lmax: int) -> int:
    a, b, c = ALPHA, BETA, GAMMA  # the halves of the Euler angles
    turns = [a.c, 0, a.s, 0], [b.c, b.s, 0, 0], [c.c, 0, c.s, 0]
    q = spec.compose_quaternion(spec.compose_quaternion(turns[0], turns[1]), turns[2])
    closed = np.array([b.c * (a + c).c, b.s * (a - c).c, b.c * (a + c).s, -b.s * (a - c).s])
    R = spec.angles_to_matrix(a + a, b + b, c + c)
    return (
        require_zero("product - closed form", q - closed)
        + require_zero("|q|^2 - 1", q @ q - 1)
        + require_zero("R(q) - R(angles)", cleared(q)[0] - R)
    )
