"""The layers for haiku, under the name that programs import: `from eqlib.haiku import Linear`."""

import sys

from eqlib._adapters import load

sys.modules[__name__] = load("haiku")
