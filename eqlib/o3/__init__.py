"""Exact mathematics of O(3): labels, exact numbers, coefficients. Standard library and NumPy; no JAX."""

from .irrep import Irrep as Irrep
from .irrep import MulIrrep as MulIrrep
from .irreps import Irreps as Irreps
