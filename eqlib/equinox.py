"""The layers for equinox, under the name that programs import: `from eqlib.equinox import Linear`."""

import sys

from eqlib._adapters import load

sys.modules[__name__] = load("equinox")
