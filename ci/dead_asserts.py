"""Finds checks that cannot fail: a comparison whose result is thrown away, an assertion of a tuple."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("tests", "spec", "proofs", "bench", "examples")

# Calls that answer a question and raise nothing.
QUESTIONS = {"allclose", "isclose", "array_equal", "array_equiv", "equal", "isfinite", "isinstance", "all", "any"}


def called(node: ast.AST) -> str:
    """The last name of a call: `allclose` of `np.allclose(x, y)`."""
    return getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""


def expects_error(node: ast.AST) -> bool:
    """Whether a block is a `with pytest.raises(...)`, in which a comparison is there to raise."""
    return isinstance(node, ast.With) and any(called(i.context_expr) in {"raises", "warns"} for i in node.items)


def dead(node: ast.AST) -> Iterator[ast.stmt]:
    """The statements under a node that look like checks and cannot fail."""
    if expects_error(node):
        return
    if isinstance(node, ast.Expr):
        answer = isinstance(node.value, ast.Compare | ast.BoolOp) or called(node.value) in QUESTIONS
        negated = isinstance(node.value, ast.UnaryOp) and isinstance(node.value.op, ast.Not)
        if answer or negated:
            yield node
    if isinstance(node, ast.Assert) and isinstance(node.test, ast.Tuple | ast.Constant) and truthy(node.test):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from dead(child)


def truthy(value: ast.Tuple | ast.Constant) -> bool:
    """Whether a literal is true; `assert False` marks a line that must not be reached and is no dead check."""
    return bool(value.elts) if isinstance(value, ast.Tuple) else bool(value.value)


def problems(root: Path = ROOT) -> list[str]:
    """`file:line: statement` for every dead check in the folders that check something."""
    files = sorted(file for folder in FOLDERS for file in (root / folder).rglob("*.py"))
    found = ((file, statement) for file in files for statement in dead(ast.parse(file.read_text(), str(file))))
    return [f"{file.relative_to(root).as_posix()}:{s.lineno}: cannot fail: {ast.unparse(s)}" for file, s in found]


def main() -> int:
    """Prints the dead checks."""
    found = problems()
    print("\n".join(found) or f"every check in {', '.join(FOLDERS)} can fail")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
