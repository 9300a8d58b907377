"""What a check found, and the verdict that follows from it."""

import dataclasses
import enum
import json
import math
from collections.abc import Sequence
from typing import Any


class Verdict(enum.StrEnum):
    """What is known of a function after a check; the better comes first."""

    OK = "ok"
    INCONCLUSIVE = "inconclusive"
    VACUOUS = "vacuous"
    NOT_EQUIVARIANT = "not equivariant"
    NON_FINITE = "non-finite"


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
    """

    name: str
    operands: str
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    certified: bool = True

    @property
    def verdict(self) -> Verdict:
        """The worst of the findings; inconclusive if there are none."""
        order = list(Verdict)
        return max((f.verdict for f in self.findings), key=order.index, default=Verdict.INCONCLUSIVE)

    @property
    def ok(self) -> bool:
        """Whether the function may be trusted: every law held, and could have failed."""
        return self.verdict is Verdict.OK

    @property
    def worst(self) -> Finding | None:
        """The finding that decides the verdict; of several, that which is simplest to understand: the first."""
        return next((f for f in self.findings if f.verdict is self.verdict), None)

    def __str__(self) -> str:
        lines = [_headline(self), f"  {self.operands}"]
        if not self.ok and self.worst is not None:
            lines += [f"  {line}" for line in self.worst.witness]
        lines += [f"  {finding}" for finding in self.findings]
        lines += [f"  note: {note}" for note in self.notes]
        return "\n".join(lines)

    def to_json(self) -> str:
        """The report as JSON: the verdict, whether it is ok, and all fields; an error that is infinite is null."""
        fields: dict[str, Any] = {"verdict": str(self.verdict), "ok": self.ok} | dataclasses.asdict(self)
        for finding in fields["findings"]:
            finding |= {name: x if math.isfinite(x := finding[name]) else None for name in ("error", "bound")}
        return json.dumps(fields, indent=2, allow_nan=False)


def _headline(report: Report) -> str:
    if report.verdict is Verdict.OK:
        return f"{report.name}: ok" if report.certified else f"{report.name}: ok (tested, not certified)"
    law = "" if report.worst is None else f" ({report.worst.law}; {report.worst.mode})"
    return f"{report.name} is {report.verdict}{law}."


def worst_of(law: str, findings: Sequence[Finding]) -> Finding:
    """One finding for several parts of a law: that of the part with the worst verdict, and all that was tried."""
    order = list(Verdict)
    worst = max(findings, key=lambda f: (order.index(f.verdict), f.error))
    return dataclasses.replace(worst, law=law, tried=sum(f.tried for f in findings))
