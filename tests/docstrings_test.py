"""The law of the examples: every `>>>` in a docstring of eqlib is found by doctest, and so runs in this suite."""

import ast
import doctest
import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import eqlib

MODULES = sorted(module.name for module in pkgutil.walk_packages(eqlib.__path__, "eqlib."))


def written(node: ast.AST, name: str) -> Iterator[str]:
    """The names of the module, classes and functions whose docstring has an example."""
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
        if ">>>" in (ast.get_docstring(node) or ""):
            yield name
        if not isinstance(node, ast.FunctionDef):
            for child in node.body:
                yield from written(child, f"{name}.{getattr(child, 'name', '')}")


@pytest.mark.parametrize("name", MODULES)
def test_every_example_is_found(name: str) -> None:
    """A wrapper that hides its docstring, or that seems to come from another module, would lose the example."""
    module = importlib.import_module(name)
    assert module.__file__ is not None
    with open(module.__file__) as file:
        examples = set(written(ast.parse(file.read()), name))
    found = {test.name for test in doctest.DocTestFinder().find(module, name) if test.examples}
    assert examples - found == set()


def test_an_example_lost_by_a_wrapper_would_be_noticed() -> None:
    example, words = '"""\n        >>> 1\n        """', '"""No example."""'
    source = f"class A:\n    def f(self):\n        {example}\n\ndef g():\n    {words}\n"
    assert list(written(ast.parse(source), "m")) == ["m.A.f"]
