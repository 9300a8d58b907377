"""The law of annotated arrays: one of which nothing is said is found, wherever it stands in an annotation."""

import ast
from pathlib import Path

import pytest

from ci import array_annotations
from ci.array_annotations import annotations, bare, problems

BARE = [
    "def f(x: jax.Array): ...",
    "def f(x: Array): ...",
    "def f(*xs: np.ndarray): ...",
    "def f(*, x: NDArray[np.float64]): ...",
    "def f() -> np.ndarray: ...",
    "def f() -> tuple[int, jax.Array]: ...",
    "def f(x: jax.Array | None): ...",
    "def f(x: 'jax.Array'): ...",
    "def f(g: Callable[[jax.Array], int]): ...",
    "class A:\n    x: jax.Array",
]
SAID = [
    'def f(x: Float[jax.Array, "*batch 3"]): ...',
    'def f(x: Float[NDArray[np.float64], "a b"]) -> list[Integer[np.ndarray, " n"]]: ...',
    "def f(x: ArrayLike, y: IrrepsArray) -> Any: ...",
    "def f(x):\n    y: jax.Array = g(x)\n    return y",
]


@pytest.mark.parametrize("code", BARE)
def test_a_bare_array_is_found(code: str) -> None:
    ((_, annotation),) = annotations(ast.parse(code))
    assert len(list(bare(annotation))) == 1


@pytest.mark.parametrize("code", SAID)
def test_an_array_with_axes_is_left_alone(code: str) -> None:
    assert not [array for _, annotation in annotations(ast.parse(code)) for array in bare(annotation)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "eqlib/ops").mkdir(parents=True)
    (tmp_path / "eqlib/ops/gate.py").write_text("def gate(\n    x: jax.Array,\n): ...\ndef gates(x): ...\n")
    return tmp_path


def test_the_place_is_named(root: Path, monkeypatch) -> None:
    monkeypatch.setattr(array_annotations, "ALLOWED", {})
    assert problems(root) == ['eqlib/ops/gate.py:2: gate: write the axes of jax.Array, Float[jax.Array, "..."]']


@pytest.mark.parametrize("place", ["eqlib/ops/gate.py:gate", "eqlib/ops/"])
def test_an_exception_holds_for_its_place(root: Path, monkeypatch, place: str) -> None:
    monkeypatch.setattr(array_annotations, "ALLOWED", {place: "an example"})
    assert problems(root) == []


def test_an_exception_that_nothing_needs_is_found(root: Path, monkeypatch) -> None:
    allowed = dict.fromkeys(("eqlib/ops/gate.py:gate", "eqlib/ops/gate.py:gates", "eqlib/nn/"), "an example")
    monkeypatch.setattr(array_annotations, "ALLOWED", allowed)
    unused = ("eqlib/nn/", "eqlib/ops/gate.py:gates")
    assert problems(root) == [f"ci/array_annotations.py: {key} is allowed bare arrays, and has none" for key in unused]


def test_eqlib_says_the_axes_of_its_arrays() -> None:
    assert problems() == []
