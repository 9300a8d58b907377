"""The command `eqlib check`: a verdict from the shell, on one function or on all that a project names."""

import argparse
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar, runtime_checkable

from eqlib.testing.calling import notes_of
from eqlib.testing.checking import check
from eqlib.testing.operands import arguments, leaves, read_sizes
from eqlib.testing.profile import PROFILES
from eqlib.testing.report import Report, Verdict
from eqlib.testing.tables import Key, are_counts, are_tables, are_words, is_switch, is_text, read_tool, refuse
from eqlib.testing.targets import Unusable, arguments_of, line_in_user_code, load, refuse_another_number

OK, REFUTED, UNDECIDED = 0, 1, 2
_STATUS = {Verdict.OK: OK, Verdict.NOT_EQUIVARIANT: REFUTED, Verdict.NON_FINITE: REFUTED}
_NEEDED = ("target", "in")
_KEYS = {
    "target": Key('"mypackage.layers:gate"', is_text),
    "in": Key('["8x0e + 8x1o", "points"]', are_words),
    "out": Key('"8x0e + 8x1o"', are_words),
    "sizes": Key("{ node = 7 }", are_counts),
    "plain": Key("true", is_switch),
    "profile": Key('"quick"', is_text),
}

Task = Mapping[str, Any]
T = TypeVar("T")


@runtime_checkable
class _Told(Protocol):
    """A report, a proof, or why there is none."""

    def to_json(self) -> str: ...


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `eqlib check`."""
    parser.description = "Checks that functions, layers or models are equivariant."
    parser.epilog = (
        "Without a target, all that [[tool.eqlib.check]] in pyproject.toml names is checked. "
        f"The exit status is {OK} if all are ok, {REFUTED} if one is refuted, {UNDECIDED} if one could not be decided."
    )
    add_target(parser, nargs="?")
    parser.add_argument("--profile", choices=PROFILES, help="how much is tried (default: ci)")


def add_target(parser: argparse.ArgumentParser, nargs: str | None = None) -> None:
    """The arguments that name a function and describe it, and `--json`."""
    parser.add_argument("target", nargs=nargs, help="module:name or file.py:name of a function, layer or model")
    parser.add_argument("--in", dest="in_", action="append", metavar="WORDS", help='an argument, such as "8x0e + 8x1o"')
    parser.add_argument("--out", action="append", metavar="WORDS", help="a result; may be left out for IrrepsArrays")
    parser.add_argument("--size", action="append", default=[], metavar="SET=N", help="the size of a set, as node=7")
    parser.add_argument("--plain", action="store_true", default=None, help="it takes plain arrays, no IrrepsArrays")
    parser.add_argument("--json", action="store_true", help="print what was found as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Checks what the arguments name, or what [[tool.eqlib.check]] does; 0 ok, 1 refuted, 2 could not decide."""
    reports: list[Report] = []
    errors: list[Unusable] = []
    try:
        for task in _tasks(arguments):
            try:
                profile = task.get("profile", "ci")
                reports.append(carry_out(check, task, done="checked", in_shell=bool(arguments.target), profile=profile))
            except Unusable as error:
                errors.append(error)
    except Unusable as error:
        errors.append(error)
    if arguments.json:
        print(as_json([*reports, *errors]))
    elif reports:
        print("\n\n".join(map(str, reports)))
    for error in errors:
        print(f"eqlib check: {error}", file=sys.stderr)
    return _status(reports, errors)


def as_json(found: Sequence[_Told]) -> str:
    """A list of what was found, and of what could not be tried, whose verdict is that it was not."""
    return json.dumps([json.loads(one.to_json()) for one in found], indent=2)


def _status(reports: Sequence[Report], errors: Sequence[Unusable]) -> int:
    statuses = [_STATUS.get(report.verdict, UNDECIDED) for report in reports] + [UNDECIDED for _ in errors]
    return REFUTED if REFUTED in statuses else max(statuses)


def _tasks(arguments: argparse.Namespace) -> Sequence[Task]:
    if arguments.target:
        return [task_of(arguments, "check") | {"profile": arguments.profile or "ci"}]
    if arguments.in_ or arguments.out or arguments.size:
        words = " ".join(f'--in "{words}"' for words in arguments.in_ or ["8x0e + 8x1o"])
        raise Unusable(f"no function is named that takes or gives this.\n  Write eqlib check module:layer {words}.")
    tasks = _tasks_of_project(Path("pyproject.toml"))
    return [task | {"profile": arguments.profile} for task in tasks] if arguments.profile else tasks


def task_of(arguments: argparse.Namespace, command: str) -> dict[str, Any]:
    """What the arguments of a command name, as a table of pyproject.toml would."""
    if not arguments.in_:
        raise _without_inputs(arguments.target, command)
    sizes = {}
    for text in arguments.size:
        name, _, number = text.partition("=")
        if not number.isdecimal() or not int(number):
            raise Unusable(f"--size {text} is no size.\n  Write --size node=7.")
        sizes[name] = int(number)
    out = tuple(arguments.out or ())
    given = {"target": arguments.target, "in": arguments.in_, "out": out[0] if len(out) == 1 else out or None}
    return given | {"sizes": sizes, "plain": arguments.plain}


def _without_inputs(target: str, command: str) -> Unusable:
    """That nothing says what a function takes, with the names of its arguments, if it tells them."""
    names = arguments_of(load(target))
    words = " ".join(['--in "8x0e + 8x1o"'] * max(len(names), 1))
    what = f": {' and '.join(filter(None, [', '.join(names[:-1]), *names[-1:]]))}" if names else ""
    return Unusable(
        f"nothing says what {target} takes{what}.\n"
        f"  Write eqlib {command} {target} {words}, with the irreps of each argument{', once for each' * (not names)}."
    )


def _tasks_of_project(path: Path) -> list[dict[str, Any]]:
    found = read_tool(path).get("check", [])
    tables = [found] if isinstance(found, dict) else found
    if not are_tables(tables):
        raise Unusable(f"check in [tool.eqlib] of {path} is {found!r}.\n  Write [[tool.eqlib.check]], with {_table()}.")
    if not tables:
        raise Unusable(
            f'no target, and no [[tool.eqlib.check]] in {path}.\n  Write eqlib check module:layer --in "8x0e + 8x1o".'
        )
    for table in tables:
        refuse(f"[[tool.eqlib.check]] in {path}", table, _KEYS)
        if missing := [name for name in _NEEDED if name not in table]:
            raise Unusable(f"[[tool.eqlib.check]] in {path} has no {missing[0]}.\n  Write {_table()}.")
    return tables


def _table() -> str:
    return " and ".join(f"{name} = {_KEYS[name].example}" for name in _NEEDED)


def carry_out(judge: Callable[..., T], task: Task, *, done: str, in_shell: bool = True, **options: Any) -> T:
    """`judge` on what a task names.

    done      what cannot be, if it cannot: "checked", "proved"
    in_shell  whether its words are arguments of a command, and not keys of a table

    Raises: Unusable with where the function raises, and what.
    """
    target, in_ = task["target"], task["in"]
    fn = load(target)
    words = [in_] if isinstance(in_, str) else in_
    refuse_another_number(fn, target, len(words))
    sizes = task.get("sizes") or {}
    try:
        described = tuple(None if word == "None" else word for word in words)
        _refuse_unknown_sets(target, sizes, described)
        options |= {"sizes": sizes, "as_plain_arrays": task.get("plain")}
        return judge(fn, described, task.get("out"), name=target, **options)
    except Unusable:
        raise
    except (Exception, SystemExit) as error:
        at = line_in_user_code(error)
        why = f"{target} raises {type(error).__name__} at {at}" if at else f"{target} cannot be {done}"
        said = str(error) if at or not in_shell else _in_words_of_the_shell(str(error))
        raise Unusable("\n  ".join([f"{why}: {said}", *notes_of(error)])) from error


def _refuse_unknown_sets(target: str, sizes: Mapping[str, int], described: tuple[Any, ...]) -> None:
    """Refuses the size of a set that no argument has."""
    operands = leaves(arguments(described))
    known = read_sizes(operands, [None] * len(operands), {})
    if unknown := [name for name in sizes if name not in known]:
        has, advice = "no argument is one for each of a set", "Leave the size out."
        if known:
            has, advice = f"the sets of its arguments are {', '.join(known)}", "Write the size of one of these."
        raise Unusable(f"{target} is given a size of the set {unknown[0]}, and {has}.\n  {advice}")


_IN_THE_SHELL = {
    r"""\bout=(?=["'])""": "--out ",
    r"Give out the structure of what is returned\.": "Write --out once for each, in their order.",
}


def _in_words_of_the_shell(said: str) -> str:
    """What `check` says of its argument `out`, as the command has it: in a table out="1o" is right, too."""
    for of_python, of_shell in _IN_THE_SHELL.items():
        said = re.sub(of_python, of_shell, said)
    return said
