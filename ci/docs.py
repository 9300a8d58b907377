"""Every public name is explained, every op in the sections of its law, and the README points only at what exists."""

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import eqlib
from bench._readme import SPEED, speed_table
from ci.generated import Generated
from ci.names import ROOT, Op, public_ops
from ci.reading import parse
from proofs.programs.table import BEGIN, END, readme_table
from proofs.running import load_theorems

SECTIONS = ("Law", "Shape", "Raises", "Source", "Example")

VERDICTS = Generated("table of verdicts", BEGIN, END, "python -m proofs --readme")

# Its methods act on arrays as ops do, and are explained as they are.
ACTION = "eqlib/arrays/transform.py"


def public_objects(module: ModuleType) -> Iterator[tuple[str, object]]:
    """What a module exports of its own package: the names in `__all__`, or else its functions and classes."""
    named: list[str] | None = getattr(module, "__all__", None)
    for name in sorted(named if named is not None else vars(module)):
        value = getattr(module, name)
        is_module = isinstance(value, ModuleType)
        home = value.__name__ if is_module else getattr(value, "__module__", None) or ""
        own = home.split(".")[0] == module.__name__.split(".")[0]
        if own and not name.startswith("_") and (named is not None or not is_module):
            yield name, value


def public_members(value: object) -> dict[str, object]:
    """The public methods and properties that a class has from itself and from those of its bases that are ours."""
    if not inspect.isclass(value):
        return {}
    package = value.__module__.split(".")[0]
    ours = [base for base in reversed(value.__mro__) if base.__module__.split(".")[0] == package]
    found = {name: member for base in ours for name, member in vars(base).items()}
    return {name: found[name] for name in sorted(found) if not name.startswith("_")}


def undocumented(module: ModuleType) -> Iterator[str]:
    """Public names, and public methods of public classes, without a docstring."""
    for name, value in public_objects(module):
        if not inspect.getdoc(value):
            yield f"{module.__name__}.{name} has no docstring"
        for member, method in public_members(value).items():
            is_method = inspect.isfunction(method) or isinstance(method, property | classmethod | staticmethod)
            if is_method and not inspect.getdoc(method):
                yield f"{module.__name__}.{name}.{member} has no docstring"


def incomplete(root: Path, op: Op) -> Iterator[str]:
    """Functions of an op, in its file or its package, whose docstring lacks a section, or an example that runs."""
    files = sorted((root / op.code).glob("*.py")) if op.is_package else [root / op.code]
    for file in files:
        for node in parse(file).body:
            if isinstance(node, ast.FunctionDef) and node.name in op.functions:
                yield from lacking(file.relative_to(root), node)


def incomplete_methods(root: Path, file: str = ACTION) -> Iterator[str]:
    """Public methods of the classes of a file that lack a section, as an op may not."""
    for node in parse(root / file).body:
        for method in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(method, ast.FunctionDef) and not method.name.startswith("_"):
                yield from lacking(Path(file), method)


def lacking(file: Path, node: ast.FunctionDef) -> Iterator[str]:
    """What the docstring of a function lacks: a section, or an example that runs."""
    text = ast.get_docstring(node) or ""
    for section in SECTIONS:
        if not re.search(rf"^{section}:", text, re.MULTILINE):
            yield f"{file}:{node.lineno}: the docstring of {node.name} has no section `{section}:`"
    if ">>>" not in text:
        yield f"{file}:{node.lineno}: the example of {node.name} has no line `>>> ...` that runs"


def readme(root: Path) -> Iterator[str]:
    """Links, commands and code of the README that lead nowhere."""
    path = root / "README.md"
    if not path.exists():
        yield "README.md is missing"
        return
    text = path.read_text()
    for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", text):
        if not (root / target).exists():
            yield f"README.md links to {target}, which does not exist"
    for language, block in re.findall(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        if language in {"python", "py", "pycon"} and ">>>" not in block:
            yield f"README.md has Python that no test runs (write it with >>>): {block.splitlines()[0]}"
        if language in {"bash", "sh", "shell", "console", ""}:
            yield from missing_commands(root, block)


def missing_commands(root: Path, block: str) -> Iterator[str]:
    """Commands of a shell block that name a file or a module of the repository which is not there."""
    for command in re.findall(r"^(?:\$ )?(\./[\w./-]+)", block, re.MULTILINE):
        if not ((root / command).is_file() and (root / command).stat().st_mode & 0o111):
            yield f"README.md calls {command}, which is not an executable file"
    for module in re.findall(r"\bpython3? -m ((?:eqlib|proofs|bench|ci|spec|examples)[\w.]*)", block):
        home = root / module.replace(".", "/")
        if not (home.with_suffix(".py").exists() or (home / "__main__.py").exists()):
            yield f"README.md calls python -m {module}, which does not exist"


def problems(root: Path = ROOT, module: ModuleType = eqlib) -> list[str]:
    """Everything public that is not explained."""
    gaps = (gap for op in public_ops(root) for gap in incomplete(root, op))
    return [*undocumented(module), *gaps, *incomplete_methods(root), *readme(root)]


def main() -> int:
    """Prints what is not explained."""
    load_theorems()
    text = (ROOT / "README.md").read_text()
    found = [*problems(), *VERDICTS.stale(text, readme_table()), *SPEED.stale(text, speed_table())]
    print("\n".join(found) or "every public name is explained, and the README leads somewhere")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
