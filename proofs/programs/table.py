"""All programs, and what is known of each public name: in the certificate, and in the table of the README."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import eqlib
from proofs.certificate import THEOREMS, Verdict
from proofs.programs import layers, models, ops, radial, rotations
from proofs.programs.program import Outcome, Program

PROGRAMS = (*ops.PROGRAMS, *radial.PROGRAMS, *rotations.PROGRAMS, *layers.PROGRAMS, *models.PROGRAMS)
WITHOUT_PROGRAM = rotations.WITHOUT_PROGRAM
NAMES = tuple(dict.fromkeys([*(name for one in PROGRAMS for name in one.names), *WITHOUT_PROGRAM.covers]))

README = Path(__file__).resolve().parents[2] / "README.md"
BEGIN, END = "<!-- verdicts: made by `python -m proofs --readme` -->\n", "<!-- end of verdicts -->\n"


def covering(name: str, theorems: Iterable[Any]) -> list[Any]:
    """Of some theorems or verdicts, those about a public name."""
    return [one for one in theorems if name in {cover.rpartition(".")[2] for cover in one.covers}]


def known(name: str, verdicts: Sequence[Verdict], outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """All that a run found of a public name."""
    mine = [one for one in outcomes if name in one.covers]
    return {
        "theorems": {v.theorem: v.range for v in covering(name, verdicts) if v.proved},
        "exactly": {irreps: one.exact for one in mine if one.ok for irreps in one.irreps},
        "to a bound": [
            {"operands": one.checked, "bounds": one.bound, "worst error": one.dtypes}
            for one in mine
            if one.ok and one.bound
        ],
    }


def certificate(verdicts: Sequence[Verdict], outcomes: Sequence[Outcome]) -> str:
    """A line for each public name: theorems, for which l; decisions, for which irreps; errors in units of bounds."""
    lines = [f"{'public name':38} theorems; program on exact numbers; in floating point, worst error of its bound"]
    for name in NAMES:
        found = known(name, verdicts, outcomes)
        theorems = ", ".join(f"{theorem} ({reach})" for theorem, reach in found["theorems"].items())
        decisions: dict[str, list[str]] = {}
        for irreps, decision in found["exactly"].items():
            decisions.setdefault(decision, []).append(irreps)
        exactly = "; ".join(f"{decision}: {' | '.join(irreps)}" for decision, irreps in decisions.items())
        errors: dict[str, float] = {}
        for one in found["to a bound"]:
            for dtype, error in one["worst error"].items():
                errors[dtype] = max(errors.get(dtype, 0.0), error)
        kinds = sorted({one["bounds"] for one in found["to a bound"]})
        bounds = ", ".join(f"{dtype} {error:.2g}" for dtype, error in errors.items())
        parts = [theorems, exactly, f"{' and '.join(kinds)} bounds: {bounds}" if kinds else ""]
        lines.append(f"{name:38} {'; '.join(filter(None, parts)) or 'NOTHING IS KNOWN'}")
    for one in outcomes:
        if not one.ok:
            lines += [f"FAILED {one.program}", *(f"  {line}" for line in one.gap.splitlines())]
    passed, seconds = sum(one.ok for one in outcomes), sum(one.seconds for one in outcomes)
    return "\n".join([*lines, "", f"{passed} of {len(outcomes)} programs have their verdicts, in {seconds:.0f} s"])


def unknown(outcomes: Sequence[Outcome]) -> list[str]:
    """Public names of which neither a program nor a theorem says anything."""
    run = {name for one in outcomes if one.ok for name in one.covers}
    return [name for name in NAMES if name not in run and not covering(name, THEOREMS.values())]


def readme_table() -> str:
    """One line for each family of public names, from what is pinned here and proved in `proofs`."""
    rows: dict[str, list[str]] = {}
    for name in NAMES:
        rows.setdefault(_family(name), []).append(name)
    lines = ["| | theorems | program, on exact numbers | in floating point |", "|---|---|---|---|"]
    for family, names in rows.items():
        theorems = {claim.name for name in names for claim in covering(name, THEOREMS.values())}
        programs = [one for one in PROGRAMS if set(names) & set(one.names)]
        size = f" ({len(names)} functions)" if len(names) > 1 and "of" not in family.split() else ""
        lines.append(
            f"| {family}{size} | {len(theorems) or '–'} | {_exactly(programs, names)} | {_in_bounds(programs, names)} |"
        )
    return "\n".join(lines) + "\n"


def _family(name: str) -> str:
    """The file of an op, the package of rotations, the frameworks, or the name itself."""
    first, is_inside, _ = name.partition(".")
    if is_inside:
        return "layers of flax, nnx, equinox, haiku" if first in ("flax", "nnx", "equinox", "haiku") else f"`{name}`"
    package, stem = getattr(eqlib, name).__module__.split(".")[1:3]
    return f"`{dict(ops=stem, rotation=package).get(package, name)}`"


def _exactly(programs: Sequence[Program], names: Sequence[str]) -> str:
    """The decision, or each with the programs that have it."""
    labels: dict[str, list[str]] = {}
    for one in programs:
        label = one.label or (", ".join(one.names) if len(names) > 1 else "")
        labels.setdefault(str(one.exact or "not decided"), []).append(label)
    if len(labels) < 2:
        return "".join(labels)
    return "; ".join(f"{decision}{_of(found)}" for decision, found in labels.items())


def _of(labels: Sequence[str]) -> str:
    told = [label for label in labels if label]
    return f" ({', '.join(told)})" if len(told) == len(labels) else ""


def _in_bounds(programs: Sequence[Program], names: Sequence[str]) -> str:
    """How the programs are held to bounds, and how many of the names are in none that is."""
    kinds = dict.fromkeys(one.bound for one in programs if one.bound)
    if not kinds:
        return "–"
    left = set(names) - {name for one in programs if one.bound for name in one.names}
    return f"to {' and '.join(kinds)} bounds{f', but for {len(left)}' if left else ''}"


def in_readme(text: str) -> str:
    """The part of a README between the marks."""
    return text.partition(BEGIN)[2].partition(END)[0]


def write_readme(path: Path = README) -> None:
    """Puts the table between the marks.

    Raises: ValueError if the file has no marks.
    """
    text = path.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        raise ValueError(f"{path.name} has no place for the table.\n  Write {BEGIN!r} and {END!r} where it is to be.")
    before, _, rest = text.partition(BEGIN)
    path.write_text(before + BEGIN + readme_table() + END + rest.partition(END)[2], encoding="utf-8")
