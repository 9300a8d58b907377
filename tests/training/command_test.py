"""The command says why a training cannot begin, before it leaves anything."""

import subprocess
import sys

import pytest

from eqlib.cli import main
from tests.training.subjects import write_config


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        (("steps = 40", "setps = 40"), 2, "config.toml: there is no key setps.\n  Write steps."),
        (("water.npz", "watr.npz"), 2, "watr.npz: no such file.\n  Write it with np.savez_compressed("),
        (("cutoff = 3.0", "cutoff = 0.5"), 2, "no atom has a neighbour within 0.5 angstrom"),
        (("num_validation = 10", "num_validation = 30"), 2, "has 40 frames, and num_training + num_validation = 50."),
        (("num_validation = 10", ""), 2, "Write num_training and num_validation in [data]."),
        (("checkpoint_every = 1", "batch_size = 21"), 2, "has 20 frames, and batch_size = 21.\n  Write batch_"),
        (('[model]', 'elements = ["H", "C"]\n[model]'), 2, "atom 0 (O): no atom of elements in [data] is of"),
        (('[model]', 'elements = ["Hx"]\n[model]'), 2, 'in [data], elements has "Hx", which is none.'),
        (('[data]', '[loss]\nstress = 1.0\n[data]'), 2, "has no stress, and [loss] counts it."),
    ],
)  # fmt: skip
def test_a_training_that_cannot_begin_says_why(tmp_path, capsys, change, status, message):
    config = write_config(tmp_path)
    assert change[0] in config.read_text()
    config.write_text(config.read_text().replace(*change))
    assert main(["train", str(config)]) == status
    said = capsys.readouterr().err
    assert said.startswith("eqlib train: ") and message in said
    assert not (tmp_path / "run").exists()


def test_check_trains_nothing(tmp_path, capsys):
    assert main(["train", "--check", str(write_config(tmp_path))]) == 0
    told = capsys.readouterr().out
    assert told.startswith(
        "nothing is wrong with the data: 20 training, 10 validation, 10 test\nNequIP(num_species=2, "
    )
    assert not (tmp_path / "run").exists()


# Without what is optional


def without(package: str, code: str, **options) -> subprocess.CompletedProcess[str]:
    program = f"import sys; sys.modules[{package!r}] = None\n{code}"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, **options)


def test_without_optax_frames_are_read_and_the_rest_says_what_to_install(tmp_path):
    config = write_config(tmp_path)
    code = f"""
from eqlib.training import TrainingError, read_frames
from eqlib.cli import main
print(len(read_frames({str(tmp_path / "water.npz")!r})), main(["train", {str(config)!r}]))
try:
    from eqlib.training import train
except ImportError as error:
    print(error)
"""
    done = without("optax", code)
    told = "eqlib.training needs optax, which is not installed: pip install eqlib[train]\n"
    assert done.stdout == f"40 2\n{told}" and done.stderr == f"eqlib train: {told}"


def test_without_matplotlib_plots_are_refused_before_the_training(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert main(["train", "--check", str(write_config(tmp_path, plots="true"))]) == 2
    assert capsys.readouterr().err == (
        "eqlib train: plots need matplotlib, which is not installed: pip install eqlib[train], or plots = false.\n"
    )
