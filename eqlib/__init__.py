"""E(3)-equivariant functions on JAX: exact, typed, fast."""

from .arrays.combine import concatenate as concatenate
from .arrays.combine import stack as stack
from .arrays.combine import where as where
from .arrays.create import as_irreps_array as as_irreps_array
from .arrays.create import from_chunks as from_chunks
from .arrays.create import ones as ones
from .arrays.create import ones_like as ones_like
from .arrays.create import zeros as zeros
from .arrays.create import zeros_like as zeros_like
from .arrays.irreps_array import IrrepsArray as IrrepsArray
from .arrays.random import normal as normal
from .arrays.reduce import mean as mean
from .arrays.reduce import sum as sum
from .errors import IrrepsError as IrrepsError
from .errors import LayoutError as LayoutError
from .errors import LoweringError as LoweringError
from .o3 import Irrep as Irrep
from .o3 import Irreps as Irreps
from .o3 import MulIrrep as MulIrrep
from .o3 import clebsch_gordan as clebsch_gordan
from .version import __version__ as __version__
