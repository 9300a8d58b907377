"""Only elements of O(3) act on irreps: what is no orthogonal matrix is refused where it is known, and NaN elsewhere."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib import Irrep, Irreps, IrrepsArray

SHEAR = np.array([[1.0, 0.5, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
ACTIONS = {
    "Irrep": lambda R: Irrep("2e").D_from_matrix(R),
    "Irreps": lambda R: Irreps("0e + 2x1o").D_from_matrix(R),
    "IrrepsArray": lambda R: IrrepsArray("0e + 2x1o", jnp.ones(7)).transform_by_matrix(R).array,
}
actions = pytest.mark.parametrize("act", ACTIONS.values(), ids=ACTIONS)


@actions
@pytest.mark.parametrize("wrong", [SHEAR, 2 * np.eye(3), np.zeros((3, 3))], ids=str)
@pytest.mark.parametrize("xp", [np, jnp], ids=["numpy", "jax"])
def test_a_known_matrix_that_is_not_orthogonal_is_refused(act, wrong, xp):
    with pytest.raises(ValueError, match=r"R is not orthogonal: R R\^T differs from 1 by"):
        act(xp.asarray(wrong))
    with pytest.raises(ValueError, match=r"R is not orthogonal"):
        act(xp.stack([xp.eye(3), xp.asarray(wrong)]))


@actions
def test_the_message_and_its_hint(act):
    with pytest.raises(ValueError) as error:
        act(SHEAR)
    assert str(error.value) == (
        "R is not orthogonal: R R^T differs from 1 by 0.5, and only elements of O(3) act on irreps.\n"
        "  For the nearest orthogonal matrix write u, _, vt = np.linalg.svd(R); R = u @ vt."
    )
    u, _, vt = np.linalg.svd(SHEAR)
    assert np.all(np.isfinite(act(u @ vt)))


@actions
def test_under_jit_only_the_matrix_that_is_not_orthogonal_gives_nan(act):
    both = jax.jit(act)(jnp.stack([jnp.eye(3), -jnp.eye(3), jnp.asarray(SHEAR)]))
    assert np.all(np.isfinite(both[:2]))
    assert np.any(np.isnan(both[2]))


@actions
@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16", "float16", "int32"])
def test_the_rounding_of_any_dtype_is_no_refusal(act, dtype):
    # (3, 4, 5) turns by 53 degrees: its entries 0.6 and 0.8 round in every binary dtype.
    R = np.array([[0.6, 0.0, 0.8], [0.0, 1.0, 0.0], [-0.8, 0.0, 0.6]])
    R = jnp.asarray(-np.eye(3) if dtype == "int32" else R, dtype)
    assert np.all(np.isfinite(act(R)))


@actions
def test_it_is_differentiated_as_the_polynomial_that_it_is(act):
    tangent = jax.jit(lambda R: jax.jvp(act, (R,), (R,))[1])(jnp.eye(3))
    assert np.all(np.isfinite(tangent))


@pytest.mark.parametrize("k", [0.5, np.float64(1.0), np.array([0.0, 1.0])], ids=str)
def test_inversions_are_counted_by_integers(k):
    with pytest.raises(TypeError) as error:
        IrrepsArray("1o", jnp.ones((2, 3))).transform_by_angles(0.0, 0.0, 0.0, k=k)
    assert str(error.value) == (
        "k has dtype float64: it counts inversions, and (-1)^k is one or none for integers alone.\n"
        "  Write k=1 for the inversion; k.astype(int), if its values are whole numbers."
    )


@pytest.mark.parametrize("way", ["quaternion", "axis_angle"])
def test_what_has_no_length_tells_no_rotation(way):
    given = {"quaternion": (jnp.zeros(4),), "axis_angle": (jnp.zeros(3), 1.0)}[way]
    x = IrrepsArray("1o", jnp.ones(3))
    with pytest.raises(ValueError) as error:
        getattr(x, f"transform_by_{way}")(*given)
    assert str(error.value) == (
        "R has entries that are not finite, so it is no element of O(3).\n"
        "  If it was made from an axis or a quaternion: one of length zero, or with NaN, tells no rotation."
    )


@actions
def test_a_matrix_that_is_orthogonal_to_three_digits_is_refused(act):
    with pytest.raises(ValueError, match=r"differs from 1 by 0\.0002,"):
        act(np.eye(3) * (1 + 1e-4))
    assert np.all(np.isfinite(act(np.eye(3) * (1 + 1e-6))))


@actions
@pytest.mark.parametrize(("dtype", "passes", "fails"), [("float32", 1e-5, 5e-5), ("float16", 0.025, 0.04)])
def test_a_matrix_may_be_off_by_the_rounding_of_its_dtype(act, dtype, passes, fails):
    """Twice as far in R R^T: by 2^-14 in float32, by 2^-4 in 16 bits."""
    assert np.all(np.isfinite(act(np.asarray(np.eye(3) * (1 + passes), dtype))))
    with pytest.raises(ValueError, match="R is not orthogonal"):
        act(np.asarray(np.eye(3) * (1 + fails), dtype))


@actions
def test_the_bound_itself_is_within_it(act):
    R = np.eye(3)
    R[0, 1] = 2.0**-14  # exactly what R R^T differs by
    assert np.all(np.isfinite(act(R))) and np.all(np.isfinite(jax.jit(act)(R)))
