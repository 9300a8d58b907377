"""Prints the functions and files that outgrow a screen, as places to look. It fails nothing."""

import ast
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("eqlib", "spec", "proofs", "bench", "ci", "tests", "examples")
FUNCTION, FILE = 40, 300
KERNEL_FUNCTION, KERNEL_FILE = 150, 500  # generated CUDA: straight-line code reads well at any length

Function = ast.FunctionDef | ast.AsyncFunctionDef


def code_lines(path: Path) -> set[int]:
    """The lines of a file that hold more than a comment or a blank."""
    idle = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    with path.open("rb") as file:
        tokens = [token for token in tokenize.tokenize(file.readline) if token.type not in {*idle, tokenize.ENCODING}]
    return {line for token in tokens for line in range(token.start[0], token.end[0] + 1)}


def size(function: Function, lines: set[int]) -> int:
    """The code lines of a function, its docstring left out."""
    documented = ast.get_docstring(function) is not None
    docstring = function.body[0] if documented else None
    words = set(range(docstring.lineno, (docstring.end_lineno or 0) + 1)) if docstring else set()
    return len(lines.intersection(range(function.lineno, (function.end_lineno or 0) + 1)) - words)


def oversized(root: Path = ROOT) -> Iterator[str]:
    """One line for each function and file over its measure."""
    for path in sorted(path for folder in FOLDERS for path in (root / folder).rglob("*.py")):
        name, text = path.relative_to(root).as_posix(), path.read_text()
        most, longest = (KERNEL_FUNCTION, KERNEL_FILE) if "/cuda/" in name else (FUNCTION, FILE)
        if (total := len(text.splitlines())) > longest:
            yield f"{name}: {total} lines (aim: {longest})"
        lines = code_lines(path)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, Function) and (count := size(node, lines)) > most:
                yield f"{name}:{node.lineno}: {node.name} has {count} code lines (aim: {most})"


if __name__ == "__main__":
    places = list(oversized())
    summary = f"{len(places)} places to look at: python -m ci.sizes" if places else "nothing is over its measure"
    print("\n".join([*places, summary]))
