"""Profiles try more or less of each law, and leave none out."""

import jax.numpy as jnp
import numpy as np
import pytest

import eqlib
from eqlib.testing.checking import check
from eqlib.testing.elements import octahedral_group, random_rotations
from eqlib.testing.operands import Field, operand
from eqlib.testing.profile import CI, DEEP, PROFILES, QUICK, Profile, profile_of
from eqlib.testing.program import program
from eqlib.testing.sampling import DRAWN, adversities


def cube(x):
    return x * jnp.sum(x * x)


def test_every_input_is_known_and_ci_tries_them_all():
    fields = [operand("points"), operand("2x1o")]
    named = adversities(fields, [np.ones((2, 3)), np.arange(6.0)], seed=0)
    assert set(CI.inputs) == set(named) == set(DEEP.inputs)
    for one in PROFILES.values():
        assert set(one.inputs) <= set(named) and set(one.thorough) <= set(one.inputs)


def test_inputs_that_are_drawn_are_those_that_a_seed_changes():
    one, given = Field(eqlib.Irreps("8x1o")), np.random.default_rng(0).normal(size=24)
    first, second = (adversities([one], [given], seed) for seed in (0, 1))
    assert {name for name in first if not np.array_equal(first[name], second[name])} == set(DRAWN)


@pytest.mark.parametrize("in_", ["2x1o", ("1o", "1o"), "points", ("points", "0e + 1o per node")])
def test_random_inputs_are_others_than_those_given(in_):
    made = program(lambda *xs: xs[0], in_, out=in_[0] if isinstance(in_, tuple) else in_, as_plain_arrays=True)
    drawn = adversities(made.operands, made.arrays, seed=0)["random"]
    assert not any(np.isclose(x, y).any() for x, y in zip(drawn, made.arrays, strict=True))


def test_the_octahedral_group_is_a_group_of_48():
    matrices = {tuple(np.rint(g.matrix).astype(int).ravel().tolist()) for g in octahedral_group()}
    assert len(matrices) == len(list(octahedral_group())) == 48
    assert all(np.allclose(g.matrix, np.rint(g.matrix), atol=1e-15) for g in octahedral_group())
    products = {
        tuple((np.reshape(a, (3, 3)) @ np.reshape(b, (3, 3))).ravel().tolist()) for a in matrices for b in matrices
    }
    assert products == matrices


def test_random_rotations_are_orthogonal_of_both_determinants():
    matrices = [g.matrix for g in random_rotations(10, seed=1)]
    assert np.allclose([R @ R.T for R in matrices], np.eye(3), atol=1e-14)
    assert np.allclose([np.linalg.det(R) for R in matrices], [1, -1] * 5)


@pytest.fixture(scope="module")
def reports():
    return {name: check(cube, "1o", "1o", profile=name) for name in PROFILES}


def test_each_profile_has_every_law_and_the_deeper_tries_more(reports):
    assert all(report.ok for report in reports.values())
    assert len({frozenset(f.law for f in report.findings) for report in reports.values()}) == 1
    quick, ci, deep = (sum(f.tried for f in reports[one.name].findings) for one in (QUICK, CI, DEEP))
    assert 2 * quick < 2 * ci < deep / 4
    assert str(check(cube, "1o", "1o")) == str(reports["ci"])


def test_bfloat16_is_tried_if_the_function_takes_it(reports):
    assert [f.law for f in reports["deep"].findings if f.mode == "bfloat16"]
    assert not [f for name in ("quick", "ci") for f in reports[name].findings if f.mode == "bfloat16"]

    def single_or_double(x):
        if x.dtype == jnp.bfloat16:
            raise TypeError("only float32 and float64")
        return cube(x)

    report = check(single_or_double, "1o", "1o", profile=Profile("mine", few=1, if_accepted=(jnp.bfloat16,)))
    assert report.ok and report.notes == ("bfloat16 was not tried: only float32 and float64",)


def test_bfloat16_is_held_to_its_own_rounding():
    short = Profile("short", inputs=("as given",), dtypes=(jnp.bfloat16,))
    assert check(cube, "1o", "1o", profile=short).ok

    def wrong_in_bfloat16(x):
        return x * jnp.array([1, 1, 1.125], x.dtype) if x.dtype == jnp.bfloat16 else x

    wrong = check(wrong_in_bfloat16, "1o", "1o", as_plain_arrays=True, profile=short)
    assert not wrong.ok and {f.mode for f in wrong.findings if f.verdict == "not equivariant"} == {"bfloat16"}


def test_components_that_are_zero_are_no_fault():
    """The matrix of degree 6 has entries of 1e-17 where it should have zeros, and 1e-17 times a component remains."""
    few = Profile("few", inputs=("as given",))
    harmonics = lambda x: eqlib.spherical_harmonics("6e", x, False)  # noqa: E731
    assert check(harmonics, "1o", example=(np.array([0.0, 0.132, 0.0]),), profile=few, differentiable=False).ok


def test_a_profile_that_is_unknown_is_refused():
    assert profile_of(DEEP) is DEEP
    with pytest.raises(ValueError, match=r"^there is no profile 'slow'\.\n  Write one of 'quick', 'ci', 'deep'\.$"):
        check(cube, "1o", "1o", profile="slow")


def of_length(x):
    return jnp.sqrt(jnp.sum(x * x))


BETWEEN_SCALES = {
    "for short vectors": lambda x: jnp.where((of_length(x) > 1e-3) & (of_length(x) < 0.03), x * BENT, x),
    "for long vectors": lambda x: jnp.where((of_length(x) > 20) & (of_length(x) < 500), jnp.tanh(x), x),
    "from 3 to 40": lambda x: jnp.where((of_length(x) > 3) & (of_length(x) < 40), x * BENT, x),
}
BENT = np.array([1.0, 1.0, 1.01])


@pytest.mark.parametrize("name", BETWEEN_SCALES)
def test_no_scale_between_the_extremes_is_left_out(name):
    assert check(BETWEEN_SCALES[name], "1o", "1o").verdict == "not equivariant"


def test_a_function_that_overflows_at_a_great_scale_is_no_less_right():
    assert check(lambda x: x * jnp.exp(jnp.sqrt(1 + jnp.sum(x * x))), "1o", "1o", differentiable=False).ok


def test_equal_vectors_are_tried():
    def wrong_if_equal(x):
        first, second = x[:3], x[3:]
        return jnp.where(jnp.all(first == second), jnp.abs(first), first + second)

    assert check(wrong_if_equal, "2x1o", "1o").verdict == "not equivariant"
    apart = check(lambda x, y: wrong_if_equal(jnp.concatenate([x, y])), ("1o", "1o"), "1o", as_plain_arrays=True)
    assert apart.verdict == "not equivariant"


def test_in_equal_inputs_all_copies_of_an_irrep_are_equal_and_two_members_of_a_set():
    operands = [operand("points"), operand("2x1o + 0e per node"), operand("1o per node")]
    points, x, y = np.arange(9.0).reshape(3, 3), np.arange(21.0).reshape(3, 7), np.arange(9.0).reshape(3, 3)
    same, z, w = adversities(operands, [points, x, y], seed=0)["equal"]
    assert np.array_equal(same, points)
    for part in (z[:, :3], z[:, 3:6], w):
        assert np.array_equal(part, x[[0, 0, 2], :3])
    assert np.array_equal(z[:, 6], x[[0, 0, 2], 6])
    assert "equal" not in adversities([operand("0e + 1o")], [np.arange(4.0)], seed=0)


def test_a_threshold_at_a_scale_that_no_other_input_has_is_found_by_its_scale():
    def with_a_dead_zone(x):
        return jnp.where(jnp.abs(x) < 2e-3, 0.0, x)

    few = {"inputs": ("as given", "tiny", "huge"), "thorough": ("as given",), "thresholds": 0}
    verdicts = [
        str(check(with_a_dead_zone, "1o", "1o", profile=Profile("few", **few, scales=scales), dtypes=()).verdict)
        for scales in ((), (-8,))
    ]
    assert verdicts == ["ok", "not equivariant"]
