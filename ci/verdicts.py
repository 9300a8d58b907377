"""Every public op, layer and model has an entry in the table of programs, `proofs/programs`, that runs it."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from ci.reading import Modules, assigned, callee, imported, leads_to, parse, strings

TABLE = "proofs/programs"

# The files of the adapters, and the names under which programs import them.
FRAMEWORKS = {"linen": "flax", "nnx": "nnx", "eqx": "equinox", "haiku": "haiku"}


def layers(root: Path) -> Iterator[str]:
    """The layers that `eqlib.nn` or `eqlib` exports, those of the frameworks, and the models."""
    at_top = {name for _, name in imported(parse(root / "eqlib/__init__.py"), "nn")}
    exported = {name for _, name in imported(parse(root / "eqlib/nn/__init__.py"), "")}
    for path in sorted((root / "eqlib/nn").glob("*.py")):
        if path.stem in FRAMEWORKS:
            made = (name for name, value in assigned(parse(path)) if callee(value) == "adapt")
            yield from (f"{FRAMEWORKS[path.stem]}.{name}" for name in made)
        elif path.stem != "layer":  # which has what layers are made of
            names = (name for name in classes(path) if name in exported)
            yield from (name if name in at_top else f"nn.{name}" for name in names)
    for path in sorted((root / "eqlib/models").glob("*.py")):
        yield from (f"models.{name}" for name in classes(path, base="Model"))


def classes(path: Path, base: str | None = None) -> Iterator[str]:
    """The public classes of a file, or those of them that are made of a class of this name."""
    for node in parse(path).body:
        is_public = isinstance(node, ast.ClassDef) and not node.name.startswith("_")
        if is_public and (base is None or base in map(ast.unparse, node.bases)):
            yield node.name


def without_verdict(root: Path, functions: Mapping[str, str]) -> Iterator[str]:
    """Public names without an entry, with the line to write; entries that run something else, or are of nothing.

    functions  the modules of the public ops, by name
    """
    modules = Modules.read(root, TABLE)
    covered: set[str] = set()
    public = {*functions, *layers(root)}
    for module in modules:
        for call in ast.walk(module.tree):
            if callee(call) in ("Program", "ByTheoremAlone") and isinstance(call, ast.Call) and call.args:
                names = strings(call.args[0])
                covered |= names
                used = modules.names(module, call) if callee(call) == "Program" else {"*"}
                yield from (f"{TABLE} covers {name}, which is not public" for name in sorted(names - public))
                for name in sorted(names & public):
                    if not any(leads_to(used, home) for home in homes(name, functions)):
                        yield f"{module.name}: the program of {name} does not run eqlib.{name}"
    for name in sorted(public - covered):
        yield f'{name} has no verdict: write Program("{name}", eqlib.{name}, ("0e + 1o",)) in {TABLE}'


def homes(name: str, functions: Mapping[str, str]) -> tuple[str, ...]:
    """Names by which a program may call a public name: of a model, also that of any file of models."""
    last = name.rpartition(".")[2]
    files = (f"{functions[name]}.{name}",) if name in functions else ()
    return (f"eqlib.{name}", *files, *((f"eqlib.models.{last.lower()}.{last}",) if name.startswith("models.") else ()))
