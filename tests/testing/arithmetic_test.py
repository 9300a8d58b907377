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
