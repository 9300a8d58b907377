"""Theorems, their verdicts, and the certificate that lists them."""

import json
import platform
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

TRUSTED_BASE = (
    "Python's integers and fractions, this directory, and the mathematics named under `assumes`; "
    "NumPy only where a theorem says so. The code under proof is not trusted."
)


class ProofFailed(Exception):
    """A theorem does not hold; the message is its smallest counterexample."""


@dataclass(frozen=True)
class Theorem:
    """A claim for all degrees up to a bound, and the function that decides it."""

    name: str
    statement: str
    method: str
    covers: tuple[str, ...]  # the public functions that the claim is about
    counts: str  # what the number that `prove` returns counts
    assumes: str
    cap: int | None  # the greatest degree for which the method is affordable
    prove: Callable[[int], int]

    def reach(self, lmax: int) -> int:
        """Returns the degree up to which the theorem is proved when `lmax` is asked for."""
        return lmax if self.cap is None else min(lmax, self.cap)


@dataclass(frozen=True)
class Verdict:
    """One line of the certificate."""

    theorem: str
    statement: str
    method: str
    covers: tuple[str, ...]
    range: str
    cases: str
    seconds: float  # of one core
    proved: bool
    counterexample: str
    assumes: str


THEOREMS: dict[str, Theorem] = {}


def theorem(
    *,
    statement: str,
    method: str,
    covers: tuple[str, ...],
    counts: str,
    assumes: str = "",
    cap: int | None = None,
) -> Callable[[Callable[[int], int]], Callable[[int], int]]:
    """Registers a function of `lmax` that returns how many cases it proved, or raises `ProofFailed`.

    The function must visit its cases from small to large, so that a failure shows the smallest counterexample.
    """

    def register(prove: Callable[[int], int]) -> Callable[[int], int]:
        name = prove.__name__
        if name in THEOREMS:
            raise ValueError(f"there are two theorems named {name}: rename one")
        THEOREMS[name] = Theorem(name, statement, method, covers, counts, assumes, cap, prove)
        return prove

    return register


def decide(claim: Theorem, lmax: int) -> Verdict:
    """Runs one proof. A proof of no case at all is a failure: it says nothing."""
    reach, start, cases, counterexample = claim.reach(lmax), time.process_time(), 0, ""
    try:
        cases = claim.prove(reach)
        if cases <= 0:
            counterexample = "vacuous: no case was examined"
    except ProofFailed as failure:
        counterexample = str(failure)
    except Exception as error:  # the code under proof is not trusted: it may also crash
        counterexample = f"{type(error).__name__}: {error}"
    seconds = round(time.process_time() - start, 3)
    return Verdict(
        claim.name,
        claim.statement,
        claim.method,
        claim.covers,
        f"l <= {reach}",
        f"{cases} {claim.counts}",
        seconds,
        not counterexample,
        counterexample,
        claim.assumes,
    )


def table(verdicts: Iterable[Verdict]) -> str:
    """Formats the certificate for reading."""
    verdicts = list(verdicts)
    width = max(len(v.theorem) for v in verdicts)
    lines = [f"{'theorem':{width}}  {'range':8}  {'seconds':>7}  {'verdict':7}  cases; method"]
    for v in verdicts:
        mark = "proved" if v.proved else "FAILED"
        lines.append(f"{v.theorem:{width}}  {v.range:8}  {v.seconds:7.2f}  {mark:7}  {v.cases}; {v.method}")
        if not v.proved:
            lines += [f"{'':{width}}  claim: {v.statement}", f"{'':{width}}  counterexample: {v.counterexample}"]
    assumed = sorted({v.assumes for v in verdicts if v.assumes})
    lines += ["", f"trusted base: {TRUSTED_BASE}", *(f"  assumes: {text}" for text in assumed)]
    proved, seconds = sum(v.proved for v in verdicts), sum(v.seconds for v in verdicts)
    lines += ["", f"{proved} of {len(verdicts)} theorems proved in {seconds:.1f} s"]
    return "\n".join(lines)


def as_json(verdicts: Iterable[Verdict], programs: Iterable[Any] = (), names: Any = None) -> str:
    """The certificate for machines: theorems, programs, and what is known of each public name."""
    found = {
        "trusted_base": TRUSTED_BASE,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "theorems": [asdict(v) for v in verdicts],
        "programs": [asdict(one) for one in programs],
        "names": names or {},
    }
    return json.dumps(found, indent=2)
