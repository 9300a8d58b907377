"""Planted faults: each a small mistake in a real op, and the name of the law that must find it."""

from . import conv as conv
from . import gate as gate
from . import invariants as invariants
from . import linear as linear
from . import products as products
from . import scatter as scatter
from . import spherical_harmonics as spherical_harmonics
from .fault import Fault as Fault

FAULTS: tuple[Fault, ...] = (
    *products.FAULTS,
    *invariants.FAULTS,
    *linear.FAULTS,
    *gate.FAULTS,
    *spherical_harmonics.FAULTS,
    *scatter.FAULTS,
    *conv.FAULTS,
)
