"""Each rule bounds what float32 really does, and what an error of its operands really does, and not by far too much."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import eqlib
from eqlib.lowering.evaluate import evaluate
from eqlib.plan.harmonics import harmonics_program
from eqlib.testing.rounding import with_rounding

EPS = float(np.finfo(np.float32).eps)
RNG = np.random.default_rng(0)
M, V = RNG.normal(size=(3, 3)), RNG.normal(size=(6,))
PROGRAM = harmonics_program((0, 4), "component", of_direction=True)
# Many numbers, some beside the zeros of lgamma at 1, 2 and -2.457, and of digamma at 1.4616 and -0.504.
BETWEEN_POLES = np.concatenate([np.linspace(*ends, 1601) for ends in ((0.5, 3.0), (-2.9, -2.1), (-0.9, -0.1))])
POSITIVE = M @ M.T + np.eye(3)
# A bound may be greater than what happens by the worst signs, and by the condition of what is factorised.
SLACK = 3e4


def complex_of(x: jax.Array) -> jax.Array:
    return jax.lax.complex(x[:3], x[3:])


FUNCTIONS = {
    "straight-line program": (lambda x: evaluate(PROGRAM, x.reshape(2, 3))[0], V),
    "sort": (jnp.sort, V),
    "sort of pairs": (lambda x: jax.lax.sort((x, x**2), num_keys=1)[1], V),
    "top_k": (lambda x: jax.lax.top_k(x, 2)[0], V),
    "argmax": (lambda x: x[jnp.argmax(x)] * x, V),
    "cumprod": (jnp.cumprod, V),
    "prod": (jnp.prod, V),
    "rem": (lambda x: jax.lax.rem(x, jnp.full_like(x, 0.3)), V),
    "bessel": (lambda x: jax.scipy.special.i0e(x) + jax.scipy.special.i1e(x), V),
    "lgamma": (jax.lax.lgamma, BETWEEN_POLES),
    "digamma": (jax.lax.digamma, BETWEEN_POLES),
    "pow of whole numbers": (lambda x: jax.lax.pow(jnp.abs(x), jnp.arange(6)), V),
    "conv": (lambda x: jnp.convolve(x, x[:3], mode="same"), V),
    "complex product": (lambda x: jnp.abs(complex_of(x) * complex_of(x[::-1])), V),
    "complex quotient": (lambda x: jnp.imag(complex_of(x) / complex_of(x[::-1])), V),
    "complex matrix": (lambda x: jnp.real(jnp.outer(complex_of(x), complex_of(x).conj()) @ complex_of(x)), V),
    "complex exp": (lambda x: jnp.real(jnp.exp(complex_of(x))), V),
    "fft": (lambda x: jnp.real(jnp.fft.fft(x)), V),
    "rfft and back": (lambda x: jnp.fft.irfft(jnp.fft.rfft(x) ** 2), V),
    "a spectrum times what was real": (lambda x: jnp.fft.irfft(jnp.fft.rfft(x) * jnp.cos(x[:4]), n=10), V),
    "modulus of a spectrum": (lambda x: jax.grad(lambda y: jnp.sum(jnp.abs(jnp.fft.fft(y)) ** 3))(x), V),
    "ifft": (lambda x: jnp.abs(jnp.fft.ifft(complex_of(x))), V),
    "solve": (lambda m: jnp.linalg.solve(m, jnp.arange(1.0, 4.0, dtype=m.dtype)), M),
    "inverse of many": (lambda m: jnp.linalg.inv(jnp.stack([m, m.T])), M),
    "det": (lambda m: jnp.linalg.det(jnp.kron(m, jnp.eye(2, dtype=m.dtype))), M),
    "cholesky": (jnp.linalg.cholesky, POSITIVE),
    "eigenvalues": (jnp.linalg.eigvalsh, POSITIVE),
    "projection on eigenvectors": (lambda m: jnp.linalg.eigh(m)[1] ** 2, POSITIVE),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_rounding_and_errors_do_is_within_the_bound(name: str) -> None:
    f, x = FUNCTIONS[name]
    x = np.asarray(x, np.float32).astype(np.float64)
    moved = x + 1e-7 * np.sign(np.resize([1.0, -1.0, 1.0], x.size)).reshape(x.shape)
    if np.array_equal(x, np.transpose(x)) and x.ndim == 2:
        moved = (moved + moved.T) / 2
    value, bound = jax.jit(lambda x, e: with_rounding(f, [x], [e], EPS))(x, np.abs(moved - x))
    run = jax.jit(f)
    want, rounded, shifted = (np.asarray(run(y), np.float64) for y in (x, x.astype(np.float32), moved))
    np.testing.assert_allclose(value, want, rtol=1e-13, atol=1e-15)
    assert np.all(np.abs(rounded - want) <= bound) and np.all(np.abs(shifted - want) <= bound)
    assert np.max(bound) <= SLACK * EPS * np.max(np.abs(want))
    assert not np.all(bound == 0)


# What is flat where its argument is zero: an error there shows in second order, and in higher ones.
FLAT_AT_ZERO = {
    "mul": lambda x: x * x[::-1],
    "square": jnp.square,
    "cube": lambda x: x**3,
    "sixth power": lambda x: x**6,
    "pow": lambda x: jnp.abs(x) ** 1.5,
    "prod": jnp.prod,
    "cumprod": jnp.cumprod,
    "dot": lambda x: jnp.dot(x, x),
    "conv": lambda x: jnp.convolve(x, x, mode="same"),
    "contract": lambda x: eqlib.tensor_square(eqlib.IrrepsArray("1o", x)).array,
    "straight-line program": lambda x: evaluate(harmonics_program((2,), "norm", of_direction=False), x[None])[0],
    "guarded direction": lambda x: x * jax.lax.rsqrt(jnp.where(x @ x == 0, 1.0, x @ x)),
    "guarded quotient": lambda x: x / jnp.sqrt(jnp.where(x @ x == 0, 1.0, x @ x)),
    "norm": lambda x: eqlib.norm(eqlib.IrrepsArray("1o", x)).array,
    "root beside its zero": lambda x: root_or_zero(jnp.sum(x**2)),
    "direction": lambda x: evaluate(harmonics_program((1,), "norm", of_direction=True), x[None])[0],
    "mask": lambda x: (x > 0).astype(x.dtype),
    "mask of two comparisons": lambda x: jnp.where((x > 0) & ~(x >= 1), 3.0, 2.0),
}


# What has a pole there, which the computed value 2 does not show.
STEEP = {
    "div": lambda x: 1 / x,
    "integer_pow": lambda x: x**-2,
    "pow": lambda x: jax.lax.pow(x, -1.5 * jnp.ones_like(x)),
    "rsqrt": jax.lax.rsqrt,
    "log": jnp.log,
    "straight-line program": lambda x: evaluate(harmonics_program((1,), "norm", of_direction=True), x[None])[0],
}


@pytest.mark.parametrize("name", STEEP)
@pytest.mark.parametrize("e", [1.0, 1.9, 3.0])
def test_what_comes_near_to_a_pole_is_within_the_bound_or_has_none(name: str, e: float) -> None:
    f, x = STEEP[name], jnp.array([2.0, 0.0, 0.0] if name == "straight-line program" else [2.0])
    moved = np.asarray(f(jnp.where(x == 2.0, max(2.0 - e, 1e-12), x)))
    value, bound = with_rounding(f, [x], [jnp.where(x == 2.0, e, 0.0)], EPS)
    assert np.all((np.abs(moved - value) <= bound) | ~np.isfinite(bound))
    assert name == "straight-line program" or np.all(np.isfinite(bound)) == (e < 2)


def root_or_zero(x: jax.Array) -> jax.Array:
    return jnp.where(x > 0, jnp.sqrt(jnp.where(x > 0, x, 1.0)), 0.0)


@pytest.mark.parametrize("name", FLAT_AT_ZERO)
def test_an_error_of_what_is_zero_is_within_the_bound(name: str) -> None:
    f = FLAT_AT_ZERO[name]
    e = np.array([1e-3, 2e-3, 3e-3])
    value, bound = with_rounding(f, [jnp.zeros(3)], [jnp.asarray(e)], float(np.finfo(np.float64).eps))
    moved = np.asarray(f(jnp.asarray(e)))
    assert np.any(moved != value) and np.all((np.abs(moved - value) <= bound) | ~np.isfinite(bound))


@pytest.mark.parametrize("name", FLAT_AT_ZERO)
def test_zeros_without_an_error_have_none(name: str) -> None:
    _, bound = with_rounding(FLAT_AT_ZERO[name], [jnp.zeros(3)], [jnp.zeros(3)], EPS)
    assert not np.any(bound)


def test_numbers_that_move_together_may_not_turn_a_comparison() -> None:
    """The greatest is equal to the greatest however it is rounded, and no number differs from itself."""
    f = lambda x: jnp.where(x == jnp.max(x), x, 5.0) + jnp.where(x != x, 5.0, 0.0)  # noqa: E731
    _, bound = with_rounding(f, [jnp.array([1.0, 2.0])], [jnp.array([1e-3, 1e-3])], EPS)
    assert np.all(bound < 2e-3)


PLACES = {
    "indexed": lambda x: jnp.array([3.0, 5.0, 9.0])[jnp.argmin(x)],
    "counted from the end": lambda x: jnp.array([3.0, 5.0, 9.0])[jnp.argmax(-x) - 3],
    "taken along an axis": lambda x: jnp.take_along_axis(jnp.array([3.0, 5.0, 9.0]), jnp.argmin(x)[None], 0)[0],
    "sliced": lambda x: jax.lax.dynamic_slice(jnp.array([3.0, 5.0, 9.0]), (jnp.argmin(x),), (1,))[0],
    "one hot": lambda x: jax.nn.one_hot(jnp.argmin(x), 3) @ jnp.array([3.0, 5.0, 9.0]),
    "compared": lambda x: jnp.where(jnp.argmin(x) == 2, 9.0, 3.0),
    "sorted along": lambda x: jax.lax.sort((x, jnp.array([3.0, 5.0, 9.0])), num_keys=1)[1][0],
    "first of a sorted order": lambda x: jnp.array([3.0, 5.0, 9.0])[jnp.argsort(x)[0]],
    "last of a descending order": lambda x: jnp.array([3.0, 5.0, 9.0])[jnp.argsort(x, descending=True)[-1]],
    "second of the largest": lambda x: jnp.array([3.0, 5.0, 9.0])[jax.lax.top_k(-x, 2)[1][0]],
    "through a table of places": lambda x: jnp.array([3.0, 5.0, 9.0])[jnp.array([2, 1, 0])[2 - jnp.argsort(x)[0]]],
    "by rank": lambda x: jnp.array([3.0, 9.0, 9.0])[jnp.argsort(jnp.argsort(x))[0]],
    "by two keys": lambda x: jnp.array([3.0, 5.0, 9.0])[jnp.lexsort((x, jnp.array([1, 2, 1])))[0]],
}


@pytest.mark.parametrize("name", PLACES)
def test_what_is_read_at_a_place_that_rounding_decides_may_be_another_number(name: str) -> None:
    f, x, e = PLACES[name], jnp.array([1.0, 4.0, 1.002]), jnp.array([2e-3, 0.0, 1e-3])
    value, bound = jax.jit(lambda x, e: with_rounding(f, [x], [e], EPS))(x, e)
    assert f(x) == value and abs(f(x.at[0].add(2e-3).at[2].add(-1e-3)) - value) == 6.0 <= bound <= 24
    for told, error in ((x.at[2].set(1.1), e), (x, 0 * e), (jnp.ones(3), 0 * e)):
        assert with_rounding(f, [told], [error], EPS)[1] < 1e-5


def test_a_bound_of_complex_numbers_is_real() -> None:
    value, bound = with_rounding(complex_of, [jnp.array(V)], [jnp.zeros(6)], EPS)
    assert np.iscomplexobj(value) and not np.iscomplexobj(bound)


def test_what_is_summed_over_several_devices_is_named() -> None:
    mesh = jax.sharding.AbstractMesh((2,), ("x",))
    spec = jax.sharding.PartitionSpec("x")
    f = jax.shard_map(lambda x: 2 * x, mesh=mesh, in_specs=spec, out_specs=spec)
    with pytest.raises(NotImplementedError, match="shard_map on 2 devices is not followed"):
        with_rounding(f, [jnp.array(V)], [jnp.zeros(6)], EPS)
