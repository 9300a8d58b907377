"""A function that raises is told by what is wrong with it, and not with the way in which it was tried."""

from typing import Any

import jax.numpy as jnp
import pytest
from flax import linen
from flax.errors import InvalidRngError

from eqlib import IrrepsArray
from eqlib.errors import IrrepsError, LayoutError
from eqlib.testing import check
from eqlib.testing.calling import notes_of


class Dropped(linen.Module):
    """It wants a key, which a check does not give it."""

    reshaped: Any

    @linen.compact
    def __call__(self, x: Any) -> Any:
        return linen.Dropout(0.5, deterministic=False)(self.reshaped(x)).reshape(-1)


def misnamed(x: Any) -> Any:
    return jnp.sin(x) if x[0] > 0 and undefined else x  # noqa: F821  # pyright: ignore[reportUndefinedVariable]


# What only a plain array lets happen: an IrrepsArray refuses a reshape or an index, or JAX refuses it.
OF_ARRAYS = {
    "a reshape": (Dropped(lambda x: x.reshape(4, 3)), InvalidRngError, "LayoutError: the shape (4, 3) does not fit"),
    "a reshape of jnp": (Dropped(lambda x: jnp.reshape(x, (4, 3))), InvalidRngError, "TypeError: reshape requires"),
    "no value of JAX": (Dropped(lambda x: x), InvalidRngError, "TypeError: Error interpreting argument"),
    "an index": (misnamed, NameError, "IndexError: cannot index 4x1o"),
    "irreps of another layer": (
        lambda x: IrrepsArray("5x1o", jnp.concatenate([x, x])),
        LayoutError,
        "TypeError: ",
    ),
}


@pytest.mark.parametrize(("fn", "error", "note"), OF_ARRAYS.values(), ids=OF_ARRAYS)
def test_what_an_irreps_array_is_refused_for_does_not_hide_what_is_wrong(fn, error, note):
    with pytest.raises(error) as raised:
        check(fn, "4x1o", "4x1o")
    assert any(f"given IrrepsArrays, it raises {note}" in line for line in notes_of(raised.value))


# What is wrong with the irreps is told, though a plain array would fail in another way.
OF_IRREPS = {
    "a sum of other irreps": (lambda x: x + x.filter("0e"), IrrepsError),
    "a sum, also of arrays": (lambda x: IrrepsArray("12x0e", x.array) + x, IrrepsError),
    "an array that does not fit": (lambda x: IrrepsArray("5x1o", x.array), LayoutError),
    "an index of irreps": (lambda x: x.filter("1o")[0], IndexError),
}


@pytest.mark.parametrize(("fn", "error"), OF_IRREPS.values(), ids=OF_IRREPS)
def test_what_is_wrong_with_irreps_is_told(fn, error):
    with pytest.raises(error) as raised:
        check(fn, "4x1o", "4x1o")
    assert any("it raises AttributeError" in line for line in notes_of(raised.value))


def test_what_is_the_same_in_every_way_is_told_once():
    def fails(x: Any) -> Any:
        raise RuntimeError("out of order")

    with pytest.raises(RuntimeError) as raised:
        check(fails, "1o", "1o")
    assert notes_of(raised.value) == []
