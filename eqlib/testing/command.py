"""The command `eqlib check`: a verdict from the shell, on one function or on all that a project names."""

import argparse
import importlib
import importlib.util
import json
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eqlib.testing.checking import check
from eqlib.testing.report import Report, Verdict

OK, REFUTED, UNDECIDED = 0, 1, 2
_STATUS = {Verdict.OK: OK, Verdict.NOT_EQUIVARIANT: REFUTED, Verdict.NON_FINITE: REFUTED}
_OPTIONS = ("target", "in", "out", "sizes", "plain")


class Unusable(Exception):
    """The command cannot be carried out: the message says why, and what to write instead."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `eqlib check`."""
    parser.add_argument("target", nargs="?", help="module:name or file.py:name of a function, layer or model")
    parser.add_argument("--in", dest="in_", action="append", metavar="WORDS", help='an argument, such as "8x0e + 8x1o"')
    parser.add_argument("--out", metavar="WORDS", help="what is returned; may be left out for IrrepsArrays")
    parser.add_argument("--size", action="append", default=[], metavar="SET=N", help="the size of a set, as node=7")
    parser.add_argument("--plain", action="store_true", default=None, help="it takes plain arrays, no IrrepsArrays")
    parser.add_argument("--json", action="store_true", help="print reports as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Checks what the arguments name, or what [[tool.eqlib.check]] does; 0 ok, 1 refuted, 2 could not decide."""
    try:
        tasks = [_task(arguments)] if arguments.target else _tasks_of_project(Path("pyproject.toml"))
        reports = [_checked(task) for task in tasks]
    except Unusable as error:
        print(f"eqlib check: {error}", file=sys.stderr)
        return UNDECIDED
    if arguments.json:
        print(json.dumps([json.loads(report.to_json()) for report in reports], indent=2))
    else:
        print("\n\n".join(map(str, reports)))
    statuses = [_STATUS.get(report.verdict, UNDECIDED) for report in reports]
    return REFUTED if REFUTED in statuses else max(statuses)


def _task(arguments: argparse.Namespace) -> dict[str, Any]:
    if not arguments.in_:
        raise Unusable(f'nothing says what {arguments.target} takes.\n  Write --in "8x0e + 8x1o", once per argument.')
    sizes = {}
    for text in arguments.size:
        name, _, number = text.partition("=")
        if not number.isdecimal():
            raise Unusable(f"--size {text} is no size.\n  Write --size node=7.")
        sizes[name] = int(number)
    given = {"target": arguments.target, "in": arguments.in_, "out": arguments.out}
    return given | {"sizes": sizes, "plain": arguments.plain}


def _tasks_of_project(path: Path) -> list[Mapping[str, Any]]:
    tables = tomllib.loads(path.read_text()).get("tool", {}).get("eqlib", {}).get("check", []) if path.exists() else []
    if not tables:
        raise Unusable(
            f'no target, and no [[tool.eqlib.check]] in {path}.\n  Write eqlib check module:layer --in "8x0e + 8x1o".'
        )
    for table in tables:
        unknown = set(table) - set(_OPTIONS)
        if unknown or not {"target", "in"} <= set(table):
            raise Unusable(
                f"[[tool.eqlib.check]] in {path} has {sorted(table)}: target and in are needed, and its keys are "
                f"{', '.join(_OPTIONS)}."
            )
    return list(tables)


def _checked(task: Mapping[str, Any]) -> Report:
    fn = _load(task["target"])
    in_ = task["in"]
    words = (in_,) if isinstance(in_, str) else tuple(in_)
    options = {"sizes": task.get("sizes"), "as_plain_arrays": task.get("plain"), "name": task["target"]}
    try:
        return check(fn, tuple(None if word == "None" else word for word in words), task.get("out"), **options)
    except Exception as error:
        raise Unusable(f"{task['target']} could not be checked: {type(error).__name__}: {error}") from error


def _load(target: str) -> Any:
    """The object that "module:name" or "file.py:name" names; of a class, an instance made without arguments."""
    where, _, name = target.rpartition(":")
    if not where:
        raise Unusable(f"{target} names no function.\n  Write module:name, such as mypackage.layers:gate.")
    try:
        module = _from_file(Path(where)) if where.endswith(".py") else _from_name(where)
    except (ImportError, FileNotFoundError) as error:
        raise Unusable(
            f"{where} cannot be imported: {error}.\n  Write a module on the path, or path/to/file.py:name."
        ) from error
    found = module
    for part in name.split("."):
        if not hasattr(found, part):
            known = (
                ", ".join(sorted(n for n in vars(found) if not n.startswith("_"))) if hasattr(found, "__dict__") else ""
            )
            raise Unusable(f"{where} has no {part}.\n  It has {known}.")
        found = getattr(found, part)
    if not isinstance(found, type):
        return found
    try:
        return found()
    except TypeError as error:
        raise Unusable(
            f"{target} is a class that needs arguments: {error}.\n"
            f"  Name an instance: layer = {name}(...), and {where}:layer."
        ) from error


def _from_name(name: str) -> Any:
    if "" not in sys.path:
        sys.path.insert(0, "")  # as `python -m` does, so that a module of the current folder is found
    return importlib.import_module(name)


def _from_file(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None or not path.exists():
        raise FileNotFoundError(f"there is no file {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
