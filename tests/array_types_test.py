"""The law of annotated arrays: the suite checks dtypes and axes at every call, and a program of a user pays nothing."""

import subprocess
import sys
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import TypeCheckError, jaxtyped

from eqlib.array_types import Array, Float
from eqlib.lowering.harmonics import solid_harmonics
from eqlib.models.potential import energy_and_forces
from eqlib.rotation.smooth import polar_angle
from tests.typechecker import typechecked

ROOT = Path(__file__).resolve().parent.parent

WITHOUT_CHECKS = """
import inspect, sys
import jax
import eqlib.lowering.harmonics, eqlib.o3
assert not {"jaxtyping", "beartype"} & set(sys.modules)
signature = inspect.signature(eqlib.lowering.harmonics.solid_harmonics)
assert signature.parameters["x"].annotation is signature.return_annotation is jax.Array
print(eqlib.lowering.harmonics.solid_harmonics(jax.numpy.ones(3), (0, 1), "norm").shape)
"""


def test_an_axis_of_another_length_is_refused() -> None:
    with pytest.raises(TypeCheckError):
        solid_harmonics(jnp.zeros((2, 4)), (1,), "norm")


def test_another_dtype_is_refused() -> None:
    with pytest.raises(TypeCheckError):
        solid_harmonics(jnp.zeros((2, 3), int), (1,), "norm")


def test_axes_of_one_name_have_one_length() -> None:
    with pytest.raises(TypeCheckError):
        polar_angle(jnp.zeros(2), jnp.zeros(3))


def test_an_array_of_numpy_is_no_array_of_jax() -> None:
    with pytest.raises(TypeCheckError):
        polar_angle(np.zeros(2), np.zeros(2))


def test_positions_are_vectors() -> None:
    with pytest.raises(TypeCheckError):
        energy_and_forces(lambda _, x: x, {}, jnp.zeros((2, 2)))


def test_a_result_of_another_shape_is_refused() -> None:
    @jaxtyped(typechecker=typechecked)
    def length(v: Float[Array, "*batch 3"]) -> Float[Array, "*batch"]:
        return jnp.sqrt(jnp.sum(v * v))

    with pytest.raises(TypeCheckError):
        length(jnp.zeros((2, 3)))


def test_outside_of_the_suite_an_annotation_is_the_type_in_its_brackets() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_CHECKS], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "(4,)", "")
