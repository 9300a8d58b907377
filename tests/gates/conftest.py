"""What the tests of the gates share."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gates.project import GatedProject


@pytest.fixture
def project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[GatedProject]:
    """An empty project, in the current folder."""
    yield GatedProject(tmp_path, monkeypatch, capsys)
    sys.modules.pop("gated", None)
