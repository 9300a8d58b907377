"""Mistakes in lengths, and in functions of them."""

import jax.numpy as jnp
import numpy as np

import spec.norm
import spec.norm_activation
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.ops.dot import dot
from eqlib.ops.norm import norm
from eqlib.ops.norm_activation import norm_activation
from eqlib.testing.subject import Subject
from tests.meta.faults.fault import Fault

NORM = Subject("norm", norm, ("0o+1o",), spec.norm.norm, degrees=(1,))
SQUARE = Subject(
    "norm", lambda x: norm(x, squared=True), ("0o+1o",), lambda i, x: spec.norm.norm(i, x, squared=True), degrees=(2,)
)
ACTIVATION = Subject(
    "norm_activation",
    lambda x: norm_activation(x, [jnp.cos]),
    ("1o",),
    lambda irreps, x: spec.norm_activation.norm_activation(irreps, x, [np.cos]),
)


def plain_length(x: IrrepsArray) -> IrrepsArray:
    """The root of the sum of squares, without care for zero."""
    return IrrepsArray(norm(x).irreps, jnp.sqrt(norm(x, squared=True).array))


def sum_of_magnitudes(x: IrrepsArray) -> IrrepsArray:
    """|x| + |y| + |z| for the length."""
    magnitudes = jnp.abs(x.array)
    return IrrepsArray(norm(x).irreps, jnp.stack([magnitudes[..., 0], jnp.sum(magnitudes[..., 1:], axis=-1)], axis=-1))


def softened(x: IrrepsArray) -> IrrepsArray:
    """A length that is not zero at zero."""
    return IrrepsArray(norm(x).irreps, jnp.sqrt(norm(x, squared=True).array + 1e-3))


def square_by_cancellation(x: IrrepsArray) -> IrrepsArray:
    """|x|^2 = |x + c|^2 - 2 c x - |c|^2: exact, but for the digits that the large terms take with them."""
    c = IrrepsArray(x.irreps, jnp.full_like(x.array, 64.0))
    mixed = dot(c, x, per_irrep=True).array
    return IrrepsArray(norm(x).irreps, norm(x + c, squared=True).array - 2 * mixed - norm(c, squared=True).array)


FAULTS: tuple[Fault, ...] = (
    Fault("the plain root of a square", NORM, plain_length, "derivatives_are_finite_at_zero"),
    Fault("a sum of magnitudes for the length", NORM, sum_of_magnitudes, "is_equivariant"),
    Fault("a length softened by 1e-3", NORM, softened, "agrees_with_spec"),
    Fault("a square by cancellation", SQUARE, square_by_cancellation, "is_stable"),
    Fault("the square for the length", NORM, lambda x: norm(x, squared=True), "is_homogeneous"),
    Fault(
        "an activation of components",
        ACTIVATION,
        lambda x: IrrepsArray(x.irreps, jnp.tanh(x.array)),
        "is_equivariant",
    ),
    Fault(
        "the length of the other convention",
        ACTIVATION,
        lambda x: norm_activation(x, [jnp.cos], normalization="norm"),
        "agrees_with_spec",
    ),
)
