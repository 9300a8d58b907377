"""The learning curve in small: the higher the degree, the less the error; and the table is of the stored figures."""

import csv
from pathlib import Path

import jax
import pytest

from examples.learning_curve.__main__ import _conclusion, main
from examples.learning_curve.report import force_errors, ratios, table

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "learning_curve"


def rows_of(path: Path) -> list[dict[str, float]]:
    with path.open() as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]


def test_higher_degrees_err_less_after_a_short_training(tmp_path, capsys):
    options = ["--sizes", "100", "--features", "4", "--layers", "2", "--steps", "400"]
    with jax.enable_x64(False):
        main([*options, "--output", str(tmp_path), "--trainings", str(tmp_path / "trainings")])
    errors = {l: sum(by_size[100]) / 2 for l, by_size in force_errors(rows_of(tmp_path / "learning_curve.csv")).items()}
    assert errors[0] > errors[1] > errors[2]
    assert errors[0] < 300  # of a mean size of 740: all have learnt
    assert (tmp_path / "learning_curve.png").read_bytes().startswith(b"\x89PNG")
    assert f"| {errors[0] / errors[2]:.2f} |" in capsys.readouterr().out


def test_the_table_is_of_the_stored_figures_and_they_show_what_is_claimed():
    rows = rows_of(FOLDER / "learning_curve.csv")
    assert table(rows) in (FOLDER / "README.md").read_text()
    found = ratios(rows)
    assert list(found) == [50, 100, 200, 400] and len(rows) == 24
    assert found[200] >= 1.3 and list(found.values()) == sorted(found.values())


@pytest.mark.parametrize(
    ("found", "status"),
    [({50: 1.2, 200: 1.3}, 0), ({50: 1.2, 200: 1.29}, 1), ({50: 1.4, 200: 1.35}, 1), ({200: 1.3}, 0), ({200: 1.29}, 1)],
)
def test_the_exit_status_is_the_verdict(found, status, capsys):
    assert _conclusion(found) == status
    assert capsys.readouterr().out.endswith(f"verdict: {'failed' if status else 'ok'}\n")
