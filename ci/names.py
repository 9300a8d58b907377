"""Every public op has a specification, a proof, a test and a benchmark of its name; nothing has one without an op.

A public op is a function that `eqlib/__init__.py` exports from `eqlib/ops/<stem>.py`; the functions that
`eqlib/rotation/__init__.py` exports are one family of the stem `rotation`. Files are read, never imported.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Files of a room that serve every op and are the namesake of none.
SUPPORT = {
    "spec": {"o3"},
    "proofs": {"certificate", "plans", "rounding", "scaled"},
    "bench": {"harness", "workloads"},
    "tests/ops": {"conformance", "subjects"},
}


@dataclass(frozen=True)
class Op:
    """A public function, or a tight family of them, that shares one file in every room."""

    stem: str
    code: str
    functions: tuple[str, ...]

    @property
    def is_package(self) -> bool:
        """Whether the family fills a package; its tests then fill the package's mirror."""
        return not self.code.endswith(".py")


@dataclass(frozen=True)
class Room:
    """A place where every op has a file."""

    kind: str
    folder: str
    suffix: str

    def name(self, stem: str) -> str:
        """The path of an op's file in this room, relative to the repository."""
        return f"{self.folder}/{stem}{self.suffix}"

    def file(self, op: Op) -> str:
        """The path of the op's file in this room, or of the folder that mirrors its package."""
        return f"tests/{op.stem}" if self.folder == "tests/ops" and op.is_package else self.name(op.stem)

    def stems(self, root: Path) -> set[str]:
        """The ops that this room has a file for."""
        found = {path.name.removesuffix(self.suffix) for path in (root / self.folder).glob("*" + self.suffix)}
        return {stem for stem in found if not stem.startswith("_")} - SUPPORT[self.folder] - self.core(root)

    def core(self, root: Path) -> set[str]:
        """The files that are about no op but about the exact core: a proof may be of a file of `eqlib/o3`."""
        folders = ("eqlib/o3", "eqlib/plan") if self.folder == "proofs" else ()
        return {path.stem for folder in folders for path in (root / folder).glob("*.py")}


SPEC = Room("specification", "spec", ".py")
PROOF = Room("proof", "proofs", ".py")
TEST = Room("test", "tests/ops", "_test.py")
BENCH = Room("benchmark", "bench", ".py")
ROOMS = (SPEC, PROOF, TEST, BENCH)


def parse(path: Path) -> ast.Module:
    """The syntax tree of a file; an empty one where there is none."""
    return ast.parse(path.read_text() if path.exists() else "", str(path))


def defined(tree: ast.Module) -> set[str]:
    """The functions at the top level of a module."""
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def imported(tree: ast.Module, package: str) -> Iterator[tuple[str, str]]:
    """(module, name) of every `from <package>.<module> import <name>`, written relatively or absolutely."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            parent, _, module = node.module.rpartition(".")
            if parent == (package if node.level else f"eqlib.{package}".rstrip(".")):
                yield from ((module, alias.name) for alias in node.names)


def public_ops(root: Path) -> list[Op]:
    """The files of `eqlib/ops` with what `eqlib` exports from them, and the package `eqlib.rotation`."""
    exports: dict[str, list[str]] = {}
    for stem, name in imported(parse(root / "eqlib/__init__.py"), "ops"):
        if name in defined(parse(root / f"eqlib/ops/{stem}.py")):
            exports.setdefault(stem, []).append(name)
    ops = [Op(stem, f"eqlib/ops/{stem}.py", tuple(names)) for stem, names in sorted(exports.items())]
    rotations = parse(root / "eqlib/rotation/__init__.py")
    pairs = [pair for package in ("", "rotation") for pair in imported(rotations, package)]
    family = [name for module, name in pairs if name in defined(parse(root / f"eqlib/rotation/{module}.py"))]
    return [*ops, Op("rotation", "eqlib/rotation", tuple(family))] if family else ops


def strings_of(tree: ast.Module, variable: str) -> set[str]:
    """The strings in the value that a module gives to a variable: of a dict, those among its keys."""
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if isinstance(node, ast.Assign | ast.AnnAssign) and any(getattr(t, "id", None) == variable for t in targets):
            parts = node.value.keys if isinstance(node.value, ast.Dict) else ast.walk(node.value or ast.Constant(None))
            return {part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)}
    return set()


def call_strings(tree: ast.Module, callee: str, keyword: str = "") -> set[str]:
    """The strings in the keyword, or else the first argument, of every call of `callee` in a module."""
    found: set[str] = set()
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and callee == getattr(call.func, "id", getattr(call.func, "attr", "")):
            values = [k.value for k in call.keywords if k.arg == keyword] if keyword else call.args[:1]
            parts = [part for value in values for part in ast.walk(value) if isinstance(part, ast.Constant)]
            found |= {part.value for part in parts if isinstance(part.value, str)}
    return found


def makers(tree: ast.Module) -> set[str]:
    """The functions whose results a test hands to `conforms`: they make subjects, named by their first argument."""
    suites = (
        call for call in ast.walk(tree) if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "conforms"
    )
    return {a.func.id for s in suites for a in s.args if isinstance(a, ast.Call) and isinstance(a.func, ast.Name)}


def words(trees: list[ast.Module]) -> set[str]:
    """The identifiers and the strings of some files."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    named = (getattr(node, kind, None) for node in nodes for kind in ("id", "attr", "value"))
    return {name for name in named if isinstance(name, str)}


def tested(root: Path, op: Op) -> set[str]:
    """The functions that the tests cover: by the conformance suite, or in the mirror of a package, by being used."""
    if not op.is_package:
        tree = parse(root / TEST.file(op))
        made = set[str]().union(*(call_strings(tree, maker) for maker in makers(tree)))
        return call_strings(tree, "Subject") | made & set(op.functions)
    used = words([parse(path) for path in (root / TEST.file(op)).glob("*_test.py")])
    table = strings_of(parse(root / SPEC.file(op)), "LAWS") if "LAWS" in used else set[str]()
    return (used | table) & set(op.functions)


def proved(root: Path, op: Op) -> set[str]:
    """The functions that the op's theorems say they cover, by name or by that of their plan."""
    covered = call_strings(parse(root / PROOF.file(op)), "theorem", "covers")
    return {name.rpartition(".")[2].removeprefix("plan_") for name in covered}


def missing_files(root: Path, ops: list[Op]) -> Iterator[str]:
    """Ops without a room, and files of a room without an op."""
    stems = {op.stem for op in ops}
    for room in ROOMS:
        have = room.stems(root)
        for op in ops:
            if not (root / room.file(op)).exists():
                yield f"{op.code} has no {room.kind}: write {room.file(op)}"
        for stem in sorted(have - stems):
            yield f"{room.name(stem)} has no op: eqlib/__init__.py exports nothing from eqlib/ops/{stem}.py"
    files = {path.stem for path in (root / "eqlib/ops").glob("*.py") if not path.stem.startswith("_")}
    for stem in sorted(files - stems):
        yield f"eqlib/ops/{stem}.py is not public: export it from eqlib/__init__.py, or call it eqlib/ops/_{stem}.py"


def missing_functions(root: Path, op: Op) -> Iterator[str]:
    """Functions of an op that one of its rooms does not know, and functions that a room has without the op."""
    spec, bench = parse(root / SPEC.file(op)), parse(root / BENCH.file(op))
    cover = 'use "{}"' if op.is_package else 'write Subject("{}", ...)'
    rooms = (
        (SPEC, defined(spec), 'define "{}"', False),
        (SPEC, strings_of(spec, "LAWS"), 'list "{}" in LAWS', True),
        (PROOF, proved(root, op), 'name "{}" in the `covers` of a theorem', False),
        (TEST, tested(root, op), cover, True),
        (BENCH, strings_of(bench, "WORKLOADS"), 'name "{}" in WORKLOADS', False),
    )
    for room, known, remedy, both_ways in rooms:
        file = room.file(op)
        if (root / file).exists():
            yield from (f"{file} does not cover {f}: {remedy.format(f)}" for f in op.functions if f not in known)
            unknown = sorted(known - set(op.functions)) if both_ways else []
            yield from (f"{file} covers {f}, which is not a public function of {op.code}" for f in unknown)


def problems(root: Path = ROOT) -> list[str]:
    """Every gap between the ops and their rooms."""
    ops = public_ops(root)
    return [*missing_files(root, ops), *(gap for op in ops for gap in missing_functions(root, op))]


def main() -> int:
    """Prints the gaps, or the number of ops."""
    found = problems()
    ops = public_ops(ROOT)
    print("\n".join(found) or f"{sum(len(op.functions) for op in ops)} functions in {len(ops)} ops: all rooms present")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
