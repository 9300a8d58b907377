"""A row of the kill matrix: a planted fault, or a function that is right, and what the checkers say of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from eqlib.testing.checking import check
from eqlib.testing.exact.proof import Decision
from eqlib.testing.proving import prove
from eqlib.testing.report import Verdict

# What each checker says that was tried: whether it refuses.
Refusals = dict[str, bool]

PROVE = "prove"
# The laws of `check`, in the order in which they are tried. A permutation of nodes and one of edges share a column.
CHECK_LAWS = (
    "repetition",
    "motion",
    "inversion",
    "rotation",
    "improper rotation",
    "translation",
    "permutation",
    "signs",
    "precision ladder",
    "finite gradient",
    "derivative",
    "gradient",
    "batch",
    "precision",
)


@dataclass(frozen=True)
class Row:
    """One row.

    group     the heading under which it stands
    name      what is wrong, or right, in a few words
    refusals  runs the checkers that apply; with an argument, only those of these names
    named     the checkers of which one must find the fault; any may, if there are none
    right     whether nothing is wrong, and no checker may refuse
    """

    group: str
    name: str
    refusals: Callable[[], Refusals]
    named: tuple[str, ...] = ()
    right: bool = False


def column(law: str) -> str:
    """The column of a law of `check`."""
    return f"check: {law.split(' of ')[0]}"


def by_check(fn: Any, in_: Any, out: Any, **options: Any) -> Refusals:
    """The laws of `check` that apply to a function, and whether each is broken, or not decided."""
    refusals: Refusals = {}
    for finding in check(fn, in_, out, **options).findings:
        refusals[column(finding.law)] = refusals.get(column(finding.law), False) or finding.verdict is not Verdict.OK
    return refusals


def by_proof(fn: Any, in_: Any, out: Any = None, **options: Any) -> Refusals:
    """Whether `prove` refutes a function; nothing, where it can't be traced or is not decided."""
    try:
        verdict = prove(fn, in_, out, **options).verdict
    except Exception:  # a function that JAX cannot trace, or a fault that its own code refuses
        return {}
    return {} if verdict is Decision.NOT_DECIDED else {PROVE: verdict in (Decision.REFUTED, Decision.VACUOUS)}
