"""The programs of the solid harmonics: their values, and how many steps they have."""

import numpy as np
import pytest

from eqlib.plan.harmonics import harmonics_program
from spec.spherical_harmonics import harmonics
from tests.plan.arithmetic import Floats

POINT = np.array([0.75, -0.5, 1.25])
each_normalization = pytest.mark.parametrize("normalization", ["norm", "component"])


def values(degrees, normalization, v=POINT, **options):
    (found,) = harmonics_program(degrees=degrees, normalization=normalization, **options).run([list(v)], Floats())
    return found


def meaning(degrees, normalization, v=POINT):
    return np.concatenate([harmonics(l, v, normalization) for l in degrees])


@each_normalization
@pytest.mark.parametrize("degrees", [(), (0,), (1,), (5, 2, 2), tuple(range(6))])
def test_are_those_of_the_specification(degrees, normalization):
    found, want = values(degrees, normalization), meaning((*degrees, 0), normalization)[:-1]
    np.testing.assert_allclose(found, want, rtol=1e-13)


@each_normalization
def test_those_of_a_direction_forget_the_length(normalization):
    degrees = tuple(range(4))
    unit = POINT / np.linalg.norm(POINT)
    found = values(degrees, normalization, of_direction=True)
    np.testing.assert_allclose(found, meaning(degrees, normalization, unit), rtol=1e-13)
    np.testing.assert_array_equal(values(degrees, normalization, 0 * POINT, of_direction=True), [1] + [0] * 15)


def test_no_step_is_added():
    """What the recurrences cost to each degree; the direction costs three squares, two sums, a root, three products."""
    degrees = [tuple(range(lmax + 1)) for lmax in range(7)]
    flops = [harmonics_program(ls, "component").flops for ls in degrees]
    assert flops == [0, 3, 18, 42, 71, 106, 147]
    of_direction = [harmonics_program(ls, "component", of_direction=True).flops for ls in degrees]
    assert of_direction == [0, *(n + 9 for n in flops[1:])]


def test_are_found_once():
    assert harmonics_program((1, 2), "norm") is harmonics_program((1, 2), "norm")
