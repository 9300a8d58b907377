"""The layers for equinox, under the name that programs import: `from eqlib.equinox import Linear`."""

from eqlib._adapters import forward

__getattr__, __dir__ = forward("equinox")
