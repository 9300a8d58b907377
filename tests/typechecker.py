"""The run-time type checker of the whole suite: `--jaxtyping-packages` in pyproject.toml names it."""

from collections.abc import Callable
from typing import Any, Self, TypeVar

import numpy as np
from beartype import BeartypeConf, FrozenDict, beartype
from beartype.roar import BeartypeDecorHintException

Checked = TypeVar("Checked", bound=Callable[..., Any])

# beartype 0.23 reads the second argument of np.ndarray as a dtype and refuses Any, which NumPy and pyright allow; and
# it sees methods one at a time, so that it cannot know of which class `Self` speaks.
OVERRIDES: dict[Any, Any] = {np.ndarray[Any, Any]: np.ndarray, Self: object}

# An int is a float where PEP 484 says so.
_check = beartype(conf=BeartypeConf(hint_overrides=FrozenDict(OVERRIDES), is_pep484_tower=True))

# Functions whose annotations cannot be checked, with the reason: tests/typechecker_test.py holds this empty, so that
# one such annotation is one failed test and not a package that does not import.
UNCHECKED: dict[str, str] = {}


def typechecked(function: Checked) -> Checked:
    """Checks the arguments and the result of `function` against its annotations at every call."""
    try:
        return _check(function)
    except BeartypeDecorHintException as reason:
        UNCHECKED[f"{function.__module__}.{function.__qualname__}"] = str(reason)
        return function
