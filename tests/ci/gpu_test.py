"""ci/gpu.sh refuses a machine without a GPU before it runs anything, and says what to do."""

import os
import subprocess
import sys
from pathlib import Path

import jax
import pytest

from eqlib.lowering.choose import VARIABLE

SCRIPT = Path(__file__).resolve().parents[2] / "ci/gpu.sh"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "EQLIB_PYTHON": sys.executable}
    return subprocess.run([SCRIPT, *arguments], env=environment, capture_output=True, text=True)


@pytest.mark.skipif(jax.default_backend() != "cpu", reason="there is a GPU here")
def test_a_machine_without_a_gpu_is_refused() -> None:
    found = run()
    assert (found.returncode, found.stdout) == (2, "")
    assert "jax sees no GPU here, only cpu" in found.stderr
    assert "ci/gpu.sh --rehearse" in found.stderr


def test_an_unknown_argument_is_refused() -> None:
    found = run("--fast")
    assert (found.returncode, found.stderr) == (2, "usage: ci/gpu.sh [--rehearse]\n")


def test_every_lowering_is_asked_for_by_the_variable_that_is_read() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    assert f'{VARIABLE}="$lowering" timeout' in text and "import LOWERINGS; print(*LOWERINGS)" in text
