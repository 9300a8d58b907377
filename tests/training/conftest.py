"""A training that has ended, once for all tests that look at what it leaves."""

import contextlib
import io

import pytest

from eqlib.cli import main
from tests.training.subjects import write_config


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """A folder in which `eqlib train config.toml` has run, and what it printed."""
    folder = tmp_path_factory.mktemp("trained")
    config, told = write_config(folder, plots="true"), io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        status = main(["train", str(config)])
    assert status == 0, told.getvalue()
    return folder, told.getvalue()
