"""Law: o3 computes with the library of its arguments, and promotes dtypes as that library does."""

from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
import jaxtyping
import numpy as np
import pytest

from eqlib.o3 import as_floating, namespace
from eqlib.o3.array_namespace import as_shape


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


def test_a_shape_is_lengths_from_zero_upwards_or_one_length() -> None:
    assert as_shape(0) == as_shape([0]) == (0,)
    assert as_shape(()) == () and as_shape((1, 2)) == (1, 2)


def test_lengths_of_numpy_and_lengths_known_by_a_name_alone_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)  # as for users
    assert as_shape(np.int64(0)) == (0,) and as_shape((np.int32(2), 1)) == (2, 1)
    by_name: Any = object()  # as JAX has them, when it exports a function of any batch
    assert as_shape((by_name, 3)) == (by_name, 3)


@pytest.mark.parametrize("bad", [-1, np.int64(-1), None, "3", True, np.True_, 2.0, np.float32(2)])
def test_what_is_no_length_is_refused(bad: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)  # as for users
    for shape in (bad, (2, bad)):
        with pytest.raises(ValueError, match="and a length is an integer, 0 or more"):
            as_shape(shape)
