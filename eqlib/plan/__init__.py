"""A multilinear equivariant map as data: segments, paths, exact coefficients; closed under differentiation."""

from .algebra import derivative as derivative
from .algebra import transpose as transpose
from .plan import Path as Path
from .plan import Plan as Plan
from .plan import Segment as Segment
from .plan import segments as segments
from .simplify import simplify as simplify
