"""A program of which nothing is narrow: each floating-point number is one of float64, whatever dtype it is given.

What breaks a law there is no matter of digits. A constant of fewer digits is the root of the small fraction that it
rounds, if there is one, as `eqlib.testing.exact.constants` reads it.
"""

import dataclasses
import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.testing import batches, gradients
from eqlib.testing.arithmetic import double_precision
from eqlib.testing.calling import is_callback
from eqlib.testing.exact.constants import Reading
from eqlib.testing.loops import called
from eqlib.testing.program import Program
from eqlib.testing.report import Verdict
from eqlib.testing.rerun import Rerun
from eqlib.testing.symmetries import Case, Runner

# Tables of eqlib have fewer numbers; of weights, it matters little which ones they are.
_MOST_READ = 4096


def widened(program: Program) -> Program:
    """The same function, and the same backward pass, without anything that is narrow."""

    def run(fn: Callable[..., Any], arrays: Sequence[Any]) -> list[Any]:
        return _Widened().run(jax.make_jaxpr(fn)(*arrays), arrays, None)[0]

    @functools.partial(jax.jit, static_argnums=0)
    def pulled_back(numbers: tuple[int, ...], cotangents: Any, arrays: Any) -> list[Any]:
        def both(*xs: Any) -> list[Any]:  # the cotangents are given, so that they are not rounded, either
            given, at = xs[: len(cotangents)], xs[len(cotangents) :]
            return gradients.results_and_pullback(program.call, numbers, given, at)

        return run(both, [*cotangents, *arrays])

    def backward(numbers: Sequence[int], cotangents: Any, arrays: Any) -> list[Any]:
        return pulled_back(tuple(numbers), cotangents, arrays)

    return dataclasses.replace(program, call=lambda *arrays: run(program.call, arrays), backward=backward)


def breaks_widened(program: Program, law: str, cases: Sequence[Case], seed: int) -> bool | None:
    """Whether a law is broken though nothing is narrow: in one of the cases, or by the backward pass.

    None where that cannot be told: an operation may want the dtype that it was traced with.
    """
    if not program.traced:
        return None
    wide = widened(program)
    try:
        with double_precision():
            if law in ("gradient", "derivative"):
                found, _ = gradients.findings(gradients.begun(wide, seed))
                if not found:
                    return None
                return any(f.law == law and f.verdict is Verdict.NOT_EQUIVARIANT for f in found)
            runner = Runner(wide, np.float64)
            if law == "batch":
                found, _ = batches.findings(runner, seed, unjitted=False)
                return any(f.verdict is Verdict.NOT_EQUIVARIANT for f in found) if found else None
            if not cases:
                return None
            compared = (runner.compare(case.element, case.inputs, runner.cast(case.arrays)) for case in cases)
            return any(case.is_finite and case.error > 1 for case in compared)
    except Exception:
        return None


class _Widened(Rerun):
    def constant(self, value: Any) -> Any:
        if not _is_narrow(jnp.result_type(value)):
            return value
        numbers = np.asarray(value)
        if numbers.size > _MOST_READ or not np.isfinite(numbers.astype(np.float64)).all():
            return jnp.asarray(numbers, np.float64)
        exact = [float(number.factor) * math.sqrt(number.root) for number in Reading().array(numbers)]
        return jnp.asarray(np.reshape(exact, numbers.shape))

    def enters(self, eqn: Any) -> bool:
        return next(called(eqn.params), None) is not None

    def plain(self, eqn: Any, given: Sequence[Any]) -> Sequence[Any]:
        if is_callback(eqn.primitive):
            raise NotImplementedError("what a function of the host rounds")
        if eqn.primitive.name == "reduce_precision":
            return given
        params = {name: np.dtype(np.float64) if _is_narrow(value) else value for name, value in eqn.params.items()}
        if "precision" in params and eqn.primitive.name in ("dot_general", "conv_general_dilated"):
            params["precision"] = None
        results = eqn.primitive.bind(*given, **params)
        return results if eqn.primitive.multiple_results else [results]


def _is_narrow(dtype: Any) -> bool:
    """Whether it is a floating dtype of fewer digits than float64."""
    if not isinstance(dtype, np.dtype | type):
        return False
    return jnp.issubdtype(dtype, jnp.floating) and jnp.finfo(dtype).bits < 64
