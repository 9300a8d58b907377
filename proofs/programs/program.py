"""What a program of the table is, and how it is judged."""

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from eqlib.testing import check, prove
from eqlib.testing.exact.proof import Decision
from eqlib.testing.report import Report

PROVED, CHECKED_EXACTLY = Decision.PROVED, Decision.CHECKED_EXACTLY
DERIVED, ESTIMATED = "derived", "estimated"


@dataclass(frozen=True)
class Program:
    """A function that runs some public ops, what it takes, and the verdicts that it must have.

    covers   the public names that it runs: one, or a tuple of them
    fn       the function, layer or module
    cases    what it takes, as `in_` of `eqlib.testing.prove`, which tries each of them
    out      what it returns, if these are plain arrays
    exact    the decision of each proof; None where the program has no exact meaning
    bound    whether the bounds of its check are derived from the program, or estimated; None if it is not checked
    checked  what it takes in the check, if not the first of `cases`: small, for a check compiles two dozen programs
    label    tells the programs of one op apart
    options  further arguments of both calls
    check    further arguments of the check
    """

    covers: str | tuple[str, ...]
    fn: Any
    cases: tuple[Any, ...]
    out: Any = None
    exact: Decision | None = CHECKED_EXACTLY
    bound: str | None = DERIVED
    checked: Any = None
    label: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    check: Mapping[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The public names that it runs."""
        return (self.covers,) if isinstance(self.covers, str) else self.covers

    @property
    def title(self) -> str:
        """The first of its names, and its label."""
        more = f" and {len(self.names) - 1} more" if len(self.names) > 1 else ""
        return f"{self.names[0]}{more}{f' ({self.label})' if self.label else ''}"


@dataclass(frozen=True)
class ByTheoremAlone:
    """Public functions that take nothing on which the group acts: what is claimed of them is a theorem."""

    covers: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What became of a program.

    irreps  what it took in each proof; for which the words of `exact` hold
    miss    the greatest probability that a wrong program passes a proof
    dtypes  in which it was checked, with the worst error in units of its bound
    gap     why it is not as the table says; nothing if it is
    """

    program: str
    covers: tuple[str, ...]
    exact: str
    irreps: tuple[str, ...]
    miss: float
    bound: str
    checked: str
    dtypes: dict[str, float]
    seconds: float
    gap: str

    @property
    def ok(self) -> bool:
        """Whether it has the verdicts that the table says."""
        return not self.gap


def judge(one: Program) -> Outcome:
    """Proves a program for each of its cases, and checks it. To be better than the table says is a gap too."""
    start = time.process_time()
    found: dict[str, Any] = {"irreps": (), "miss": 0.0, "checked": "", "dtypes": {}}
    try:
        gaps = [*_prove(one, found), *_check(one, found)]
    except Exception as error:  # the program is not trusted: it may also crash
        gaps = [f"{type(error).__name__}: {error}"]
    seconds, exact = round(time.process_time() - start, 2), str(one.exact or "")
    return Outcome(one.title, one.names, exact, bound=one.bound or "", seconds=seconds, gap="\n".join(gaps), **found)


def _prove(one: Program, found: dict[str, Any]) -> Iterator[str]:
    for case in one.cases if one.exact is not None else ():
        proof = prove(one.fn, case, one.out, name=one.title, **one.options)
        found["irreps"] += (_operands(proof.operands),)
        found["miss"] = max(found["miss"], proof.miss)
        if proof.verdict is not one.exact:
            yield f"{proof.verdict} and not {one.exact}: {proof}"


def _check(one: Program, found: dict[str, Any]) -> Iterator[str]:
    if one.bound is None:
        return
    taken = one.cases[0] if one.checked is None else one.checked
    options: Any = {"profile": "quick", **one.options, **one.check}
    report = check(one.fn, taken, one.out, name=one.title, **options)
    found |= {"checked": _operands(report.operands), "dtypes": _worst(report)}
    yield from _gaps(one, report)


def _gaps(one: Program, report: Report) -> list[str]:
    if not report.ok:
        return [str(report)]
    found = DERIVED if report.certified else ESTIMATED
    return [] if found == one.bound else [f"the bounds are {found} and not {one.bound}: {report}"]


def _worst(report: Report) -> dict[str, float]:
    """The greatest error in units of its bound, for each dtype."""
    found: dict[str, float] = {}
    for finding in report.findings:
        found[finding.mode] = max(found.get(finding.mode, 0.0), finding.error)
    return found


def _operands(words: str) -> str:
    """What goes in, in the words of a report."""
    return re.sub(r"^in: |; out: .*", "", words)
