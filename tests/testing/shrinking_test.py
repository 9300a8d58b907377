"""The case that a refutation shows is the smallest: no single step makes it smaller; and it can be replayed."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib.testing import Element, replay
from eqlib.testing.checking import check
from eqlib.testing.elements import rotations
from eqlib.testing.program import program
from eqlib.testing.replaying import replay_line
from eqlib.testing.shrinking import RUNS, Shrinker, is_broken
from eqlib.testing.symmetries import Case, Runner

SWAP = Element(permutations={"node": (2, 0, 1)})
ROTATION, IMPROPER = [Element((1, 2, -3, 1), inverts) for inverts in (False, True)]


def silu_on_pairs(x):
    return jnp.concatenate([x[:3], x[3:] * jax.nn.silu(x[3:])])


def first_node(x):
    return x - x[:1]


def grown(x):
    return jnp.where(x[1] > 2.0, 2.0 * x, x)


# A layer, what it takes and gives, an element that breaks it, and the smallest case: its element, and its numbers.
LAYERS = {
    "silu": (silu_on_pairs, "3x0e + 2x0o + 1o", "3x0e + 2x0o + 1o", IMPROPER, (1, 1, 0, 0), [0, 0, 0, 0, 0, 0, 1, 0]),
    "a node": (first_node, "0e + 1o per node", "0e + 1o per node", SWAP, (1, 0, 2), [1] + [0] * 11),
    "a branch": (grown, "1o", "1o", ROTATION, None, None),
}


def begun(name: str) -> tuple[Runner, Case]:
    fn, in_, out, element, *_ = LAYERS[name]
    runner = Runner(program(fn, in_, out, sizes={"node": 3}), np.float64)
    arrays = [np.linspace(2.25, 4.75, np.size(x)).reshape(np.shape(x)) for x in runner.program.arrays]
    case = runner.compare(element, "as given", arrays)
    assert is_broken(case, finite=True)
    return runner, case


@pytest.fixture(scope="module")
def smallest():
    """Each layer with its runner, its smallest case, and how many comparisons that took."""
    found = {}
    for name in LAYERS:
        runner, case = begun(name)
        shrinker = Shrinker(runner, case)
        found[name] = runner, shrinker.smallest(), RUNS - shrinker.left
    return found


@pytest.mark.parametrize("name", LAYERS)
def test_no_single_step_makes_the_case_smaller(smallest, name):
    runner, case, runs = smallest[name]
    assert is_broken(case, finite=True) and 0 < runs < RUNS
    (x,) = case.arrays
    for index in map(tuple, np.argwhere(x)):
        for value in (0.0, 1.0):
            smaller = x.copy()
            smaller[index] = value
            assert x[index] == value or not is_broken(runner.compare(case.element, "as given", [smaller]), True)


@pytest.mark.parametrize("name", ["silu", "a node"])
def test_the_element_and_the_numbers_are_the_simplest(smallest, name):
    _, case, _ = smallest[name]
    element, numbers = LAYERS[name][-2:]
    assert element in (case.element.quaternion, case.element.permutations.get("node"))
    assert np.count_nonzero(case.arrays[0]) == np.count_nonzero(numbers) and set(case.arrays[0].flat) == {0.0, 1.0}


def test_a_number_that_matters_stays(smallest):
    _, case, _ = smallest["a branch"]
    assert np.count_nonzero(case.arrays[0]) == 1 and np.max(case.arrays[0]) > 2.0
    assert case.element in [Element(q) for q in ((1, 1, 0, 0), (1, 0, 0, 1))]  # not about y: it leaves that component


def test_the_same_case_is_found_again(smallest):
    _, case, _ = smallest["silu"]
    again = Shrinker(*begun("silu")).smallest()
    assert again.element == case.element
    np.testing.assert_array_equal(again.arrays[0], case.arrays[0])


def test_a_whole_check_replays_from_its_line():
    def scaled(x, key):
        return {"z": x["a"] * jnp.array([1.0, 1.0, key])}

    arguments = ({"a": "1o"}, None), {"z": "1o"}
    example = ({"a": None}, 2.0)
    report = check(scaled, *arguments, example=example, profile="quick")
    assert report.diagnosis is not None
    line = report.diagnosis.replay
    assert line == (
        "replay(scaled, ({'a': '1x1o'}, None), {'z': '1x1o'}, example=({'a': [0, 1, 0]}, example[1]), "
        "element=Element(quaternion=(1, 1, 0, 0)))"
    )
    again = eval(line, {"replay": replay, "scaled": scaled, "example": example, "Element": Element})
    assert again.worst.witness == report.worst.witness and not again.ok


def test_numbers_are_replayed_as_they_were():
    runner = Runner(program(grown, "1o", "1o"), np.float32)
    x = [np.array([0.1, -2.5, 1e-20], np.float32)]
    case = runner.compare(next(g for g in rotations() if g.kind == "rotation"), "as given", x)
    line = replay_line(runner, case, "1o", "1o", sizes=None)
    again = eval(line.replace("replay", "dict").replace("grown, '1x1o', '1x1o', ", ""), {"Element": Element})
    np.testing.assert_array_equal(np.array(again["example"][0], np.float32), x[0])
    assert again["element"] == case.element and again["dtype"] == "float32"
