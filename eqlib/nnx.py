"""The layers for flax.nnx, under the name that programs import: `from eqlib.nnx import Linear`."""

from eqlib._adapters import forward

__getattr__, __dir__ = forward("nnx")
