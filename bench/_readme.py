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
PEER = "e3nn-jax"


def write(root: Path = ROOT) -> int:
    """Puts the table into the README."""
    path = root / "README.md"
    path.write_text(SPEED.put(path.read_text(), speed_table(root / "bench/results")))
    return 0


def speed_table(folder: Path = RESULTS) -> str:
    """A table for each device, of the workloads of the ops above: the time, and how many times that a peer takes."""
    return "\n".join(table(record) for record in latest(folder))


def latest(folder: Path) -> list[Mapping[str, Any]]:
    """The last full record of each device, in the order of their names."""
    records = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    by_device = {record["device"]: record for record in sorted(records, key=lambda record: record["date"])}
    return [by_device[device] for device in sorted(by_device)]


def table(record: Mapping[str, Any]) -> str:
    """The lines of a record: what was measured with what, then a line for each workload."""
    versions = record["versions"]
    kind = "CPU time of one thread" if is_cpu(record) else "time"
    return "\n".join(
        [
            f"{record['device']}, {record['date']}, jax {versions['jax']}: milliseconds of {kind}, in float32; and how",
            f"many times as long {PEER} {versions[PEER]} takes, in the same run on the same inputs.",
            "",
            f"| op | workload | rows | forward | {PEER} | with gradients | {PEER} |",
            "|---|---|---|---|---|---|---|",
            *lines(record["cases"], is_cpu=is_cpu(record)),
            "",
        ]
    )


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
