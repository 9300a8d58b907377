"""A run as it is kept in results/: what was measured, of which commit and kernels, with what and on what."""

import dataclasses
import datetime
import importlib.metadata
import math
import os
import platform
from pathlib import Path
from typing import Any

import jax

import eqlib
from bench._floor import Machine, Needs
from bench._peers import PEERS
from bench.harness import Case, Result
from ci.kernels import commit, kernels_hash

Measured = list[tuple[Case, Needs, dict[str, Result]]]


def record(size: str, machine: Machine, results: Measured, *, verified: bool) -> dict[str, Any]:
    """All of a run; `verified` says that the laws were found to hold on this device before."""
    return {
        "date": datetime.date.today().isoformat(),
        "commit": commit(),
        "kernels": kernels_hash(),
        "verified": verified,
        "all_right": all(measured["eqlib"].is_right for _, _, measured in results),
        "backend": jax.default_backend(),
        "device": device(),
        "machine": dataclasses.asdict(machine),
        "versions": versions(),
        "flags": {name: os.environ.get(name, "") for name in ("NPROC", "XLA_FLAGS")},
        "size": size,
        "cases": [
            {
                "op": case.workload.op,
                "workload": case.workload.name,
                "pass": case.kind,
                "rows": case.rows,
                "floor": {**dataclasses.asdict(needs), "ms": needs.milliseconds(machine)},
                "results": {name: as_json(result) for name, result in measured.items()},
            }
            for case, needs, measured in results
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
