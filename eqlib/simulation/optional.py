"""The packages of the extra `simulation`, imported when they are first needed."""

import importlib
from types import ModuleType


def need(module: str, what: str) -> ModuleType:
    """The module, for `what` to use.

    Raises: ImportError that names the extra, if it is not installed.
    Example:
        >>> need("math", "an example").sqrt(4.0)
        2.0
    """
    package = module.partition(".")[0]
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != package:
            raise
        raise ImportError(f"{what} needs {package}, which is not installed: pip install eqlib[simulation]") from None
