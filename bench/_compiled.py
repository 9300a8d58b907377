"""What XLA makes of a function: figures that are the same in every run, which a time is not."""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jax

_INSTRUCTION = re.compile(r"^\s+(?:ROOT )?%?[\w.-]+ = (?:\(.*?\)|\S+) ([a-z][\w-]*)\(", re.MULTILINE)
_LIBRARY_PRODUCT = re.compile(r'custom_call_target="[^"]*(?:gemm|matmul)', re.IGNORECASE)
_NO_WORK = {"parameter", "constant", "tuple", "get-tuple-element"}


@dataclass(frozen=True)
class Figures:
    """The size of a compiled function. Only `compile_cpu_seconds`, of tracing and compiling, varies with the run."""

    flops: float
    bytes_accessed: float
    temp_bytes: int
    hlo_ops: int
    dots: int
    fusions: int
    jaxpr_equations: int
    compile_cpu_seconds: float


def compiled(function: Callable[..., Any], arrays: Sequence[Any]) -> tuple[Callable[..., Any], Figures]:
    """The function compiled for these arrays, and its figures."""
    start = time.process_time()
    traced = jax.jit(function).trace(*arrays)
    executable = traced.lower().compile()
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
        jaxpr_equations=sum(1 for _ in _equations(traced.jaxpr.jaxpr)),
        compile_cpu_seconds=seconds,
    )


def _equations(jaxpr: Any) -> Iterator[Any]:
    """The equations of a jaxpr and of those inside it."""
    for equation in jaxpr.eqns:
        yield equation
        for parameter in jax.tree.leaves(list(equation.params.values()), is_leaf=_is_jaxpr):
            if _is_jaxpr(parameter):
                yield from _equations(getattr(parameter, "jaxpr", parameter))


def _is_jaxpr(value: Any) -> bool:
    return hasattr(value, "eqns")
