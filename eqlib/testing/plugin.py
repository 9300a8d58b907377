"""What pytest loads of eqlib: an option, a marker, a fixture, and failures that are reports, without a traceback.

It is installed as the module `pytest_eqlib`, outside of the package. pytest loads its plugins first of all, in every
project; and to import eqlib is to import JAX, which a conftest.py may yet want to configure. So this file imports
neither, until a test needs them.
"""

import importlib
import sys
from collections.abc import Callable, Generator
from typing import Any

import pytest

PROFILES = ("quick", "ci", "deep")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds `--eqlib-profile`."""
    parser.getgroup("eqlib").addoption(
        "--eqlib-profile", choices=PROFILES, default="ci", help="how much checks of equivariance try (default: ci)"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Registers the marker, so that `-m equivariance` chooses these tests, and `--strict-markers` knows it."""
    config.addinivalue_line("markers", "equivariance: a test that eqlib.testing.equivariant made")


@pytest.fixture
def check_equivariance(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """`eqlib.testing.assert_equivariant` in the profile of the command line; it returns the report."""
    profile = request.config.getoption("eqlib_profile")

    def checked(fn: Any, in_: Any, out: Any = None, **options: Any) -> Any:
        return importlib.import_module("eqlib.testing").assert_equivariant(
            fn, in_, out, **{"profile": profile} | options
        )

    return checked


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Generator[None, Any, Any]:
    """Of a law that fails, the report says all; the way through eqlib and JAX to it says nothing."""
    made = yield
    report = sys.modules.get("eqlib.testing.report")
    if call.excinfo is not None and report is not None and isinstance(call.excinfo.value, report.NotEquivariant):
        made.longrepr = str(call.excinfo.value.report)
    return made
