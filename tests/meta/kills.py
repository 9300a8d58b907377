"""Whether a law finds a fault of an op, and a theorem one of what is proved."""

from collections.abc import Callable

from eqlib.testing.conformance import LAWS
from eqlib.testing.judgement import LawBroken
from eqlib.testing.subject import Subject
from tests.meta.faults.proofs import ProofFault

BY_NAME = {law.__name__: law for law in LAWS}


def kills(law: Callable[[Subject], None], subject: Subject) -> bool:
    """Whether a law is broken by a subject. An error that is no verdict of the law is no kill."""
    try:
        law(subject)
    except LawBroken:
        return True
    except Exception:  # a fault may make an op crash under a law that says nothing about it
        return False
    return False


def refutes(claim: str, fault: ProofFault) -> bool:
    """Whether a theorem is refuted by a fault: with a counterexample, not by a crash."""
    verdict = fault.verdict(claim)
    return not verdict.proved and "Error:" not in verdict.counterexample
