"""How much effort the compiler makes: of a check's own programs, and of those that are under test.

What the compiler makes of a program that is under test is under test too, so that it is compiled as its user compiles
it. The check's own programs run a few times, and are compiled in a third of the time or less. All are compiled in the
background: XLA holds no lock of Python, so that one program is traced while others are compiled.
"""

import functools
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jax

from eqlib.testing.settings import own_settings

# The bounds of a layer of PaiNN and of its gradient: 4.6 s of compilation by default, 1.2 s with these.
_LEAST: dict[str, Any] = {"xla_backend_optimization_level": 0, "xla_cpu_use_fusion_emitters": False}
_DEFAULT: dict[str, Any] = {"xla_backend_optimization_level": 3, "xla_cpu_use_fusion_emitters": True}


def jit_with_least_effort(f: Callable[..., Any]) -> Callable[..., Any]:
    """`jax.jit` with no optimisation: the same function, rounded by the same operations."""
    return jax.jit(f, compiler_options=_known(_LEAST))


def jit_with_default_effort(f: Callable[..., Any], **options: Any) -> Callable[..., Any]:
    """`jax.jit` with these options, as it is where XLA_FLAGS say nothing of effort; those of a test suite may."""
    return jax.jit(f, compiler_options=_known(_DEFAULT) | options)


def in_background(lowered: jax.stages.Lowered) -> Callable[..., Any]:
    """The function of these shapes alone, which begins to be compiled: the first call waits for that.

    A thread of its own, and no pool that lives on: a process that has threads must not be forked.
    """
    with_one = ThreadPoolExecutor(1, thread_name_prefix="compiler")
    compiled = with_one.submit(own_settings()(lowered.compile))  # a thread begins with the settings of the process
    with_one.shutdown(wait=False)
    return lambda *arrays: compiled.result()(*arrays)


def unless_refused(f: Callable[..., Any], *arrays: Any) -> tuple[Callable[..., Any] | None, str]:
    """The function with least effort, in the background; or None and the NotImplementedError that it raises if traced.

    It is traced to the end even so: of a trace that is given up, JAX 0.10 remembers which dtype each constant of NumPy
    had in it, and takes it for that of another trace, with other settings.
    """
    refusals: list[str] = []

    def complete(*xs: Any) -> Any:
        try:
            return f(*xs)
        except NotImplementedError as error:
            refusals.append(str(error))
            return []

    lowered = jit_with_least_effort(complete).lower(*arrays)
    return (None, refusals[0]) if refusals else (in_background(lowered), "")


def _known(options: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the options that the installed XLA has: it refuses what it does not know."""
    return {name: value for name, value in options.items() if _is_known(name)}


@functools.cache
def _is_known(name: str) -> bool:
    try:
        jax.jit(lambda: 0, compiler_options={name: _LEAST[name]}).lower().compile()
    except jax.errors.JaxRuntimeError:
        return False
    return True
