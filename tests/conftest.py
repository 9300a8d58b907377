"""Every test runs with 64-bit types available, and with two devices to shard over, so that both are always tested.

Most of a test's time goes to compilation, which is told to make no effort. What a test says of compiled code (its
error, its cost) it says of what `eqlib.testing.effort.jit_with_default_effort` makes, as users do. With the variable
EQLIB_TEST_EFFORT=default all tests compile so. What was compiled is kept for the time of the run, for many tests, and
the programs that some of them start, compile the same: by one process at a time, for JAX does not write it at once.
"""

import atexit
import os
import shutil
import tempfile

os.environ["XLA_FLAGS"] = " ".join(
    [
        os.environ.get("XLA_FLAGS", ""),
        "--xla_force_host_platform_device_count=2",
        "--xla_backend_optimization_level=0 --xla_cpu_use_fusion_emitters=false"
        if os.environ.get("EQLIB_TEST_EFFORT") != "default"
        else "",
    ]
)
os.environ["JAX_COMPILATION_CACHE_DIR"] = tempfile.mkdtemp(prefix="eqlib-compiled-")
os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"

import jax

jax.config.update("jax_enable_x64", True)
atexit.register(shutil.rmtree, os.environ["JAX_COMPILATION_CACHE_DIR"], ignore_errors=True)
