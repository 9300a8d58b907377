"""What the README and the manual tell a newcomer to write runs."""

import doctest
import re
from pathlib import Path

import eqlib.training
from eqlib.cli import main
from eqlib.training import read_frames
from examples.ethanol.frames import ETHANOL

ROOT = Path(__file__).resolve().parents[2]
MANUAL = Path(eqlib.training.__file__).with_name("README.md")


def test_the_config_of_the_readme_trains_and_the_manual_uses_what_comes_out(tmp_path, monkeypatch, capsys):
    """In small: two steps, two copies of 0e, one layer."""
    (config,) = re.findall(r"^```toml\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    assert 'path = "examples/ethanol/ethanol.npz"' in config and "steps = 2000" in config
    config = config.replace("examples/ethanol/ethanol.npz", str(ETHANOL)).replace("steps = 2000", "steps = 2")
    config = config.replace("lmax = 2", "lmax = 0\nfeatures = 2\nnum_layers = 1\nradial_neurons = [2]")
    config = config.replace('output = "build/ethanol"', 'output = "run"\nplots = false')
    config = config.replace("[model]", "num_training = 20\nnum_validation = 5\n[model]")
    (tmp_path / "ethanol.toml").write_text(config)
    monkeypatch.chdir(tmp_path)
    assert main(["train", "ethanol.toml"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"the potential: {Path('run/model.safetensors')}"
    frames = read_frames(ETHANOL)
    names = {"numbers": frames.numbers[0], "positions": frames.positions[0].astype("float32")}
    (text,) = re.findall(r"^```python\n(.*?)^```", MANUAL.read_text(), re.MULTILINE | re.DOTALL)
    example = doctest.DocTestParser().get_doctest(text, names, "README.md", str(MANUAL), 0)
    failed, run = doctest.DocTestRunner(verbose=False).run(example, clear_globs=False)
    assert (failed, run) == (0, 7)
    assert example.globs["forces"].shape == (9, 3)
