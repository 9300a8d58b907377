"""How a law speaks when it is broken: the op, the operands, and the evidence."""

from typing import Any

import numpy as np

from eqlib.testing.subject import Subject


class LawBroken(AssertionError):
    """An op does not do what it promises; the message has the case that shows it."""


def require(holds: Any, subject: Subject, what: str, **evidence: Any) -> None:
    """Raises LawBroken with the evidence unless the claim holds."""
    if not bool(holds):
        facts = [f"  {name}: {value}" for name, value in evidence.items()]
        raise LawBroken("\n".join([f"{subject} {what}.", f"  in: {' , '.join(subject.operands)}", *facts]))


def require_within(bound: Any, subject: Subject, what: str, got: Any, want: Any, **evidence: Any) -> None:
    """Raises LawBroken unless each entry of `got` is that of `want` within the bound derived for it.

    A bound that is not finite allows nothing.
    """
    got, want = np.asarray(got), np.asarray(want)
    require(got.shape == want.shape, subject, what, **{"got shape": got.shape, "want shape": want.shape}, **evidence)
    require(np.all(np.isfinite(got)), subject, what, got=got, want=want, **evidence)
    error, allowed = np.abs(got - want), np.broadcast_to(bound, got.shape)
    within = (error <= allowed) & np.isfinite(allowed)
    if not within.all():
        worst = np.unravel_index(np.argmax(error - np.where(within, np.inf, allowed * np.isfinite(allowed))), got.shape)
        facts = {"entry": tuple(map(int, worst)), "error": error[worst], "allowed": allowed[worst]}
        require(False, subject, what, **facts, got=got, want=want, **evidence)
