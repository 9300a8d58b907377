"""The layers for flax.nnx, under the name that programs import: `from eqlib.nnx import Linear`."""

import sys

from eqlib._adapters import load

sys.modules[__name__] = load("nnx")
