"""Modules that need a package of one of the extras, loaded when they are first used."""

import importlib
from types import ModuleType


def load(module: str, package: str, what: str, extra: str) -> ModuleType:
    """The module, for `what` to use.

    Raises: ImportError that names the extra, if the package that the module needs is not installed.
    Example:
        >>> load("math", "math", "an example", "train").sqrt(4.0)
        2.0
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != package:
            raise
        raise ImportError(f"{what} needs {package}, which is not installed: pip install eqlib[{extra}]") from None
