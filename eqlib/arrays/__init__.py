"""IrrepsArray, an array whose last axis is a representation of O(3), and the functions that make and join them."""

from . import deprecated as _deprecated  # noqa: F401  (former method names, attached to IrrepsArray)
from . import trees as _trees  # noqa: F401  (IrrepsArray and irreps as JAX trees)
from .irreps_array import IrrepsArray as IrrepsArray
