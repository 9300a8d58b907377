"""Which fault is found by which law, and which by which theorem."""

from collections.abc import Callable, Iterable
from typing import Any

from eqlib.testing.conformance import LAWS
from eqlib.testing.judgement import LawBroken
from eqlib.testing.subject import Subject
from tests.meta.faults import FAULTS
from tests.meta.faults.proofs import PROOF_FAULTS, ProofFault

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


def matrix(faults: Iterable[Any] = FAULTS, named: bool = False) -> str:
    """One row per fault, one column per law, in the order of the laws; # marks the law that must find it."""
    return table(list(faults), list(BY_NAME), lambda name, fault: kills(BY_NAME[name], fault.subject), named)


def proof_matrix(faults: Iterable[ProofFault] = PROOF_FAULTS, named: bool = False) -> str:
    """One row per fault of what is proved, one column per theorem that must find one of them."""
    faults = list(faults)
    return table(faults, sorted({fault.killer for fault in faults}), refutes, named)


def table(faults: list[Any], names: list[str], finds: Callable[[str, Any], bool], named: bool) -> str:
    """The names, numbered, and the marks of each fault: a blank where only what is `named` for a fault is tried."""
    width = max(len(fault.name) for fault in faults)
    lines = [f"{n:2}  {name}" for n, name in enumerate(names)]
    lines.append(" " * width + "".join(f" {n:2}" for n in range(len(names))))
    for fault in faults:
        marks = [mark(name, fault, finds) if name == fault.killer or not named else " " for name in names]
        lines.append(f"{fault.name:{width}}" + "".join(f"  {mark}" for mark in marks).rstrip())
    return "\n".join(lines)


def mark(name: str, fault: Any, finds: Callable[[str, Any], bool]) -> str:
    """# where what is named for a fault finds it, x where something else does."""
    return ("#" if name == fault.killer else "x") if finds(name, fault) else "."
