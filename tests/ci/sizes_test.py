"""The law of the measures: code lines are counted without words, and what is over its measure is named."""

from pathlib import Path

from ci.sizes import oversized


def function(name: str, statements: int) -> str:
    words = '    """One line.\n\n    More.\n    """\n\n    # why\n'
    return f"def {name}(x):\n{words}" + "    x += 1\n" * (statements - 1)


def test_only_what_is_over_its_measure_is_named(tmp_path: Path) -> None:
    (tmp_path / "eqlib/lowering/cuda").mkdir(parents=True)
    (tmp_path / "eqlib/fits.py").write_text(function("fits", 40))
    (tmp_path / "eqlib/grown.py").write_text(function("fits", 40) + "\n\n" + function("grown", 41))
    (tmp_path / "eqlib/long.py").write_text("# a comment\n" * 301)
    (tmp_path / "eqlib/lowering/cuda/kernel.py").write_text(function("kernel", 150))
    assert list(oversized(tmp_path)) == [
        "eqlib/grown.py:49: grown has 41 code lines (aim: 40)",
        "eqlib/long.py: 301 lines (aim: 300)",
    ]
