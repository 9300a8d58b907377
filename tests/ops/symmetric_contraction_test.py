"""symmetric_contraction and its paths: the conformance suite, and what is particular to them."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import spec.symmetric_contraction
from eqlib import IrrepsArray, IrrepsError, LayoutError, normal, symmetric_contraction_paths
from eqlib.o3 import Irrep, Irreps
from eqlib.ops.symmetric_contraction import symmetric_contraction
from eqlib.testing.conformance import conforms
from eqlib.testing.subject import Subject
from tests.to_rounding import require_same


def subject(irreps, irreps_out, degree):
    paths = len(symmetric_contraction_paths(irreps, irreps_out, degree=degree))
    mul = Irreps(irreps)[0].mul
    wanted = [(ir.l, ir.p) for _, ir in Irreps(irreps_out)]

    def fn(x, w):
        return symmetric_contraction(x, w.array.reshape(*w.shape[:-1], paths, mul), irreps_out, degree=degree)

    def specified(irreps, x, _, w):
        return spec.symmetric_contraction.symmetric_contraction(irreps, x, w.reshape(paths, mul), wanted, degree=degree)

    return Subject(
        "symmetric_contraction", fn, (irreps, f"{paths * mul}x0e"), specified, label=f"{irreps}->{irreps_out}"
    )


test_conforms = conforms(subject("2x0e+2x1o", "0e+1o", 2), subject("1o+1e", "0o+1e", 3))


@pytest.mark.parametrize(
    "channel, irreps_out, degree",
    [("0e+1o", "1o+0e", 4), ("0e+1o+2e", "0e+1o+2e", 3), ("1e+1o+0o", "0o+1e+2o", 3), ("3o+2e", "0e+3o", 3)],
)
def test_paths_and_numbers_are_those_of_the_specification(channel, irreps_out, degree):
    listed, wanted = ([(ir.l, ir.p) for _, ir in Irreps(irreps)] for irreps in (channel, irreps_out))
    irreps = Irreps([(2, ir) for _, ir in Irreps(channel)]).regroup()
    paths = symmetric_contraction_paths(irreps, irreps_out, degree=degree)
    ordered = [(ir.l, ir.p) for _, ir in irreps]
    assert sorted(ordered) == sorted(listed)
    specified = spec.symmetric_contraction.symmetric_contraction_paths(ordered, wanted, degree=degree)
    assert [(tuple((ir.l, ir.p) for ir in p.factors), (p.ir_out.l, p.ir_out.p), p.number) for p in paths] == specified
    x = normal(irreps, jax.random.key(0), dtype=jnp.float64)
    w = jax.random.normal(jax.random.key(1), (len(paths), 2), jnp.float64)
    _, z = spec.symmetric_contraction.symmetric_contraction(
        [(2, l, p) for l, p in ordered], np.asarray(x.array), np.asarray(w), wanted, degree=degree
    )
    got = symmetric_contraction(x, w, irreps_out, degree=degree).array
    # Some hundred products of numbers of size 1, and of the basis of the specification, in float64.
    np.testing.assert_allclose(got, z, rtol=0, atol=1e-12 * np.max(np.abs(z)))


def test_law_complete():
    """As many paths as the characters of the symmetric powers say: here the cubes of two vectors and a scalar."""
    for ir in map(Irrep, ("0e", "1o", "2e", "3o", "0o")):
        channel = "0e+1o"
        paths = [p for p in _or_none(channel, ir) if p.degree == 3]
        assert len(paths) == _multiplicity(Irreps(channel), ir)


def _or_none(channel, ir):
    try:
        return symmetric_contraction_paths(channel, Irreps([ir]))
    except IrrepsError:
        return ()


def _multiplicity(irreps, ir):
    """How often an irrep is in the symmetric cube: the mean of its character times that of the cube, over O(3)."""
    angles = (np.arange(64) + 0.5) * np.pi / 64
    measure = (1 - np.cos(angles)) / 64

    def character(one, turns, sign):
        return one.p ** (turns * (sign < 0)) * sum(np.cos(m * turns * angles) for m in range(-one.l, one.l + 1))

    total = 0.0
    for sign in (1, -1):
        whole = [sum(mul * character(one, turns, sign) for mul, one in irreps) for turns in (1, 2, 3)]
        cube = (whole[0] ** 3 + 3 * whole[0] * whole[1] + 2 * whole[2]) / 6
        total += np.sum(measure * cube * character(ir, 1, sign)) / 2
    return round(total)


def test_law_component_normalised():
    """Of independent normal factors: E(sum_k P_k^2) by the exact tensors, which are those of the plan."""
    for path in symmetric_contraction_paths("0e+1o+2e", "0e+1o+2e"):
        tensors = spec.symmetric_contraction.couplings([(ir.l, ir.p) for ir in path.factors], path.ir_out.l)
        np.testing.assert_allclose(np.sum(tensors[path.number] ** 2), 1.0, rtol=1e-12)


def test_an_index_picks_the_weights_of_each_sample():
    paths = len(symmetric_contraction_paths("2x0e+2x1o", "1o"))
    table = jax.random.normal(jax.random.key(0), (3, paths, 2), jnp.float64)
    x, index = normal("2x0e+2x1o", jax.random.key(1), (4,), dtype=jnp.float64), jnp.array([2, 0, 2, 1])
    picked = symmetric_contraction(x, table[index], "1o").array
    np.testing.assert_array_equal(symmetric_contraction(x, table, "1o", index=index).array, picked)
    beyond = jax.jit(lambda i: symmetric_contraction(x, table, "1o", index=i).array)(jnp.array([2, 3, -1, 1]))
    np.testing.assert_array_equal(np.isnan(beyond).any(-1), [False, True, True, False])


def test_linear_in_the_weights_and_homogeneous_in_each_degree():
    x = normal("2x0e+2x1o", jax.random.key(1), dtype=jnp.float64).array
    paths = symmetric_contraction_paths("2x0e+2x1o", "0e+1o")
    w = jax.random.normal(jax.random.key(0), (2, len(paths), 2), jnp.float64)

    def f(x, w):
        return symmetric_contraction(IrrepsArray("2x0e+2x1o", x), w, "0e+1o").array

    require_same(lambda a, b: f(x, a + 3 * b), lambda a, b: f(x, a) + 3 * f(x, b), *w)
    degrees = np.array([path.degree for path in paths])
    for n in (1, 2, 3):
        alone = w[0] * (degrees == n)[:, None]
        np.testing.assert_array_equal(f(2 * x, alone), 2.0**n * f(x, alone))


X, W = IrrepsArray("2x0e+2x1o", np.ones(8)), np.ones((5, 2))


@pytest.mark.parametrize(
    "change, error, message",
    [
        ({"x": IrrepsArray("2x0e+1o", np.ones(5))}, IrrepsError, "2x0e.1x1o have not one multiplicity"),
        ({"irreps_out": "0o"}, IrrepsError, "no polynomial of 2x0e.2x1o up to degree 2 is 0o"),
        ({"weights": np.ones((4, 2))}, LayoutError, r"weights has shape \(4, 2\), and must be \[\.\.\., 3, 2\]"),
        ({"weights": np.ones((3, 2)), "index": 0}, LayoutError, r"must be \[rows, 3, 2\]"),
        ({"weights": np.ones((4, 3, 2)), "index": 4}, LayoutError, r"the index has the value 4"),
        ({"weights": np.ones((4, 3, 2)), "index": 1.0}, LayoutError, r"the index holds float"),
        ({"degree": 0}, ValueError, "degree is 0"),
        ({"degree": 2.0}, ValueError, r"degree is 2\.0"),
    ],
)
def test_raises(change, error, message):
    given = {"x": X, "weights": np.ones((3, 2)), "irreps_out": "0e", "degree": 2} | change
    with pytest.raises(error, match=message):
        symmetric_contraction(given.pop("x"), given.pop("weights"), given.pop("irreps_out"), **given)


def test_paths_print_their_factors():
    printed = ", ".join(map(repr, symmetric_contraction_paths("2e", "2e", degree=4)))
    assert printed == ", ".join(
        f"SymmetricPath({path})" for path in ("2e -> 2e", "2e^2 -> 2e", "2e^3 -> 2e", "2e^4 -> 2e", "2e^4 -> 2e #1")
    )
