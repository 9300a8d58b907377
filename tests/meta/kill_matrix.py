"""Which fault is found by which law."""

from collections.abc import Callable, Iterable
from typing import Any

from eqlib.testing.conformance import LAWS
from eqlib.testing.judgement import LawBroken
from eqlib.testing.subject import Subject
from tests.meta.faults import FAULTS

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


def matrix(faults: Iterable[Any] = FAULTS) -> str:
    """One row per fault, one column per law, in the order of the laws; # marks the law that must find it."""
    faults = list(faults)
    width = max(len(fault.name) for fault in faults)
    lines = [f"{n:2}  {name}" for n, name in enumerate(BY_NAME)]
    lines.append(" " * width + "".join(f" {n:2}" for n in range(len(BY_NAME))))
    for fault in faults:
        marks = [
            ("#" if name == fault.killer else "x") if kills(law, fault.subject) else "."
            for name, law in BY_NAME.items()
        ]
        lines.append(f"{fault.name:{width}}" + "".join(f"  {mark}" for mark in marks))
    return "\n".join(lines)
