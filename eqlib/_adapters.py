"""The layers in each framework, which are loaded when they are first used: `import eqlib` needs none of them."""

import functools
import importlib.util
from collections.abc import Callable
from types import ModuleType
from typing import Any

# The name under eqlib, the adapter, and the package that it needs, which is also the extra.
ADAPTERS = {
    "flax": ("eqlib.nn.linen", "flax"),
    "nnx": ("eqlib.nn.nnx", "flax"),
    "equinox": ("eqlib.nn.eqx", "equinox"),
    "haiku": ("eqlib.nn.haiku", "haiku"),
}


def is_installed(name: str) -> bool:
    """Whether a part of eqlib has what it needs: a framework, if it is the adapter for one. Nothing is imported.

    Example:
        >>> is_installed("models")
        True
    """
    return name not in ADAPTERS or importlib.util.find_spec(ADAPTERS[name][1]) is not None


def load(name: str) -> ModuleType:
    """The adapter for a framework.

    Raises: ImportError if the framework is not installed.
    """
    module, package = ADAPTERS[name]
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != package:
            raise
        raise ImportError(
            f"eqlib.{name} needs {package}, which is not installed: pip install eqlib[{package}]"
        ) from None


def forward(name: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of a module under whose name programs import the adapter."""
    adapter = load(name)
    return functools.partial(getattr, adapter), functools.partial(dir, adapter)
