"""Where 64-bit types are off, a check turns them on and off; a jitted function with a NumPy constant lives on."""

import subprocess
import sys

import pytest

CODE = """
import jax, numpy as np
import eqlib.testing
factors = np.array([2.0, 2.0, 2.0])
f = jax.jit(lambda x: x * factors)
x = np.ones(3, np.float32)
for _ in range(2):
    assert f(x).dtype == np.float32
    print(eqlib.testing.{call}(f, "1o", "1o").ok, jax.config.read("jax_enable_x64"))
assert f(x).dtype == np.float32
"""


@pytest.mark.parametrize("call", ["check", "prove"])
def test_a_jitted_function_lives_on(call):
    done = subprocess.run([sys.executable, "-c", CODE.format(call=call)], capture_output=True, text=True)
    assert done.stdout == "True False\n" * 2, done.stderr[-2000:]


WITHOUT_A_RULE = """
import jax, jax.numpy as jnp
import eqlib
from eqlib.testing import check
incomplete = lambda x: jax.scipy.special.gammainc(2.0, 1 + jnp.sum(x.array**2, axis=-1, keepdims=True))
square = lambda x, _: eqlib.tensor_square(x)
for op, given in ((eqlib.tensor_product, ("1o", "1o")), (square, "2x1o")):
    report = check(lambda x, y=None: op(x, y) * incomplete(x), given, profile="quick")
    print(report.verdict, report.certified)
"""


def test_an_operation_without_a_rule_is_tried_in_both_precisions():
    """Of a trace that is given up JAX remembers the dtypes of constants: those of float64 are refused in float32."""
    done = subprocess.run([sys.executable, "-c", WITHOUT_A_RULE], capture_output=True, text=True)
    assert done.stdout == "ok False\n" * 2, done.stderr[-2000:]
