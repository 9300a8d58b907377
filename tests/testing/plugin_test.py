"""The pytest plugin in a project of its own, with the entry point of the installed package."""

from pathlib import Path

import pytest

from eqlib.testing import plugin, profile
from tests.testing.pytest_project import install_plugin, run_in

LAYERS = """
import jax.numpy as jnp
import pytest
import eqlib
from eqlib.testing import equivariant


@pytest.fixture
def factor():
    return 2.0


@pytest.mark.parametrize("power", [1, 2])
@equivariant(in_="1o", out="1o")
def test_right(factor, power):
    return lambda x: factor * x * jnp.sum(x * x) ** power


@equivariant(in_="1o", out="1o")
def test_wrong(request, factor):
    assert request.node.name == "test_wrong"

    def shifted(x):
        return x + factor

    return shifted


class TestLayers:
    @equivariant(in_=("1o", "1o"))
    def test_cross(self):
        return eqlib.cross


@equivariant(in_="1o", out="1o")
def test_of_nothing():
    pass


def test_the_fixture(check_equivariance):
    report = check_equivariance(lambda x: 3.0 * x, "1o", "1o")
    assert report.ok
    assert next(f.tried for f in report.findings if f.law == "inversion") == 4  # inputs of the profile quick


def test_the_fixture_raises(check_equivariance):
    check_equivariance(jnp.abs, "1o", "1o", name="abs")


def test_plain():
    assert 1 == 2
"""

LIGHT = """
import sys

def test_nothing_is_imported_before_it_is_needed():
    assert "pytest_eqlib" in sys.modules
    assert not {"eqlib", "jax", "numpy"} & set(sys.modules)
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A folder with tests, where the plugin is installed."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "layers_test.py").write_text(LAYERS)
    (folder / "light_test.py").write_text(LIGHT)
    install_plugin(folder)
    return folder


def run_pytest(project: Path, *words: str) -> str:
    return run_in(project, "pytest", ["--strict-markers", *words]).stdout


@pytest.fixture(scope="module")
def printed(project: Path) -> str:
    return run_pytest(project, "-v", "--eqlib-profile=quick", "layers_test.py")


def failure(printed: str, name: str) -> list[str]:
    """The lines of one section of the failures."""
    _, _, after = printed.partition(f"_ {name} _")
    lines = after.partition("\n")[2].splitlines()
    return lines[: next(n for n, line in enumerate(lines) if line.startswith(("____", "====")))]


@pytest.mark.parametrize("name", ["test_right[1]", "test_right[2]", "TestLayers::test_cross", "test_the_fixture"])
def test_right_layers_pass_with_their_fixtures(printed, name):
    assert f"layers_test.py::{name} PASSED" in printed


def test_a_wrong_layer_fails_with_its_report_alone(printed):
    lines = failure(printed, "test_wrong")
    assert lines[:3] == [
        "shifted is not equivariant (inversion; float64).",
        "  in: 1x1o; out: 1x1o",
        "  fault:  rotation about all axes",
    ]
    assert {"  in:     zeros", "  g:      the inversion"} < set(lines)
    assert [line.split(" (")[0] for line in lines if ".py" in line] == ["  first:  add, at layers_test.py:24"]
    assert failure(printed, "test_the_fixture_raises")[0] == "abs is not equivariant (inversion; float64)."


def test_other_failures_are_as_they_were(printed):
    assert any("assert 1 == 2" in line for line in failure(printed, "test_plain"))
    assert "TypeError: test_of_nothing returns None.\n" in printed
    assert "Return the function or layer to check: return layer." in printed


def test_the_marker_chooses_them(project):
    listed = run_pytest(project, "--collect-only", "-q", "-m", "equivariance", "layers_test.py")
    assert "5/8 tests collected (3 deselected)" in listed
    assert "@pytest.mark.equivariance: a test that eqlib.testing.equivariant made" in run_pytest(project, "--markers")


def test_a_project_without_such_tests_pays_nothing(project):
    assert "1 passed" in run_pytest(project, "light_test.py")


def test_the_option_knows_every_profile():
    assert tuple(profile.PROFILES) == plugin.PROFILES
