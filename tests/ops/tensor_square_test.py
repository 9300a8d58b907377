"""tensor_square: the conformance suite, and what is particular to it."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import spec.tensor_square
from eqlib import IrrepsArray, IrrepsError, normal
from eqlib.o3 import Irreps
from eqlib.ops.tensor_square import plan_tensor_square, tensor_square
from eqlib.plan import derivative
from eqlib.testing.conformance import conforms
from eqlib.testing.subject import Subject
from tests.ops.moments import mean_squares_of_quadratic
from tests.to_rounding import require_same


def subject(irreps, **keywords):
    return Subject(
        "tensor_square",
        functools.partial(tensor_square, **keywords),
        (irreps,),
        functools.partial(spec.tensor_square.tensor_square, **keywords),
        label=irreps + "".join(f"-{value}" for value in keywords.values()),
        edges=(("",), ("0x1o",), ("0x0e+1o+0x2e",)),
        degrees=(2,),
    )


test_conforms = conforms(
    subject("2x0e+1o"),
    subject("1o+0e+2x1o", irrep_normalization="norm", regroup_output=False),
    subject("2x1e", normalized_input=True),
)


def test_law_quadratic():
    """Homogeneous of degree 2, and a parallelogram: f(x + y) + f(x - y) = 2 f(x) + 2 f(y)."""
    irreps = "2x0e+2x1o"
    x, y = (normal(irreps, jax.random.key(seed), (3,), dtype=jnp.float64).array for seed in (0, 1))

    def f(a):
        return tensor_square(IrrepsArray(irreps, a)).array

    require_same(lambda x: f(-3 * x), lambda x: 9 * f(x), x)
    require_same(lambda x, y: f(x + y) + f(x - y), lambda x, y: 2 * (f(x) + f(y)), x, y)


NORMALISED = Irreps("2x0e+2x1o+2x2e")
# A sum of as many products as there are pairs of components, of coefficients that are rounded themselves.
TO_ROUNDING = {"rtol": NORMALISED.dim**2 * np.finfo(float).eps}


@pytest.mark.parametrize("normalized_input", [False, True])
def test_law_component_normalised(normalized_input):
    """Every component has mean square 1, for normal inputs and for unit vectors."""
    f = functools.partial(tensor_square, normalized_input=normalized_input)
    np.testing.assert_allclose(mean_squares_of_quadratic(f, NORMALISED, normalized_input), 1.0, **TO_ROUNDING)


@pytest.mark.parametrize("normalized_input", [False, True])
def test_norm_normalised(normalized_input):
    """Every copy has mean squared norm 1, for inputs of expected squared norm 1 and for unit vectors."""
    f = functools.partial(tensor_square, irrep_normalization="norm", normalized_input=normalized_input)
    squares = mean_squares_of_quadratic(f, NORMALISED, normalized_input, lambda ir: 1 / ir.dim)
    for chunk in IrrepsArray(tensor_square(NORMALISED), jnp.asarray(squares)).chunks:
        np.testing.assert_allclose(chunk.sum(-1), 1.0, **TO_ROUNDING)


IRREPS = ["0e+1o", "2x0o+3x1o+2e", "1o+0e+2x1o", "4x1e+0x2e", "3o"]
# The order of the output depends on the irreps alone, the factors on the other options.
OPTIONS = [(normalization, unit, True) for normalization in ("component", "norm", "none") for unit in (False, True)]


@pytest.mark.parametrize("irreps", IRREPS)
@pytest.mark.parametrize(
    "irrep_normalization, normalized_input, regroup_output", [*OPTIONS, ("component", False, False)]
)
def test_same_numbers_as_e3nn_jax(irreps, irrep_normalization, normalized_input, regroup_output):
    e3nn_jax = pytest.importorskip("e3nn_jax")
    keywords = {
        "irrep_normalization": irrep_normalization,
        "normalized_input": normalized_input,
        "regroup_output": regroup_output,
    }
    x = normal(irreps, jax.random.key(0), (3,), dtype=jnp.float64)
    want = e3nn_jax.tensor_square(e3nn_jax.IrrepsArray(irreps, x.array), **keywords)
    got = tensor_square(x, **keywords)
    assert list(map(str, got.irreps)) == list(map(str, want.irreps))
    np.testing.assert_allclose(got.array, want.array, atol=1e-12)


def test_integers_become_floating():
    """e3nn-jax truncates the coefficients to integers, and returns zeros."""
    x = IrrepsArray("1o", jnp.array([1, 2, 3]))
    np.testing.assert_array_equal(tensor_square(x).array, tensor_square(x.astype(jnp.float64)).array)
    assert tensor_square(x).array[0] > 1


def test_the_derivative_is_one_plan():
    """Quadratic in its one input: two slots read it, and differentiation multiplies one path by two or adds one."""
    _, plan = plan_tensor_square(Irreps("2x0e+1o"))
    assert plan.slots == (0, 0)
    assert derivative(plan, 0).slots == (0, 1)
    same = [path for path in derivative(plan, 0).paths if path.modes == ("u", "u", "u")]
    assert len(same) == 3  # 0e 0e -> 0e, 1o 1o -> 0e and 1o 1o -> 2e, each once and twice as large


def test_the_paths_of_a_copy_with_itself_are_of_even_degree():
    assert tensor_square("3e") == "0e+2e+4e+6e"
    assert tensor_square("2x3e").count("1e") == 1


def test_many_copies_in_float32_and_their_gradient():
    """The pairs u < v of 20 copies, in the order of numpy.triu_indices."""
    x = normal("20x0e", jax.random.key(0), (3,))
    z = tensor_square(x, irrep_normalization="none")
    rows, columns = np.triu_indices(20, k=1)
    want = np.concatenate([x.array[:, rows] * x.array[:, columns], x.array**2], axis=-1)
    np.testing.assert_array_equal(z.array, want)
    gradient = jax.grad(lambda a: tensor_square(IrrepsArray("20x0e", a), irrep_normalization="none").array.sum())
    total = np.asarray(x.array).sum(-1, keepdims=True)
    # Sums of 20 and of 22 numbers: each is off by a unit per term of the sum of their sizes.
    allowed = 42 * jnp.finfo(x.dtype).eps * (np.abs(x.array).sum(-1, keepdims=True) + np.abs(x.array))
    assert np.all(np.abs(gradient(x.array) - (total + np.asarray(x.array))) <= allowed)


def test_irreps_alone_give_irreps():
    assert tensor_square("0e+2x1o") == "4x0e+2x1o+1x1e+3x2e"
    assert tensor_square("1o+1o", regroup_output=False) == "0e+0e+0e+1e+2e+2e+2e"


def test_raises_for_an_unknown_normalisation():
    with pytest.raises(IrrepsError, match="no irrep_normalization 'unit'"):
        tensor_square("1o", irrep_normalization="unit")


def test_numpy_arrays_are_taken():
    x = IrrepsArray("1o", np.array([1.0, 2.0, 3.0]))
    np.testing.assert_allclose(
        tensor_square(x, irrep_normalization="none")[..., "0e"].array, [14 / np.sqrt(3)], atol=1e-14
    )
