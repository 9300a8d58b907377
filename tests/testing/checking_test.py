"""What `check` reads, what it says, and what it refuses to say."""

import json

import equinox
import haiku as hk
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import linen, nnx

import eqlib
from eqlib import IrrepsArray, IrrepsError, LayoutError
from eqlib.testing.checking import assert_equivariant, check
from eqlib.testing.exact.proof import Decision
from eqlib.testing.proving import prove
from eqlib.testing.report import NotEquivariant, Verdict


def cube(x):
    return x * jnp.sum(x * x)


def test_the_report_of_a_right_function():
    report = check(cube, "1o", "1o")
    assert report.ok and report.verdict is Verdict.OK and report.certified
    assert str(report).startswith("cube: ok\n  in: 1x1o; out: 1x1o\n")
    read = json.loads(report.to_json())
    assert read["verdict"] == "ok" and read["ok"] is True
    assert {f["law"] for f in read["findings"]} >= {"rotation", "inversion", "batch", "gradient", "derivative"}


def test_the_report_of_a_wrong_function_has_the_smallest_case():
    def half_right(x: IrrepsArray) -> IrrepsArray:
        scalars, vectors = x.filter("0e"), x.filter("1o")
        return eqlib.concatenate([scalars, IrrepsArray("2x1o", jax.nn.silu(vectors.array))])

    report = check(half_right, "3x0e + 2x1o")
    assert report.verdict is Verdict.NOT_EQUIVARIANT
    lines = str(report).splitlines()
    assert lines[0] == "half_right is not equivariant (inversion; float64)."
    assert lines[2] == "  fault:  rotation about all axes"
    assert lines[4] == "  fails:  2x1o"
    assert lines[5].startswith("  first:  logistic, at tests/testing/checking_test.py:")
    assert lines[6:11] == [
        "  in:     1x1o",
        "  g:      the inversion",
        "  out:    2x1o",
        "  f(g x): [-0.2689  0.      0.      0.      0.      0.    ]",
        "  g f(x): [-0.7311  0.      0.      0.      0.      0.    ]",
    ]
    assert lines[12] == (
        "  replay: replay(half_right, '3x0e+2x1o', example=([0, 0, 0, 1, 0, 0, 0, 0, 0],), "
        "element=Element(inverts=True))"
    )


def test_assert_equivariant_raises_the_report():
    assert assert_equivariant(cube, "1o", "1o").ok
    with pytest.raises(NotEquivariant, match=r"is not equivariant \(rotation; float64\)") as error:
        assert_equivariant(jnp.sin, "2e", "2e")
    assert isinstance(error.value, AssertionError) and not error.value.report.ok


def test_irreps_that_are_returned_need_not_be_told():
    assert "out: 1x1e" in str(check(eqlib.cross, ("1o", "1o")))
    with pytest.raises(IrrepsError, match="the function returns 1x1e, and out says 1x1o"):
        check(eqlib.cross, ("1o", "1o"), "1o")


def test_a_plain_array_must_be_told():
    with pytest.raises(LayoutError, match="returns a plain array of shape \\(3,\\), and nothing says which irreps"):
        check(cube, "1o")
    with pytest.raises(LayoutError, match="returns an array of shape \\(3,\\), and out says 1x2e"):
        check(cube, "1o", "2e")


def test_what_the_function_raises_is_raised():
    def fails(x):
        raise RuntimeError("out of order")

    with pytest.raises(RuntimeError, match="out of order"):
        check(fails, "1o", "1o")
    with pytest.raises(KeyError, match="out of order"):
        check(lambda x: {}["out of order"] if x[0] > 0 else x[:"3"], "1o", "1o", as_plain_arrays=True)


def test_irreps_that_an_op_refuses_are_not_given_to_it_as_scalars():
    """An op takes a plain array for scalars: the layer that gates the product of all of them is another one."""
    layer = lambda x: eqlib.gate(eqlib.tensor_product(x, x))  # noqa: E731
    with pytest.raises(IrrepsError, match="it has 20 scalars for 24 copies"):
        check(layer, "4x0e + 2x1o")
    assert check(layer, "4x0e + 2x1o", as_plain_arrays=True).verdict is Verdict.NOT_EQUIVARIANT


def test_examples_are_used_and_sizes_read_from_them():
    seen = []

    def energy(points, species, senders, receivers):
        seen.append((points.shape, senders.shape))
        r = points[receivers] - points[senders]
        charge = species[senders] + species[receivers]
        return jnp.sum(charge * jnp.exp(-jnp.sum(r * r, axis=-1)))[None]

    points = np.random.default_rng(0).normal(size=(7, 3))
    edges = np.array([0, 1, 2, 5]), np.array([1, 2, 0, 6])
    in_ = ("points", "labels per node", "nodes per edge", "nodes per edge")
    report = check(energy, in_, "0e", example=(points, np.arange(7), *edges))
    assert report.ok and {(7, 3)} == {shape for shape, _ in seen[:3]} and seen[0][1] == (4,)
    with pytest.raises(LayoutError, match="another structure than in_, which describes 4 arguments"):
        check(energy, in_, "0e", example=(points,))


def test_a_function_that_cannot_be_traced_is_tested_and_not_certified():
    report = check(lambda x: np.asarray(x) * 2.0, "1o", "1o", name="black box")
    assert report.ok and not report.certified
    assert str(report).startswith("black box: ok (tested, not certified)")
    assert check(lambda x: np.abs(np.asarray(x)), "1o", "1o").verdict is Verdict.NOT_EQUIVARIANT


def test_the_fault_of_precision_names_its_line():
    def loses(x):
        return x.astype(jnp.bfloat16).astype(x.dtype) * 3.0

    report = check(loses, "1o", "1o")
    assert report.worst is not None and report.worst.law == "precision"
    assert "digits are lost by a conversion to bfloat16 at tests/testing/checking_test.py:" in str(report)


class Narrow(linen.Module):
    @linen.compact
    def __call__(self, x):
        return linen.Dense(4, use_bias=False, dtype=jnp.bfloat16)(x.reshape(4, 3).T).T.reshape(12).astype(x.dtype)


def halved_thrice(x):
    """A scan with a carry, and a constant, of 16 bits."""
    step = lambda carry, _: (carry * jnp.bfloat16(0.3), None)  # noqa: E731
    return jax.lax.scan(step, x.astype(jnp.bfloat16), None, length=3)[0].astype(x.dtype)


@pytest.mark.parametrize("layer", [Narrow(), halved_thrice])
def test_what_has_constants_of_16_bits_is_a_fault_of_precision(layer):
    report = check(layer, in_="4x1o", out="4x1o", profile="quick")
    assert report.verdict is Verdict.NOT_EQUIVARIANT and report.diagnosis.fault == "precision"
    assert report.diagnosis.first.startswith("convert_element_type, at") and __file__[-20:] in report.diagnosis.first
    assert prove(layer, in_="4x1o", out="4x1o").verdict is Decision.PROVED


def accumulated_in_float32(x):
    weights = np.arange(16.0).reshape(4, 4).astype(x.dtype) / 16
    y = jnp.einsum("vu,ui->vi", weights, x.reshape(4, 3), preferred_element_type=jnp.float32)
    return y.astype(x.dtype).reshape(12)


def test_a_product_that_is_accumulated_in_fewer_digits_is_a_fault_of_precision():
    report = check(accumulated_in_float32, in_="4x1o", out="4x1o", profile="quick")
    assert report.diagnosis.fault == "precision"
    assert "digits are lost by a product accumulated in float32 at tests/testing/checking_test.py:" in str(report)


def test_a_product_that_a_device_may_round_is_noted():
    weights = jnp.ones((2, 2), jnp.float32)
    report = check(lambda x: jnp.dot(weights, x.array.reshape(2, 3)).reshape(6), "2x1o", "2x1o")
    assert report.ok and any("which a device may round to TF32" in note for note in report.notes)
    assert not check(eqlib.flax.Linear("2x1o"), "2x1o").notes


def test_a_product_of_open_precision_is_no_excuse_in_float64():
    weights = jnp.ones((2, 2), jnp.float32)
    report = check(lambda x: jnp.dot(weights, x.reshape(2, 3)).reshape(6) + 1e-9, "2x1o", "2x1o")
    assert report.worst is not None and report.worst.law == "inversion"
    assert "precision" not in {f.law for f in report.findings}


def test_where_a_bound_is_estimated_nothing_is_certified():
    report = check(lambda x: x * jnp.linalg.svd(jnp.outer(x, x), compute_uv=False)[0], "1o", "1o", differentiable=False)
    assert not report.certified and any("bounds were estimated" in note for note in report.notes)


def haiku_layer():
    return hk.without_apply_rng(hk.transform(lambda x: eqlib.haiku.Linear("2x1o + 0e")(x)))


LAYERS = {
    "flax": lambda: eqlib.flax.Linear("2x1o + 0e"),
    "nnx": lambda: eqlib.nnx.Linear("2x1o + 0e", irreps_in="3x0e + 2x1o", rngs=nnx.Rngs(0)),
    "equinox": lambda: eqlib.equinox.Linear(irreps_out="2x1o + 0e", irreps_in="3x0e + 2x1o", key=jax.random.key(0)),
    "haiku": lambda: hk.transform(lambda x: eqlib.haiku.Linear("2x1o + 0e")(x)),
    "haiku without a key": haiku_layer,
}


@pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
def test_layers_of_every_framework(make):
    assert check(make(), "3x0e + 2x1o").ok


class WrongLinen(linen.Module):
    @linen.compact
    def __call__(self, x):
        return IrrepsArray(x.irreps, linen.Dense(x.irreps.dim)(x.array))


class WrongEquinox(equinox.Module):
    weights: jax.Array

    def __call__(self, x):
        return self.weights @ x


def test_wrong_layers_of_other_frameworks():
    assert check(WrongLinen(), "2x1o").verdict is Verdict.NOT_EQUIVARIANT
    assert check(WrongEquinox(jnp.ones((3, 3))), "1o", "1o").verdict is Verdict.NOT_EQUIVARIANT


def test_no_two_points_are_at_one_place():
    """The energy of Lennard-Jones is infinite there, and that is no fault of its symmetry."""

    def energy(points):
        i, j = jnp.triu_indices(4, 1)
        r6 = jnp.sum((points[i] - points[j]) ** 2, axis=-1) ** -3
        return jnp.sum(r6**2 - r6)

    reports = [check(energy, "points", "0e", sizes={"node": 4}, seed=seed, profile="quick") for seed in range(2)]
    assert all(report.ok for report in reports), reports
