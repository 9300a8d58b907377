"""scatter_sum, scatter_mean and scatter_max: the conformance suite, and what is particular to them."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import spec.scatter
from eqlib import IrrepsArray, IrrepsError, LayoutError, normal
from eqlib.ops.norm import norm
from eqlib.ops.scatter import scatter_max, scatter_mean, scatter_sum
from eqlib.testing.conformance import conforms
from eqlib.testing.subject import Subject

SCATTERS = (scatter_sum, scatter_mean, scatter_max)


def rows(op, irreps, label, **keywords):
    """What a subject has besides its name. Destinations are data, not operands: each subject has its own."""
    ours = {name: jnp.array(value) if name in ("dst", "nel") else value for name, value in keywords.items()}
    return {
        "fn": functools.partial(op, mode="drop", **ours),
        "operands": (irreps,),
        "spec": functools.partial(getattr(spec.scatter, op.__name__), **keywords),
        "label": label,
        "edges": (("",), ("0x0e",)),
        "sample": (5,),
        "degrees": None if "initial" in keywords else (1,),
    }


test_conforms = conforms(
    Subject("scatter_sum", **rows(scatter_sum, "0e+1o", "dst", dst=[2, 0, 7, 2, -1], output_size=4)),
    Subject("scatter_sum", **rows(scatter_sum, "2x0o", "nel-back", nel=[1, 0, 3], map_back=True)),
    Subject("scatter_mean", **rows(scatter_mean, "0e+1o", "dst-back", dst=[2, 0, 2, 2, -1], map_back=True)),
    Subject("scatter_mean", **rows(scatter_mean, "1e", "nel", nel=[1, 0, 3])),
    Subject("scatter_max", **rows(scatter_max, "2x0e", "dst", dst=[1, 0, 1, 7, -1], output_size=2)),
    Subject("scatter_max", **rows(scatter_max, "0e", "nel-back", nel=[1, 0, 3], map_back=True, initial=0.25)),
)


@pytest.mark.parametrize("op", SCATTERS)
@pytest.mark.parametrize("shape", [(6,), (2, 3)])
def test_same_numbers_as_e3nn_jax(op, shape):
    """With destinations of any rank; but for mean(nel=, map_back=True), which does not run there (defect B2)."""
    e3nn = pytest.importorskip("e3nn_jax")
    theirs = getattr(e3nn, op.__name__)
    x = normal("3x0e", jax.random.key(0), shape, dtype=jnp.float64)
    dst, nel = jnp.array([3, 1, 3, 3, 0, 1]).reshape(shape), jnp.array([1, 0, shape[0] - 1])
    cases = [{"dst": dst, "output_size": 5}, {"dst": dst - 2, "map_back": True}, {"nel": nel}]
    cases += [{"nel": nel, "map_back": True}] if op is not scatter_mean else []
    for case in cases:
        got, want = op(x, **case), theirs(e3nn.IrrepsArray("3x0e", x.array), **case)
        assert str(got.irreps) == str(want.irreps)
        np.testing.assert_allclose(got.array, want.array, rtol=1e-12, atol=1e-15)
        plain = op(x.array, **case)
        assert isinstance(plain, jax.Array)
        np.testing.assert_array_equal(plain, got.array)


def test_rows_that_nel_does_not_count_are_dropped():
    """e3nn-jax adds them to the last destination (defect A17)."""
    nel = jnp.array([1, 2])
    np.testing.assert_array_equal(scatter_sum(jnp.ones(5), nel=nel), [1.0, 2.0])
    np.testing.assert_array_equal(scatter_sum(jnp.ones(5), nel=nel, map_back=True), [1.0, 2.0, 2.0, 0.0, 0.0])
    np.testing.assert_array_equal(scatter_max(jnp.arange(5.0), nel=nel), [0.0, 2.0])
    np.testing.assert_array_equal(jax.grad(lambda x: scatter_sum(x, nel=nel).sum())(jnp.ones(5)), [1, 1, 1, 0, 0])


def test_mean_by_nel_is_mapped_back():
    """It does not run in e3nn-jax (defect B2)."""
    x = IrrepsArray("1o", jnp.arange(12.0).reshape(4, 3))
    z = scatter_mean(x, nel=jnp.array([1, 0, 3]), map_back=True)
    np.testing.assert_array_equal(z.array, [[0, 1, 2], [6, 7, 8], [6, 7, 8], [6, 7, 8]])


@pytest.mark.parametrize("transform", [lambda f: f, jax.jit])
@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.uint32, np.int64, np.uint64])
@pytest.mark.parametrize("array", [np.asarray, jnp.asarray])
def test_no_destination_becomes_another_one(array, dtype, transform):
    """Neither from the end, nor modulo a power of two: what is out of range is dropped, or clipped if asked for."""
    far = np.iinfo(dtype)
    dst = array(np.array([0, 1, far.max, far.min if far.min else 3, 3], dtype))
    x = jnp.array([1.0, 2.0, 4.0, 8.0, 16.0])
    modes = ["drop", "fill"] if transform is not jax.jit else ["promise_in_bounds", "drop", "fill"]
    for mode in modes:
        got = transform(lambda d, m=mode: scatter_sum(x, dst=d, output_size=3, mode=m))(dst)
        np.testing.assert_array_equal(got, [1.0, 2.0, 0.0])
        gradient = jax.grad(lambda y, d, m=mode: scatter_sum(y, dst=d, output_size=3, mode=m).sum())
        np.testing.assert_array_equal(transform(gradient)(x, dst), [1.0, 1.0, 0.0, 0.0, 0.0])
    clipped = transform(lambda d: scatter_sum(x, dst=d, output_size=3, mode="clip"))(dst)
    np.testing.assert_array_equal(clipped, [1.0 + 8.0 * (far.min < 0), 2.0, 20.0 + 8.0 * (far.min == 0)])


def test_more_destinations_than_the_dtype_of_the_indices_counts():
    z = scatter_sum(jnp.ones(3), dst=jnp.array([0, 255, 255], jnp.uint8), output_size=300)
    np.testing.assert_array_equal(z[jnp.array([0, 255, 299])], [1.0, 2.0, 0.0])


@pytest.mark.parametrize("x64", [True, False])
def test_labels_may_be_any_integers_when_mapped_back(x64):
    """64-bit labels too, where JAX has no 64-bit types: they differ by 2^32."""
    dst = np.array([5, -(2**40), 5 + 2**32, 5])
    with jax.enable_x64(x64):
        np.testing.assert_array_equal(scatter_sum(jnp.ones(4), dst=dst, map_back=True), [2.0, 1.0, 1.0, 2.0])


@pytest.mark.parametrize("op", [scatter_sum, scatter_mean])
def test_law_linear(op):
    x, y = (
        normal("1o", jax.random.key(0), (5,), dtype=jnp.float64),
        normal("1o", jax.random.key(1), (5,), dtype=jnp.float64),
    )
    f = functools.partial(op, dst=jnp.array([2, 0, 2, 2, 1]), output_size=3)
    np.testing.assert_allclose(f(3 * x - y).array, 3 * f(x).array - f(y).array, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("op", SCATTERS)
def test_law_permutation_invariant(op):
    x, dst = normal("2x0e", jax.random.key(0), (6,), dtype=jnp.float64), jnp.array([2, 0, 2, 2, 1, 0])
    order = jnp.array([3, 1, 5, 0, 4, 2])
    z, permuted = op(x, dst=dst, output_size=3), op(x[order], dst=dst[order], output_size=3)
    np.testing.assert_allclose(permuted.array, z.array, rtol=1e-14)
    back = op(x[order], dst=dst[order], map_back=True)
    np.testing.assert_allclose(back.array, z[dst[order]].array, rtol=1e-14)


def test_destinations_without_rows():
    """Sum and mean give 0, the maximum its initial value; without NaN in any derivative."""
    x, dst = jnp.array([-3.0, -1.0]), jnp.array([2, 2])
    np.testing.assert_array_equal(scatter_sum(x, dst=dst, output_size=3), [0.0, 0.0, -4.0])
    np.testing.assert_array_equal(scatter_mean(x, dst=dst, output_size=3), [0.0, 0.0, -2.0])
    np.testing.assert_array_equal(scatter_max(x, dst=dst, output_size=3), [-np.inf, -np.inf, -1.0])
    np.testing.assert_array_equal(scatter_max(x, dst=dst, output_size=3, initial=-2.0), [-2.0, -2.0, -1.0])
    third = jax.jacfwd(jax.hessian(lambda y: scatter_max(y, dst=dst, output_size=3)[2] ** 3))
    np.testing.assert_array_equal(third(x), np.zeros((2, 2, 2)) + 6 * np.eye(2)[1][:, None, None] * np.diag([0, 1.0]))


def test_equally_large_rows_share_the_derivative():
    gradient = jax.grad(lambda x: scatter_max(x, dst=jnp.zeros(3, int), output_size=1)[0])
    np.testing.assert_allclose(gradient(jnp.array([2.0, 2.0, 1.0])), [0.5, 0.5, 0.0])


@pytest.mark.parametrize("op, want", [(scatter_sum, 1000.0), (scatter_mean, 1.0)])
@pytest.mark.parametrize("dtype", [jnp.bfloat16, jnp.float16])
def test_narrow_numbers_are_added_in_float32(op, want, dtype):
    """A sum in bfloat16 would stop at 256."""
    z = op(jnp.ones(1000, dtype), dst=jnp.zeros(1000, int), output_size=1)
    assert z.dtype == dtype
    np.testing.assert_array_equal(z.astype(float), want)


@pytest.mark.parametrize("op", SCATTERS)
def test_integers_become_floats_and_size_may_be_zero(op):
    z = op(jnp.arange(4), dst=np.array([0, 0, 1, 1]), output_size=2)
    assert z.dtype == jnp.result_type(float)
    assert op(jnp.ones((3, 2)), dst=jnp.zeros(3, int), output_size=0, mode="drop").shape == (0, 2)
    assert op(IrrepsArray("0e", jnp.ones((0, 1))), dst=jnp.zeros(0, int), output_size=2).shape == (2, 1)
    assert op(jnp.ones((3, 2)), nel=jnp.zeros(0, int)).shape == (0, 2)


def test_numbers_and_destinations_may_be_mapped_over():
    x, nel = jnp.arange(8.0).reshape(2, 4), jnp.array([[1, 3], [2, 1]])
    got = jax.jit(jax.vmap(lambda y, n: scatter_sum(y, nel=n)))(x, nel)
    np.testing.assert_array_equal(got, [[0.0, 6.0], [9.0, 6.0]])
    back = jax.vmap(lambda y, d: scatter_mean(y, dst=d, map_back=True))(x, jnp.array([[9, 9, 1, 1], [3, 3, 3, 3]]))
    np.testing.assert_array_equal(back, [[0.5, 0.5, 2.5, 2.5], [5.5, 5.5, 5.5, 5.5]])


@pytest.mark.parametrize("irreps", ["1o", "0e+0o", "2e"])
def test_raises_for_the_maximum_of_what_is_not_invariant_and_its_hint_works(irreps):
    x, where = normal(irreps, jax.random.key(0), (3,)), {"dst": jnp.zeros(3, int), "output_size": 1}
    with pytest.raises(IrrepsError, match=r"which component of an irrep other than 0e is the largest[^$]*norm\(x\)"):
        scatter_max(x, **where)
    np.testing.assert_allclose(scatter_max(norm(x), **where).array, norm(x).array.max(0, keepdims=True))


@pytest.mark.parametrize(
    "keywords, message",
    [
        ({"output_size": 3}, "given neither by dst nor by nel"),
        ({"dst": [0, 0, 0], "nel": [3]}, "given twice by dst and by nel"),
        ({"dst": [0, 0], "output_size": 1}, r"dst has shape \(2,\), and the rows of data have \(3,\)"),
        ({"dst": np.zeros((3, 3), int), "output_size": 1}, "the axis of irreps has none"),
        ({"dst": [0.0, 0.0, 0.0], "output_size": 1}, "dst has dtype float64"),
        ({"dst": [True, True, False], "output_size": 1}, "dst has dtype bool"),
        ({"dst": [0, 0, 0]}, "output_size is missing"),
        ({"dst": [0, 0, 0], "output_size": -1}, "output_size is -1"),
        ({"dst": [0, 0, 0], "output_size": 1, "map_back": True}, "with map_back=True"),
        (
            {"dst": [0, -1, 7], "output_size": 2},
            r"^dst has the value -1, and must be in \[0, 2\)\.\n"
            r"  Write mode='drop' to leave out the rows that go nowhere, as padding does\.$",
        ),
        ({"nel": [1, 2], "output_size": 2}, "which has the output size 2"),
        ({"nel": [[1, 2]]}, r"nel has shape \(1, 2\)"),
        ({"nel": [2, 2]}, "counts 4 rows, and data has 3"),
        ({"nel": [-1, 2]}, "may not be negative"),
    ],
)
def test_raises(keywords, message):
    with pytest.raises(LayoutError, match=message):
        scatter_sum(IrrepsArray("1o", jnp.ones((3, 3))), **keywords)


@pytest.mark.parametrize("op", SCATTERS)
@pytest.mark.parametrize("array", [np.array, jnp.array])
def test_a_destination_out_of_range_is_refused_where_it_is_known_and_nothing_says_what_becomes_of_it(op, array):
    x, dst = jnp.array([1.0, 2.0, 4.0]), array([0, 1, 2])
    f = functools.partial(op, x, output_size=2)
    with pytest.raises(LayoutError, match=r"dst has the value 2, and must be in \[0, 2\)"):
        f(dst=dst)
    with pytest.raises(LayoutError, match="dst has the value 2"):
        jax.jit(lambda: f(dst=dst))()
    np.testing.assert_array_equal(f(dst=dst, mode="drop"), [1.0, 2.0])
    np.testing.assert_array_equal(f(dst=dst, mode="clip"), [1.0, {scatter_sum: 6.0, scatter_mean: 3.0}.get(op, 4.0)])
    np.testing.assert_array_equal(jax.jit(lambda d: f(dst=d))(dst), [1.0, 2.0])
    np.testing.assert_array_equal(op(x, dst=dst - 9, map_back=True), x)


def test_raises_for_a_traced_size_and_an_unknown_mode():
    x, dst = jnp.ones(3), jnp.zeros(3, int)
    with pytest.raises(LayoutError, match="not traced"):
        jax.jit(lambda n: scatter_sum(x, dst=dst, output_size=n))(3)
    with pytest.raises(ValueError, match="wrap"):
        scatter_sum(x, dst=dst, output_size=1, mode="wrap")
