"""Each strategy draws what it says, from few shapes, and shrinks to what it says."""

import sys

import numpy as np
import pytest
from hypothesis import find, given
from hypothesis import strategies as st

import eqlib
from eqlib.plan import Plan
from eqlib.testing import strategies
from eqlib.testing.elements import Element


def smallest(strategy, condition=lambda _: True):
    return find(strategy, condition)


@given(strategies.irreps(), strategies.irreps(wide=True, max_degree=2, max_mul=2, max_terms=3))
def test_irreps_are_within_their_limits(pooled, wide):
    assert str(pooled) in {str(eqlib.Irreps(words)) for words in strategies.POOL}
    assert wide.lmax <= 2 and 1 <= len(wide) <= 3 and all(1 <= mul <= 2 for mul, _ in wide)


def test_irreps_shrink_to_a_scalar_and_to_the_simplest_with_a_fault():
    for one in (strategies.irreps(), strategies.irreps(wide=True)):
        assert smallest(one) == "0e"
        assert smallest(one, lambda x: any(ir.p == -1 for _, ir in x)) == "0o"
    assert smallest(strategies.irreps(wide=True), lambda x: x.num_irreps > 2) == "3x0e"
    assert smallest(strategies.irreps(wide=True), lambda x: x.lmax >= 3) == "3e"
    assert smallest(strategies.irreps(), lambda x: len(x) > 1) == "0e + 1o"


def test_limits_of_the_pool_are_its_own():
    with pytest.raises(
        ValueError, match=r"^irreps: the pool has its own limits\.\n  Write irreps\(wide=True, \.\.\.\)"
    ):
        strategies.irreps(max_degree=1)


@given(strategies.irreps_arrays(strategies.irreps(), leading=(2,)))
def test_arrays_have_the_irreps_that_are_drawn(x):
    assert x.shape == (2, x.irreps.dim) and x.dtype == np.float32
    assert np.isfinite(x.array).all()


CLAIMS = {
    "zero": lambda x: not x.any(),
    "one-hot": lambda x: np.count_nonzero(x) == 1 == x.sum(),
    "equal": lambda x: np.array_equal(x[0], x[1]) and np.array_equal(x[:, 1:4], x[:, 4:]),
    "whole": lambda x: np.array_equal(x, np.rint(x)) and np.abs(x).max() <= 4,
    "power of two": lambda x: (np.abs(np.frexp(x)[0]) == 0.5).all(),
    "tiny": lambda x: np.abs(x).max() <= 2.0**-18,
    "huge": lambda x: not x.any() or np.abs(x[x != 0]).min() >= 2.0**20,
}


@pytest.mark.parametrize("adversity", strategies.ADVERSITIES)
def test_adversities_are_what_they_are_called(adversity):
    one = strategies.irreps_arrays("0e + 2x1o", leading=(2,), adversities=[adversity], dtype=np.float64)

    @given(one)
    def holds(x):
        assert CLAIMS[adversity](np.asarray(x.array))

    holds()


def test_arrays_shrink_to_zeros_and_to_one_component():
    one = strategies.irreps_arrays("0e + 2x1o")
    assert not smallest(one).array.any()
    np.testing.assert_array_equal(smallest(one, lambda x: x.array[3] != 0).array, [0, 0, 0, 1, 0, 0, 0])
    np.testing.assert_array_equal(smallest(one, lambda x: x.array[3] == 2).array, [0, 0, 0, 2, 0, 0, 2])
    whole = strategies.irreps_arrays("0e + 2x1o", adversities=["whole"])
    np.testing.assert_array_equal(smallest(whole, lambda x: x.array[3] == 2).array, [0, 0, 0, 2, 0, 0, 0])


def test_an_unknown_adversity_is_refused():
    with pytest.raises(ValueError, match=r"^irreps_arrays: there is no adversity 'odd'\.\n  Write some of \('zero', "):
        smallest(strategies.irreps_arrays("0e", adversities=["odd"]))


@given(strategies.rotations(), strategies.rotations(inversion=False))
def test_rotations_are_orthogonal(g, proper):
    assert np.allclose(g.matrix @ g.matrix.T, np.eye(3), atol=1e-14)
    assert np.isclose(np.linalg.det(proper.matrix), 1.0)


def test_rotations_shrink_to_the_identity():
    one = strategies.rotations()
    assert smallest(one) == Element()
    assert smallest(one, lambda g: g.inverts) == Element(inverts=True)
    assert smallest(one, lambda g: g.quaternion[0] == 0) == Element((0, 0, 0, 1))
    assert smallest(one, lambda g: any(g.quaternion[1:])) == Element((1, 0, 0, 1))


@given(strategies.graphs())
def test_graphs_are_graphs(graph):
    nodes, edges = len(graph.points), len(graph.senders)
    assert (nodes, edges) in strategies.GRAPH_SIZES and len(graph.receivers) == edges
    for ends in (graph.senders, graph.receivers):
        assert ends.dtype == np.int32 and ((ends >= 0) & (ends < nodes)).all()
    assert (graph.senders != graph.receivers).all()
    distances = np.linalg.norm(graph.points[:, None] - graph.points, axis=-1)
    assert (distances[~np.eye(nodes, dtype=bool)] >= 0.5).all()


def test_graphs_shrink_to_an_atom_and_to_a_pair():
    atom, pair = (smallest(strategies.graphs(), lambda graph, n=n: len(graph.senders) >= n) for n in (0, 1))
    assert atom.points.tolist() == [[0, 0, 0]] and len(atom.senders) == 0
    assert pair.points.tolist() == [[0, 0, 0], [0, 0, 0.5]]
    assert (pair.senders.tolist(), pair.receivers.tolist()) == ([0, 0], [1, 1])


@given(strategies.plans())
def test_plans_are_plans(plan):
    assert isinstance(plan, Plan) and plan.num_inputs in (1, 2)


def test_plans_shrink_to_a_norm():
    plan = smallest(strategies.plans())
    assert plan.num_inputs == 1 and plan.degree(0) == 2 and plan.flops < 4


def test_few_shapes_are_drawn():
    """What is compiled for one example serves others: there are as many shapes as members of the pool."""
    shapes = set()

    @given(st.data())
    def collect(data):
        shapes.add(data.draw(strategies.irreps_arrays(strategies.irreps())).shape)

    collect()
    assert 1 < len(shapes) <= len(strategies.POOL)


@pytest.mark.parametrize(
    ("name", "module", "package"),
    [("strategies", "strategies", "hypothesis"), ("equivariant", "decorator", "pytest")],
)
def test_what_needs_a_package_says_which(monkeypatch, name, module, package):
    monkeypatch.delitem(sys.modules, f"eqlib.testing.{module}", raising=False)
    monkeypatch.delattr(eqlib.testing, module, raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    message = f"eqlib.testing.{name} needs {package}, which is not installed: pip install {package}"
    with pytest.raises(ImportError, match=f"^{message}$"):
        getattr(eqlib.testing, name)


def test_what_is_not_there_is_no_attribute():
    with pytest.raises(AttributeError, match=r"^module 'eqlib\.testing' has no attribute 'stratagems'$"):
        _ = eqlib.testing.stratagems
