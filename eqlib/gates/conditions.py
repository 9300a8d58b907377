"""The conditions under which XLA makes the same of a function on every machine."""

import os
import platform
import subprocess
import sys
from collections.abc import Sequence

import jaxlib

_X86 = platform.machine().lower() in ("x86_64", "amd64")

# One thread, so that work is not split by the number of processors; the instructions that every x86 machine of the last
# ten years has. XLA reads both when JAX is imported.
CONDITIONS = {
    "JAX_PLATFORMS": "cpu",
    "NPROC": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false" + " --xla_cpu_max_isa=AVX2" * _X86,
}


def environment(*, x64: bool) -> dict[str, str]:
    """The variables of this process, with the conditions, and without what else chooses how JAX and eqlib compute."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JAX_", "EQLIB_"))}
    return kept | CONDITIONS | {"JAX_ENABLE_X64": str(int(x64))}


def hold(*, x64: bool) -> bool:
    """Whether this process was started under the conditions."""
    return dict(os.environ) == environment(x64=x64)


def run_again(words: Sequence[str], *, x64: bool) -> int:
    """Runs the command `eqlib` with these words under the conditions, and returns its exit status."""
    return subprocess.run([sys.executable, "-m", "eqlib.cli", *words], env=environment(x64=x64)).returncode


def key() -> str:
    """What figures depend on besides the program: the platform and the version of jaxlib."""
    return f"{platform.system()}-{platform.machine()}-jaxlib-{jaxlib.__version__}".lower()
