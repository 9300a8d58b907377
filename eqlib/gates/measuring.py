"""The cases of a project, measured."""

from collections.abc import Sequence
from dataclasses import dataclass

from eqlib.gates.case import Case
from eqlib.gates.figures import Figures, measure
from eqlib.gates.passes import passed
from eqlib.testing.targets import Unusable, line_in_user_code


@dataclass(frozen=True)
class Measured:
    """What cases cost, the CPU seconds that each took to compile, and why some could not be measured."""

    record: dict[str, dict[str, int]]
    compile_cpu_seconds: dict[str, float]
    errors: list[Unusable]


def chosen(cases: Sequence[Case], beginnings: Sequence[str]) -> list[Case]:
    """The cases whose name begins with one of these, or all if there are none.

    Raises: Unusable if no name begins so.
    """
    for beginning in beginnings:
        if not any(case.name.startswith(beginning) for case in cases):
            names = ", ".join(case.name for case in cases)
            raise Unusable(f'no case begins with "{beginning}".\n  There are {names}.')
    return [case for case in cases if not beginnings or case.name.startswith(tuple(beginnings))]


def measure_cases(cases: Sequence[Case]) -> Measured:
    """Every pass of every case, compiled; one that raises does not hide the others."""
    measured = Measured({}, {}, [])
    for case in cases:
        for name, kind in case.programs.items():
            try:
                figures = measure_pass(case, kind)
            except Exception as error:
                at = line_in_user_code(error)
                why = f"{type(error).__name__}{f' at {at}' * bool(at)}: {error}"
                measured.errors.append(Unusable(f"{name} cannot be measured: {why}"))
            else:
                measured.record[name] = figures.deterministic()
                measured.compile_cpu_seconds[name] = figures.compile_cpu_seconds
    return measured


def measure_pass(case: Case, kind: str) -> Figures:
    """What one pass of a case costs."""
    function, inputs = passed(case.function, case.inputs, kind)
    return measure(function, *inputs)
