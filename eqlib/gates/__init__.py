"""Gates for speed: what a function costs once it is compiled, against what was recorded; and its time, against a base.

`eqlib gate` is the command; `[tool.eqlib.gate]` in pyproject.toml names the functions; README.md here says how.
"""

from .case import Case as Case
from .figures import Figures as Figures
from .figures import measure as measure
