"""Finds arrays that are annotated as arrays and no more: jaxtyping says dtype and axes, and the suite checks them.

`x: jax.Array` becomes `x: Float[jax.Array, "*batch 3"]`, with the names of `eqlib/array_types.py`.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# The types of arrays, by their last name, and what stands around one that says more of it.
BARE = {"Array", "ndarray", "NDArray"}
DTYPES = {"Bool", "Float", "Inexact", "Integer", "Key", "Num", "Real", "Shaped", "UInt32"}

# Annotations that may stay bare, `file:function` or a folder, each with its reason.
ALLOWED: dict[str, str] = {}


def last_name(node: ast.AST) -> str:
    """`Array` of `jax.Array`."""
    return getattr(node, "attr", getattr(node, "id", ""))


def bare(annotation: ast.AST) -> Iterator[ast.AST]:
    """The types of arrays in an annotation about which nothing is said."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            annotation = ast.parse(annotation.value, mode="eval").body
        except SyntaxError:  # the axes of an array
            return
    if isinstance(annotation, ast.Subscript) and last_name(annotation.value) in DTYPES:
        return
    if last_name(annotation) in BARE:
        yield annotation
        return
    for child in ast.iter_child_nodes(annotation):
        yield from bare(child)


def annotations(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Every annotation of an argument, a result or a field, with the name of its function or class."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = [n for n in ast.walk(node.args) if isinstance(n, ast.arg)]
            found = [argument.annotation for argument in arguments] + [node.returns]
            yield from ((node.name, annotation) for annotation in found if annotation is not None)
        if isinstance(node, ast.ClassDef):
            yield from ((node.name, field.annotation) for field in node.body if isinstance(field, ast.AnnAssign))


def excuses(place: str) -> set[str]:
    """The entries of ALLOWED under which a `file:function` falls."""
    return {key for key in ALLOWED if place == key or (key.endswith("/") and place.startswith(key))}


def problems(root: Path = ROOT) -> list[str]:
    """`file:line: function: annotation` for every array of which no axis is said, and exceptions without use."""
    found, unused = [], set(ALLOWED)
    for path in sorted((root / "eqlib").rglob("*.py")):
        file = path.relative_to(root).as_posix()
        for function, annotation in annotations(ast.parse(path.read_text(), str(path))):
            for array in map(ast.unparse, bare(annotation)):
                unused -= excuses(f"{file}:{function}")
                if not excuses(f"{file}:{function}"):
                    what = f'{function}: write the axes of {array}, Float[{array}, "..."]'
                    found.append(f"{file}:{annotation.lineno}: {what}")
    return found + [f"ci/array_annotations.py: {key} is allowed bare arrays, and has none" for key in sorted(unused)]


def main() -> int:
    """Prints the annotations."""
    found = problems()
    print("\n".join(found) or "every array in an annotation has its dtype and its axes")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
