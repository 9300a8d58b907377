"""The law of the light import: `import eqlib` costs less than 0.3 CPU-seconds beyond JAX, and loads no framework."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAVY = {
    "flax",
    "equinox",
    "haiku",
    "scipy",
    "sympy",
    "flint",
    "optax",
    "hypothesis",
    "matplotlib",
    "ase",
    "vesin",
    "flatbuffers",
}

LISTED = """
import json, sys
import eqlib
before = set(sys.modules)
names = dir(eqlib)
listing = set(sys.modules) - before
model = eqlib.models.NequIP
print(json.dumps({"names": names, "by_listing": sorted(listing), "by_models": sorted(set(sys.modules) - before)}))
"""

MEASURE = """
import json, sys, time
import jax
before = set(sys.modules)
started = time.process_time()
import eqlib
seconds = time.process_time() - started
print(json.dumps({"seconds": seconds, "modules": sorted(set(sys.modules) - before), "file": eqlib.__file__}))
"""


@pytest.fixture(scope="module")
def imports() -> list[dict]:
    """Three imports of eqlib after jax, each in its own interpreter."""

    def measure() -> dict:
        done = subprocess.run([sys.executable, "-c", MEASURE], cwd=ROOT, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    return [measure() for _ in range(3)]


def test_the_import_is_that_of_this_tree(imports: list[dict]) -> None:
    for measured in imports:
        assert Path(measured["file"]) == ROOT / "eqlib/__init__.py"
        assert "eqlib.o3" in measured["modules"]


def test_no_framework_and_no_symbolic_algebra_is_imported(imports: list[dict]) -> None:
    """What JAX has imported already is not counted: it imports parts of scipy itself."""
    for measured in imports:
        assert {name.partition(".")[0] for name in measured["modules"]} & HEAVY == set()


def test_no_room_but_the_library_is_imported(imports: list[dict]) -> None:
    for measured in imports:
        roots = {name.partition(".")[0] for name in measured["modules"]}
        assert roots & {"spec", "proofs", "tests", "bench", "e3nn_jax", "pytest"} == set()


def test_what_only_messages_need_is_not_imported(imports: list[dict]) -> None:
    for measured in imports:
        assert "eqlib._e3nn_jax_names" not in measured["modules"]


def test_the_import_costs_less_than_three_tenths_of_a_second(imports: list[dict]) -> None:
    assert min(measured["seconds"] for measured in imports) < 0.3


def test_what_loads_on_first_use_is_listed_and_neither_the_list_nor_a_model_loads_a_framework() -> None:
    done = subprocess.run([sys.executable, "-c", LISTED], cwd=ROOT, capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    assert {"models", "testing", "flax", "nnx", "equinox", "haiku"} <= set(said["names"])
    assert {"IrrepsArray", "tensor_product", "__version__"} <= set(said["names"])
    assert {name.partition(".")[0] for name in said["by_listing"]} & HEAVY == set()
    assert not any(name.startswith(("eqlib.models", "eqlib.testing", "eqlib.nn.")) for name in said["by_listing"])
    assert {name.partition(".")[0] for name in said["by_models"]} & HEAVY == set()


def test_a_framework_that_is_not_installed_is_not_listed() -> None:
    code = "import sys; sys.modules['haiku'] = None; import eqlib; print('haiku' in dir(eqlib), 'flax' in dir(eqlib))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False True\n"
