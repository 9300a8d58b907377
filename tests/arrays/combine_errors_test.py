"""Arrays of different irreps have no common axis: the message says so, and what it says to write runs."""

import jax.numpy as jnp
import numpy as np
import pytest

from eqlib import IrrepsArray, IrrepsError, concatenate, stack, where

X = IrrepsArray("1o", jnp.ones((2, 3)))
Y = IrrepsArray("1e", 2 * jnp.ones((2, 3)))
MASK = jnp.array([[True], [False]])

CASES = {
    "stack([x, y], axis=0)": ("cannot stack 1x1o and 1x1e", (2, 2, 6)),
    "concatenate([x, y], axis=0)": ("cannot concatenate 1x1o and 1x1e", (4, 6)),
    "where(mask, x, y)": ("cannot choose between 1x1o and 1x1e", (2, 6)),
}


def write(code):
    names = {"concatenate": concatenate, "stack": stack, "where": where, "x": X, "y": Y, "mask": MASK}
    return eval(code, names)


@pytest.mark.parametrize(("wrong", "case"), CASES.items(), ids=CASES)
def test_different_irreps_are_refused_and_zeros_can_stand_for_what_is_missing(wrong, case):
    what, shape = case
    with pytest.raises(IrrepsError) as error:
        write(wrong)
    extended = [f"{name}.extend_with_zeros(x.irreps + y.irreps)" for name in "xy"]
    hint = wrong.replace("x, y", ", ".join(extended))
    assert str(error.value) == (
        f"{what}: they differ only in parity: an inversion changes the sign of one and not of the other.\n"
        f"  With zeros for what one of them lacks, write {hint}."
    )
    joined = write(hint)
    assert joined.irreps == "1o + 1e" and joined.shape == shape
    rows = joined.array.reshape(-1, 6)
    np.testing.assert_array_equal(rows[0], [1, 1, 1, 0, 0, 0])
    np.testing.assert_array_equal(rows[-1], [0, 0, 0, 2, 2, 2])
