"""How XLA runs a kernel: as a custom call that has the kernel's PTX with it, so that no Python runs at run time."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import numpy as np

from eqlib.array_types import Array, Num
from eqlib.lowering.cuda import nvrtc
from eqlib.lowering.cuda.cache import cached


class Kernel(NamedTuple):
    """A kernel to launch: its text, its name in it, and how many blocks of how many threads."""

    source: str
    name: str
    grid: tuple[int, int]
    block: tuple[int, int]


Launch = Callable[[Kernel, Sequence[Any], Sequence[Any]], Sequence[Any]]
"""(kernel, arguments, shapes and dtypes of the outputs) -> outputs"""

# In the CUDA plugins of jax 0.10 to 0.12, though not documented: the self-test in route.py sees whether it is there.
TARGET = "__gpu$xla.gpu.ptx"


def ptx(source: str, architecture: str) -> str:
    """The PTX of a text: from the cache on disk, or else compiled now."""
    parts = (source, architecture, nvrtc.version(), *nvrtc.OPTIONS)
    return cached(parts, lambda: nvrtc.compile_to_ptx(source, architecture))


def launch_on(architecture: str) -> Launch:
    """Launches kernels on devices of an architecture, such as `compute_90`."""

    def launch(
        kernel: Kernel, arguments: Sequence[Num[Array, "..."]], outputs: Sequence[jax.ShapeDtypeStruct]
    ) -> Sequence[Num[jax.Array, "..."]]:
        sizes = zip(("x", "y", "z"), (*kernel.grid, 1), (*kernel.block, 1), strict=True)
        extents = {f"{what}_{axis}": np.int32(n) for axis, g, b in sizes for what, n in (("grid", g), ("block", b))}
        return jax.ffi.ffi_call(TARGET, list(outputs))(
            *arguments,
            name=kernel.name,
            kernel_type="ptx",
            kernel_data=ptx(kernel.source, architecture),
            shared_mem_bytes=np.int32(0),
            **extents,
        )

    return launch
