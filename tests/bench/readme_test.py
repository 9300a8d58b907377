"""The table of speed says what the last record of each device says."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench._readme import MODELS, OPS, latest, speed_table

NAMES = {"backend": "gpu", "device": "Card", "versions": {"jax": "0.10.2", "e3nn-jax": "0.21.0"}}


def case(kind: str, ours: float, theirs: float | None) -> dict[str, Any]:
    results = {"eqlib": ours, "e3nn-jax": theirs}
    timed = {name: {"timing": ms and {"cpu_ms": 9.0, "wall_ms": ms}} for name, ms in results.items()}
    return {"op": "linear", "workload": "linear128", "pass": kind, "rows": 50000, "results": timed}


PASSES = ("energy and forces", "training step")


def of_model(name: str) -> dict[str, Any]:
    found = case("forward", 1.0, 1.0)
    for result in found["results"].values():
        result["figures"] = {"compile_cpu_seconds": 12.4}
    return found | {"op": "MACE", "workload": name, "rows": 4000}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An older and a newer record of a GPU, one of a processor, and one of a model there."""
    records = {
        "card-1": NAMES | {"date": "2026-01-01", "cases": [case("forward", 7.0, 7.0)]},
        "card-2": NAMES | {"date": "2026-02-01", "cases": [case("forward", 0.5, 2.0), case("gradient", 1.25, None)]},
        "a-processor": NAMES
        | {"date": "2026-01-15", "backend": "cpu", "device": "Processor", "cases": [case("forward", 1.0, 1.0)]},
        "a-processor-models": NAMES
        | {"date": "2026-03-01", "backend": "cpu", "device": "Processor", "cases": [of_model(name) for name in PASSES]},
    }
    for name, record in records.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(record))
    return tmp_path


def test_the_last_record_of_each_device_is_taken(folder: Path) -> None:
    assert [(record["device"], record["date"]) for record in latest(folder, OPS)] == [
        ("Card", "2026-02-01"),
        ("Processor", "2026-01-15"),
    ]
    assert [record["date"] for record in latest(folder, MODELS)] == ["2026-03-01"]


def test_a_line_has_the_times_of_both_passes_and_how_many_times_as_long_the_peer_takes(folder: Path) -> None:
    card, processor, _ = speed_table(folder).split("\nProcessor")
    assert card.splitlines()[-1] == "| `linear` | linear128 | 50,000 | 0.5 | 4.0× | 1.25 | – |"
    assert processor.splitlines()[-1] == "| `linear` | linear128 | 50,000 | 9 | 1.0× | – | – |"


def test_a_model_has_a_line_with_the_seconds_in_which_its_training_compiles(folder: Path) -> None:
    last = speed_table(folder).splitlines()[-1]
    assert last == "| `MACE` | 4,000 | 9 | 1.0× | 9 | 1.0× | 12 s | 12 s |"
