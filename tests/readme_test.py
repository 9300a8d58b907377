"""The law of the README: its Python runs, from top to bottom in one session, and prints what it says."""

import doctest
import re
from collections.abc import Iterator
from pathlib import Path

import jax
import numpy as np

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


def test_the_readme_prints_what_it_shows() -> None:
    said = list(failures(README.read_text()))
    assert said, "the README shows no Python"
    assert not "".join(said), "".join(said)


def test_a_readme_that_is_wrong_is_noticed() -> None:
    text = "# A\n\n```python\n>>> x = 2\n```\n\nThen:\n\n```python\n>>> x + 1\n3\n>>> x + 2\n5\n```\n"
    first, second = failures(text)
    assert first == ""
    assert 'File "README.md", line 12' in second
    assert "Got:\n    4\n" in second
