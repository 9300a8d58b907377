"""What a check found, and the verdict that follows from it."""

import dataclasses
import enum
import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

# A line that reproduces a case is printed if it is not longer.
_LONGEST = 600


class Verdict(enum.StrEnum):
    """What is known of a function after a check; the better comes first."""

    OK = "ok"
    INCONCLUSIVE = "inconclusive"
    VACUOUS = "vacuous"
    NON_FINITE = "non-finite"
    NOT_EQUIVARIANT = "not equivariant"


def gravest(verdicts: Iterable[Verdict], default: Verdict = Verdict.OK) -> Verdict:
    """The worst of some verdicts; the default, if there are none."""
    return max(verdicts, key=list(Verdict).index, default=default)


@dataclasses.dataclass(frozen=True)
class Finding:
    """The outcome of one law, tried on many elements and inputs: its worst case.

    law       what was tried, such as "rotation", "translation", "batch", "gradient"
    mode      the dtype in which the function was run
    verdict   what this law says of the function
    tried     how many comparisons were made
    error     the greatest difference in units of its bound: above 1 the law is broken
    bound     the derived bound of that difference, relative to the size of the output; 0 if it is not one number
    witness   the case that shows a broken law, or why it is not decided, line by line; empty for a law that holds
    """

    law: str
    mode: str
    verdict: Verdict
    tried: int
    error: float = 0.0
    bound: float = 0.0
    witness: tuple[str, ...] = ()

    def __str__(self) -> str:
        words = f"{self.law:<22} {self.mode:<9} {self.verdict:<15} {self.tried:>4} tried"
        if not self.bound:
            return words
        return f"{words}, bound {self.bound:.1e}, worst error {self.error:.2g} of it"


@dataclasses.dataclass(frozen=True)
class Diagnosis:
    """What is wrong with a function that a check refuted.

    fault    the kind of fault in a few words, such as "parity", "rotation about x and y", "translation"
    outputs  the irreps of the outputs that fail in some case
    first    the first equation of the program whose value does not transform, with its source line, if it can be told
    replay   the line of code that compares the smallest case once more
    """

    fault: str
    outputs: tuple[str, ...] = ()
    first: str = ""
    replay: str = ""


class NotEquivariant(AssertionError):
    """A check that did not end with the verdict ok; `report` is what it found."""

    def __init__(self, report: "Report") -> None:
        super().__init__(str(report))
        self.report = report


@dataclasses.dataclass(frozen=True)
class Report:
    """What a check found.

    name       the function
    operands   what it takes and gives, in words
    findings   one for each law and mode
    notes      what a reader should know beside the verdict
    certified  whether bounds were derived from the program itself; a function that cannot be traced is only tested
    diagnosis  what is wrong, if it was refuted or is vacuous
    """

    name: str
    operands: str
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    certified: bool = True
    diagnosis: Diagnosis | None = None

    @property
    def summary(self) -> str:
        """The laws that were tried, and whether each is ok or broken, in a line."""
        verdicts: dict[str, set[Verdict]] = {}
        for f in self.findings:
            verdicts.setdefault(f.law, set()).add(f.verdict)
        return ", ".join(f"{law} {_in_a_word(found)}" for law, found in verdicts.items())

    @property
    def verdict(self) -> Verdict:
        """The worst of the findings; inconclusive if there are none."""
        return gravest((f.verdict for f in self.findings), Verdict.INCONCLUSIVE)

    @property
    def ok(self) -> bool:
        """Whether the function may be trusted: every law held, and could have failed."""
        return self.verdict is Verdict.OK

    @property
    def worst(self) -> Finding | None:
        """The finding that decides the verdict; of several, the first that is no matter of digits, else the first."""
        decisive = [f for f in self.findings if f.verdict is self.verdict]
        return next((f for f in decisive if f.law != "precision"), decisive[0] if decisive else None)

    def __str__(self) -> str:
        lines = [_headline(self), f"  {self.operands}"]
        if self.diagnosis is not None:
            lines += [f"  fault:  {self.diagnosis.fault}", f"  laws:   {self.summary}"]
            lines += [f"  fails:  {'; '.join(self.diagnosis.outputs)}"] if self.diagnosis.outputs else []
            lines += [f"  first:  {self.diagnosis.first}"] if self.diagnosis.first else []
        if not self.ok and self.worst is not None:
            lines += [f"  {line}" for line in self.worst.witness]
        if self.diagnosis is not None and self.diagnosis.replay:
            is_short = len(self.diagnosis.replay) <= _LONGEST
            lines.append(f"  replay: {self.diagnosis.replay if is_short else 'the line is report.diagnosis.replay'}")
        lines += [f"  {finding}" for finding in self.findings]
        lines += [f"  note: {note}" for note in self.notes]
        return "\n".join(lines)

    def to_json(self) -> str:
        """The report as JSON: the verdict, whether it is ok, and all fields; an error that is infinite is null."""
        fields: dict[str, Any] = {"verdict": str(self.verdict), "ok": self.ok} | dataclasses.asdict(self)
        for finding in fields["findings"]:
            finding |= {name: x if math.isfinite(x := finding[name]) else None for name in ("error", "bound")}
        return json.dumps(fields, indent=2, allow_nan=False)


def _in_a_word(verdicts: set[Verdict]) -> str:
    if verdicts & {Verdict.NOT_EQUIVARIANT, Verdict.NON_FINITE}:
        return "broken"
    return str(gravest(verdicts))


def _headline(report: Report) -> str:
    if report.verdict is Verdict.OK:
        return f"{report.name}: ok" if report.certified else f"{report.name}: ok (tested, not certified)"
    law = "" if report.worst is None else f" ({report.worst.law}; {report.worst.mode})"
    first = report.diagnosis.first if report.verdict is Verdict.NON_FINITE and report.diagnosis else ""
    return f"{report.name} is {report.verdict}{law}{f': {first}' if ' overflows ' in first else ''}."


def worst_of(law: str, findings: Sequence[Finding]) -> Finding:
    """One finding for several parts of a law: that of the part with the worst verdict, and all that was tried."""
    order = list(Verdict)
    worst = max(findings, key=lambda f: (order.index(f.verdict), f.error))
    return dataclasses.replace(worst, law=law, tried=sum(f.tried for f in findings))
