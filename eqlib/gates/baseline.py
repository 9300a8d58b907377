"""The record of what functions cost, as it is committed: a file for each platform and version of jaxlib."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from eqlib.gates.limits import Record
from eqlib.testing.targets import Unusable


def path_of(folder: Path, key: str) -> Path:
    """The file of a platform and version of jaxlib."""
    return folder / f"{key}.json"


def read(folder: Path, key: str) -> Record:
    """What was recorded.

    Raises: Unusable if nothing was, for this platform and version of jaxlib, or the file is no JSON.
    """
    path = path_of(folder, key)
    if not path.exists():
        others = ", ".join(sorted(other.stem for other in folder.glob("*-jaxlib-*.json"))) or "nothing"
        raise Unusable(
            f"nothing was recorded for {key}: {os.path.relpath(folder)} has {others}.\n"
            f"  Run eqlib gate record, and commit {os.path.relpath(path)}."
        )
    try:
        return json.loads(path.read_text())
    except json.JSONDecodeError as error:
        where = os.path.relpath(path)
        raise Unusable(f"{where} cannot be read: {error}.\n  Delete it, and run eqlib gate record.") from error


def write(folder: Path, key: str, record: Mapping[str, Mapping[str, int]]) -> Path:
    """Keeps a record, one line for each case and pass, so that a change is seen in its line; returns the file."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = (f" {json.dumps(case)}: {json.dumps(record[case])}" for case in sorted(record))
    path = path_of(folder, key)
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    return path
