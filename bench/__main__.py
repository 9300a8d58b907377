"""Times every op on its workloads, beside the peers: python -m bench [--op NAME] [--json FILE] [--quick]"""

import os

# One thread and one instruction set, so that CPU time means work and the compiled figures are those of every machine;
# XLA reads both when jax is imported.
os.environ.setdefault("NPROC", "1")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false --xla_cpu_max_isa=AVX2")

import argparse
import dataclasses
import datetime
import importlib.metadata
import json
import math
import platform
import sys
from pathlib import Path
from typing import Any

import jax

import eqlib
from bench.harness import PEERS, Case, Result, installed, measure, workloads

COLUMNS = "{:35} {:20} {:8} {:>10} {:>10} {:>7} {:>7} {:>8} {:>8} {:>8} {:>5} {:>5} {:>6} {:>8} {:>7}"
HEADER = (
    *("op", "workload", "pass", "eqlib ms", "peer ms", "ratio", "error", "Mflop", "MB", "temp MB"),
    *("HLO", "dots", "jaxpr", "eqlib s", "peer s"),
)


def main() -> int:
    """Prints a line for each case; fails if eqlib's answer is wrong in any."""
    options = arguments()
    size = "quick" if options.quick else "cpu" if jax.default_backend() == "cpu" else "gpu"
    chosen = [workload for workload in workloads() if options.op in (None, workload.op, workload.file)]
    if not chosen:
        print(f"no workload of {options.op!r}: write one of {', '.join(sorted({w.op for w in workloads()}))}")
        return 2
    libraries = dict(installed())
    print(", ".join(f"{name} {version}" for name, version in versions().items()))
    print(COLUMNS.format(*HEADER))
    results = []
    for workload in chosen:
        for case in workload.cases(size):
            measured = measure(case, libraries)
            results.append((case, measured))
            for peer in PEERS:
                print(COLUMNS.format(*row(case, measured, peer)), flush=True)
    if options.json:
        options.json.write_text(json.dumps(record(size, results), indent=1, allow_nan=False) + "\n")
    wrong = [str(case) for case, measured in results if not measured["eqlib"].is_right]
    print(f"wrong: {'; '.join(wrong)}" if wrong else f"{len(results)} cases, all right to float32")
    return bool(wrong)


def arguments() -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser("python -m bench", description=main.__doc__)
    parser.add_argument("--op", help="only the workloads of this function, or of this file")
    parser.add_argument("--json", type=Path, help="where to write the record")
    parser.add_argument("--quick", action="store_true", help="few rows: to see that it works, not how fast")
    return parser.parse_args()


def row(case: Case, measured: dict[str, Result], peer: str) -> list[str]:
    """What one line of the table says."""
    ours, theirs = measured["eqlib"], measured.get(peer)
    f = ours.figures
    return [
        *(case.workload.op, case.workload.name, case.kind, cpu(ours), cpu(theirs)),
        f"{ours.timing.cpu_ms / theirs.timing.cpu_ms:.2f}" if theirs and theirs.timing and ours.timing else "-",
        f"{ours.error:.1f}",
        *(f"{number / 1e6:.2f}" for number in (f.flops, f.bytes_accessed, f.temp_bytes)),
        *(str(f.hlo_ops), str(f.dots), str(f.jaxpr_equations)),
        *(f"{result.figures.compile_cpu_seconds:.2f}" if result else "-" for result in (ours, theirs)),
    ]


def cpu(result: Result | None) -> str:
    """The median CPU time of a call in milliseconds, or why there is none."""
    if result is None:
        return "missing"
    return f"{result.timing.cpu_ms:.3f}" if result.timing else "differs"


def record(size: str, results: list[tuple[Case, dict[str, Result]]]) -> dict[str, Any]:
    """The run as it is kept in results/."""
    return {
        "date": datetime.date.today().isoformat(),
        "device": device(),
        "versions": versions(),
        "flags": {name: os.environ.get(name, "") for name in ("NPROC", "XLA_FLAGS")},
        "size": size,
        "cases": [
            {
                "op": case.workload.op,
                "workload": case.workload.name,
                "pass": case.kind,
                "rows": case.rows,
                "results": {name: as_json(result) for name, result in measured.items()},
            }
            for case, measured in results
        ],
    }


def as_json(result: Result) -> dict[str, Any]:
    """A result in the numbers that JSON has: an error that is not finite is null."""
    return dataclasses.asdict(result) | {"error": result.error if math.isfinite(result.error) else None}


def device() -> str:
    """The accelerator, or the model of the processor."""
    if jax.default_backend() != "cpu":
        return jax.devices()[0].device_kind
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor()


def versions() -> dict[str, str]:
    """What was measured, with what."""
    found = {"python": platform.python_version(), "eqlib": eqlib.__version__}
    return found | {name: version(name) for name in ("jax", "jaxlib", "numpy", *PEERS)}


def version(distribution: str) -> str:
    """The version of a distribution, or that it is missing."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return "missing"


if __name__ == "__main__":
    sys.exit(main())
