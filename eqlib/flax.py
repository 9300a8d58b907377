"""The layers for flax.linen, under the name that programs import: `from eqlib.flax import Linear`."""

import sys

from eqlib._adapters import load

sys.modules[__name__] = load("flax")
