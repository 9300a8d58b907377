"""A plain array is read as scalars, and an error about its irreps says so: three coordinates are not meant as 3x0e."""

import jax
import jax.numpy as jnp
import pytest

from eqlib import IrrepsArray, IrrepsError, linear
from eqlib.nn.linear import Linear

POSITIONS = jnp.ones((5, 3))
READ = "  The input is a plain array, read as 3x0e: if it is anything else, write IrrepsArray(irreps, x)."
WEIGHTS = {"w[0,0] 1x1o,1x1o": jnp.ones((1, 1))}

WRONG = {
    "an output that is not reached": lambda x: linear(x, WEIGHTS, "1o"),
    "weights of other names": lambda x: linear(x, WEIGHTS, "1o + 0e"),
    "a layer's output that is not reached": lambda x: Linear("1o").params(x),
    "a layer made for other irreps": lambda x: Linear("1o", irreps_in="1o").params(x),
    "parameters of another input": lambda x: Linear("1o").apply(WEIGHTS, x),
    "on shapes alone": lambda x: Linear("1o").params(jax.ShapeDtypeStruct(x.shape, x.dtype)),
}


@pytest.mark.parametrize("call", WRONG.values(), ids=WRONG)
def test_the_error_says_how_a_plain_array_was_read(call):
    with pytest.raises(IrrepsError) as error:
        call(POSITIONS)
    assert str(error.value).endswith("\n" + READ)


def test_irreps_that_were_given_are_not_explained():
    with pytest.raises(IrrepsError) as error:
        linear(IrrepsArray("3x0e", POSITIONS), WEIGHTS, "1o")
    assert "plain array" not in str(error.value)
