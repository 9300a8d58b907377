"""The layers for haiku, under the name that programs import: `from eqlib.haiku import Linear`."""

from eqlib._adapters import forward

__getattr__, __dir__ = forward("haiku")
