"""The layers for haiku, under the name that programs import: `from eqlib.haiku import Linear`."""

from typing import Any

from eqlib._adapters import load

_ADAPTER = load("haiku")


def __getattr__(name: str) -> Any:
    """What the adapter has; and what it says of a layer of e3nn-jax that is not here."""
    return getattr(_ADAPTER, name)


def __dir__() -> list[str]:
    """The names of the adapter."""
    return dir(_ADAPTER)
