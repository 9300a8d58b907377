"""Each test draws the same numbers, whichever ran before it."""

import pytest

from tests.spec.samples import RNG

START = RNG.bit_generator.state


@pytest.fixture(autouse=True)
def same_numbers_in_any_order():
    RNG.bit_generator.state = START
