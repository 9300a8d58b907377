"""A check computes in settings of its own, whatever its user has set; the function is called in those of its user."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import linen

import eqlib
from eqlib.dtypes import at_least_float32
from eqlib.testing import Element, check, prove, replay
from eqlib.testing.exact.proof import Decision
from eqlib.testing.profile import QUICK
from eqlib.testing.report import Verdict
from eqlib.testing.settings import own_settings, settings_of_user

SETTINGS = {
    "jax_disable_jit": True,
    "jax_transfer_guard": "disallow",
    "jax_numpy_dtype_promotion": "strict",
    "jax_numpy_rank_promotion": "raise",
    "jax_debug_nans": True,
    "jax_debug_infs": True,
    "jax_log_compiles": True,
}


@pytest.fixture
def user_sets():
    """Sets it for the process, and so for the threads in which a check compiles."""
    before = {}

    def sets(name, value):
        before.setdefault(name, getattr(jax.config, name))
        jax.config.update(name, value)

    yield sets
    for name, value in before.items():
        jax.config.update(name, value)


def right(x):
    """With a loop, a branch, a root, and NaN that is not chosen."""
    size = jnp.sum(x * x)
    unit = jnp.where(size == 0, jnp.zeros_like(x), x * jax.lax.rsqrt(jnp.where(size == 0, jnp.ones_like(size), size)))
    return jax.lax.fori_loop(0, 2, lambda _, y: y * size + unit, x)


def wrong(x):
    return x + 1e-3 * jnp.abs(x)


@pytest.mark.parametrize("setting", SETTINGS)
def test_verdicts_are_what_they_are_without(setting, user_sets):
    user_sets(setting, SETTINGS[setting])
    report = check(right, "1o", "1o", profile=QUICK)
    assert report.ok and report.certified, str(report)
    report = check(wrong, "1o", "1o", profile=QUICK, dtypes=())
    assert report.verdict is Verdict.NOT_EQUIVARIANT, str(report)
    assert prove(right, "1o", "1o").verdict is Decision.CHECKED_EXACTLY
    assert prove(wrong, "1o", "1o").verdict is Decision.REFUTED
    assert getattr(jax.config, setting) == SETTINGS[setting]


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_case_is_replayed(setting, user_sets):
    user_sets(setting, SETTINGS[setting])
    replayed = replay(wrong, "1o", "1o", example=([1, 0, 0],), element=Element(inverts=True))
    assert replayed.verdict is Verdict.NOT_EQUIVARIANT


@pytest.mark.parametrize("setting", ["jax_debug_nans", "jax_debug_infs"])
def test_what_is_not_finite_is_found_and_not_raised(setting, user_sets):
    user_sets(setting, True)
    report = check(lambda x: x * jnp.linalg.norm(x), "1o", "1o", profile=QUICK, dtypes=())
    assert report.verdict is Verdict.NON_FINITE and "the gradient is not finite" in str(report)


class Single(linen.Module):
    """Of weights in float32, as training has them."""

    @linen.compact
    def __call__(self, x):
        return x * self.param("scale", linen.initializers.ones, (1,))


ONE_PRECISION = {
    "a constant": lambda x: x * jnp.float32(2.0),
    "a constant of NumPy": lambda x: x * np.float32(2.0),
    "a module": Single(),
    "a layer of eqlib": eqlib.flax.Linear("2x1o", irreps_in="1o"),
}


@pytest.mark.parametrize("name", ONE_PRECISION)
def test_a_layer_of_float32_is_right_where_no_dtypes_are_promoted(name, user_sets):
    user_sets("jax_numpy_dtype_promotion", "strict")
    layer, out = ONE_PRECISION[name], "2x1o" if "layer" in name else "1o"
    report = check(layer, "1o", out, profile=QUICK)
    assert report.ok and report.certified, str(report)
    note = "dtypes are promoted in float64, which JAX is told to refuse: the function runs without that in float32"
    assert any(said.startswith(note) for said in report.notes)
    proof = prove(layer, "1o", out)
    assert proof.verdict is Decision.PROVED and any(said.startswith(note) for said in proof.notes)


def test_a_layer_of_float32_that_is_wrong_is_refuted_where_no_dtypes_are_promoted(user_sets):
    user_sets("jax_numpy_dtype_promotion", "strict")
    shifted = lambda x: x + jnp.float32(1e-3)  # noqa: E731
    assert check(shifted, "1o", "1o", profile=QUICK).verdict is Verdict.NOT_EQUIVARIANT
    assert prove(shifted, "1o", "1o").verdict is Decision.REFUTED


def test_a_layer_of_float64_is_right_where_no_dtypes_are_promoted(user_sets):
    user_sets("jax_numpy_dtype_promotion", "strict")
    report = check(lambda x: x * jnp.ones(3), "1o", "1o", profile=QUICK)
    assert report.ok and any(said.startswith("dtypes are promoted in float32") for said in report.notes), str(report)


@pytest.mark.parametrize("call", [check, prove])
def test_what_runs_in_no_precision_raises_what_it_raises(call, user_sets):
    user_sets("jax_numpy_dtype_promotion", "strict")
    with pytest.raises(jax.dtypes.TypePromotionError):
        call(lambda x: x * (jnp.float32(2) * jnp.int32(1)), "1o", "1o")


def test_ranks_are_promoted_as_the_user_has_it(user_sets):
    user_sets("jax_numpy_rank_promotion", "raise")
    with pytest.raises(ValueError, match="Operands could not be broadcast"):
        check(lambda x: x * jnp.ones((1, 3)), "1o", "1o")


def test_the_function_sees_the_settings_of_its_user():
    seen = lambda: (jax.config.jax_numpy_dtype_promotion, jax.config.jax_debug_nans)  # noqa: E731
    with jax.numpy_dtype_promotion("strict"), jax.debug_nans(True):
        with own_settings():
            assert seen() == ("standard", False)
            with settings_of_user():
                assert seen() == ("strict", False)
        assert seen() == ("strict", True)
    with settings_of_user():
        assert seen() == ("standard", False)


OPS = {
    "tensor_product": (lambda x: eqlib.tensor_product(x, x), "2x0e + 2x1o"),
    "norm": (eqlib.norm, "4x1o"),
    "gate": (eqlib.gate, "2x0e + 1o"),
    "norm_activation": (lambda x: eqlib.norm_activation(x, [jax.nn.silu]), "2x1o"),
    "spherical_harmonics": (lambda x: eqlib.spherical_harmonics([0, 1, 2], x, True), "1o"),
}


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16"])
@pytest.mark.parametrize("op", OPS)
def test_ops_promote_no_dtypes_of_their_own(op, dtype):
    fn, irreps = OPS[op]
    with jax.numpy_dtype_promotion("strict"):
        x = jnp.ones(eqlib.Irreps(irreps).dim, dtype)
        run = lambda x: fn(eqlib.IrrepsArray(irreps, x)).array  # noqa: E731
        assert run(x).dtype == dtype and jax.grad(lambda x: jnp.sum(run(x)))(x).dtype == dtype


def test_sums_are_in_32_bits_at_least():
    with jax.numpy_dtype_promotion("strict"):
        found = {name: at_least_float32(name) for name in ("bfloat16", "float16", "float32", "float64", "complex64")}
    expected = {name: np.dtype("float32" if "16" in name else name) for name in found}
    assert found == expected
