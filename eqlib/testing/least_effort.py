"""Programs of a check's own, which run a few times: compiled with the least effort, in a third of the time or less.

What is under test is compiled as its user compiles it, since what the compiler makes of it is under test too.
"""

import functools
from collections.abc import Callable
from typing import Any

import jax

# The bounds of a layer of PaiNN and of its gradient: 4.6 s of compilation by default, 1.4 s with these.
_OPTIONS: dict[str, Any] = {"xla_backend_optimization_level": 0, "xla_cpu_use_fusion_emitters": False}


def jit_with_least_effort(f: Callable[..., Any]) -> Callable[..., Any]:
    """`jax.jit` with no optimisation: the same function, rounded by the same operations."""
    return jax.jit(f, compiler_options=_known_options())


@functools.cache
def _known_options() -> dict[str, Any]:
    """Those of the options that the installed XLA has: it refuses what it does not know."""
    return {name: value for name, value in _OPTIONS.items() if _is_known(name, value)}


def _is_known(name: str, value: Any) -> bool:
    try:
        jax.jit(lambda: 0, compiler_options={name: value}).lower().compile()
    except jax.errors.JaxRuntimeError:
        return False
    return True
