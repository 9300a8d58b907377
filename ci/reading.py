"""What Python files say, read without importing them: definitions, imports, and what an expression leads to."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path


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


def strings(node: ast.AST | None) -> set[str]:
    """The strings in an expression: of a dict, those among its keys."""
    parts = node.keys if isinstance(node, ast.Dict) else ast.walk(node) if node else ()
    return {part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)}


def strings_of(tree: ast.Module, variable: str) -> set[str]:
    """The strings in the value that a module gives to a variable."""
    values = [value for name, value in assigned(tree) if name == variable]
    return strings(values[-1]) if values else set()


def assigned(tree: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Every variable that is given a value anywhere in a tree, with that value."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = (part for target in targets for part in ast.walk(target) if isinstance(part, ast.Name))
            yield from ((name.id, node.value) for name in names)


def callee(node: ast.AST) -> str:
    """The last name of what is called: `allclose` of `np.allclose(x, y)`; nothing if the node is no call."""
    return getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""


@dataclass(frozen=True)
class Module:
    """A file that can be imported by a name."""

    name: str
    tree: ast.Module

    @cached_property
    def imports(self) -> dict[str, str]:
        """What its names from elsewhere are in full."""
        found: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    root = alias.name.partition(".")[0]
                    found[alias.asname or root] = alias.name if alias.asname else root
            elif isinstance(node, ast.ImportFrom):
                found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        return found

    @cached_property
    def definitions(self) -> dict[str, list[ast.AST]]:
        """Its functions, classes and variables, those inside functions too, with what they are."""
        found: dict[str, list[ast.AST]] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found.setdefault(node.name, []).append(node)
        for name, value in assigned(self.tree):
            found.setdefault(name, []).append(value)
        return found

    def full_name(self, node: ast.AST) -> str:
        """The name that a node is, in full; nothing if it is none. A computed attribute is a pattern."""
        if isinstance(node, ast.Name):
            return self.imports.get(node.id, node.id)
        if isinstance(node, ast.Attribute) and (owner := self.full_name(node.value)):
            return f"{owner}.{node.attr}"
        if callee(node) == "getattr" and (owner := self.full_name(node.args[0])):
            return f"{owner}.{_pattern(node.args[1])}"
        return ""


def _pattern(name: ast.expr) -> str:
    """What a computed name can be: `*_to_*` for f"{source}_to_{target}"."""
    if isinstance(name, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in name.values)
    return str(name.value) if isinstance(name, ast.Constant) else "*"


@dataclass(frozen=True)
class Modules:
    """Files that are read together: a name of one that another imports leads on into it."""

    by_name: dict[str, Module]

    @classmethod
    def read(cls, root: Path, place: str) -> "Modules":
        """A file, or the files of a folder, named by their path from the root."""
        paths = [root / place] if place.endswith(".py") else sorted((root / place).glob("*.py"))
        names = [".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__") for path in paths]
        return cls({name: Module(name, parse(path)) for name, path in zip(names, paths, strict=True)})

    def __iter__(self) -> Iterator[Module]:
        return iter(self.by_name.values())

    def follow(self, module: Module, node: ast.AST) -> Iterator[tuple[Module, ast.AST]]:
        """Every part of an expression, and of whatever in these files it leads to by name."""
        waiting, seen = [(module, node)], {id(node)}
        while waiting:
            module, node = waiting.pop()
            for part in ast.walk(node):
                yield module, part
                for home, definition in self._definitions(module, part):
                    if id(definition) not in seen:
                        seen.add(id(definition))
                        waiting.append((home, definition))

    def _definitions(self, module: Module, part: ast.AST) -> Iterator[tuple[Module, ast.AST]]:
        name = module.full_name(part)
        if isinstance(part, ast.Name):
            yield from ((module, definition) for definition in module.definitions.get(part.id, ()))
        owner, _, last = name.rpartition(".")
        if owner in self.by_name:
            home = self.by_name[owner]
            yield from ((home, definition) for definition in home.definitions.get(last, ()))

    def names(self, module: Module, node: ast.AST) -> set[str]:
        """The full names, or patterns of them, that an expression leads to."""
        return {name for home, part in self.follow(module, node) if (name := home.full_name(part))}

    def named_calls(self, function: str) -> Iterator[tuple[Module, ast.Call, str]]:
        """The calls of a function whose first argument is a name in quotes, and of those that pass theirs on to it."""
        passing = {function}
        for module in [*self, *self]:
            passing |= {name for name, nodes in module.definitions.items() for n in nodes if _passes_on(n, passing)}
        for module in self:
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Call) and callee(node) in passing and node.args:
                    first = node.args[0]
                    if isinstance(first, ast.Constant) and isinstance(first.value, str):
                        yield module, node, first.value


def _passes_on(node: ast.AST, functions: Iterable[str]) -> bool:
    """Whether a function gives its first argument to one of some functions, as their first."""
    if not isinstance(node, ast.FunctionDef) or not node.args.args:
        return False
    calls = (part for part in ast.walk(node) if isinstance(part, ast.Call) and callee(part) in functions and part.args)
    return any(getattr(call.args[0], "id", "") == node.args.args[0].arg for call in calls)


def leads_to(names: set[str], wanted: str) -> bool:
    """Whether a name is among those found; a pattern stands for every name that it fits."""
    return any(fnmatchcase(wanted, name) for name in names)
