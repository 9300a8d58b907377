"""What a black box is tested by: matrices of signs, which act exactly, powers of two, and a second precision."""

import numpy as np
import pytest

from eqlib.o3 import Irrep, Irreps, exact_matrix_from_quaternion, exact_wigner
from eqlib.testing.checking import check
from eqlib.testing.elements import reflections
from eqlib.testing.profile import Profile
from eqlib.testing.report import Verdict

FEW = Profile("few", inputs=("as given", "zero"), thorough=("as given",), few=1)


def report_of(fn, in_="1o", out="1o", **options):
    return check(fn, in_, out, profile=FEW, **options)


def verdicts(report):
    return {f.law: f.verdict for f in report.findings if f.mode == "float64"}


@pytest.mark.parametrize("l", range(9))
def test_a_matrix_of_signs_acts_by_signs_on_every_irrep(l):
    for g in reflections():
        proper = exact_wigner(l, exact_matrix_from_quaternion(*g.quaternion))
        assert all(index[0] == index[1] and value.square == 1 for index, value in proper.entries)
        for p in (1, -1):
            exact = proper.numpy() * (p if g.inverts else 1)
            assert np.array_equal(g.on(Irreps([(1, (l, p))]))[Irrep(l, p)], exact)


def test_equal_bits_and_the_degree_are_told():
    notes = report_of(lambda x: np.asarray(x) * np.sum(np.square(x))).notes
    assert "f(g x) and g f(x) are equal to the last bit for the eight matrices of signs g" in notes
    assert "f(2^k x) = 2^(3 k) f(x) to the last bit for k from -7 to 7" in notes


def test_a_clip_shows_where_the_degree_ends():
    notes = report_of(lambda x: np.asarray(x) * min(1.0, 50.0 / max(np.sqrt(np.sum(np.square(x))), 1.0))).notes
    assert (
        "f(2^k x) = 2^(1 k) f(x) to the last bit for k = 1, and not for k = 7: a branch or a clip lies between" in notes
    )


def test_a_difference_in_the_last_bits_refutes_nothing():
    def mixes(x):
        turn = np.array([[0.6, 0.8, 0.0], [-0.8, 0.6, 0.0], [0.0, 0.0, 1.0]], x.dtype)
        return turn.T @ (3.0 * (turn @ np.asarray(x)))

    report = report_of(mixes)
    assert report.ok and any("differ in the last bits" in note for note in report.notes)


def test_what_falls_is_rounding_and_what_does_not_is_a_fault():
    right = report_of(lambda x: np.asarray(x) * np.sum(np.square(x)))
    assert verdicts(right)["precision ladder"] is Verdict.OK and any("float64, by 2^2" in note for note in right.notes)
    wrong = report_of(lambda x: np.asarray(x) + 1e-11)
    assert verdicts(wrong)["precision ladder"] is Verdict.NOT_EQUIVARIANT
    (why,) = (f.witness for f in wrong.findings if f.law == "precision ladder")
    assert why[0] == "out:    1x1o" and why[1].startswith("f(g x) - g f(x) goes from ")


@pytest.mark.parametrize(
    ("fn", "fault"),
    [
        (lambda x: np.asarray(x, np.float32).astype(x.dtype) * 1.1, "precision"),
        (lambda x: np.asarray(x) + 1e-3 * np.asarray(x, np.float32), "precision"),
        (lambda x: np.asarray(x) + 1e-8, "rotation about all axes"),
        (lambda x: np.asarray(x) * (1.0 + np.array([1e-8, 0.0, 0.0])), "rotation about y and z"),
    ],
)
def test_a_cast_to_float32_is_told_from_a_fault_as_small(fn, fault):
    report = report_of(fn)
    assert report.diagnosis is not None and report.diagnosis.fault == fault
    loses = "digits are lost by a rounding to the digits of float32 at a line that JAX cannot see"
    assert (loses in report.notes) == (fault == "precision")


def test_a_function_of_float64_alone_has_no_ladder():
    def of_float64(x):
        if x.dtype != np.float64:
            raise KeyError(f"there is no kernel for {x.dtype}")
        return x * np.sum(np.square(x))

    report = report_of(of_float64)
    assert report.ok and not report.certified and {f.mode for f in report.findings} == {"float64"}
    why = "float32 raises KeyError: 'there is no kernel for float32'"
    assert f"there was no precision ladder: {why}" in report.notes and f"not tried: {why}" in report.notes


def test_what_is_random_is_not_decided():
    rng = np.random.default_rng(0)
    report = report_of(lambda x: np.asarray(x) * rng.random())
    assert report.verdict is Verdict.INCONCLUSIVE and "other results for the same inputs" in str(report)


def test_what_does_not_fall_is_no_matter_of_precision_where_another_law_is_broken():
    def places(x):
        return np.sum(np.square(np.asarray(x)), axis=-1, keepdims=True)

    report = check(places, "points", "0e per node", profile=FEW, dtypes=[])
    assert "  fault:  translation\n" in str(report)
    assert any(note.startswith("f(g x) - g f(x) goes from") for note in report.notes)
