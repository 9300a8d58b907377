"""A folder in which pytest finds the plugin of eqlib as in an environment where the wheel is installed."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def install_plugin(folder: Path) -> None:
    """What the wheel installs beside the package, as pyproject.toml says: the module and its entry point."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for source, installed in project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"].items():
        (folder / installed).write_text((ROOT / source).read_text())
    metadata = folder / "eqlib-0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: eqlib\nVersion: 0\n")
    points = "".join(f"{name} = {module}\n" for name, module in project["project"]["entry-points"]["pytest11"].items())
    (metadata / "entry_points.txt").write_text(f"[pytest11]\n{points}")


def run_in(folder: Path, module: str, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Runs `python -m module words` there, as on a terminal of 80 columns without colours."""
    ours = {name: value for name, value in os.environ.items() if name not in ("CI", "BUILD_NUMBER", "FORCE_COLOR")}
    path = os.pathsep.join([str(folder), str(ROOT)])
    environment = ours | {"PYTHONPATH": path, "PYTEST_ADDOPTS": "", "COLUMNS": "80", "NO_COLOR": "1"}
    # Of the plugins that our own suite needs, one would import NumPy, and one would leave a folder.
    without = ["-p", "no:jaxtyping", "-p", "no:cacheprovider"] if module == "pytest" else []
    command = [sys.executable, "-m", module, *without, *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
