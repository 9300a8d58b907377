"""The table of programs: a verdict that is not the one in the table fails, and each public name has a line."""

import dataclasses
import json

import jax.numpy as jnp
import pytest

import eqlib
from proofs.__main__ import main, too_slow
from proofs.programs import table
from proofs.programs.irreps import TO_3, drawn
from proofs.programs.program import CHECKED_EXACTLY, PROVED, Outcome, Program, judge
from proofs.running import load_theorems

load_theorems()
CROSS = Program("cross", eqlib.cross, (("1o", "1o"),), exact=PROVED, bound=None)
SCALED = Program("norm", lambda x: x * jnp.sum(x**2), ("1o",), "1o", exact=None, options={"as_plain_arrays": True})


def outcome_of(name: str, gap: str = "") -> Outcome:
    return Outcome(name, (name,), "proved", ("1x1o",), 0.0, "derived", "1x1o", {"float32": 0.5}, 1.0, gap)


def test_a_program_with_its_verdicts_has_no_gap():
    proof, check = judge(CROSS), judge(SCALED)
    assert proof.ok and proof.exact == "proved" and proof.irreps == ("1x1o, 1x1o",)
    assert check.ok and set(check.dtypes) == {"float64", "float32"} and max(check.dtypes.values()) < 1


WORSE_OR_BETTER = {
    "a worse decision": ({"fn": eqlib.norm, "cases": ("1o",)}, "checked exactly and not proved"),
    "a better decision": ({"exact": CHECKED_EXACTLY}, "proved and not checked exactly"),
    "a refuted one": (
        {"fn": lambda x, y: eqlib.IrrepsArray("1e", 1e-9 + eqlib.cross(x, y).array)},
        "refuted and not proved",
    ),
    "a crash": ({"cases": ("1o",)}, "TypeError"),
}


@pytest.mark.parametrize("name", WORSE_OR_BETTER)
def test_another_verdict_than_that_of_the_table_fails(name):
    change, words = WORSE_OR_BETTER[name]
    assert words in judge(dataclasses.replace(CROSS, **change)).gap


def test_estimated_bounds_are_not_derived_ones():
    assert "derived and not estimated" in judge(dataclasses.replace(SCALED, bound="estimated")).gap


def test_the_command_runs_the_programs_of_a_name(capsys):
    assert main(["--only", "soft_odd", "--part", "programs", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["program"] for one in found["programs"]] == ["soft_odd"]
    assert found["names"]["soft_odd"]["exactly"] and found["names"]["soft_odd"]["to a bound"]


def test_the_command_fails_for_too_much_time():
    assert too_slow("programs", [outcome_of("dot")], 0.5) and not too_slow("programs", [outcome_of("dot")], None)


def test_the_certificate_has_a_line_for_each_name_and_the_reason_of_a_failure():
    text = table.certificate([], [outcome_of("dot"), outcome_of("cross", gap="refuted and not proved")])
    lines = {line.split()[0]: line for line in text.splitlines() if line.split()}
    assert set(table.NAMES) <= set(lines)
    assert "proved: 1x1o; derived bounds: float32 0.5" in lines["dot"] and "NOTHING" in lines["cross"]
    assert "FAILED cross\n  refuted and not proved" in text and "1 of 2 programs" in text


def test_a_name_without_a_program_needs_a_theorem():
    left = table.unknown([outcome_of(name) for name in table.NAMES if name != "nn.Linear"])
    assert left == ["nn.Linear"]
    assert "rand_matrix" not in table.unknown([])


def test_random_irreps_are_of_the_pool_and_of_a_seed():
    assert drawn(2, 0) == drawn(2, 0) != drawn(2, 1)
    degrees = {ir.l for seed in range(9) for irreps in drawn(2, seed) for _, ir in eqlib.Irreps(irreps)}
    assert degrees == {0, 1, 2, 3} == {ir.l for _, ir in eqlib.Irreps(TO_3)}


def test_the_table_of_the_readme_is_put_between_its_marks(tmp_path):
    path = tmp_path / "README.md"
    path.write_text(f"before\n{table.BEGIN}old\n{table.END}after\n")
    table.write_readme(path)
    text = path.read_text()
    assert text.startswith("before\n") and text.endswith("after\n") and "old" not in text
    assert table.in_readme(text) == table.readme_table()
    path.write_text("no marks")
    with pytest.raises(ValueError, match="has no place for the table"):
        table.write_readme(path)
