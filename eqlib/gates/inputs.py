"""The inputs of a function as words in a table: "float32[40, 3]" or, of IrrepsArrays, "8x0e + 8x1o [40]"."""

import re
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from eqlib.arrays import IrrepsArray
from eqlib.o3 import Irreps
from eqlib.testing.targets import Unusable

_WORDS = re.compile(r"\s*(?P<kind>[^\[\]]*?)\s*(?:\[(?P<extents>[\d,\s]*)\])?\s*")
_DTYPE = re.compile(r"bool|u?int\d+|b?float\d+|complex\d+")


def inputs_of(words: Sequence[str]) -> tuple[Any, ...]:
    """The shapes that words describe, in IrrepsArrays where they name irreps; there irreps are the last axis.

    Raises: Unusable if they describe none.

    >>> from eqlib.gates.inputs import inputs_of
    >>> inputs_of(["float32[40, 3]"])
    (ShapeDtypeStruct(shape=(40, 3), dtype=float32),)
    >>> inputs_of(["0e + 1o [40]"])[0].irreps
    1x0e+1x1o
    """
    return tuple(map(_input, words))


def _input(word: str) -> Any:
    found = _WORDS.fullmatch(word)
    if found is None:
        raise _not_understood(word)
    shape = tuple(map(int, filter(str.strip, (found["extents"] or "").split(","))))
    if _DTYPE.fullmatch(found["kind"]):
        return _array(word, shape, found["kind"])
    try:
        irreps = Irreps(found["kind"])
    except ValueError:
        raise _not_understood(word) from None
    return jax.eval_shape(lambda: IrrepsArray(irreps, jnp.zeros((*shape, irreps.dim), jnp.float32)))


def _array(word: str, shape: tuple[int, ...], kind: str) -> jax.ShapeDtypeStruct:
    try:
        return jax.ShapeDtypeStruct(shape, jnp.dtype(kind))
    except TypeError:
        raise _not_understood(word) from None


def _not_understood(word: str) -> Unusable:
    return Unusable(
        f'"{word}" is no input.\n  Write "float32[40, 3]", or irreps with leading axes: "8x0e + 8x1o [40]".'
    )
