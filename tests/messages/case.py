"""What a message is pinned by: the code that is wrong, and the code that it says to write."""

from typing import Any, NamedTuple

import jax.numpy as jnp

import eqlib
from eqlib import IrrepsArray


class Case(NamedTuple):
    """`wrong` raises `error` with `message`; `hint` is what it says to write, with these names."""

    wrong: str
    error: type[Exception]
    message: str
    hint: str | None
    names: dict[str, Any]


def array(irreps, *leading_shape):
    return IrrepsArray(irreps, jnp.ones((*leading_shape, eqlib.Irreps(irreps).dim)))


def xy(x, y, **names):
    return {"x": array(x), "y": array(y), **names}
