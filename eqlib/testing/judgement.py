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


def require_close(subject: Subject, what: str, got: Any, want: Any, ulps: float, **evidence: Any) -> None:
    """Raises LawBroken unless `got` is `want` within `ulps` roundings of the largest value of `want`.

    The bound is relative to the largest value because the terms of an equivariant sum mix all components of an irrep.
    """
    got, want = np.asarray(got), np.asarray(want)
    require(got.shape == want.shape, subject, what, **{"got shape": got.shape, "want shape": want.shape}, **evidence)
    require(np.all(np.isfinite(got)), subject, what, got=got, want=want, **evidence)
    if got.size:
        scale = max(np.max(np.abs(want)), np.finfo(want.dtype).tiny)
        worst = np.max(np.abs(got - want)) / scale / np.finfo(want.dtype).eps
        facts = {"worst": f"{worst:.3g} ulps; at most {ulps:g} are allowed", "got": got, "want": want}
        require(worst <= ulps, subject, what, **facts, **evidence)
