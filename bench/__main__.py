"""Times every op on its workloads, beside the peers: python -m bench [--op NAME] [--json FILE] [--quick]"""

import os

# One thread and one instruction set, so that CPU time means work and the compiled figures are those of every machine;
# XLA reads both when jax is imported.
os.environ.setdefault("NPROC", "1")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false --xla_cpu_max_isa=AVX2")

import argparse
import json
import sys
from pathlib import Path

import jax

import eqlib
from bench._floor import Machine
from bench._peers import available
from bench._readme import write as write_readme
from bench._record import Measured, record, versions
from bench._table import HEADER, rows
from bench.harness import measure, needs, workloads


def main() -> int:
    """Prints a line for each case; fails if eqlib's answer is wrong in any."""
    options = arguments()
    if options.readme:
        return write_readme()
    size = "quick" if options.quick else "cpu" if jax.default_backend() == "cpu" else "gpu"
    chosen = [workload for workload in workloads() if options.op in (None, workload.op, workload.file)]
    if not chosen:
        print(f"no workload of {options.op!r}: write one of {', '.join(sorted({w.op for w in workloads()}))}")
        return 2
    peers, absent = available()
    machine = Machine.measured()
    print(", ".join(f"{name} {version}" for name, version in versions().items() if version != "missing"))
    print("not timed: " + "; ".join(f"{name}: {why}" for name, why in absent.items()))
    print(f"{machine.bytes_per_second / 1e9:.1f} GB/s copied, {machine.flops_per_second / 1e9:.0f} Gflop/s in float32")
    print(HEADER)
    results: Measured = []
    for workload in chosen:
        for case in workload.cases(size):
            measured = measure(case, {"eqlib": eqlib, **peers})
            results.append((case, needs(case), measured))
            print("\n".join(rows(*results[-1], machine)), flush=True)
    if options.json:
        kept = record(size, machine, results, verified=options.verified)
        options.json.write_text(json.dumps(kept, indent=1, allow_nan=False) + "\n")
    wrong = [str(case) for case, _, measured in results if not measured["eqlib"].is_right]
    print(f"wrong: {'; '.join(wrong)}" if wrong else f"{len(results)} cases, all right to float32")
    return bool(wrong)


def arguments() -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser("python -m bench", description=main.__doc__)
    parser.add_argument("--op", help="only the workloads of this function, or of this file")
    parser.add_argument("--json", type=Path, help="where to write the record")
    parser.add_argument("--quick", action="store_true", help="few rows: to see that it works, not how fast")
    parser.add_argument("--verified", action="store_true", help="of ci/gpu.sh: the laws hold on this device")
    parser.add_argument("--readme", action="store_true", help="write the table of the README of the records, no more")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
