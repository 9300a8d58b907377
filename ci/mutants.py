"""The mutants of a file: its text after one small change each, as the operators of cosmic-ray make them."""

import ast
import difflib
import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cosmic_ray.commands import init
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec

# In place of == and !=, it is the same for small integers, of which CPython has one object each.
LEFT_OUT = ("ReplaceComparisonOperator_Eq_Is", "ReplaceComparisonOperator_NotEq_IsNot")


class Mutant(NamedTuple):
    """One change of a file: the operator of cosmic-ray, and at which of the places where it applies."""

    file: str
    line: int
    operator: str
    occurrence: int

    def text(self, source: str) -> str:
        """The file with the change, made of the file without it."""
        changed = mutate_code(source, get_operator(self.operator)(), self.occurrence)
        if changed is None:
            raise RuntimeError(f"{self.file}:{self.line}: {self.operator} found nothing to change")
        return changed


def mutants(file: str, sample: int = 0, seed: int = 0) -> list[Mutant]:
    """All mutants of a file, or a sample of the given size, without the operators in `LEFT_OUT`.

    Annotations are left out: their `|` makes a union, and no run of the program reads it.
    """
    annotated = list(_annotations(ast.parse(Path(file).read_text())))
    with use_db(":memory:", WorkDB.Mode.create) as db:
        init([Path(file)], db, {})
        specs = [spec for item in db.work_items for spec in item.mutations]
    found = sorted(
        Mutant(file, spec.start_pos[0], spec.operator_name, spec.occurrence)
        for spec in specs
        if not spec.operator_name.endswith(LEFT_OUT) and not any(_within(spec, annotation) for annotation in annotated)
    )
    return sorted(random.Random(seed).sample(found, min(sample, len(found)))) if sample else found


def change(source: str, changed: str) -> str:
    """The line that a mutation makes of another one, without indentation; or the one it takes away, after a minus."""
    lines = list(difflib.unified_diff(source.split("\n"), changed.split("\n"), n=0, lineterm=""))[2:]
    put_in, taken_away = ([line[1:].strip() for line in lines if line[0] == sign and line[1:].strip()] for sign in "+-")
    return " ".join(put_in or ["-", *taken_away])


def _annotations(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        annotation = node.returns if isinstance(node, ast.FunctionDef) else getattr(node, "annotation", None)
        if annotation is not None:
            yield annotation


def _within(spec: MutationSpec, node: ast.expr) -> bool:
    return (node.lineno, node.col_offset) <= spec.start_pos < (node.end_lineno, node.end_col_offset)
