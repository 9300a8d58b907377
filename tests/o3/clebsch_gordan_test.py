"""Laws of the Clebsch-Gordan tensors in floating point; `proofs/clebsch_gordan.py` proves them without rounding."""

import subprocess
import sys

import numpy as np
import pytest

from eqlib.o3 import (
    Surd,
    clebsch_gordan,
    exact_clebsch_gordan,
    generators,
    matrix_from_log_coordinates,
    wigners_from_matrix,
)

TRIPLES = [(a, b, c) for a in range(5) for b in range(5) for c in range(abs(a - b), min(a + b, 4) + 1)]


def test_law_unit_norm_and_orthonormal_columns() -> None:
    for l1, l2, l3 in TRIPLES:
        C = clebsch_gordan(l1, l2, l3)
        overlap = np.einsum("ijk,ijn->kn", C, C) * (2 * l3 + 1)
        assert np.abs(overlap - np.eye(2 * l3 + 1)).max() < 1e-15 * (2 * l3 + 1)


def test_law_invariance_under_rotations() -> None:
    D = wigners_from_matrix(4, matrix_from_log_coordinates([0.3, -1.1, 2.0]))
    for l1, l2, l3 in TRIPLES:
        C = clebsch_gordan(l1, l2, l3)
        turned = np.einsum("ia,jb,kc,abc->ijk", D[l1], D[l2], D[l3], C)
        assert np.abs(turned - C).max() < 1e-14


def test_law_annihilated_by_the_generators() -> None:
    for l1, l2, l3 in TRIPLES:
        C, X1, X2, X3 = clebsch_gordan(l1, l2, l3), generators(l1), generators(l2), generators(l3)
        moved = np.einsum("xia,ajk->xijk", X1, C) + np.einsum("xjb,ibk->xijk", X2, C)
        assert np.abs(moved + np.einsum("xkc,ijc->xijk", X3, C)).max() < 1e-14


def test_law_sign_and_symmetries() -> None:
    for l1, l2, l3 in TRIPLES:
        C, odd = clebsch_gordan(l1, l2, l3), (l1 + l2 + l3) % 2
        assert C[l1, l2 + odd, l3 - odd] > 0
        assert np.array_equal(C, clebsch_gordan(l2, l3, l1).transpose(2, 0, 1))
        assert np.array_equal(C, (-1) ** odd * clebsch_gordan(l2, l1, l3).transpose(1, 0, 2))


def test_the_first_tensors_are_delta_and_epsilon() -> None:
    assert np.array_equal(clebsch_gordan(1, 1, 0)[..., 0], np.eye(3) * (1 / Surd.sqrt(3)).round())
    assert clebsch_gordan(1, 1, 1)[0, 1, 2] == float(1 / Surd.sqrt(6)) == -clebsch_gordan(1, 1, 1)[1, 0, 2]
    assert np.array_equal(clebsch_gordan(0, 0, 0), np.ones((1, 1, 1)))


def test_signs_are_integers() -> None:
    assert {type(value.sign) for _, value in exact_clebsch_gordan(2, 2, 3).entries} == {int}


def test_zero_outside_the_triangle() -> None:
    assert clebsch_gordan(1, 1, 3).shape == (3, 3, 7) and not clebsch_gordan(1, 1, 3).any()
    assert not clebsch_gordan(3, 1, 1).any() and not exact_clebsch_gordan(0, 0, 1).entries


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_dtype_and_freshness(dtype: type) -> None:
    C = clebsch_gordan(np.int64(2), np.int8(1), 1, dtype)
    assert C.dtype == dtype
    kept = C.copy()
    C[:] = 5
    assert np.array_equal(clebsch_gordan(2, 1, 1, dtype), kept)


@pytest.mark.parametrize(
    ("degrees", "error", "reason"),
    [
        ((True, 1, 1), TypeError, "l1 = True is no degree"),
        ((1, 1.0, 1), TypeError, "l2 = 1.0 is no degree"),
        ((1, 1, "1"), TypeError, "l3 = '1' is no degree"),
        ((1, 1, -1), ValueError, "l3 = -1 is no degree"),
    ],
)
def test_raises_for_what_is_no_degree(degrees: tuple, error: type[Exception], reason: str) -> None:
    for function in (clebsch_gordan, exact_clebsch_gordan):
        with pytest.raises(error, match=reason):
            function(*degrees)


def test_all_tensors_to_degree_8_take_two_seconds_cold() -> None:
    program = (
        "import time; from eqlib.o3 import clebsch_gordan; t = time.process_time(); clebsch_gordan(8, 8, 8)\n"
        "one, r = time.process_time() - t, range(9)\n"
        "[clebsch_gordan(a, b, c) for a in r for b in r for c in r]; print(one, time.process_time() - t)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    one, every = map(float, run.stdout.split())
    assert one < 0.1 and every < 2.0
