"""The law of the README: its Python runs, from top to bottom in one session, and prints what it says."""

import doctest
import re
from collections.abc import Iterator
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib.models import NequIP, all_pairs
from eqlib.training import Potential, save_potential

README = Path(__file__).resolve().parent.parent / "README.md"
BLOCK = re.compile(r"^```(?:python|pycon|py)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def failures(text: str) -> Iterator[str]:
    """What doctest says of each Python block of a document that does not print what it shows."""
    session: dict[str, object] = {"__name__": "__main__"}
    for block in BLOCK.finditer(text):
        line = text.count("\n", 0, block.start(1))
        examples = doctest.DocTestParser().get_doctest(block[1], session, "README.md", "README.md", line)
        said: list[str] = []
        runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
        # As a reader of the README has it; how it has NumPy print must not reach the tests that follow.
        with jax.enable_x64(False), np.printoptions():
            runner.run(examples, out=said.append, clear_globs=False)
        session = examples.globs
        yield "".join(said)


def keep_potential(path: Path) -> None:
    """One of ethanol, as `eqlib train` leaves it there, with the parameters of before the first step."""
    model = NequIP(num_species=3, cutoff=5.0, lmax=1, features=2, num_layers=1)
    params = model.init(jax.random.key(0), jnp.eye(3), jnp.arange(3), *all_pairs(3))
    path.parent.mkdir(parents=True)
    save_potential(path, Potential(model, params, elements=(1, 6, 8)))


def test_the_readme_prints_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with jax.enable_x64(False):
        keep_potential(Path("build/ethanol/model.safetensors"))
    said = list(failures(README.read_text()))
    assert said, "the README shows no Python"
    assert not "".join(said), "".join(said)


def test_a_readme_that_is_wrong_is_noticed() -> None:
    text = "# A\n\n```python\n>>> x = 2\n```\n\nThen:\n\n```python\n>>> x + 1\n3\n>>> x + 2\n5\n```\n"
    first, second = failures(text)
    assert first == ""
    assert 'File "README.md", line 12' in second
    assert "Got:\n    4\n" in second
