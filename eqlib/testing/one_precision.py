"""Functions that run in one precision alone, since some dtype in them is fixed: nothing is decided, and here is why."""

from typing import Any

import jax
import numpy as np

from eqlib.testing.arithmetic import double_precision
from eqlib.testing.program import Program, program
from eqlib.testing.report import Finding, Verdict
from eqlib.testing.symmetries import Runner
from eqlib.testing.targets import line_in_user_code


def in_single_precision(fn: Any, in_: Any, out: Any, **options: Any) -> tuple[Program, Exception] | None:
    """The program of a function that raises in float64, with what it raises there; None if it raises in float32 too."""
    try:
        with jax.enable_x64(False):
            made = program(fn, in_, out, **options)
    except Exception:
        return None
    try:  # given fields in the way that works, the error is that of the dtype and not of another way
        with double_precision():
            program(fn, in_, out, **options | {"as_plain_arrays": not made.wrapped})
    except Exception as error:
        return made, error
    return None


def raised(runner: Runner) -> Exception | None:
    """What a program that JAX traced in float64 raises in the precision of the runner; None if it runs there."""
    try:
        if runner.program.traced:
            runner.program.traced_in(runner.dtype)
    except Exception as error:  # a function may refuse a dtype by whatever it likes
        return error
    return None


def why_undecided(error: Exception, dtype: Any) -> tuple[str, ...]:
    """What a function raises in one precision, and what to write so that it runs in both."""
    at = line_in_user_code(error)
    what = f"{type(error).__name__}{f' at {at}' if at else ''}: {(str(error).splitlines() or [''])[0]}"
    here, there = ("float32", "float64") if np.dtype(dtype) == np.float64 else ("float64", np.dtype(dtype).name)
    return (
        f"in {there} it raises {what}",
        f"In {here} it runs: some dtype is fixed. Write weights.astype(x.dtype), and x.dtype for a carry or constant.",
    )


def undecided(error: Exception, dtype: Any) -> Finding:
    """The finding that a function does not run in a precision."""
    return Finding("dtype", np.dtype(dtype).name, Verdict.INCONCLUSIVE, 0, witness=why_undecided(error, dtype))
