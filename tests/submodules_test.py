"""The layers of a framework are imported by any of Python's statements."""

import importlib
import subprocess
import sys

import pytest

FRAMEWORKS = {"flax": "linen", "nnx": "nnx", "equinox": "eqx", "haiku": "haiku"}


@pytest.mark.parametrize(("name", "adapter"), FRAMEWORKS.items())
def test_every_import_gives_the_adapter(name, adapter):
    expected = importlib.import_module(f"eqlib.nn.{adapter}")
    names = {}
    exec(f"import eqlib.{name}\nfrom eqlib.{name} import Linear\nfrom eqlib import {name} as module", names)
    assert names["module"] is getattr(names["eqlib"], name)
    assert names["Linear"] is names["module"].Linear is expected.Linear
    assert set(dir(expected)) <= set(dir(names["module"]))


@pytest.mark.parametrize(
    "statement", ["import eqlib.flax", "from eqlib.flax import Linear", "import eqlib; eqlib.flax"]
)
def test_without_the_framework_the_error_says_what_to_install(statement):
    code = f"import sys\nsys.modules['flax'] = None\ntry:\n    {statement}\nexcept ImportError as e:\n    print(e)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told == "eqlib.flax needs flax, which is not installed: pip install eqlib[flax]\n"


def test_the_models_have_the_names_that_the_readme_gives_them():
    code = "import eqlib; print(eqlib.models.NequIP.__module__, *eqlib.models.all_pairs(2))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told == "eqlib.models.nequip [0 1] [1 0]\n"
