"""What is wrong with a function that breaks a law: the kind of fault, what it spoils, and where it is made."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import jax
import numpy as np

from eqlib.testing.backward_fault import NOT_DERIVED, derivative_by_hand, gradient_that_is_not_finite
from eqlib.testing.batch_fault import first_that_sees_others
from eqlib.testing.bounds import in_bounds
from eqlib.testing.elements import Element
from eqlib.testing.exact.constants import Reading
from eqlib.testing.exact.diagnosis import exact_fault
from eqlib.testing.exact.domain import Undecided
from eqlib.testing.exact.traced import Traced
from eqlib.testing.first_fault import LINEAR
from eqlib.testing.operands import Field
from eqlib.testing.program import Program
from eqlib.testing.report import Diagnosis, Finding, Report, Verdict, gravest
from eqlib.testing.shrinking import Shrinker, copies, is_broken
from eqlib.testing.symmetries import Case, Runner
from eqlib.testing.walk import fault_in_floats, first_non_finite
from eqlib.testing.witness import witness

# Turns about one axis, either way, by a quarter and by less.
_TURNS = {
    axis: tuple((w, *(sign * (n == k) for k in range(3))) for w in (1, 3) for sign in (1, -1))
    for n, axis in enumerate("xyz")
}
_WORDS = {
    "inversion": "parity",
    "improper rotation": "reflection",
    "signs": "reflection",
    "batch": "batch dependence",
}
_LADDER = "precision ladder"
# On longer axes, exact numbers tell nothing: there are too few samples.
_WIDE = 16
_BACKWARDS = ("finite gradient", "derivative", "gradient")


class Suspect(NamedTuple):
    """A law that was broken: in which precision, the case that was met first, and all cases that were tried."""

    runner: Runner
    case: Case
    cases: Sequence[Case]

    @property
    def broken(self) -> list[Case]:
        """Those in which the law is broken in the same way."""
        return [case for case in self.cases if is_broken(case, self.case.is_finite)]


def diagnosed(
    findings: Sequence[Finding], program: Program, suspects: dict[str, Suspect], replayed: Callable[[Runner, Case], str]
) -> tuple[list[Finding], Diagnosis | None]:
    """The findings, of which the worst has the smallest case for its witness, and what is wrong; None if nothing is.

    suspects   the cases of the laws that are broken, by law
    replayed   the line of code that compares a case once more
    """
    worst = gravest(f.verdict for f in findings)
    if worst in (Verdict.OK, Verdict.INCONCLUSIVE):
        return list(findings), None
    n, finding = next((n, f) for n, f in enumerate(findings) if f.verdict is worst)
    suspect = suspects.get(finding.law)
    if suspect is None:
        return list(findings), Diagnosis(fault_of(findings, None), first=_first_of_another_law(program, finding.law))
    smallest = Shrinker(suspect.runner, suspect.case).smallest()
    shown = dataclasses.replace(finding, witness=witness(suspect.runner, smallest))
    turned = suspects.get("rotation", suspect)
    general = turned if worst is Verdict.NOT_EQUIVARIANT and turned.case.is_finite else suspect
    told = Diagnosis(
        fault_of(findings, general if general.case.element.kind in ("rotation", "improper rotation") else None),
        tuple(_failing(suspects, suspect.case.is_finite)),
        _first(general),
        replayed(suspect.runner, smallest),
    )
    return [*findings[:n], shown, *findings[n + 1 :]], told


def fault_of(findings: Sequence[Finding], turned: Suspect | None) -> str:
    """The kind of fault in a few words, from which laws are broken."""
    broken = [f.law for f in findings if f.verdict is Verdict.NOT_EQUIVARIANT]
    if "rotation" in broken:
        return f"rotation{_axes(turned)}"
    for law, word in _WORDS.items():
        if law in broken:
            return word
    others = [law for law in broken if law not in (_LADDER, *_BACKWARDS)]
    if others or _LADDER in broken:
        return next(iter(others), "precision")
    if any(f.verdict is Verdict.NON_FINITE and f.law not in _BACKWARDS for f in findings):
        return "non-finite"
    gradient = any(f.law in _BACKWARDS and f.verdict is not Verdict.OK for f in findings)
    return "gradient" if gradient else "vacuous"


def named_by_precision(report: Report) -> Report:
    """The report, whose fault is precision if digits are all that is lost, and is that of the other laws if not."""
    if report.diagnosis is None or report.worst is None:
        return report
    laws = {f.law for f in report.findings if f.verdict is not Verdict.OK}
    first = report.diagnosis.first
    if report.worst.law == "precision":
        # The witness names the operation that loses digits; a derivative by hand was suspected before it was found.
        fault, first = "precision", "" if first.endswith(NOT_DERIVED) else first
    elif "precision" in laws and "rotation" not in laws:
        fault = fault_of(report.findings, None)
    else:
        return report
    return dataclasses.replace(report, diagnosis=dataclasses.replace(report.diagnosis, fault=fault, first=first))


def _axes(turned: Suspect | None) -> str:
    """About which axes a rotation breaks the law, at the inputs at which some rotation does."""
    if turned is None:
        return ""
    at = list({case.inputs: case for case in turned.broken}.values())[:4]
    runner = turned.runner
    found = [
        axis
        for axis, turns in _TURNS.items()
        if any(is_broken(runner.compare(Element(q), case.inputs, case.arrays), True) for case in at for q in turns)
    ]
    return f" about {' and '.join(found)}" if 0 < len(found) < 3 else " about all axes" if found else ""


def _failing(suspects: dict[str, Suspect], finite: bool) -> Iterator[str]:
    """The irreps of each output that differ in some case, whichever law it breaks."""
    suspects = {law: one for law, one in suspects.items() if one.case.is_finite == finite}
    some = next(iter(suspects.values()))
    for k, (path, one) in enumerate(some.runner.program.outputs):
        wrong = {
            n
            for suspect in suspects.values()
            for case in suspect.broken
            for n, columns in enumerate(copies(one))
            if in_bounds(*(x[k][..., columns] for x in (case.got, case.want, case.bounds))) > 1
            or not (np.isfinite(case.got[k][..., columns]).all() and np.isfinite(case.want[k][..., columns]).all())
        }
        words, start = [], 0
        for mul, ir in one.irreps:
            count = len(wrong.intersection(range(start, start + mul)))
            start += mul
            if count:
                words.append(f"{mul}x{ir}" if count == mul else f"{count}x{ir} of {mul}x{ir}")
        if words:
            yield f"{path}{', '.join(words)}"


def _first(suspect: Suspect) -> str:
    """The first equation whose value goes wrong: in exact numbers if there are rules for all, else in floats.

    What float64 does not show, exact numbers would not: it is told in float32, and in no narrower dtype.
    """
    program, case = _program(suspect), suspect.case
    if not program.traced:
        return "not to be told: JAX cannot trace the function"
    if not case.is_finite:
        moved = suspect.runner.act(case.element, case.arrays)
        return first_non_finite(program.call, case.arrays) or first_non_finite(program.call, moved) or ""
    if suspect.runner.eps > np.finfo(np.float32).eps:
        return ""
    try:
        found = _in_exact_numbers(program, case.element) if suspect.runner.dtype == np.float64 else None
        return found or _in_floats(program, suspect) or ""
    except Exception as error:  # the program runs here one operation at a time, which it may refuse; it stays refuted
        return f"not to be told: one operation at a time, {type(error).__name__}: {str(error).partition(chr(10))[0]}"


def _first_of_another_law(program: Program, law: str) -> str:
    if not program.traced:
        return ""
    if law == "batch":
        return first_that_sees_others(program)
    if law == "finite gradient":
        return gradient_that_is_not_finite(program)
    return derivative_by_hand(program) if law in _BACKWARDS else ""


def _program(suspect: Suspect) -> Program:
    """The program with the labels and edges of the case, which may be others than were drawn first."""
    program = suspect.runner.program
    arrays = zip(program.operands, program.arrays, suspect.case.arrays, strict=True)
    return dataclasses.replace(program, arrays=tuple(x if isinstance(one, Field) else y for one, x, y in arrays))


def _in_exact_numbers(program: Program, element: Element) -> str | None:
    """None if there are no rules for all that the program does, or too few samples for its axes."""
    try:
        found = exact_fault(_traced(program), element, Reading())
    except Undecided:
        return None
    described = (*program.operands, *(one for _, one in program.outputs))
    is_wide = any(isinstance(one, Field) and one.irreps.dim > _WIDE for one in described)
    return None if found is not None and is_wide and found.startswith(LINEAR) else found


def _traced(program: Program) -> Traced:
    def call(_: Any, *arrays: Any) -> Any:
        return program.call(*arrays)

    return Traced(program, (), jax.make_jaxpr(call)([], *program.arrays), call)


def _in_floats(program: Program, suspect: Suspect) -> str | None:
    fields = [isinstance(one, Field) for one in program.operands]
    greatest = [np.max(np.abs(x), initial=0.0) for f, x in zip(fields, suspect.case.arrays, strict=True) if f]
    size = float(max(greatest, default=0.0)) or 1.0
    return fault_in_floats(program, suspect.case.element, size, suspect.runner.dtype)
