"""Labels beyond those that are drawn first, and edges that leave a node alone, are tried by check and by prove."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib.testing import check, prove
from eqlib.testing.integers import with_labels, with_one_alone
from eqlib.testing.operands import operand
from eqlib.testing.profile import Profile

EDGES = ("1o per node", "nodes per edge", "nodes per edge")
LABELLED = (("0e + 1o per node", "labels per node"), "0e + 1o per node")
FEW = Profile("few", few=1, thorough=("as given",), unjitted=False)


def neighbours(x, senders, receivers):
    return jnp.zeros_like(x).at[receivers].add(x[senders])


def degrees(x, receivers):
    return jnp.zeros(len(x), x.dtype).at[receivers].add(1)[:, None]


def ones_for_a_node_alone(x, senders, receivers):
    return jnp.where(degrees(x, receivers) == 0, 1.0, neighbours(x, senders, receivers))


def mean(x, senders, receivers):
    return neighbours(x, senders, receivers) / degrees(x, receivers)


def length_of_the_sum(x, senders, receivers):
    return jnp.linalg.norm(neighbours(x, senders, receivers), axis=-1)


def guarded_mean(x, senders, receivers):
    return neighbours(x, senders, receivers) / jnp.maximum(degrees(x, receivers), 1)


def test_no_edge_ends_at_the_node_alone():
    operands = [operand(words) for words in (*EDGES, "0e per edge")]
    x, s, r = np.zeros((4, 3)), np.array([0, 1, 2, 3, 1]), np.array([1, 2, 0, 1, 3])
    (name, (y, senders, receivers, lengths)), *others = with_one_alone(operands, [x, s, r, np.ones((5, 1))]).items()
    assert name == "a node alone" and not others
    assert list(zip(senders, receivers, strict=True)) == [(0, 1), (1, 2), (2, 0), (0, 1), (1, 2)]
    assert y is x and lengths.shape == (5, 1)


def test_nothing_of_any_kind_ends_at_the_node_alone():
    operands = [operand(words) for words in ("nodes per edge", "nodes per edge", "nodes per triplet")]
    arrays = np.array([0, 1, 2, 3]), np.array([1, 2, 3, 0]), np.array([3, 0, 2])
    ((name, found),) = with_one_alone(operands, arrays).items()
    assert name == "a node alone" and [x.tolist() for x in found] == [[0, 1, 0, 1], [1, 2, 1, 2], [0, 2, 0]]


def test_edges_that_are_given_and_edges_between_two_nodes_are_left_as_they_are():
    operands = [operand(words) for words in EDGES[1:]]
    assert with_one_alone(operands, [np.array([0, 1]), np.array([1, 0])]) == {}
    ring = {"example": (None, np.array([0, 1, 2, 3]), np.array([1, 2, 3, 0])), "sizes": {"node": 4}}
    assert check(ones_for_a_node_alone, EDGES, "1o per node", as_plain_arrays=True, **ring).ok


def test_only_what_is_drawn_is_changed():
    labels, ends = operand("labels per node"), operand("nodes per edge")
    assert list(with_labels([labels], [np.zeros(5, int)], 10)) == ["labels from 0", "labels from 5"]
    assert list(with_one_alone([ends], [np.arange(5)])) == ["a node alone"]
    labels, ends = (dataclasses.replace(one, is_given=True) for one in (labels, ends))
    assert with_labels([labels], [np.zeros(5, int)], 10) == {} == with_one_alone([ends], [np.arange(5)])


def test_check_finds_what_a_node_alone_breaks():
    report = check(ones_for_a_node_alone, EDGES, "1o per node", as_plain_arrays=True, profile=FEW)
    assert report.verdict == "not equivariant" and report.diagnosis is not None
    assert "select_n" in report.diagnosis.first


def test_check_finds_a_mean_over_no_neighbours():
    report = check(mean, EDGES, "1o per node", as_plain_arrays=True, profile=FEW)
    assert report.verdict == "non-finite" and report.diagnosis is not None
    assert report.diagnosis.first.startswith("div")


def test_check_finds_a_gradient_that_is_not_finite_at_a_node_alone():
    report = check(length_of_the_sum, EDGES, "0e per node", as_plain_arrays=True, profile=FEW)
    gradient = next(f for f in report.findings if f.law == "finite gradient")
    assert gradient.verdict == "non-finite"


def test_a_mean_that_allows_for_no_neighbours_is_ok():
    report = check(guarded_mean, EDGES, "1o per node", as_plain_arrays=True, profile=FEW)
    assert report.ok, str(report)
    proof = prove(guarded_mean, EDGES, "1o per node", as_plain_arrays=True)
    assert proof.verdict == "proved"
    assert proof.notes[-1] == "labels and edges are those that were drawn, and a node alone"


def test_prove_refutes_what_a_node_alone_breaks():
    proof = prove(ones_for_a_node_alone, EDGES, "1o per node", as_plain_arrays=True)
    assert proof.verdict == "refuted" and proof.lines[0] == "in:     a node alone"


def wrong_for_species(kind):
    return lambda x, species: jnp.where((species == kind)[:, None], x * jnp.array([1, 1, 1, 1.01], x.dtype), 2 * x)


@pytest.mark.parametrize("kind", [0, 1, 2, 7, 9])
def test_ten_labels_are_tried(kind):
    assert check(wrong_for_species(kind), *LABELLED).verdict == "not equivariant"


def test_labels_that_an_example_has_are_all_there_are():
    species = np.array([0, 1, 1, 3])
    for kind, verdict in ((3, "not equivariant"), (2, "ok")):
        assert check(wrong_for_species(kind), *LABELLED, example=(None, species)).verdict == verdict


CHARGES = np.arange(1.0, 7.0)
OF_TABLES = {
    "clamped": lambda x, species: x * jnp.asarray(CHARGES, x.dtype)[species][:, None],
    "nan": lambda x, species: x * jnp.take(jnp.asarray(CHARGES, x.dtype), species)[:, None],
    "raised": lambda x, species: np.asarray(x) * np.asarray(CHARGES, np.asarray(x).dtype)[np.asarray(species), None],
}


@pytest.mark.parametrize("name", OF_TABLES)
def test_labels_beyond_a_table_are_no_fault(name):
    report = check(OF_TABLES[name], *LABELLED, as_plain_arrays=True, profile=Profile("mine", few=1))
    assert report.ok, str(report)
    untried = "labels from 5 were not tried: the function has no values for them"
    assert (untried in report.notes) == (name != "clamped")


@pytest.mark.parametrize("kind", [0, 7, 9])
def test_prove_tries_ten_labels(kind):
    proof = prove(wrong_for_species(kind), *LABELLED)
    assert proof.verdict == "refuted", str(proof)


def test_prove_takes_the_labels_of_an_example_for_all_there_are():
    for kind, verdict in ((3, "refuted"), (2, "proved")):
        example = (None, np.array([0, 1, 1, 3]))
        assert prove(wrong_for_species(kind), *LABELLED, example=example).verdict == verdict


def test_labels_for_which_the_program_has_no_exact_value_are_named():
    def calls_back_from_5_on(x, species):
        same = lambda: jax.pure_callback(lambda x: x, jax.ShapeDtypeStruct(x.shape, x.dtype), x)  # noqa: E731
        return jax.lax.cond(jnp.max(species) > 7, same, lambda: x)

    proof = prove(calls_back_from_5_on, *LABELLED, as_plain_arrays=True)
    assert proof.ok and proof.notes[0].startswith("labels from 5 were not tried: the primitive 'pure_callback'")
