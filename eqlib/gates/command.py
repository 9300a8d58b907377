"""The command `eqlib gate`: what functions cost once compiled, recorded, and checked against the record."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eqlib.gates import baseline, conditions, time_command
from eqlib.gates.limits import Change, Record, changes, without_counterpart
from eqlib.gates.measuring import Measured, chosen, measure_cases
from eqlib.gates.project import Project, read_project
from eqlib.testing.targets import Unusable

OK, REGRESSION, NOT_MEASURED = 0, 1, 2
ACCEPT = "If this is meant: eqlib gate record"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `eqlib gate`."""
    parser.description = "What the functions of [tool.eqlib.gate] in pyproject.toml cost, once compiled."
    parser.epilog = (
        f"The exit status is {OK} if nothing rose over its limit, {REGRESSION} if something did, "
        f"{NOT_MEASURED} if it could not be measured or there is no record to compare with."
    )
    actions = parser.add_subparsers(
        dest="action", required=True, metavar="ACTION", parser_class=argparse.ArgumentParser
    )
    for name, help in (
        ("record", "keep what the functions cost now, to be committed"),
        ("check", "fail if a figure has risen over its limit"),
        ("diff", "print every figure that has changed"),
    ):
        action = actions.add_parser(name, help=help)
        action.add_argument("case", nargs="*", help="only the cases whose name begins so")
        action.add_argument("--json", action="store_true", help="print what was found as JSON")
    time_command.add_arguments(actions.add_parser("time", help="compare the CPU time with that of another commit"))


def run(arguments: argparse.Namespace) -> int:
    """Does what the arguments say; 0 passed, 1 a regression, 2 could not be measured."""
    try:
        if arguments.action == "time":
            return time_command.run(arguments)
        project = read_project(Path.cwd())
        if not conditions.hold(x64=project.x64):
            words = [arguments.action, *["--json"] * arguments.json, "--", *arguments.case]
            return conditions.run_again(["gate", *words], x64=project.x64)
        return _ACTIONS[arguments.action](project, arguments.case, arguments.json)
    except Unusable as error:
        if arguments.json:
            print(json.dumps({"errors": [str(error)]}))
        return _refuse([error])


def record(project: Project, names: Sequence[str], as_json: bool) -> int:
    """Keeps what the cases cost; of some cases, beside what was recorded of the others."""
    measured = _measured(project, names)
    if measured.errors:
        return _refuse(measured.errors)
    kept = baseline.read(project.baseline, conditions.key()) if names else {}
    path = baseline.write(project.baseline, conditions.key(), {**kept, **measured.record})
    print(json.dumps(_as_json(measured, [], [])) if as_json else f"{_summary(measured)} in {os.path.relpath(path)}")
    return OK


def check(project: Project, names: Sequence[str], as_json: bool) -> int:
    """Fails if a figure has risen over its limit."""
    return _compare(project, names, as_json, every=False)


def diff(project: Project, names: Sequence[str], as_json: bool) -> int:
    """Prints every figure that has changed, and fails as `check` does."""
    return _compare(project, names, as_json, every=True)


_ACTIONS = {"record": record, "check": check, "diff": diff}


def _measured(project: Project, names: Sequence[str]) -> Measured:
    return measure_cases(chosen(project.load_cases(), names))


def _compare(project: Project, names: Sequence[str], as_json: bool, *, every: bool) -> int:
    old = baseline.read(project.baseline, conditions.key())
    cases = project.load_cases()
    measured = measure_cases(chosen(cases, names))
    named = {name for case in cases for name in case.programs}
    missing, gone = without_counterpart(old, measured.record | {name: old[name] for name in named & set(old)})
    errors = [*measured.errors, *_unmatched(missing, gone)]
    found = changes(old, measured.record, project.limits)
    regressions = [change for change in found if change.is_regression]
    if as_json:
        print(json.dumps(_as_json(measured, found, errors), indent=1))
    else:
        print("\n".join(_report(measured, found if every else regressions, found, regressions)))
        _refuse(errors)
    return REGRESSION if regressions else NOT_MEASURED if errors else OK


def _report(measured: Measured, shown: Sequence[Change], found: Sequence[Change], bad: Sequence[Change]) -> list[str]:
    """What changed; then, in one line, what to do about it."""
    lines = [f"{'over its limit: ' * change.is_regression}{change}" for change in shown]
    if bad:
        return [*lines, ACCEPT]
    if found:
        fell = sum(change.new < change.old for change in found)
        changed = f"{len(found)} figures changed within their limits, {fell} of them fell; eqlib gate diff shows them"
        return [*lines, f"{_summary(measured)}: {changed}"]
    return [*lines, f"{_summary(measured)}: as recorded for {conditions.key()}"]


def _unmatched(missing: Sequence[str], gone: Sequence[str]) -> list[Unusable]:
    found = [Unusable(f"nothing was recorded for {case}.\n  Run eqlib gate record.") for case in missing]
    return found + [Unusable(f"{case} was recorded, and is no more.\n  Run eqlib gate record.") for case in gone]


def _refuse(errors: Sequence[Unusable]) -> int:
    for error in errors:
        print(f"eqlib gate: {error}", file=sys.stderr)
    return NOT_MEASURED


def _summary(measured: Measured) -> str:
    """How much was measured; the time is for information."""
    seconds = sum(measured.compile_cpu_seconds.values())
    return f"{len(measured.record)} programs, {seconds:.0f} CPU s to compile"


def _as_json(measured: Measured, found: Sequence[Change], errors: Sequence[Unusable]) -> dict[str, Any]:
    record: Record = measured.record
    return {
        "key": conditions.key(),
        "figures": record,
        "compile_cpu_seconds": measured.compile_cpu_seconds,
        "changes": [{**vars(change), "is_regression": change.is_regression} for change in found],
        "errors": [str(error) for error in errors],
    }
