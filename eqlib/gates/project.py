"""What [tool.eqlib.gate] in pyproject.toml says: which functions are measured, and where what they cost is kept."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eqlib.gates.case import Case
from eqlib.gates.inputs import inputs_of
from eqlib.gates.limits import LIMITS
from eqlib.gates.passes import PASSES
from eqlib.testing.tables import (
    Key,
    are_ratios,
    are_tables,
    are_texts,
    are_words,
    is_ratio,
    is_switch,
    is_text,
    read_tool,
    refuse,
)
from eqlib.testing.targets import Unusable, load

_KEYS = {
    "baseline": Key('"gates"', is_text),
    "cases": Key('["mypackage.gated:cases"]', are_texts),
    "function": Key("[{ target = ..., inputs = ... }]", are_tables),
    "limits": Key("{ flops = 1.05 }", are_ratios),
    "path": Key('["."]', are_texts),
    "x64": Key("false", is_switch),
}
_LIMIT_KEYS = {name: Key(str(limit), is_ratio) for name, limit in LIMITS.items()}
_FUNCTION_KEYS = {
    "name": Key('"energy"', is_text),
    "target": Key('"mypackage.model:energy"', is_text),
    "inputs": Key('["float32[40, 3]", "8x0e + 8x1o [40]"]', are_words),
    "passes": Key('["forward"]', are_texts),
}

HINT = """\
  Write in pyproject.toml, for each function:
    [[tool.eqlib.gate.function]]
    target = "mypackage.model:energy"
    inputs = ["float32[40, 3]", "8x0e + 8x1o [40]"]"""


@dataclass(frozen=True)
class Project:
    """The table [tool.eqlib.gate] of the project in a folder.

    baseline  the folder of the records, one file for each platform and version of jaxlib
    cases     functions, as module:name, that return Cases
    function  tables, each with a target, its inputs in words, and what it needs of name and passes
    limits    the ratio over which a figure fails, where it is not that of eqlib.gates.limits
    path      folders of the modules, which come before those that are installed
    x64       whether 64-bit numbers are enabled, so that a leak of float64 can be seen
    """

    root: Path
    baseline: Path
    cases: tuple[str, ...]
    function: tuple[Mapping[str, Any], ...]
    limits: Mapping[str, float]
    path: tuple[str, ...]
    x64: bool

    def load_cases(self) -> list[Case]:
        """The cases, made: this imports the modules of the project.

        Raises: Unusable if one cannot be made, or two have the same name.
        """
        sys.path[:0] = [str(self.root / folder) for folder in self.path]
        found = [case for target in self.cases for case in load(target)()]
        found += [_case(table) for table in self.function]
        names = [case.name for case in found]
        if double := next((name for name in names if names.count(name) > 1), None):
            raise Unusable(f'two cases have the name "{double}".\n  Give one of them another: name = "...".')
        return found


def read_project(root: Path) -> Project:
    """The project of a folder.

    Raises: Unusable if its pyproject.toml names no functions, or has keys that mean nothing.
    """
    path = root / "pyproject.toml"
    table = read_tool(path).get("gate", {})
    if not isinstance(table, dict) or (not table.get("cases") and not table.get("function")):
        raise Unusable(f"[tool.eqlib.gate] in {path.name} names no functions.\n{HINT}")
    refuse("[tool.eqlib.gate]", table, _KEYS)
    refuse("limits of [tool.eqlib.gate]", table.get("limits", {}), _LIMIT_KEYS)
    for function in table.get("function", ()):
        refuse("[[tool.eqlib.gate.function]]", function, _FUNCTION_KEYS)
        if not {"target", "inputs"} <= set(function):
            raise Unusable(f"[[tool.eqlib.gate.function]] has {', '.join(function)} alone.\n{HINT}")
    return Project(
        root=root,
        baseline=root / table.get("baseline", "gates"),
        cases=tuple(table.get("cases", ())),
        function=tuple(table.get("function", ())),
        limits={**LIMITS, **table.get("limits", {})},
        path=tuple(table.get("path", (".",))),
        x64=table.get("x64", True),
    )


def _case(table: Mapping[str, Any]) -> Case:
    target, inputs = table["target"], table["inputs"]
    made = load(inputs)() if isinstance(inputs, str) else inputs_of(inputs)
    passes = tuple(table.get("passes", PASSES))
    if unknown := [kind for kind in passes if kind not in PASSES]:
        raise Unusable(f'"{unknown[0]}" is no pass of {target}.\n  Write passes = {list(PASSES)}, or some of them.')
    return Case(table.get("name", target), load(target), tuple(made), passes)
