"""What eight devices find, once for all tests that look at it."""

import fcntl
import json
import os

import numpy as np
import pytest

from tests.sharding.subjects import require_done, run


@pytest.fixture(scope="session")
def eight(tmp_path_factory):
    """The arrays by name, and for each case the sizes and the collectives of the program."""
    base = tmp_path_factory.getbasetemp()
    folder = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    path = folder / "eight_devices.npz"
    with open(folder / "eight_devices.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of the workers of one session, the first runs the program
        if not path.with_suffix(".json").exists():
            require_done(run("eight_devices", path, devices=8))
    return dict(np.load(path)), json.loads(path.with_suffix(".json").read_text())
