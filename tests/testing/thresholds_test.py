"""What happens only beside a number that a program compares with is seen, and a sharp edge is no fault."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib.testing.checking import check
from eqlib.testing.profile import Profile
from eqlib.testing.program import program
from eqlib.testing.thresholds import beside_thresholds, thresholds

GRAPH = ("points", "nodes per edge", "nodes per edge")
BENT = np.array([1.0, 1.0, 1.01])


def literals(fn, in_="1o"):
    made = program(fn, in_, in_, as_plain_arrays=True)
    return list(thresholds(jax.make_jaxpr(made.call)(*made.arrays)))


def squared(x):
    return jnp.sum(x * x, axis=-1, keepdims=True)


def in_a_window(x):
    n2 = squared(x)
    return jnp.where((n2 > 0.98 * 25) & (n2 < 25.0), x * BENT, x)


def at_the_cutoff(points, senders, receivers):
    r = points[receivers] - points[senders]
    r2 = squared(r)
    bent = jnp.where((r2 > 8.9) & (r2 < 9.0), r * BENT, r)
    return jnp.zeros_like(points).at[receivers].add(jnp.where(r2 < 9.0, bent * jnp.exp(-r2), 0.0))


def divided_by_the_cutoff(points, senders, receivers):
    r = points[receivers] - points[senders]
    u = jnp.sqrt(squared(r) + 1e-9) / 3.0
    bent = jnp.where((u > 0.995) & (u < 1.0), r * BENT, r)
    return jnp.zeros_like(points).at[receivers].add(jnp.where(u < 1.0, bent * jnp.exp(-u), 0.0))


FAULTS = {
    "a vector": (in_a_window, "1o", "1o"),
    "a distance": (at_the_cutoff, GRAPH, "1o per node"),
    "a distance divided by the cutoff": (divided_by_the_cutoff, GRAPH, "1o per node"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_just_within_a_threshold_is_found(name):
    without = Profile("without", thresholds=0, few=1)
    assert check(*FAULTS[name], profile=without, dtypes=(), differentiable=False).ok
    report = check(*FAULTS[name], dtypes=(), differentiable=False)
    assert report.verdict == "not equivariant", str(report)


def test_thresholds_are_what_values_are_compared_with_or_divided_by():
    assert literals(lambda x: jnp.where(x > -2.5, x / 4.0, 7.0)) == [2.5, 4.0]
    assert literals(lambda x: jnp.clip(x, -1.5, 3.5) + jnp.maximum(x, 0.0)) == [1.5, 3.5]
    assert literals(lambda x: jax.nn.relu(x + 1.0) * 2.0) == []
    assert literals(jax.jit(lambda x: jnp.where(x < np.float32(0.5), x, x))) == [0.5]
    assert literals(lambda x: jax.lax.fori_loop(0, 3, lambda _, y: jnp.minimum(y, 6.0), x)) == [6.0]


def test_lengths_are_just_below_and_above_a_threshold_and_its_root():
    made = program(lambda points, x, s, r: jnp.where(x > 4.0, x, 0.0), ("points", "2x1o + 0o", *GRAPH[1:]), "2x1o + 0o", as_plain_arrays=True)  # fmt: skip # noqa: E501
    inputs = beside_thresholds(made, 1)
    assert list(inputs) == [f"of a length {side} {length}" for length in (4, 2) for side in ("below", "above")]
    for (points, x, s, r), length in zip(inputs.values(), (4, 4, 2, 2), strict=True):
        sizes = [np.linalg.norm(points[s[0]] - points[r[0]]), *(np.linalg.norm(x[part]) for part in (slice(3), slice(3, 6), slice(6, 7)))]  # fmt: skip # noqa: E501
        assert np.allclose(sizes, sizes[0], rtol=1e-12) and 5e-4 < abs(sizes[0] / length - 1) < 1e-3
    assert not beside_thresholds(made, 0)


def test_a_sharp_edge_is_no_fault():
    def sharp(points, senders, receivers):
        r = points[receivers] - points[senders]
        return jnp.zeros_like(points).at[receivers].add(jnp.where(squared(r) < 9.0, r, 0.0))

    assert check(sharp, GRAPH, "1o per node").ok
    assert check(lambda x: jnp.where(squared(x) > 1.0, x, 2.0 * x), "1o", "1o").ok
