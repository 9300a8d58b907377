"""The table of speed in the README, made of the last record of each device: python -m bench --readme"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ci.generated import Generated

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench/results"
SPEED = Generated(
    "table of speed",
    "<!-- speed: made by `python -m bench --readme` -->\n",
    "<!-- end of speed -->\n",
    "python -m bench --readme",
)

# Where models spend their time; the record has the others.
OPS = (
    "conv",
    "tensor_product",
    "tensor_square",
    "symmetric_contraction",
    "linear",
    "spherical_harmonics",
    "gate",
    "scatter_sum",
)
# As bench/models.py names them.
MODELS = ("NequIP", "MACE", "Allegro")
PASSES_OF_MODELS = ("energy and forces", "training step")
PEER = "e3nn-jax"


def write(root: Path = ROOT) -> int:
    """Puts the table into the README."""
    path = root / "README.md"
    path.write_text(SPEED.put(path.read_text(), speed_table(root / "bench/results")))
    return 0


def speed_table(folder: Path = RESULTS) -> str:
    """For each device a table of the ops above, then one of the models: the time, and how many times that of a peer."""
    tables = [table(record) for record in latest(folder, OPS)]
    return "\n".join([*tables, *(table_of_models(record) for record in latest(folder, MODELS))])


def latest(folder: Path, ops: Sequence[str]) -> list[Mapping[str, Any]]:
    """The last record of each device that has some of these, in the order of the devices' names."""
    records = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    having = [record for record in records if any(case["op"] in ops for case in record["cases"])]
    by_device = {record["device"]: record for record in sorted(having, key=lambda record: record["date"])}
    return [by_device[device] for device in sorted(by_device)]


def table(record: Mapping[str, Any]) -> str:
    """The lines of a record: what was measured with what, then a line for each workload."""
    return "\n".join(
        [
            *what_was_measured(record),
            "",
            f"| op | workload | rows | forward | {PEER} | with gradients | {PEER} |",
            "|---|---|---|---|---|---|---|",
            *lines(record["cases"], is_cpu=is_cpu(record)),
            "",
        ]
    )


def what_was_measured(record: Mapping[str, Any]) -> list[str]:
    """The device, the date, the versions, and what the columns mean."""
    versions = record["versions"]
    kind = "CPU time of one thread" if is_cpu(record) else "time"
    return [
        f"{record['device']}, {record['date']}, jax {versions['jax']}: milliseconds of {kind}, in float32; and how",
        f"many times as long {PEER} {versions[PEER]} takes, in the same run on the same inputs.",
    ]


def table_of_models(record: Mapping[str, Any]) -> str:
    """The lines of a record: a line for each model, its passes side by side, and the seconds in which they compile."""
    found = {(case["op"], case["workload"]): case for case in record["cases"]}
    rows = []
    for model in [name for name in MODELS if (name, PASSES_OF_MODELS[0]) in found]:
        cases = [found[model, name] for name in PASSES_OF_MODELS]
        cells = [cell for case in cases for cell in times(case, is_cpu=is_cpu(record))]
        rows.append(f"| `{model}` | {cases[0]['rows']:,} | {' | '.join([*cells, *compiled_in(cases[-1])])} |")
    return "\n".join(
        [
            *what_was_measured(record),
            "",
            f"| model | edges | energy and forces | {PEER} | training step | {PEER} | its compilation | {PEER} |",
            "|---|---|---|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def compiled_in(case: Mapping[str, Any]) -> list[str]:
    """The CPU seconds that eqlib takes to trace and compile, and the peer."""
    found = [case["results"].get(name) for name in ("eqlib", PEER)]
    return [f"{result['figures']['compile_cpu_seconds']:.0f} s" if result else "–" for result in found]


def lines(cases: Sequence[Mapping[str, Any]], *, is_cpu: bool) -> Iterator[str]:
    """A line for each workload, with its passes side by side."""
    found: dict[tuple[str, str], dict[str, Mapping[str, Any]]] = {}
    for case in cases:
        found.setdefault((case["op"], case["workload"]), {})[case["pass"]] = case
    shown = [(name, passes) for name, passes in found.items() if name[0] in OPS]
    for (op, workload), passes in sorted(shown, key=lambda item: OPS.index(item[0][0])):
        cells = [cell for kind in ("forward", "gradient") for cell in times(passes.get(kind), is_cpu=is_cpu)]
        yield f"| `{op}` | {workload} | {passes['forward']['rows']:,} | {' | '.join(cells)} |"


def times(case: Mapping[str, Any] | None, *, is_cpu: bool) -> tuple[str, str]:
    """The milliseconds of eqlib, and how many times that the peer takes; a dash where one is not timed."""
    timed = {name: result["timing"] for name, result in case["results"].items()} if case else {}
    clock = "cpu_ms" if is_cpu else "wall_ms"
    ours, theirs = timed.get("eqlib"), timed.get(PEER)
    return (
        f"{ours[clock]:.3g}" if ours else "–",
        f"{theirs[clock] / ours[clock]:.1f}×" if ours and theirs else "–",
    )


def is_cpu(record: Mapping[str, Any]) -> bool:
    """Whether the record is of a processor; the first records do not say."""
    return record.get("backend", "cpu") == "cpu"
