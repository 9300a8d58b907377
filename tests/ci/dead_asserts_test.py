"""The law of the lint: a check that cannot fail is found, and a check that can is left alone."""

import ast

import pytest

from ci.dead_asserts import FOLDERS, dead, problems

DEAD = [
    "np.allclose(x, y)",
    "x == y",
    "jnp.array_equal(x, y)",
    "x < 1 and y < 1",
    "not x.any()",
    "(x == y).all()",
    "assert (x == y, 'they differ')",
    "assert 'they differ'",
    "with open(f) as g:\n    x == y",
]
ALIVE = [
    "assert np.allclose(x, y)",
    "np.testing.assert_allclose(x, y)",
    "same = x == y",
    "assert x == y",
    "assert False",
    "assert ()",
    "with pytest.raises(IrrepsError, match='parity'):\n    x == y",
    "conforms(subject)",
]


@pytest.mark.parametrize("code", DEAD)
def test_a_check_that_cannot_fail_is_found(code: str) -> None:
    assert len(list(dead(ast.parse(code)))) == 1


@pytest.mark.parametrize("code", ALIVE)
def test_a_check_that_can_fail_is_left_alone(code: str) -> None:
    assert list(dead(ast.parse(code))) == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_place_is_named(tmp_path, folder: str) -> None:
    (tmp_path / folder / "ops").mkdir(parents=True)
    (tmp_path / folder / "ops/gate.py").write_text("def test_gate():\n    np.allclose(gate(x), y)\n")
    assert problems(tmp_path) == [f"{folder}/ops/gate.py:2: cannot fail: np.allclose(gate(x), y)"]


def test_what_checks_is_looked_through() -> None:
    assert {"tests", "spec", "proofs", "bench", "examples"} <= set(FOLDERS)
