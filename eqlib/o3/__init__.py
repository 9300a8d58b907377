"""Exact mathematics of O(3): labels, exact numbers, coefficients. Standard library and NumPy; no JAX."""

from .array_namespace import as_floating as as_floating
from .array_namespace import as_shape as as_shape
from .array_namespace import namespace as namespace
from .basis import as_degree as as_degree
from .basis import norm_square as norm_square
from .clebsch_gordan import clebsch_gordan as clebsch_gordan
from .clebsch_gordan import exact_clebsch_gordan as exact_clebsch_gordan
from .generators import exact_generators as exact_generators
from .generators import generators as generators
from .harmonics import exact_harmonics as exact_harmonics
from .harmonics import harmonics as harmonics
from .irrep import Irrep as Irrep
from .irrep import MulIrrep as MulIrrep
from .irreps import Irreps as Irreps
from .surd import Surd as Surd
from .surd_tensor import SurdTensor as SurdTensor
from .to_matrix import exact_matrix_from_quaternion as exact_matrix_from_quaternion
from .to_matrix import matrix_from_angles as matrix_from_angles
from .to_matrix import matrix_from_axis_angle as matrix_from_axis_angle
from .to_matrix import matrix_from_log_coordinates as matrix_from_log_coordinates
from .to_matrix import matrix_from_quaternion as matrix_from_quaternion
from .wigner import exact_wigner as exact_wigner
from .wigner import wigner_from_matrix as wigner_from_matrix
from .wigner import wigners_from_matrix as wigners_from_matrix
