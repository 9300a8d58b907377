"""The words in which a check is told, and the action of the group on what they describe."""

import itertools

import numpy as np
import pytest

from eqlib import Irreps, IrrepsError
from eqlib.testing.elements import Element, permutations, reflections, rotations, translations
from eqlib.testing.operands import Field, Fixed, Index, Label, arguments, operand, outputs, read_sizes


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("8x0e + 1o", Field(Irreps("8x0e + 1o"))),
        (Irreps("1o"), Field(Irreps("1o"))),
        ("1o per edge", Field(Irreps("1o"), ("edge",))),
        ("0e per node per node", Field(Irreps("0e"), ("node", "node"))),
        ("points", Field(Irreps("1o"), ("node",), is_position=True)),
        ("labels per node", Label(("node",))),
        ("nodes per edge", Index("node", ("edge",))),
        (None, Fixed()),
    ],
    ids=str,
)
def test_each_description_is_read(words, meant):
    assert operand(words) == meant
    assert operand(meant) == meant
    assert words is None or operand(str(meant)) == meant


@pytest.mark.parametrize("words", ["vector", "1x", "points per 3", "labels", "8x0e per", "nodes per an edge"])
def test_other_words_are_refused(words):
    with pytest.raises(IrrepsError) as error:
        operand(words)
    assert str(error.value) == (
        f"{words!r} describes no operand.\n"
        '  Write irreps such as "8x0e + 1o", "8x0e + 1o per node", "points", "labels per node", "nodes per edge", or '
        "None for what the group leaves alone."
    )


def test_a_tuple_describes_arguments_and_anything_else_the_only_one():
    assert arguments("1o") == (Field(Irreps("1o")),)
    assert arguments(("1o", {"a": None, "b": ["0e", "2e"]})) == (
        Field(Irreps("1o")),
        {"a": Fixed(), "b": [Field(Irreps("0e")), Field(Irreps("2e"))]},
    )
    assert outputs({"energy": "0e"}) == {"energy": Field(Irreps("0e"))}


def test_sizes_are_those_of_the_arrays_that_are_given():
    operands = [operand(words) for words in ("points", "nodes per edge", "labels per node")]
    assert read_sizes(operands, [None, None, None], {}) == {"node": 5, "edge": 20}
    assert read_sizes(operands, [np.zeros((7, 3)), None, np.zeros(7, int)], {"edge": 2}) == {"node": 7, "edge": 2}
    with pytest.raises(ValueError, match="7 and 6 members of the set 'node'"):
        read_sizes(operands, [np.zeros((7, 3)), None, np.zeros(6, int)], {})


def test_the_action_is_one_of_a_group_and_leaves_graphs_as_they_are():
    """Distances along edges are what they were, whatever moves: positions, their order and the edges' order."""
    rng = np.random.default_rng(0)
    points, senders, receivers = rng.normal(size=(5, 3)), rng.integers(5, size=20), rng.integers(5, size=20)
    sizes = {"node": 5, "edge": 20}
    for g in itertools.chain(rotations(), translations(), permutations(sizes)):
        x = g.act(operand("points"), points)
        s, r = (g.act(operand("nodes per edge"), index) for index in (senders, receivers))
        distances = np.linalg.norm(points[senders] - points[receivers], axis=-1)
        want = g.act(operand("0e per edge"), distances[:, None])[:, 0]
        np.testing.assert_allclose(np.linalg.norm(x[s] - x[r], axis=-1), want, rtol=1e-14)
        assert (
            g.act(operand("labels per node"), np.arange(5))
            == g.act(operand("0e per node"), np.arange(5.0)[:, None])[:, 0]
        ).all()


def test_a_product_acts_as_one_after_the_other():
    x = np.random.default_rng(1).normal(size=(2, 9))
    a, b, ab = Element((1, 1, 0, 0), inverts=True), Element((1, 0, 0, 1)), Element((1, 1, -1, 1), inverts=True)
    one = operand("0o + 1e + 2o")
    np.testing.assert_allclose(ab.matrix, a.matrix @ b.matrix, atol=1e-15)
    np.testing.assert_allclose(a.act(one, b.act(one, x)), ab.act(one, x), atol=1e-14)


def test_reflections_are_signs():
    assert {tuple(np.diagonal(g.matrix)) for g in reflections()} == set(itertools.product((1.0, -1.0), repeat=3))
    assert {g.kind for g in rotations()} == {"identity", "inversion", "rotation", "improper rotation"}
