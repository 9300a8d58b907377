"""Rotations in every form. g acts on a rotation by g R g^-1: on its log coordinates as on 1e.

A form that is no vector, as angles are, is made from log coordinates and then turns a vector: R(log) v, whatever way R
went, must be g R(log) v for g log and g v. An axis that is off, or a sign, breaks this.
"""

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp

import eqlib
from eqlib.testing.profile import QUICK
from proofs.programs.program import ByTheoremAlone, Program

_INPUTS = ("as given", "sparse", "zero")
FORMS = ("matrix", "angles", "quaternion", "axis_angle", "log_coordinates")

# No angle of 10^6 radians, of which the digits after the point are few; no gradient where angles jump. In float32 their
# tests compare them with the specification; a second compilation of so many functions is too slow for here.
PLAIN = {"as_plain_arrays": True}
CHECK = {
    "differentiable": False,
    "dtypes": (),
    "profile": dataclasses.replace(QUICK, name="of rotations", inputs=_INPUTS),
}

# What a form is compared as: what it does to a vector, or itself where the group acts on it.
COMPARED = {"matrix": "1o", "angles": "1o", "quaternion": "0e + 1e", "axis_angle": "1e", "log_coordinates": "1e"}
PAIRS = tuple((a, b) for a in FORMS for b in FORMS if a != b)
INVERTED = ("angles", "quaternion", "log_coordinates")


def as_tuple(rotation: Any) -> tuple[Any, ...]:
    return rotation if isinstance(rotation, tuple) else (rotation,)


def in_form(form: str, log: jax.Array) -> tuple[Any, ...]:
    """The rotation of log coordinates in a form, as arguments."""
    return (log,) if form == "log_coordinates" else as_tuple(getattr(eqlib, f"log_coordinates_to_{form}")(log))


def compared(form: str, rotation: Any, v: jax.Array) -> jax.Array:
    """What transforms as `COMPARED` says: an axis is as good as its opposite with the opposite angle."""
    if form == "axis_angle":
        axis, angle = rotation
        return angle * axis
    if form not in ("matrix", "angles"):
        return rotation
    return turned(eqlib.angles_to_matrix(*rotation) if form == "angles" else rotation, v)


def turned(R: jax.Array, v: jax.Array) -> jax.Array:
    return jnp.sum(R * v, axis=-1)


def converted(log: jax.Array, v: jax.Array) -> list[jax.Array]:
    given = {form: in_form(form, log) for form in FORMS}
    return [compared(b, getattr(eqlib, f"{a}_to_{b}")(*given[a]), v) for a, b in PAIRS]


def after_an_inverse(log1: jax.Array, log2: jax.Array, v: jax.Array) -> list[jax.Array]:
    """R1^-1 R2; of an axis and an angle, R1 R2."""
    given = {form: [in_form(form, log) for log in (log1, log2)] for form in FORMS[1:]}
    for form in INVERTED:
        given[form][0] = as_tuple(getattr(eqlib, f"inverse_{form}")(*given[form][0]))
    pairs = {form: getattr(eqlib, f"compose_{form}")(*first, *second) for form, (first, second) in given.items()}
    return [compared(form, pairs[form], v) for form in FORMS[1:]]


def angles_of_rotation(log: jax.Array, other: jax.Array) -> list[jax.Array]:
    """From the identity; where a form has none, from another rotation."""
    found = [eqlib.rotation_angle_from_matrix(*in_form("matrix", log))]
    found.append(eqlib.rotation_angle_from_axis_angle(*in_form("axis_angle", log), *in_form("axis_angle", other)))
    for form in INVERTED:
        one = as_tuple(getattr(eqlib, f"identity_{form}")(dtype=log.dtype))
        found.append(getattr(eqlib, f"rotation_angle_from_{form}")(*one, *in_form(form, log)))
    return [angle[None] for angle in found]


def about_the_axes(log: jax.Array, v: jax.Array) -> list[jax.Array]:
    """R = Y(alpha) X(beta) Y(gamma), and X(beta) is Z(beta) between quarter turns about y."""
    alpha, beta, gamma = in_form("angles", log)
    x, y, z = eqlib.matrix_x, eqlib.matrix_y, eqlib.matrix_z
    quarter = jnp.pi / 2
    turns = ((y(alpha), x(beta), y(gamma)), (y(alpha + quarter), z(beta), y(gamma - quarter)))
    return [turned(a, turned(b, turned(c, v))) for a, b, c in turns]


def direction(x: jax.Array) -> jax.Array:
    """A vector from its angles and its length, which is zero where the angles jump."""
    return eqlib.angles_to_xyz(*eqlib.xyz_to_angles(x)) * jnp.sqrt(jnp.sum(x**2))


PROGRAMS = (
    Program(
        (
            "matrix_to_angles",
            "matrix_to_quaternion",
            "matrix_to_axis_angle",
            "matrix_to_log_coordinates",
            "angles_to_matrix",
            "angles_to_quaternion",
            "angles_to_axis_angle",
            "angles_to_log_coordinates",
            "quaternion_to_matrix",
            "quaternion_to_angles",
            "quaternion_to_axis_angle",
            "quaternion_to_log_coordinates",
            "axis_angle_to_matrix",
            "axis_angle_to_angles",
            "axis_angle_to_quaternion",
            "axis_angle_to_log_coordinates",
            "log_coordinates_to_matrix",
            "log_coordinates_to_angles",
            "log_coordinates_to_quaternion",
            "log_coordinates_to_axis_angle",
        ),
        converted,
        (("1e", "1o"),),
        [COMPARED[form] for _, form in PAIRS],
        exact=None,
        options=PLAIN,
        check=CHECK,
    ),
    Program(
        (
            "compose_angles",
            "compose_quaternion",
            "compose_axis_angle",
            "compose_log_coordinates",
            "inverse_angles",
            "inverse_quaternion",
            "inverse_log_coordinates",
        ),
        after_an_inverse,
        (("1e", "1e", "1o"),),
        [COMPARED[form] for form in FORMS[1:]],
        exact=None,
        options=PLAIN,
        check=CHECK,
    ),
    Program(
        (
            "rotation_angle_from_matrix",
            "rotation_angle_from_angles",
            "rotation_angle_from_quaternion",
            "rotation_angle_from_axis_angle",
            "rotation_angle_from_log_coordinates",
            "identity_angles",
            "identity_quaternion",
            "identity_log_coordinates",
        ),
        angles_of_rotation,
        (("1e", "1e"),),
        ["0e"] * 5,
        exact=None,
        options=PLAIN,
        check=CHECK,
    ),
    Program(
        ("matrix_x", "matrix_y", "matrix_z"),
        about_the_axes,
        (("1e", "1o"),),
        ["1o"] * 2,
        exact=None,
        options=PLAIN,
        check=CHECK,
    ),
    Program(("angles_to_xyz", "xyz_to_angles"), direction, ("1o",), "1o", exact=None, options=PLAIN, check=CHECK),
)

WITHOUT_PROGRAM = ByTheoremAlone(
    ("rand_angles", "rand_matrix", "rand_quaternion", "rand_axis_angle", "rand_log_coordinates"),
    "the group does not act on a key",
)
