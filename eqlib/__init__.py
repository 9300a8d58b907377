"""E(3)-equivariant functions on JAX: exact, typed, fast."""

import importlib as _importlib
from typing import Any as _Any

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
from .graph import Graph as Graph
from .nn.functional_linear import FunctionalLinear as FunctionalLinear
from .o3 import Irrep as Irrep
from .o3 import Irreps as Irreps
from .o3 import MulIrrep as MulIrrep
from .o3 import SymmetricPath as SymmetricPath
from .o3 import clebsch_gordan as clebsch_gordan
from .o3 import generators as generators
from .o3 import symmetric_contraction_paths as symmetric_contraction_paths
from .ops.conv import conv as conv
from .ops.cross import cross as cross
from .ops.dot import dot as dot
from .ops.elementwise_tensor_product import elementwise_tensor_product as elementwise_tensor_product
from .ops.gate import gate as gate
from .ops.linear import linear as linear
from .ops.norm import norm as norm
from .ops.norm_activation import norm_activation as norm_activation
from .ops.radial import bessel as bessel
from .ops.radial import poly_envelope as poly_envelope
from .ops.radial import soft_envelope as soft_envelope
from .ops.radial import soft_one_hot_linspace as soft_one_hot_linspace
from .ops.radial import sus as sus
from .ops.scalar_activation import normalize_function as normalize_function
from .ops.scalar_activation import scalar_activation as scalar_activation
from .ops.scalar_activation import soft_odd as soft_odd
from .ops.scatter import scatter_max as scatter_max
from .ops.scatter import scatter_mean as scatter_mean
from .ops.scatter import scatter_sum as scatter_sum
from .ops.spherical_harmonics import spherical_harmonics as spherical_harmonics
from .ops.symmetric_contraction import symmetric_contraction as symmetric_contraction
from .ops.tensor_product import tensor_product as tensor_product
from .ops.tensor_square import tensor_square as tensor_square
from .rotation.angles import angles_to_xyz as angles_to_xyz
from .rotation.angles import axis_angle_to_angles as axis_angle_to_angles
from .rotation.angles import compose_angles as compose_angles
from .rotation.angles import identity_angles as identity_angles
from .rotation.angles import inverse_angles as inverse_angles
from .rotation.angles import log_coordinates_to_angles as log_coordinates_to_angles
from .rotation.angles import matrix_to_angles as matrix_to_angles
from .rotation.angles import quaternion_to_angles as quaternion_to_angles
from .rotation.angles import rotation_angle_from_angles as rotation_angle_from_angles
from .rotation.angles import xyz_to_angles as xyz_to_angles
from .rotation.axis_angle import angles_to_axis_angle as angles_to_axis_angle
from .rotation.axis_angle import compose_axis_angle as compose_axis_angle
from .rotation.axis_angle import log_coordinates_to_axis_angle as log_coordinates_to_axis_angle
from .rotation.axis_angle import matrix_to_axis_angle as matrix_to_axis_angle
from .rotation.axis_angle import quaternion_to_axis_angle as quaternion_to_axis_angle
from .rotation.axis_angle import rotation_angle_from_axis_angle as rotation_angle_from_axis_angle
from .rotation.log_coordinates import angles_to_log_coordinates as angles_to_log_coordinates
from .rotation.log_coordinates import axis_angle_to_log_coordinates as axis_angle_to_log_coordinates
from .rotation.log_coordinates import compose_log_coordinates as compose_log_coordinates
from .rotation.log_coordinates import identity_log_coordinates as identity_log_coordinates
from .rotation.log_coordinates import inverse_log_coordinates as inverse_log_coordinates
from .rotation.log_coordinates import matrix_to_log_coordinates as matrix_to_log_coordinates
from .rotation.log_coordinates import quaternion_to_log_coordinates as quaternion_to_log_coordinates
from .rotation.log_coordinates import rotation_angle_from_log_coordinates as rotation_angle_from_log_coordinates
from .rotation.matrix import angles_to_matrix as angles_to_matrix
from .rotation.matrix import axis_angle_to_matrix as axis_angle_to_matrix
from .rotation.matrix import log_coordinates_to_matrix as log_coordinates_to_matrix
from .rotation.matrix import matrix_x as matrix_x
from .rotation.matrix import matrix_y as matrix_y
from .rotation.matrix import matrix_z as matrix_z
from .rotation.matrix import quaternion_to_matrix as quaternion_to_matrix
from .rotation.matrix import rotation_angle_from_matrix as rotation_angle_from_matrix
from .rotation.quaternion import angles_to_quaternion as angles_to_quaternion
from .rotation.quaternion import axis_angle_to_quaternion as axis_angle_to_quaternion
from .rotation.quaternion import compose_quaternion as compose_quaternion
from .rotation.quaternion import identity_quaternion as identity_quaternion
from .rotation.quaternion import inverse_quaternion as inverse_quaternion
from .rotation.quaternion import log_coordinates_to_quaternion as log_coordinates_to_quaternion
from .rotation.quaternion import matrix_to_quaternion as matrix_to_quaternion
from .rotation.quaternion import rotation_angle_from_quaternion as rotation_angle_from_quaternion
from .rotation.random import rand_angles as rand_angles
from .rotation.random import rand_axis_angle as rand_axis_angle
from .rotation.random import rand_log_coordinates as rand_log_coordinates
from .rotation.random import rand_matrix as rand_matrix
from .rotation.random import rand_quaternion as rand_quaternion
from .saving import load as load
from .saving import load_metadata as load_metadata
from .saving import save as save
from .version import __version__ as __version__

# Parts that most programs do without, and the layers of frameworks that not everyone has.
_PARTS = ("models", "training", "simulation", "sharding", "testing", "flax", "nnx", "equinox", "haiku")


def __getattr__(name: str) -> _Any:
    """Loads such a part when it is first used.

    Of a name of e3nn-jax that is not here, the error says why, and what to write instead.
    """
    if name in _PARTS:
        return _importlib.import_module(f"eqlib.{name}")
    raise AttributeError(_importlib.import_module("eqlib._e3nn_jax_names").explain(name))


def __dir__() -> list[str]:
    """The names that can be asked for: a part is among them if its framework is installed, and is not loaded."""
    return sorted({*globals(), *filter(_importlib.import_module("eqlib._adapters").is_installed, _PARTS)})
