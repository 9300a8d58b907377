"""Conversions of the specification by the names of two forms; a rotation is a tuple of arguments."""

from typing import Any

import numpy as np

from proofs.rotation.exact_angles import lift
from spec import rotation as spec

FORMS = ("matrix", "angles", "quaternion", "axis_angle", "log_coordinates")


def as_tuple(x: Any) -> tuple[Any, ...]:
    return x if isinstance(x, tuple) else (x,)


def convert(source: str, target: str, value: tuple[Any, ...]) -> tuple[Any, ...]:
    return value if source == target else as_tuple(getattr(spec, f"{source}_to_{target}")(*value))


def to_matrix(form: str, value: tuple[Any, ...]) -> np.ndarray:
    if form == "log_coordinates":
        form, value = "quaternion", convert(form, "quaternion", value)
    return convert(form, "matrix", value)[0]


def equal(R: np.ndarray, S: np.ndarray) -> bool:
    return all(lift(x) == lift(y) for x, y in zip(R.ravel(), S.ravel(), strict=True))
