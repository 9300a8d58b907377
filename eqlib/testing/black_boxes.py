"""Laws for a function that cannot be analysed, such as one that JAX cannot trace: it is tested, and not certified."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from eqlib.testing.arithmetic import double_precision
from eqlib.testing.bounds import ROUNDINGS, in_bounds
from eqlib.testing.elements import Element
from eqlib.testing.ladder import is_uneven, precision_ladder
from eqlib.testing.precision import Narrow
from eqlib.testing.program import Program
from eqlib.testing.report import Finding, Verdict
from eqlib.testing.retracing import STEADY, AnotherProgram, another_program, changes, retraced
from eqlib.testing.sampling import adversities
from eqlib.testing.signs import degree, signs
from eqlib.testing.symmetries import Runner
from eqlib.testing.witness import witness

_ON_THE_LADDER = ("as given", "random")
_FEW = 4
_LOSES_DIGITS = Narrow("a rounding to the digits of float32", "a line that JAX cannot see")


def repetition(runner: Runner) -> Finding | None:
    """A finding if a function gives other results for the same inputs, so that nothing can be compared."""
    if runner.program.traced and (where := _where_it_changes(runner)) is not None:
        return _unsteady(runner, np.inf, another_program(where)[0])
    x = runner.cast(runner.program.arrays)
    z, _, again = runner(x), runner(runner.cast(adversities(runner.program.operands, x, 1)["random"])), runner(x)
    allowed = [np.full_like(b, ROUNDINGS * runner.eps * np.max(np.abs(b), initial=0.0)) for b in z]
    error = max((in_bounds(a, b, c) for a, b, c in zip(again, z, allowed, strict=True)), default=0.0)
    if error <= 1:
        return None
    return _unsteady(
        runner, error, "the function returns other results for the same inputs, so that nothing can be compared."
    )


def consumed(program: Program) -> Finding | None:
    """A finding if a function that ran in float64 does not run so any more, and not for a dtype that it refuses."""
    with double_precision():
        where = changes(program)
    return None if where is None else _unsteady(Runner(program, np.float64), np.inf, another_program(where)[0])


def _where_it_changes(runner: Runner) -> str | None:
    """Where two traces differ, of which one is compiled while the function is traced for the other."""
    try:
        retraced(lambda: runner.program.traced_in(np.float64).jaxpr)
    except AnotherProgram as error:
        return str(error)
    runner.begin()
    return changes(runner.program)


def _unsteady(runner: Runner, error: float, why: str) -> Finding:
    return Finding("repetition", str(runner.dtype), Verdict.INCONCLUSIVE, 1, error, 0.0, (why, STEADY))


def findings(
    runner: Runner, inputs: Mapping[str, Sequence[Any]], laws: Mapping[str, Sequence[Element]]
) -> tuple[list[Finding], list[str], list[Narrow]]:
    """What exact elements and a second precision show of a function, notes, and whether it loses digits in float64.

    There is nothing to show of one whose bounds are derived.

    inputs   the inputs that are tried, by name
    laws     the elements that are tried, by their kind
    """
    if runner.bounds.missing is None:
        return [], [], []
    of_signs, notes = signs(runner, inputs, lambda case: witness(runner, case))
    notes += degree(runner)
    if runner.dtype != np.float64:
        return [of_signs], [*notes, f"there was no precision ladder: it computes in {runner.dtype} alone"], []
    narrow = Runner(runner.program, np.float32)
    if (refusal := refuses(narrow)) is not None:
        return [of_signs], [*notes, f"there was no precision ladder: {refusal}"], []
    some = [g for elements in laws.values() for g in elements[:_FEW]]
    given = [x for name, x in inputs.items() if name in _ON_THE_LADDER]
    of_precision, error, fall = precision_ladder(runner, narrow, given, some)
    loses = of_precision.verdict is not Verdict.OK and is_uneven(runner, given, error)
    return [of_signs, of_precision], [*notes, *fall], [_LOSES_DIGITS] * loses


def refuses(runner: Runner) -> str | None:
    """Why a function that is not traced does not take the dtype, in its own words; None if it does."""
    if runner.program.traced:
        return None
    try:
        runner(runner.cast(runner.program.arrays))
    except Exception as error:  # a foreign function may raise anything
        return f"{runner.dtype} raises {type(error).__name__}: {(str(error).splitlines() or [''])[0]}"
    return None


def accepted(made: Any, dtypes: Iterable[Any]) -> tuple[list[Any], list[str]]:
    """Those of the dtypes that a function takes, and a note for each that it does not."""
    refusals = {dtype: refuses(Runner(made, dtype)) for dtype in dtypes}
    return [d for d, why in refusals.items() if why is None], [f"not tried: {w}" for w in refusals.values() if w]
