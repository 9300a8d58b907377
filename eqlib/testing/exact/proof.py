"""What an attempt at a proof came to."""

import dataclasses
import enum
import json
from typing import Any


class Decision(enum.StrEnum):
    """What is known of a function after an attempt to prove it; the better comes first."""

    PROVED = "proved"
    CHECKED_EXACTLY = "checked exactly"
    NOT_DECIDED = "not decided"
    VACUOUS = "vacuous"
    REFUTED = "refuted"


TRUSTED = (
    "the meaning of each primitive of JAX in real arithmetic, as eqlib.testing.exact states it; nothing is rounded",
    "that a floating-point constant stands for the root of a small fraction that it rounds, if there is one",
    "the exact Clebsch-Gordan tensors of eqlib.o3, and that a lowering computes its plan",
    "that what happens on a set of measure zero, such as at a vector that is zero, need not be looked at",
)


@dataclasses.dataclass(frozen=True)
class Proof:
    """What was found of a function.

    name      the function
    operands  what it takes and gives, in words
    verdict   proved: for all inputs, all weights and every element of the group, as an identity of polynomials;
              checked exactly: at random points of prime fields, where a wrong program passes with probability `miss`;
              refuted: some element breaks the law; vacuous: the output does not move with the inputs;
              not decided: an equation has no exact meaning here, or JAX cannot trace the function
    miss      that probability, 0 for a proof
    lines     the witness of a refutation, or why nothing was decided
    notes     what a reader should know beside the verdict
    """

    name: str
    operands: str
    verdict: Decision
    miss: float = 0.0
    lines: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the law holds: proved or checked exactly."""
        return self.verdict in (Decision.PROVED, Decision.CHECKED_EXACTLY)

    @property
    def trusted(self) -> tuple[str, ...]:
        """What the verdict rests on beside the checker."""
        return TRUSTED if self.ok else ()

    def __str__(self) -> str:
        how = f" (a wrong program passes with probability below {self.miss:.0e})" if self.miss else ""
        lines = [f"{self.name}: {self.verdict}{how}", f"  {self.operands}"]
        return "\n".join([*lines, *(f"  {line}" for line in self.lines), *(f"  note: {note}" for note in self.notes)])

    def to_json(self) -> str:
        """The verdict, whether it is ok, all fields, and what it rests on."""
        fields: dict[str, Any] = {"ok": self.ok} | dataclasses.asdict(self) | {"trusted": self.trusted}
        return json.dumps(fields, indent=2)
