"""What a layer checks of its options once, when it is made: numbers, lengths and functions."""

import math
import operator
from typing import Any

import jax
import numpy as np


def whole(name: str, value: Any, least: int) -> int:
    """The value as an integer; no option is true or false where a number is meant.

    Raises: ValueError if it is none, or less than `least`.
    Example:
        >>> whole("NequIP: lmax", np.int8(2), 0)
        2
    """
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = None
    if number is None or number < least:
        raise ValueError(
            f"{name} is {value!r}, and must be an integer, {least} or more.\n  Write {_example(name, '2')}."
        )
    return number


def wholes(name: str, values: Any, least: int) -> tuple[int, ...]:
    """A sequence of such integers, in whatever form, as a tuple, by which equal layers are equal.

    Raises: ValueError if it is no sequence, or one of them is no such integer.
    """
    if isinstance(values, str) or not hasattr(values, "__iter__") or np.shape(values) == ():
        argument = name.rpartition(" ")[2]
        raise ValueError(
            f"{name} is {values!r}, and must be a sequence of integers.\n  Write {argument}=(64,) for one layer of 64."
        )
    return tuple(whole(f"{name}[{n}]", value, least) for n, value in enumerate(values))


def finite(name: str, value: Any, *, positive: bool = False) -> float:
    """The value as a finite number.

    Raises: ValueError if it is none, or `positive` and it is not.
    """
    try:
        number = math.nan if isinstance(value, str) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number) or (positive and number <= 0):
        bound = " greater than 0" if positive else ""
        raise ValueError(f"{name} is {value!r}, and must be a finite number{bound}.\n  Write {_example(name, '1.0')}.")
    return number


def _example(name: str, value: str) -> str:
    """The option with a value that it may have; of one of several numbers, all of them."""
    argument, _, entry = name.rpartition(" ")[2].partition("[")
    return f"{argument}=({value}, {value})" if entry else f"{argument}={value}"


def function(name: str, value: Any) -> None:
    """Refuses what cannot be applied; None is the absence of a function.

    Raises: ValueError, with the function of that name if JAX has one.
    """
    if value is not None and not callable(value):
        argument = name.rpartition(" ")[2]
        known = value if isinstance(value, str) and callable(getattr(jax.nn, value, None)) else "silu"
        raise ValueError(f"{name} is {value!r}, and must be a function, or None.\n  Write {argument}=jax.nn.{known}.")
