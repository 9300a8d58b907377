"""What the README shows runs, and its tables are those that the command prints."""

import doctest
import re
from pathlib import Path

import eqlib.sharding
from eqlib.sharding.scaling import CASES, table
from eqlib.sharding.traffic import Traffic, traffic

README = Path(eqlib.sharding.__file__).with_name("README.md")


def test_the_example_runs():
    text = "".join(re.findall(r"^```python\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL))
    example = doctest.DocTestParser().get_doctest(text, {}, "README.md", str(README), 0)
    assert doctest.DocTestRunner(verbose=False).run(example, clear_globs=False) == (0, 15)
    moved, start = example.globs["moved"], example.globs["start"]
    assert traffic(moved.lower(start).compile().as_text()) == {"all-reduce": Traffic(1, start.dtype.itemsize)}


def test_it_has_the_tables_of_the_command_with_bytes_that_are_those_of_the_halo():
    text = README.read_text()
    head = table("", []).splitlines()[2]
    assert all(f"{case.name}:\n\n{head}\n" in text for case in CASES)
    for name in ("Allegro:", "NequIP, deep halo:", "Allegro, on more and more devices:"):
        rows = re.search(rf"^{name}\n\n\|.*\n\|-.*\n((?:\|.*\n)+)", text, re.MULTILINE)
        assert rows is not None
        for row in rows[1].splitlines():
            numbers = [float(cell.replace(",", "")) for cell in row.strip("| ").split("|")]
            atoms, halo, kilobytes = numbers[0], numbers[2], numbers[6]
            assert f"{24 * halo / 1e3:.1f}" == f"{kilobytes:.1f}" and round(24 * halo / atoms) == numbers[7]
