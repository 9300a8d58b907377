"""What was measured, as tables: CSV for a spreadsheet, JSON for a program."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eqlib import _atomic

UNITS = {"energy": "meV/atom", "force": "meV/angstrom", "stress": "meV/angstrom^3"}


def write_csv(path: Path, history: Sequence[Mapping[str, float]]) -> None:
    """A row for each evaluation, whole at any moment."""
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, list(history[0]))
    table.writeheader()
    table.writerows(history)
    _atomic.write(path, text.getvalue().encode())


def write_json(path: Path, facts: Mapping[str, Any]) -> None:
    """An object, whole at any moment."""
    _atomic.write(path, (json.dumps(facts, indent=1) + "\n").encode())


def table_of(errors: Mapping[str, Mapping[str, float]]) -> str:
    """Mean absolute errors as text, a line for each split.

    Example:
        >>> print(table_of({"test": {"loss": 0.1, "energy_mae": 1.234, "force_mae": 24.9}}))
        mean absolute error  energy, meV/atom  force, meV/angstrom
        test                             1.23                 24.9
    """
    names = [name for name in UNITS if f"{name}_mae" in next(iter(errors.values()))]
    head = [f"{name}, {UNITS[name]}" for name in names]
    lines = ["  ".join(["mean absolute error", *head])]
    for split, found in errors.items():
        numbers = (f"{found[f'{name}_mae']:>{len(title)}.3g}" for name, title in zip(names, head, strict=True))
        lines.append("  ".join([f"{split:<19}", *numbers]))
    return "\n".join(lines)
