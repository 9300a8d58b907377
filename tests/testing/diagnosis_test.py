"""What a refutation says beside its case: the kind of fault, all irreps that fail, and where the program goes wrong."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib import IrrepsArray
from eqlib.testing import diagnosis
from eqlib.testing.checking import check
from eqlib.testing.diagnosis import fault_of
from eqlib.testing.elements import Element
from eqlib.testing.program import program
from eqlib.testing.report import Finding, Verdict
from eqlib.testing.walk import fault_in_floats
from eqlib.testing.witness import _sides


def by_the_least(x):
    least = jnp.sort(x)[0]
    return x * least


def by_the_place_of_the_greatest(x):
    place = jnp.argmax(x)
    return x[place] * x


def by_a_wide_loop(x):
    y = jnp.abs(x)
    return jax.lax.while_loop(lambda z: jnp.sum(z * z) > 1.0, lambda z: 0.5 * z, y)


@pytest.mark.parametrize(("fn", "line"), [(by_the_least, 1), (by_the_place_of_the_greatest, 1), (by_a_wide_loop, 1)])
def test_the_walk_in_float64_names_the_line(fn, line):
    first = fault_in_floats(program(fn, "1o", "1o"), Element((1, 2, -3, 1)), 1.0)
    assert first is not None
    assert f", at tests/testing/diagnosis_test.py:{fn.__code__.co_firstlineno + line} ({fn.__name__})" in first


def test_the_walk_in_float64_blames_nothing_that_is_right():
    assert fault_in_floats(program(lambda x: x * jnp.sum(x * x), "1o", "1o"), Element((1, 2, -3, 1)), 1.0) is None


@pytest.fixture(scope="module")
def of_two_outputs():
    def layer(x):
        return {"a": x * jnp.array([1.0, 1.0, 1.0, 1.0, 1.0, 2.0]), "b": x, "c": x[:3]}

    out = {"a": "2x1o", "b": "2x1o", "c": "1e"}
    return check(layer, "2x1o", out, profile="quick", differentiable=False, dtypes=())


def test_all_irreps_that_fail_are_named(of_two_outputs):
    assert of_two_outputs.diagnosis.outputs == ("['a']: 1x1o of 2x1o", "['c']: 1x1e")
    assert "  fails:  ['a']: 1x1o of 2x1o; ['c']: 1x1e" in str(of_two_outputs).splitlines()


def test_the_summary_and_the_json_say_the_same(of_two_outputs):
    assert of_two_outputs.summary == "motion ok, inversion broken, rotation broken, improper rotation broken"
    read = json.loads(of_two_outputs.to_json())["diagnosis"]
    assert read["fault"] == "rotation about x and y" and read["replay"].startswith("replay(layer, '2x1o', ")


def test_a_right_function_has_no_diagnosis():
    report = check(lambda x: 2.0 * x, "1o", "1o", profile="quick", differentiable=False, dtypes=())
    assert report.diagnosis is None and "fault" not in str(report)
    assert json.loads(report.to_json())["diagnosis"] is None


def test_of_what_cannot_be_traced_no_value_is_told():
    report = check(lambda x: np.abs(np.asarray(x)), "1o", "1o", profile="quick", dtypes=())
    assert report.diagnosis is not None and report.diagnosis.fault == "rotation about all axes"
    assert report.diagnosis.first == "not to be told: JAX cannot trace the function"


KINDS = {
    "parity": ["inversion", "improper rotation", "gradient"],
    "reflection": ["improper rotation"],
    "rotation": ["inversion", "rotation"],
    "translation": ["translation", "derivative"],
    "permutation of edges": ["permutation of edges"],
    "batch dependence": ["batch"],
    "gradient": ["gradient"],
    "precision": ["precision ladder"],
    "vacuous": [],
}


@pytest.mark.parametrize("fault", KINDS)
def test_the_fault_is_named_by_the_laws_that_are_broken(fault):
    broken = [Finding(law, "float64", Verdict.NOT_EQUIVARIANT, 1) for law in KINDS[fault]]
    assert fault_of([Finding("motion", "float64", Verdict.OK, 1), *broken], None) == fault


def test_results_that_are_not_finite_are_a_fault_of_their_own():
    found = [Finding("rotation", "float64", Verdict.NON_FINITE, 1), Finding("gradient", "float64", Verdict.OK, 1)]
    assert fault_of(found, None) == "non-finite"


def test_both_sides_are_told_by_digits_that_differ_from_the_copy_that_does():
    got, want = np.arange(30.0), np.arange(30.0)
    got[25] += 1e-9
    left, right = _sides(got, want, np.full(30, 1e-12), 3)
    assert left.startswith("[... 24.") and left != right


def test_a_walk_that_fails_leaves_the_refutation(monkeypatch):
    def refuse(*_):
        raise NotImplementedError("a foreign call\nand more")

    def through_a_callback(x):
        y = jax.pure_callback(lambda x: np.asarray(x) + 1, x.array, x.array)
        return IrrepsArray("1o", y)

    monkeypatch.setattr(diagnosis, "fault_in_floats", refuse)
    report = check(through_a_callback, "1o", "1o", profile="quick", differentiable=False)
    assert report.verdict is Verdict.NOT_EQUIVARIANT
    assert report.diagnosis.first == "not to be told: one operation at a time, NotImplementedError: a foreign call"


def test_exact_numbers_that_fail_leave_the_refutation(monkeypatch):
    def refuse(*_):
        raise ValueError("no such dtype")

    monkeypatch.setattr(diagnosis, "exact_fault", refuse)
    report = check(lambda x: x + 1e-9, "1o", "1o", profile="quick", differentiable=False)
    assert report.verdict is Verdict.NOT_EQUIVARIANT
    assert report.diagnosis.first == "not to be told: one operation at a time, ValueError: no such dtype"


def careless_in_float32(x):
    return x + 0.1 * jnp.abs(x) if x.dtype == jnp.float32 else x


def by_the_length_of_all(x):
    doubled = 2.0 * x
    return IrrepsArray(x.irreps, doubled.array / (1.0 + jnp.sum(doubled.array**2)))


def test_what_float32_alone_shows_is_told_with_its_line():
    report = check(careless_in_float32, "1o", "1o", profile="quick", differentiable=False, as_plain_arrays=True)
    line = careless_in_float32.__code__.co_firstlineno + 1
    assert report.worst.mode == "float32" and report.diagnosis.fault == "rotation about all axes"
    assert report.diagnosis.first == (
        f"abs, at tests/testing/diagnosis_test.py:{line} (careless_in_float32): its value does not transform, and its "
        "operands do"
    )


def test_the_first_value_in_which_a_sample_sees_the_others_is_told():
    report = check(by_the_length_of_all, "2x1o", profile="quick", differentiable=False)
    line = by_the_length_of_all.__code__.co_firstlineno + 2
    assert report.diagnosis.fault == "batch dependence"
    assert report.diagnosis.first == (
        f"reduce_sum, at tests/testing/diagnosis_test.py:{line} (by_the_length_of_all): its value for several samples "
        "is not that of each alone, and its operands are"
    )
