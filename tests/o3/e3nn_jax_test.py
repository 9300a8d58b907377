"""The basis, the signs and the scale of o3 are those of e3nn-jax."""

import numpy as np
import pytest

from eqlib.o3 import (
    Surd,
    clebsch_gordan,
    generators,
    harmonics,
    matrix_from_angles,
    matrix_from_axis_angle,
    matrix_from_log_coordinates,
    matrix_from_quaternion,
    wigner_from_matrix,
)

e3nn = pytest.importorskip("e3nn_jax")


def test_clebsch_gordan() -> None:
    for l1 in range(7):
        for l2 in range(7):
            for l3 in range(7):
                assert np.abs(clebsch_gordan(l1, l2, l3) - e3nn.clebsch_gordan(l1, l2, l3)).max() < 1e-13


@pytest.mark.parametrize("l", range(9))
def test_generators(l: int) -> None:
    assert np.abs(generators(l) - np.asarray(e3nn.Irrep(l, 1).generators())).max() < 1e-13


@pytest.mark.parametrize("l", [0, 1, 2, 3, 6])
def test_harmonics(l: int) -> None:
    v = np.random.default_rng(2).normal(size=(4, 3))
    x, y, z = (v[:, axis, None] ** np.arange(l + 1) for axis in range(3))
    ours = np.einsum("na,nb,nc,abck->nk", x, y, z, harmonics(l, scale=Surd.sqrt(2 * l + 1)))
    theirs = np.asarray(e3nn.spherical_harmonics(e3nn.Irreps([(1, (l, (-1) ** l))]), v, False, "component").array)
    assert np.abs(ours - theirs).max() < 1e-12 * np.abs(theirs).max()


def test_rotation_matrices_and_wigner_matrices() -> None:
    rng = np.random.default_rng(2)
    a, b, c = rng.uniform(-3, 3, (3, 4))
    q, v = rng.normal(size=(4, 4)), rng.normal(size=(4, 3))
    q, unit = (t / np.linalg.norm(t, axis=-1, keepdims=True) for t in (q, v))
    for ours, theirs in (
        (matrix_from_angles(a, b, c), e3nn.angles_to_matrix(a, b, c)),
        (matrix_from_quaternion(q), e3nn.quaternion_to_matrix(q)),
        (matrix_from_axis_angle(unit, a), e3nn.axis_angle_to_matrix(unit, a)),
        (matrix_from_log_coordinates(v), e3nn.log_coordinates_to_matrix(v)),
    ):
        assert np.abs(ours - np.asarray(theirs)).max() < 1e-12
    for l in (1, 2, 5, 8):
        ours, theirs = wigner_from_matrix(l, matrix_from_angles(a, b, c)), e3nn.Irrep(l, 1).D_from_angles(a, b, c)
        assert np.abs(ours - np.asarray(theirs)).max() < 1e-13
