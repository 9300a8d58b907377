"""spherical_harmonics: the conformance suite, and what is particular to it."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import spec.spherical_harmonics
from eqlib import Irreps, IrrepsArray, IrrepsError, LayoutError, normal
from eqlib.ops.spherical_harmonics import spherical_harmonics
from eqlib.testing.conformance import conforms
from eqlib.testing.numbers import as_lists, dtypes_are_preserved
from eqlib.testing.subject import Subject
from eqlib.testing.symmetry import is_equivariant
from tests.to_rounding import require_same

each_normalization = pytest.mark.parametrize("normalization", ["component", "norm", "integral"])


def subject(irreps_out, vector, normalize, normalization="component", degrees=None):
    wanted = as_lists(Irreps(irreps_out)) if isinstance(irreps_out, str) else irreps_out
    keywords = {"normalize": normalize, "normalization": normalization}
    return Subject(
        "spherical_harmonics",
        functools.partial(lambda x, **kw: spherical_harmonics(irreps_out, x, **kw), **keywords),
        (vector,),
        functools.partial(
            lambda irreps, x, **kw: spec.spherical_harmonics.spherical_harmonics(wanted, irreps, x, **kw), **keywords
        ),
        label=f"{irreps_out}-{vector}-{normalization}" + "-normalize" * normalize,
        edges=((vector.replace("1x", ""),),),
        degrees=degrees,
    )


test_conforms = conforms(
    subject([0, 1, 2, 3], "1x1o", True),
    subject("2x3o", "1x1o", False, "norm", (3,)),
    subject("2e+0x1e+0e+1e+2x2e", "1x1e", False, "integral"),
    subject("4e+1o", "1x1o", True, "norm", (0,)),
    subject([], "1x1o", True),
)


def vectors(count=5, irreps="1o"):
    return normal(irreps, jax.random.key(0), (count,), dtype=jnp.float64)


def test_law_homogeneous():
    """Y_l(t x) = t^l Y_l(x), for any t, and t^0 if normalised."""
    x, degrees = vectors(), np.repeat(np.arange(6), 2 * np.arange(6) + 1)

    def Y(x, normalize):
        return spherical_harmonics(range(6), IrrepsArray("1o", x), normalize).array

    for t in (-3.0, 0.1):
        powers = t**degrees
        require_same(lambda x, t=t: Y(t * x, False), lambda x, p=powers: p * Y(x, False), x.array)
    require_same(lambda x: Y(7.0 * x, True), lambda x: Y(x, True), x.array)


@each_normalization
def test_law_component_normalised(normalization):
    """The sum of the squares of a degree, anywhere on the unit sphere, is what the normalisation says."""
    x = vectors(200)
    sums = {"component": lambda l: 2 * l + 1, "norm": lambda l: 1, "integral": lambda l: (2 * l + 1) / (4 * np.pi)}
    for chunk in spherical_harmonics(range(12), x, True, normalization).chunks:
        want = sums[normalization](chunk.shape[-1] // 2)
        np.testing.assert_allclose(np.sum(chunk**2, axis=(-2, -1)), want, rtol=1e-13)


def test_law_harmonic():
    """The Laplacian of the polynomials is zero."""
    f = jax.jit(jax.hessian(lambda x: spherical_harmonics("5o+8e", IrrepsArray("1o", x), False).array))
    hessian = f(vectors(1).array[0])
    assert np.max(np.abs(hessian)) > 1
    # Three numbers of a sum of products of degree 8, twice differentiated.
    rounding = 3 * 8 * np.finfo(float).eps * np.max(np.abs(hessian), axis=(1, 2))
    assert np.all(np.abs(jnp.trace(hessian, axis1=1, axis2=2)) <= rounding)


def test_law_orthogonal():
    """The mean of Y_m Y_n over the sphere is delta_mn in `component`, for all degrees to 4 at once."""
    y, weights = np.polynomial.legendre.leggauss(6)
    angle = 2 * np.pi * np.arange(10) / 10
    s = np.sqrt(1 - y**2)[:, None]
    points = np.stack(np.broadcast_arrays(s * np.sin(angle), y[:, None], s * np.cos(angle)), axis=-1)
    Y = spherical_harmonics(range(5), IrrepsArray("1o", jnp.asarray(points)), False).array
    gram = jnp.einsum("pam,pan,p->mn", Y, Y, weights / 20)
    np.testing.assert_allclose(gram, np.eye(25), atol=1e-13)


def test_law_equivariant_at_degree_eleven():
    is_equivariant(subject("11o", "1x1o", True, "norm"))
    dtypes_are_preserved(subject("11o", "1x1o", True, "norm"))


IRREPS = [3, [0, 1, 2], range(5), [2, 0, 2, 1], "0e+2x1o+2e+0x4e+0e", "8e+3o", "11o", []]


@pytest.mark.parametrize(
    "irreps_out, normalization",
    [(irreps, "component") for irreps in IRREPS]
    + [(irreps, n) for irreps in (range(5), "11o") for n in ("norm", "integral")],
)
def test_same_numbers_as_e3nn_jax(irreps_out, normalization):
    e3nn_jax = pytest.importorskip("e3nn_jax")
    x = jnp.concatenate([vectors().array, np.eye(3), np.zeros((1, 3))])
    for normalize in (True, False):
        want = e3nn_jax.spherical_harmonics(irreps_out, e3nn_jax.IrrepsArray("1o", x), normalize, normalization)
        got = spherical_harmonics(irreps_out, IrrepsArray("1o", x), normalize, normalization)
        assert str(got.irreps) == str(want.irreps)
        np.testing.assert_allclose(got.array, want.array, rtol=1e-12, atol=1e-12)


def test_a_plain_array_has_the_parity_that_is_asked_for():
    x = vectors()
    for irreps in ("0e+1o+2e", "2e+1e"):
        got = spherical_harmonics(irreps, x.array, True)
        assert got.irreps == irreps
        np.testing.assert_array_equal(
            got.array,
            spherical_harmonics(irreps, IrrepsArray(irreps[-2:] if irreps == "2e+1e" else "1o", x.array), True).array,
        )


def test_integers_are_not_truncated():
    """e3nn-jax gives zeros."""
    whole = jnp.array([1, 2, 3])
    want = spherical_harmonics("2e+3o", IrrepsArray("1o", whole.astype(float)), False).array
    for dtype in (int, np.uint8):
        got = spherical_harmonics("2e+3o", IrrepsArray("1o", whole.astype(dtype)), False).array
        np.testing.assert_array_equal(got, want)
    np.testing.assert_allclose(
        want[:5], [11.618950, 7.745967, -2.236068, 23.237900, 15.491933], rtol=1e-7
    )  # as many digits


def test_bfloat16_at_any_degree():
    """e3nn-jax raises above degree 8."""
    x = vectors().astype(jnp.bfloat16)
    got = spherical_harmonics("11o", x, True)
    want = spherical_harmonics("11o", x.astype(np.float32), True).array
    np.testing.assert_array_equal(got.array, want.astype(jnp.bfloat16))


def test_nothing_is_nan_on_the_way():
    """Not even between the lines, with jax_debug_nans and jax_debug_infs on, at zero and away from it."""
    f = jax.grad(lambda x: jnp.sum(spherical_harmonics("3o+9o", IrrepsArray("1o", x), True).array))
    with jax.debug_nans(True), jax.debug_infs(True):
        g = jax.jit(f)(jnp.array([[0.0, 0.0, 0.0], [1.0, 2.0, 3.0]]))
    np.testing.assert_array_equal(g[0], 0.0)


def test_at_zero_there_is_no_direction():
    """Normalised, degree 0 alone is not zero there, and derivatives to third order are zero."""
    f = jax.jit(lambda x: spherical_harmonics(range(4), IrrepsArray("1o", x), True).array)
    zero = jnp.zeros(3)
    np.testing.assert_array_equal(f(zero), np.eye(16)[0])
    for derivative in (jax.jacrev(f), jax.jacfwd(jax.jacrev(f)), jax.jacfwd(jax.jacfwd(jax.jacrev(f)))):
        np.testing.assert_array_equal(jax.jit(derivative)(zero), 0.0)


@pytest.mark.parametrize("length", [2.0**-100, 2.0**-50, 2.0**-10, 2.0**50, 2.0**100])
def test_vectors_of_any_length_have_a_direction(length):
    """In float32: the square of the length overflows or vanishes, the direction does not.

    Lengths are powers of two, so nothing rounds on the way: equality is bitwise.
    """
    x = normal("1o", jax.random.key(2), (20,), dtype=jnp.float32)
    f = jax.jit(lambda x: spherical_harmonics(range(5), x, True).array)
    np.testing.assert_array_equal(f(x * length), f(x))
    g = jax.jit(jax.grad(lambda x: jnp.sum(f(x)[:, 7])))
    np.testing.assert_array_equal(g(x * length).array * length, g(x).array)


def test_works_where_the_lengths_of_the_axes_are_zero():
    assert spherical_harmonics([1, 2], IrrepsArray("1o", jnp.ones((0, 3))), True).shape == (0, 8)
    empty = spherical_harmonics("", IrrepsArray("1o", jnp.ones((4, 3), jnp.bfloat16)), True)
    assert empty.shape == (4, 0) and empty.dtype == jnp.bfloat16


ERRORS = {
    "two vectors": ([1], "2x1o", IrrepsError, "2x1o is not one vector, 1x1o or 1x1e.\n  Write x[..., '2x1o'].mul_to_a"),
    "among others": ([1], "0e+1o", IrrepsError, "1x0e+1x1o is not one vector, 1x1o or 1x1e.\n  Write x[..., '1x1o']."),
    "no vector": ([1], "2e", IrrepsError, "1x2e is not one vector, 1x1o or 1x1e.\n  The harmonics are functions of a "),
    "parity": ("1e+2e", "1o", IrrepsError, "1x1e+1x2e are not the harmonics of 1x1o: degree l has the parity of the "),
    "even": ("2o", "1o", IrrepsError, "Write spherical_harmonics('1x2e', x, ...)"),
    "negative": ([-1], "1o", ValueError, "l = -1 is no degree"),
    "half": ([0.5], "1o", ValueError, "0.5"),
}


@pytest.mark.parametrize("case", ERRORS)
def test_raises(case):
    irreps_out, irreps, error, text = ERRORS[case]
    with pytest.raises(error) as caught:
        spherical_harmonics(irreps_out, normal(irreps, jax.random.key(0)), True)
    assert text in str(caught.value)


HINTS = {
    "0e + 1o": ("x[..., '1x1o']", ()),
    "0e + 2x1o": ("x[..., '2x1o'].mul_to_axis()", (2,)),
    "1o + 1o": ("x.filter(keep='1o').simplify().mul_to_axis()", (2,)),
    "0x1e + 1e + 0x1o + 2e + 2x1e + 0x1e + 1e": ("x.filter(keep='1e').simplify().mul_to_axis()", (4,)),
    "1e + 1o": ("x[..., '1x1e']", ()),
    "1o + 1e + 1e": ("x[..., '1x1o']", ()),
}


@pytest.mark.parametrize("irreps", HINTS)
def test_the_hints_run(irreps):
    hint, leading_shape = HINTS[irreps]
    x = normal(irreps, jax.random.key(0))
    with pytest.raises(IrrepsError) as caught:
        spherical_harmonics(1, x, True)
    assert f"\n  Write {hint}" in str(caught.value)
    assert spherical_harmonics(1, eval(hint, {"x": x}), True).shape == (*leading_shape, 3)


def test_what_has_no_copies_has_no_parity():
    x = normal("0x0e + 1o + 0x1e", jax.random.key(0))
    z = spherical_harmonics("0x1e + 1o + 0x2o", x, True)
    assert z.irreps == "0x1e + 1o + 0x2o"
    np.testing.assert_array_equal(z.array, spherical_harmonics("1o", x, True).array)


def test_raises_for_plain_arrays_and_unknown_names():
    x = jnp.ones(3)
    with pytest.raises(IrrepsError, match="the parity of degrees \\[0, 1\\] is that of the vector"):
        spherical_harmonics([0, 1], x, True)
    with pytest.raises(IrrepsError, match="1x1o\\+1x3e are not the harmonics of 1x1o"):
        spherical_harmonics("1o+3e", x, True)
    with pytest.raises(LayoutError, match="an array of shape \\(2,\\) is no vector"):
        spherical_harmonics("1o", jnp.ones(2), True)
    with pytest.raises(IrrepsError, match="there is no normalization 'unit'"):
        spherical_harmonics("1o", x, True, "unit")
    with pytest.raises(IrrepsError, match="there is no algorithm 'fast'"):
        spherical_harmonics("1o", x, True, algorithm=("fast",))
    spherical_harmonics("1o", x, True, algorithm=("recursive", "sparse", "custom_jvp"))
