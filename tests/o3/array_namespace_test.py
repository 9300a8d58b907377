"""Law: o3 computes with the library of its arguments, and promotes dtypes as that library does."""

from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib.o3 import as_floating, namespace


class Foreign:
    """An array of a library that is neither NumPy nor JAX."""

    def __array_namespace__(self) -> SimpleNamespace:
        return SimpleNamespace(__name__="foreign")


def test_numpy_and_numbers_give_numpy_and_jax_wins_over_both() -> None:
    assert namespace() is namespace(1.0, np.ones(2), np.float32(1)) is np
    assert namespace(np.ones(2), jnp.ones(2)) is namespace(1, jnp.float32(1)) is jnp.ones(2).__array_namespace__()
    seen = []
    jax.jit(lambda x: seen.append(namespace(x)) or x)(1.0)
    assert seen == [namespace(jnp.ones(2))]


def test_two_foreign_libraries_are_refused() -> None:
    with pytest.raises(TypeError, match=r"cannot mix arrays of jax\.numpy and foreign"):
        namespace(jnp.ones(2), Foreign())


@pytest.mark.parametrize(
    ("arguments", "dtype"),
    [
        ((1, 2), "float64"),
        ((1.5, np.float32(1)), "float32"),
        ((np.float32(1), np.float64(1)), "float64"),
        ((np.ones(2, np.int32),), "float64"),
        ((np.float16(1), 2), "float16"),
        ((jnp.ones(2, jnp.bfloat16), 0.5), "bfloat16"),
        ((jnp.ones(2, jnp.float32), 1), "float32"),
        (([1, 2, 3],), "float64"),
    ],
)
def test_floating_dtypes_are_kept_and_integers_promoted(arguments: tuple, dtype: str) -> None:
    assert {x.dtype.name for x in as_floating(*arguments)} == {dtype}


@pytest.mark.parametrize("bad", [True, 1j, np.array(["a"]), np.array([None])])
def test_what_is_not_real_is_refused(bad: object) -> None:
    with pytest.raises(TypeError):
        as_floating(bad)
