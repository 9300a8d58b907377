"""Every public op has a specification, a proof, a test and a benchmark of its name; nothing has one without an op.

A public op is a function that `eqlib/__init__.py` exports from `eqlib/ops/<stem>.py`; the functions that
`eqlib/rotation/__init__.py` exports are one family of the stem `rotation`. Files are read, never imported. A room is
not only there: its theorem, its subject and its workload must lead, name by name, to the op that they are named for.
"""

import ast
import functools
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ci.reading import Module, Modules, callee, defined, imported, leads_to, parse, strings, strings_of
from ci.verdicts import without_verdict

ROOT = Path(__file__).resolve().parent.parent

# Files of a room that serve several ops and are the namesake of none.
SUPPORT = {
    "spec": {"o3"},
    "proofs": {"certificate", "plans", "polynomials", "programs", "rounding", "running", "scaled"},
    "bench": {"gated", "harness", "models", "workloads"},
    "tests/ops": {"plain_input"},
}

# What the theorems about an op must use: `plan_<op>` where its file has one, or else the op itself, but for these.
PROVED_BY = {
    # It has no plan, for it is no sum of products of few factors, but a straight-line program.
    "spherical_harmonics": ("eqlib.plan.harmonics.harmonics_program",),
    # It has no plan and runs on floats: the theorems run its specification on symbols and on exact numbers.
    "rotation": ("spec.rotation.{function}",),
}

# The conformance suite draws normal numbers with irreps, and not every array is a rotation: for a family of plain
# arrays these tests stand in, for the agreement with the specification and for the transformations of JAX.
STAND_INS = ("spec_test.py", "transformations_test.py")


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

    @property
    def module(self) -> str:
        """The name by which its code is imported."""
        return self.code.removesuffix(".py").replace("/", ".")


@dataclass(frozen=True)
class Room:
    """A place where every op has a file; a package may have a package there."""

    kind: str
    folder: str
    suffix: str

    def name(self, stem: str) -> str:
        """The path of an op's file in this room, relative to the repository."""
        return f"{self.folder}/{stem}{self.suffix}"

    def place(self, root: Path, op: Op) -> str:
        """The path of the op's file in this room, or of the package or the folder of tests that stands for it."""
        if op.is_package and self.folder == "tests/ops":
            return f"tests/{op.stem}"
        package = f"{self.folder}/{op.stem}"
        return package if (root / package / "__init__.py").exists() else self.name(op.stem)

    def stems(self, root: Path, ops: Iterable[str]) -> set[str]:
        """The ops that this room has a file for."""
        found = {path.name.removesuffix(self.suffix) for path in (root / self.folder).glob("*" + self.suffix)}
        found |= {path.parent.name for path in (root / self.folder).glob("*/__init__.py")}
        beside = {stem for stem in found if self.folder == "tests/ops" and self.stands_beside(root, stem, ops)}
        public = {stem for stem in found if not stem.startswith("_")}
        return public - beside - SUPPORT[self.folder] - self.core(root)

    def stands_beside(self, root: Path, stem: str, ops: Iterable[str]) -> bool:
        """Whether a file of tests continues that of an op, `linear_index_test.py`, and has no subject of its own."""
        tests = Modules.read(root, self.name(stem))
        return any(stem.startswith(f"{op}_") for op in ops) and not list(tests.named_calls("Subject"))

    def core(self, root: Path) -> set[str]:
        """The files that are about no op but about the exact core: a proof may be of a file of `eqlib/o3`."""
        folders = ("eqlib/o3", "eqlib/plan") if self.folder == "proofs" else ()
        return {path.stem for folder in folders for path in (root / folder).glob("*.py")} - {"__init__"}


SPEC = Room("specification", "spec", ".py")
PROOF = Room("proof", "proofs", ".py")
TEST = Room("test", "tests/ops", "_test.py")
BENCH = Room("benchmark", "bench", ".py")
ROOMS = (SPEC, PROOF, TEST, BENCH)


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


def missing_files(root: Path, ops: list[Op]) -> Iterator[str]:
    """Ops without a room, and files of a room without an op."""
    stems = {op.stem for op in ops}
    for room in ROOMS:
        for op in ops:
            if not (root / room.place(root, op)).exists():
                yield f"{op.code} has no {room.kind}: write {room.name(op.stem)}"
        for stem in sorted(room.stems(root, stems) - stems):
            yield f"{room.name(stem)} has no op: eqlib/__init__.py exports nothing from eqlib/ops/{stem}.py"
    files = {path.stem for path in (root / "eqlib/ops").glob("*.py") if not path.stem.startswith("_")}
    for stem in sorted(files - stems):
        yield f"eqlib/ops/{stem}.py is not public: export it from eqlib/__init__.py, or call it eqlib/ops/_{stem}.py"


def covering(file: str, op: Op, known: Iterable[str], remedy: str) -> Iterator[str]:
    """Functions of an op that a room does not know, and functions that it has without the op."""
    known = set(known)
    yield from (f"{file} does not cover {f}: {remedy.format(f)}" for f in op.functions if f not in known)
    for other in sorted(known - set(op.functions)):
        yield f"{file} covers {other}, which is not a public function of {op.code}"


def in_specification(root: Path, op: Op, file: str) -> Iterator[str]:
    """Every function is defined and has laws; what else is defined is used somewhere."""
    modules = Modules.read(root, file)
    definitions = {name for module in modules for name in defined(module.tree) if not name.startswith("_")}
    yield from (f'{file} does not cover {f}: define "{f}"' for f in op.functions if f not in definitions)
    laws = {law for module in modules for law in strings_of(module.tree, "LAWS")}
    yield from covering(file, op, laws, 'list "{}" in LAWS')
    for name in sorted(definitions - set(op.functions) - used(root)):
        yield f"{file} defines {name}, which is not a public function of {op.code}, and nothing uses it"


@functools.cache
def used(root: Path) -> frozenset[str]:
    """The names that the specifications, the proofs and the tests use."""
    files = [path for folder in ("spec", "proofs", "tests") for path in (root / folder).rglob("*.py")]
    nodes = (node for path in files for node in ast.walk(parse(path)))
    return frozenset(getattr(node, "id", getattr(node, "attr", "")) for node in nodes)


def theorems(modules: Modules) -> Iterator[tuple[Module, ast.FunctionDef, set[str]]]:
    """The theorems of some files, with the functions that they say they cover, by name or by that of their plan."""
    for module in modules:
        for node in module.tree.body:
            if isinstance(node, ast.FunctionDef):
                claims = [call for call in node.decorator_list if callee(call) == "theorem"]
                covers = {s for c in claims for k in c.keywords if k.arg == "covers" for s in strings(k.value)}
                if claims:
                    yield module, node, {name.rpartition(".")[2].removeprefix("plan_") for name in covers}


def in_proof(root: Path, op: Op, file: str) -> Iterator[str]:
    """Every function has a theorem, and the theorems that cover it use what they are about."""
    modules = Modules.read(root, file)
    proofs = [(modules.names(module, node), covers) for module, node, covers in theorems(modules)]
    known = {name for _, covers in proofs for name in covers}
    yield from covering(file, op, known, 'name "{}" in the `covers` of a theorem')
    code = set() if op.is_package else defined(parse(root / op.code))
    for function in [f for f in op.functions if f in known]:
        own = f"{op.module}.plan_{function}" if f"plan_{function}" in code else f"{op.module}.{function}"
        for wanted in PROVED_BY.get(op.stem, (own,)):
            subject = wanted.format(function=function)
            if not any(function in covers and leads_to(names, subject) for names, covers in proofs):
                yield f"{file} proves nothing about {function}: no theorem that covers it uses {subject}"


def in_core_proofs(root: Path, ops: list[Op]) -> Iterator[str]:
    """The theorems about the exact core cover functions that exist."""
    public = {f for op in ops for f in op.functions}
    public |= {f for path in (root / "eqlib/o3").glob("*.py") for f in defined(parse(path))}
    for stem in sorted(PROOF.core(root)):
        for _, _, covers in theorems(Modules.read(root, PROOF.name(stem))):
            yield from (
                f"{PROOF.name(stem)} covers {name}, which is no function of eqlib/o3 and no op"
                for name in sorted(covers - public)
            )


def in_test(root: Path, op: Op, file: str) -> Iterator[str]:
    """Every function is run by the conformance suite against its specification, or by the tests that stand in."""
    if op.is_package:
        yield from in_stand_ins(root, op, file)
        return
    modules = Modules.read(root, file)
    (module,) = modules
    tests = [value for name, values in module.definitions.items() if name.startswith("test_") for value in values]
    subjects = named_from(modules, module, [test for test in tests if callee(test) == "conforms"], "Subject")
    yield from covering(file, op, {name for name, _ in subjects}, 'hand Subject("{}", ...) to `conforms`')
    for function, names in subjects:
        homes = (f"eqlib.{function}", f"{op.module}.{function}")
        if function in op.functions and not any(leads_to(names, home) for home in homes):
            yield f'{file}: Subject("{function}", ...) does not run {op.module}.{function}'
        if function in op.functions and not leads_to(names, f"spec.{op.stem}.{function}"):
            yield f'{file}: Subject("{function}", ...) is not compared with spec.{op.stem}.{function}'


def named_from(modules: Modules, module: Module, nodes: Iterable[ast.AST], function: str) -> list[tuple[str, set[str]]]:
    """The first arguments of the calls of a function that some expressions lead to, and what each call leads to."""
    reached = {id(part) for node in nodes for _, part in modules.follow(module, node)}
    calls = ((home, call, name) for home, call, name in modules.named_calls(function) if id(call) in reached)
    return [(name, modules.names(home, call)) for home, call, name in calls]


def in_stand_ins(root: Path, op: Op, folder: str) -> Iterator[str]:
    """Every function is used by each test that stands in, by its name or as one of `__all__`."""
    modules = Modules.read(root, folder)
    listed = strings_of(parse(root / op.code / "__init__.py"), "__all__")
    for stand_in in STAND_INS:
        module = modules.by_name.get(f"{folder}.{stand_in.removesuffix('.py')}".replace("/", "."))
        names = modules.names(module, module.tree) if module else set()
        known = listed if f"{op.module}.__all__" in names else set()
        for function in op.functions:
            if function not in known and f"{op.module}.{function}" not in names:
                yield f'{folder}/{stand_in} does not cover {function}: use "{function}", or all of {op.module}.__all__'


def in_benchmark(root: Path, op: Op, file: str) -> Iterator[str]:
    """Every function has a workload, and the workload runs it."""
    modules = Modules.read(root, file)
    (module,) = modules
    workloads = named_from(modules, module, module.definitions.get("WORKLOADS", ()), "Workload")
    yield from covering(file, op, {name for name, _ in workloads}, 'write Workload("{}", ...) in WORKLOADS')
    for function, names in workloads:
        if function in op.functions and not leads_to(names, f"lib.{function}"):
            yield f'{file}: Workload("{function}", ...) does not run lib.{function}'


CHECKS = ((SPEC, in_specification), (PROOF, in_proof), (TEST, in_test), (BENCH, in_benchmark))


def missing_functions(root: Path, op: Op) -> Iterator[str]:
    """Functions of an op that one of its rooms does not know or does not use."""
    for room, check in CHECKS:
        place = room.place(root, op)
        if (root / place).exists():
            yield from check(root, op, place)


def problems(root: Path = ROOT) -> list[str]:
    """Every gap between the ops and their rooms."""
    ops = public_ops(root)
    gaps = (gap for op in ops for gap in missing_functions(root, op))
    functions = {function: op.module for op in ops for function in op.functions}
    return [*missing_files(root, ops), *gaps, *in_core_proofs(root, ops), *without_verdict(root, functions)]


def main() -> int:
    """Prints the gaps, or the number of ops."""
    found = problems()
    ops = public_ops(ROOT)
    print("\n".join(found) or f"{sum(len(op.functions) for op in ops)} functions in {len(ops)} ops: all rooms present")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
