"""Labels of irreps: notation, order, selection rule, matrices."""

import operator
import pickle
import re
from dataclasses import FrozenInstanceError
from itertools import permutations, product

import numpy as np
import pytest

from eqlib.o3 import Irrep, Irreps, MulIrrep, matrix_from_angles
from eqlib.o3.representation import matrices_of

IRREPS = list(Irrep.iterator(3))


@pytest.mark.parametrize("value", ["1o", " 1 o ", "1y", (1, -1), Irrep("1o"), MulIrrep(3, Irrep("1o"))], ids=str)
def test_every_notation(value):
    assert Irrep(value) == Irrep(1, -1)
    assert repr(Irrep(value)) == "1o"


@pytest.mark.parametrize(
    "value", ["", "o", "1", "1x", "-1o", "1.0o", "one", None, 3, 1.5, (1,), (1, 2), (-1, 1), ("1", 1), (1, 1, 1)]
)
def test_what_is_no_irrep_raises(value):
    with pytest.raises(ValueError, match="Irrep"):
        Irrep(value)


def test_numpy_integers():
    assert Irrep(np.int64(2), np.int8(-1)) == Irrep("2o")
    assert np.int64(2) * Irrep("1o") == Irreps("2x1o") == 2 * Irrep("1o")
    assert MulIrrep(np.int32(2), "1o") == MulIrrep(2, Irrep("1o"))


def test_equality_is_false_for_what_is_no_irrep():
    for other in (None, "foo", 3, object(), Irrep("0o"), Irreps("0e + 0e")):
        assert (Irrep("0e") == other) is False and (Irrep("0e") != other) is True
    assert Irrep("0e") == "0e" and (Irrep("0e") != "0e") is False


def test_order_is_by_degree_then_natural_parity_first():
    assert list(map(str, IRREPS)) == ["0e", "0o", "1o", "1e", "2e", "2o", "3o", "3e"]
    assert sorted(IRREPS[::-1]) == IRREPS
    assert Irrep("1o") <= Irrep("1o") < Irrep("1e") and Irrep("1e") > Irrep("1o")
    assert Irrep("1o") <= Irrep("1e") and not Irrep("1e") <= Irrep("1o")
    assert MulIrrep(1, "1o") < MulIrrep(2, "1o") < MulIrrep(1, "1e")
    assert Irrep("1e") >= Irrep("1o") and not Irrep("1o") >= Irrep("1e") and not Irrep("1o") > Irrep("1e")
    for label in (Irrep("1o"), MulIrrep(2, "1o")):
        assert not label < label


def test_hash_and_pickle():
    assert len({Irrep("1o"), Irrep(1, -1)}) == 1
    assert pickle.loads(pickle.dumps(Irrep("1o"))) == Irrep("1o")


def test_labels_cannot_be_changed():
    for label, name in ((Irrep("1o"), "l"), (MulIrrep(2, "1o"), "mul")):
        with pytest.raises(FrozenInstanceError):
            setattr(label, name, 3)


def test_selection_rule():
    assert list(Irrep("2o") * Irrep("1o")) == ["1e", "2e", "3e"]
    for ir1 in IRREPS:
        for ir2 in IRREPS:
            assert sum(ir.dim for ir in ir1 * ir2) == ir1.dim * ir2.dim


def test_only_an_integer_makes_copies():
    with pytest.raises(ValueError, match=r"1\.5 \* 1o: a multiplicity is an integer >= 0"):
        _ = 1.5 * Irrep("1o")
    with pytest.raises(TypeError, match="unsupported operand"):
        _ = None * Irrep("1o")


def test_a_sum_with_irreps_in_any_notation_is_irreps_in_the_order_written():
    assert Irrep("1o") + "2x0e" == "1o + 2x0e"
    assert "2x0e" + Irrep("1o") == "2x0e + 1o"


def test_only_0e_is_scalar():
    assert [ir for ir in IRREPS if ir.is_scalar()] == ["0e"]


def test_multiplicities_are_integers_that_are_not_negative():
    for mul in (-1, 1.5, "2"):
        with pytest.raises(ValueError, match="multiplicity"):
            MulIrrep(mul, "1o")


@pytest.mark.parametrize(
    ("mul", "ir", "instead"),
    [("1e", 2, "(2, '1e')"), ("1e", "2e", "(2, '2e')"), ("two", "2e", "(2, '2e')"), ("two", 2, "(2, '1o')")],
)
def test_a_wrong_multiplicity_is_told_what_to_write(mul, ir, instead):
    with pytest.raises(ValueError, match=re.escape(f"write MulIrrep{instead}.")):
        MulIrrep(mul, ir)


def test_a_wrong_term_is_told_why_unless_the_reason_speaks_of_unpacking():
    with pytest.raises(ValueError, match=r"or an irrep alone\. MulIrrep: a multiplicity is an integer"):
        Irreps([(1.5, "0e")])
    with pytest.raises(ValueError, match=r"or an irrep alone\.$"):
        Irreps([None])


@pytest.mark.parametrize("ir", IRREPS, ids=str)
def test_matrices_are_a_representation(ir):
    rng = np.random.default_rng(0)
    R, S = matrix_from_angles(*rng.normal(size=(3, 2)))
    S = -S
    np.testing.assert_allclose(ir.D_from_matrix(R @ S), ir.D_from_matrix(R) @ ir.D_from_matrix(S), atol=1e-14)
    np.testing.assert_allclose(ir.D_from_matrix(-np.eye(3)), ir.p * np.eye(ir.dim), atol=1e-15)


def test_a_pseudoscalar_is_multiplied_by_the_determinant():
    """Of the permutations of the axes with all signs, and of rotations that mix all of them."""
    signed = [np.diag(s) @ np.eye(3)[list(p)] for p in permutations(range(3)) for s in product((1.0, -1.0), repeat=3)]
    mixed = [*matrix_from_angles(*np.random.default_rng(0).normal(size=(3, 20)))]
    R = np.array([*signed, *mixed, *(-M for M in mixed)])
    np.testing.assert_array_equal(Irrep("0o").D_from_matrix(R)[:, 0, 0], np.sign(np.linalg.det(R)))


@pytest.mark.parametrize("ir", IRREPS, ids=str)
def test_generators_are_the_derivative_at_the_identity(ir):
    w, h = np.array([0.3, -0.5, 0.7]), 1e-5
    slope = (ir.D_from_log_coordinates(h * w) - ir.D_from_log_coordinates(-h * w)) / (2 * h)
    # The first term left out, for which the generator has eigenvalues up to l |w|, and the rounding of D.
    left_out = (ir.l * np.linalg.norm(w)) ** 3 * h**2 / 6 + 10 * np.finfo(float).eps / h
    np.testing.assert_allclose(slope, np.einsum("a,aij->ij", w, ir.generators()), rtol=0, atol=left_out)


def test_without_inversions_no_rotation_is_the_identity():
    ir = Irrep("1o")
    for D in (
        ir.D_from_angles(0.0, 0.0, 0.0),
        ir.D_from_quaternion([1, 0, 0, 0]),
        ir.D_from_axis_angle([0, 1, 0], 0.0),
    ):
        np.testing.assert_array_equal(D, np.eye(3))


def test_no_irrep_needs_no_matrix():
    assert matrices_of([], np.eye(3)) == {}


def test_inversions_count():
    q = np.array([1.0, 2.0, 3.0, 4.0])
    D = Irrep("2o").D_from_quaternion(q, np.array([0, 1, 2]))
    np.testing.assert_array_equal(D[0], -D[1])
    np.testing.assert_array_equal(D[0], D[2])
    for k in (-2, -1, 1, 2, 3):
        np.testing.assert_array_equal(Irrep("2o").D_from_quaternion(q, k), D[k % 2])


def test_order_takes_labels_in_any_notation():
    ir = Irrep("1o")
    assert ir < "1e" and ir <= "1o" and ir > "0o" and ir >= (1, -1) and not ir > "1o" and not ir < "0e"
    assert operator.lt("0e", ir) and operator.gt("2e", ir) and MulIrrep(1, "1o") < "2x1o"
