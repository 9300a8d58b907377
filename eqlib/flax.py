"""The layers for flax.linen, under the name that programs import: `from eqlib.flax import Linear`."""

from eqlib._adapters import forward

__getattr__, __dir__ = forward("flax")
