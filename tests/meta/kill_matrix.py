"""The kill matrix as text, and as it is read back."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tests.meta.row import Refusals, Row
from tests.meta.rows import COLUMNS, ROWS

RECORD = Path(__file__).with_name("KILL_MATRIX.txt")
HEAD = """Which checker finds which planted fault. `python -m tests.meta --write` writes this file.

#  finds it, and one with this mark must     x  finds it, too     .  does not
   nothing: does not apply, or is not tried  only: no other checker finds it

"""
Results = Mapping[Row, Refusals]
Key = tuple[str, str]


def text(results: Results) -> str:
    """The legend, one line for each row in its group, and the score."""
    width = 2 + max(len(row.name) for row in results)
    lines = [f"{n:2}  {name}" for n, name in enumerate(COLUMNS)]
    lines += ["", " " * width + "".join(f" {n:2}" for n in range(len(COLUMNS)))]
    group = ""
    for row, refusals in results.items():
        if row.group != group:
            lines += ["", row.group]
            group = row.group
        marks = "".join(f"  {mark(name, row, refusals)}" for name in COLUMNS)
        lines.append(f"  {row.name:{width - 2}}{marks}".rstrip() + ("  only" if alone(row, refusals) else ""))
    return HEAD + "\n".join([*lines, "", *score(results)]) + "\n"


def mark(name: str, row: Row, refusals: Refusals) -> str:
    """One entry."""
    if not refusals.get(name, False):
        return "." if name in refusals else " "
    return "#" if name in row.named or not row.named else "x"


def alone(row: Row, refusals: Refusals) -> bool:
    """Whether one checker alone finds a fault."""
    return not row.right and sum(refusals.values()) == 1


def is_as_it_must(row: Row, refusals: Refusals) -> bool:
    """A fault is found by what is named for it, or by anything if nothing is; what is right is refused by nothing."""
    found = {name for name, refused in refusals.items() if refused}
    if row.right:
        return bool(refusals) and not found
    return bool(found & set(row.named) if row.named else found)


def score(results: Results) -> Iterator[str]:
    """How many faults are found, and how many right functions pass."""
    wrong = {row: got for row, got in results.items() if not row.right}
    right = {row: got for row, got in results.items() if row.right}
    found = [row for row, got in wrong.items() if is_as_it_must(row, got)]
    passed = sum(is_as_it_must(row, got) for row, got in right.items())
    lonely = sum(alone(row, got) for row, got in wrong.items())
    yield f"{passed} of {len(right)} right functions pass every checker that applies"
    by_name = sum(bool(row.named) for row in found)
    told = f"{by_name} by what is named for them; {lonely} by one alone"
    yield f"{len(found)} of {len(wrong)} planted faults are found, {told}"


def read(record: str) -> dict[Key, dict[str, str]]:
    """The marks in a record: of each row, by its group and name, the mark of each column that has one."""
    lines = record.splitlines()
    legend = [line for line in lines if line[:2].strip().isdigit() and line[2:4] == "  "]
    names = [line[4:] for line in legend]
    first = lines.index(legend[-1]) + 2
    width = len(lines[first]) - 3 * len(names)
    rows, group = {}, ""
    for line in lines[first + 1 : -3]:
        if not line.startswith(" "):
            group = line or group
        else:
            marks = line[width:].removesuffix("only")[2::3]
            found = zip(names, marks, strict=False)
            rows[group, line[:width].strip()] = {name: mark for name, mark in found if mark != " "}
    return rows


def stale(record: str, rows: Iterable[Row] = ROWS) -> list[str]:
    """What a record says otherwise than the table of rows: rows that are missing or gone, faults not found as named."""
    recorded, known = read(record), {(row.group, row.name): row for row in rows}
    problems = [f"{group}: {name} is not in the record" for group, name in known.keys() - recorded.keys()]
    problems += [f"{group}: {name} is no longer planted" for group, name in recorded.keys() - known.keys()]
    for key in known.keys() & recorded.keys():
        refusals = {name: mark in "#x" for name, mark in recorded[key].items()}
        if not is_as_it_must(known[key], refusals):
            problems.append(f"{key[0]}: {key[1]} is recorded as {'refused' if known[key].right else 'not found'}")
    return sorted(problems)
