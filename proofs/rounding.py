"""Decides, with integers only, whether floats are the correctly rounded values of exact numbers."""

from typing import Any

import numpy as np

from eqlib.o3 import Surd, SurdTensor
from proofs.certificate import ProofFailed


def require_correctly_rounded(array: np.ndarray[Any, Any], tensor: SurdTensor, scale: Surd | int = 1) -> int:
    """Proves that each entry of `array` is within half a unit in the last place of `scale * tensor`.

    The squares of the two midpoints to the neighbouring floats enclose the square of the exact value; where that value
    is zero, so is the float. Returns the number of entries. NumPy supplies the neighbours of a float.
    """
    scale, what = Surd.of(scale), f"{tensor.label} in {array.dtype}"
    if array.shape != tensor.shape:
        raise ProofFailed(f"{what}: the table has the shape {array.shape}, the exact tensor {tensor.shape}")
    if not np.all(np.isfinite(array)):
        raise ProofFailed(f"{what}: the table is not finite")
    exact = {index: value * scale for index, value in tensor.entries}
    for position in np.argwhere(array):
        index = tuple(int(i) for i in position)
        if index not in exact:
            raise ProofFailed(f"{what}: {array[index]!r} at {index}, where the exact value is 0")
    magnitude = np.abs(array)
    below, above = (np.nextafter(magnitude, magnitude.dtype.type(end)) for end in (0, np.inf))
    for index, value in exact.items():
        rounded = array[index]
        neighbours = float(below[index]), float(magnitude[index]), float(above[index])
        if int(np.sign(rounded)) != value.sign or not _is_nearest(*neighbours, abs(value)):
            raise ProofFailed(f"{what}: {rounded!r} at {index} is not the correctly rounded {value}")
    return array.size


def _is_nearest(below: float, rounded: float, above: float, exact: Surd) -> bool:
    """Decides (below + rounded)/2 <= exact <= (rounded + above)/2."""
    p, q = exact.square.numerator, exact.square.denominator
    low, low_unit = _twice_midpoint(below, rounded)
    high, high_unit = _twice_midpoint(rounded, above)
    return low * low * q <= 4 * p * low_unit * low_unit and 4 * p * high_unit * high_unit <= high * high * q


def _twice_midpoint(left: float, right: float) -> tuple[int, int]:
    """Returns left + right as a numerator and a denominator, a power of two."""
    (p, q), (r, s) = left.as_integer_ratio(), right.as_integer_ratio()
    unit = max(q, s)
    return p * (unit // q) + r * (unit // s), unit
