"""The packages of the extra `simulation`, imported when they are first needed."""

from types import ModuleType

from eqlib import _optional


def need(module: str, what: str) -> ModuleType:
    """The module, for `what` to use.

    Raises: ImportError that names the extra, if it is not installed.
    Example:
        >>> need("math", "an example").sqrt(4.0)
        2.0
    """
    return _optional.load(module, module.partition(".")[0], what, "simulation")
