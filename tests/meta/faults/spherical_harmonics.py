"""Mistakes in spherical_harmonics: of axes, of signs, of lengths."""

import functools
from typing import Any

import jax.numpy as jnp
import numpy as np

import spec.spherical_harmonics
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.ops.spherical_harmonics import spherical_harmonics
from eqlib.testing.subject import Subject
from tests.meta.faults.fault import Fault, of_array, then


def subject(irreps_out: str, wanted: list[tuple[int, int, int]], normalize: bool, degree: int) -> Subject:
    """The harmonics of a polar vector."""
    return Subject(
        "spherical_harmonics",
        lambda x: spherical_harmonics(irreps_out, x, normalize),
        ("1o",),
        functools.partial(spec.spherical_harmonics.spherical_harmonics, wanted, normalize=normalize),
        f"{irreps_out} {'of directions' if normalize else 'as polynomials'}",
        degrees=(degree,),
    )


DIRECTIONS = subject("1o+2e", [(1, 1, -1), (1, 2, 1)], True, 0)
POLYNOMIALS = subject("3o", [(1, 3, -1)], False, 3)

# (-1)^m for m = -l ... l, of the degrees 1 and 2.
CONDON_SHORTLEY = np.array([-1, 1, -1, 1, -1, 1, -1, 1])


def about_z(x: IrrepsArray) -> IrrepsArray:
    """The polar axis is z, as in most textbooks."""
    return spherical_harmonics("1o+2e", IrrepsArray("1o", jnp.roll(x.array, -1, axis=-1)), True)


def with_signs(a: Any) -> Any:
    """The phase of Condon and Shortley in a real basis that has none."""
    return a * jnp.asarray(CONDON_SHORTLEY, a.dtype)


def with_a_wrong_coefficient(a: Any) -> Any:
    """The last polynomial of degree 2 is too large by 1e-7 of it."""
    return a * jnp.asarray([1.0] * 7 + [1 + 1e-7], a.dtype)


FAULTS = (
    Fault(
        "a coefficient of the harmonics off by 1e-7",
        DIRECTIONS,
        then(DIRECTIONS, of_array(with_a_wrong_coefficient)),
        "is_equivariant",
    ),
    Fault("the axes in another order", DIRECTIONS, about_z, "is_equivariant"),
    Fault("the sign of Condon and Shortley", DIRECTIONS, then(DIRECTIONS, of_array(with_signs)), "is_equivariant"),
    Fault(
        "norm for component", DIRECTIONS, lambda x: spherical_harmonics("1o+2e", x, True, "norm"), "agrees_with_spec"
    ),
    Fault(
        "a vector of any length taken for a unit vector",
        DIRECTIONS,
        lambda x: spherical_harmonics("1o+2e", x, False),
        "is_homogeneous",
    ),
    Fault(
        "a vector normalised that should not be",
        POLYNOMIALS,
        lambda x: spherical_harmonics("3o", x, True),
        "is_homogeneous",
    ),
    Fault("the opposite vector", POLYNOMIALS, lambda x: spherical_harmonics("3o", -x, False), "agrees_with_spec"),
)
