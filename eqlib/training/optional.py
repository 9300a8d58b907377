"""The parts of training that need packages of the extra `train`, loaded when they are first used."""

import importlib
from types import ModuleType

NEEDED = {"run": "optax", "plots": "matplotlib"}


def load_part(name: str) -> ModuleType:
    """The module of training of this name.

    Raises: ImportError if the package that it needs is not installed.
    """
    package = NEEDED[name]
    try:
        return importlib.import_module(f"eqlib.training.{name}")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != package:
            raise
        raise ImportError(f"eqlib.training needs {package}, which is not installed: pip install eqlib[train]") from None
