"""In continuous integration nothing optional is missing, so that no test is skipped for the want of a package.

The exception is torch, which is large and in no extra: tests/testing/torch_functions_test.py runs where it is there.
"""

import importlib
import importlib.metadata
import os
import re
import tomllib
from pathlib import Path

import pytest

PROJECT = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
PARTS = re.fullmatch(r"eqlib\[(.*)\]", EXTRAS["all"][0])
REQUIRED = sorted({re.split(r"[\[<>=]", line)[0] for part in PARTS[1].split(",") for line in EXTRAS[part]})


# What no test needs: tools that `ci/` runs, and JAX for a device that is not everywhere.
APART = {"lint", "mutation", "cuda"}


def test_the_extra_all_is_all_that_tests_need():
    assert {*PARTS[1].split(","), "all", *APART} == set(EXTRAS)


@pytest.mark.skipif("CI" not in os.environ, reason="outside of CI, a test may be skipped for the want of a package")
@pytest.mark.parametrize("name", REQUIRED)
def test_it_is_installed_and_can_be_imported(name):
    provided = [module for module, names in _distributions().items() if _normal(name) in map(_normal, names)]
    assert provided, f"{name} is not installed: the tests that need it would be skipped."
    for module in provided:
        if module.isidentifier() and not module.startswith("_"):
            importlib.import_module(module)


def _distributions():
    return importlib.metadata.packages_distributions()


def _normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()
