"""What XLA makes of a function, in figures that are the same in every run, which a time is not."""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from math import prod
from typing import Any

import jax

_INSTRUCTION = re.compile(r"^\s+(?:ROOT )?%?[\w.-]+ = (?:\(.*?\)|\S+) ([a-z][\w-]*)\(", re.MULTILINE)
_LIBRARY_PRODUCT = re.compile(r'custom_call_target="[^"]*(?:gemm|matmul)', re.IGNORECASE)
_CONSTANT = re.compile(r" = ([a-z]+)(\d*)\w*\[([\d,]*)\]\S* constant\(")
_FLOAT64_RESULT = re.compile(r"^\s*%.* = .*[<x]f64>$", re.MULTILINE)
_NO_WORK = {"parameter", "constant", "tuple", "get-tuple-element"}


@dataclass(frozen=True)
class Figures:
    """The size of a compiled function. Only `compile_cpu_seconds`, of tracing and compiling, varies with the run.

    `float64_ops` are the operations with a float64 result, before XLA compiles them: of float32 inputs, what leaks.
    With 64-bit numbers off, as JAX has them, there are none to see.
    """

    flops: float
    bytes_accessed: float
    temp_bytes: int
    hlo_ops: int
    dots: int
    fusions: int
    jaxpr_equations: int
    float64_ops: int
    constant_bytes: int
    compile_cpu_seconds: float

    def deterministic(self) -> dict[str, int]:
        """The figures that are the same in every run, by name."""
        return {name: round(value) for name, value in asdict(self).items() if name != "compile_cpu_seconds"}


def compiled(function: Callable[..., Any], inputs: Sequence[Any]) -> tuple[Callable[..., Any], Figures]:
    """The function compiled for these inputs, arrays or their shapes, and its figures."""
    start = time.process_time()
    traced = jax.jit(function).trace(*inputs)
    lowered = traced.lower()
    executable = lowered.compile()
    seconds = time.process_time() - start
    cost = executable.cost_analysis() or {}
    memory = executable.memory_analysis()
    text = executable.as_text()
    ops = Counter(_INSTRUCTION.findall(text))
    return executable, Figures(
        flops=cost.get("flops", 0.0),
        bytes_accessed=cost.get("bytes accessed", 0.0),
        temp_bytes=memory.temp_size_in_bytes if memory is not None else 0,
        hlo_ops=sum(count for op, count in ops.items() if op not in _NO_WORK),
        dots=ops["dot"] + ops["convolution"] + len(_LIBRARY_PRODUCT.findall(text)),
        fusions=ops["fusion"],
        jaxpr_equations=sum(1 for _ in equations(traced.jaxpr.jaxpr)),
        float64_ops=len(_FLOAT64_RESULT.findall(lowered.as_text())),
        constant_bytes=sum(_bytes(*found) for found in _CONSTANT.findall(text)),
        compile_cpu_seconds=seconds,
    )


def measure(function: Callable[..., Any], *inputs: Any) -> Figures:
    """What a function costs, compiled for inputs that may be arrays or their shapes; nothing is run.

    >>> import jax, jax.numpy as jnp
    >>> from eqlib.gates import measure
    >>> x = jax.ShapeDtypeStruct((8, 8), jnp.float32)
    >>> measure(lambda x: x @ x, x).dots
    1
    """
    return compiled(function, inputs)[1]


def equations(jaxpr: Any) -> Iterator[Any]:
    """The equations of a jaxpr and of those inside it."""
    for equation in jaxpr.eqns:
        yield equation
        for parameter in jax.tree.leaves(list(equation.params.values()), is_leaf=_is_jaxpr):
            if _is_jaxpr(parameter):
                yield from equations(getattr(parameter, "jaxpr", parameter))


def _is_jaxpr(value: Any) -> bool:
    return hasattr(value, "eqns")


def _bytes(kind: str, bits: str, extents: str) -> int:
    """The bytes of a constant of type f32 or pred, with extents as 3,5."""
    return (int(bits or 8) // 8 or 1) * prod(map(int, filter(None, extents.split(","))))
