"""The parts of training that need packages of the extra `train`, loaded when they are first used."""

from types import ModuleType

from eqlib import _optional

NEEDED = {"run": "optax", "plots": "matplotlib"}


def load_part(name: str) -> ModuleType:
    """The module of training of this name.

    Raises: ImportError if the package that it needs is not installed.
    """
    return _optional.load(f"eqlib.training.{name}", NEEDED[name], "eqlib.training", "train")
