"""The registers of the kernels of conv, pass by pass, at the named workloads, by NVRTC and ptxas; no GPU is needed.

`python -m ci.registers` prints them; `--write` keeps them as bench/results/registers-<architecture>.txt.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.workloads import MACE128, NEQUIP64, SH2, SH3
from eqlib.lowering.cuda import nvrtc
from eqlib.lowering.cuda.schedule import schedules
from eqlib.lowering.cuda.source import source
from eqlib.o3 import Irreps
from eqlib.ops.conv import plan_conv
from eqlib.plan import indexed

ROOT = Path(__file__).resolve().parent.parent

KERNELS = {"nequip64": (NEQUIP64, SH2), "mace128": (MACE128, SH3)}
"""The features and the harmonics of conv; it keeps the degrees of the harmonics."""


def passes(name: str) -> dict[str, indexed.IndexedPlan]:
    """What a training step with forces computes, each in all inputs together."""
    irreps1, irreps2 = KERNELS[name]
    _, plan = plan_conv(irreps1, irreps2, tuple(ir for _, ir in Irreps(irreps2)))
    tangent = indexed.derivative(plan, (0, 1, 2))
    backward = indexed.transpose(tangent, (3, 4, 5))
    double = indexed.transpose(indexed.derivative(backward, (0, 1, 2, 3)), (4, 5, 6, 7))
    return {"forward": plan, "tangent": tangent, "backward": backward, "double backward": double}


def ptxas() -> str | None:
    """The assembler of PTX, as pip installs it."""
    patterns = ("nvidia/cuda_nvcc/bin/ptxas", "nvidia/cu13/bin/ptxas")
    found = (Path(folder, pattern) for folder in sys.path for pattern in patterns)
    return next((str(path) for path in found if path.is_file()), None)


def registers(name: str, architecture: str) -> Iterator[tuple[str, int, int]]:
    """Of every kernel of a workload: what it computes, the registers of a thread, the bytes that it spills."""
    for of_pass, plan in passes(name).items():
        for n, schedule in enumerate(schedules(plan), 1):
            ptx = nvrtc.compile_to_ptx(source(schedule, "float32", "int32"), architecture.replace("sm", "compute"))
            with tempfile.NamedTemporaryFile("w", suffix=".ptx") as file:
                file.write(ptx)
                file.flush()
                command = [ptxas() or "ptxas", f"-arch={architecture}", "-v", file.name, "-o", "/dev/null"]
                report = subprocess.run(command, capture_output=True, text=True, check=True).stderr
            spilt = sum(map(int, re.findall(r"(\d+) bytes spill", report)))
            blocks = schedule.blocks
            block = f"{blocks.rows} x {blocks.threads} threads, {blocks.per_thread} channels each"
            yield f"{name:9} {of_pass:16} {n}  {block:34}", int(re.findall(r"Used (\d+) registers", report)[0]), spilt


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("architecture", nargs="?", default="sm_90")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    title = (
        f"The kernels of conv in float32, {given.architecture}, NVRTC {nvrtc.version()}; a thread has 255 registers."
    )
    lines = [title, ""]
    for name in KERNELS:
        for kernel, used, spilt in registers(name, given.architecture):
            lines.append(f"{kernel}  {used} registers, {spilt} bytes spilt")
    print(*lines, sep="\n")
    if given.write:
        (ROOT / "bench" / "results" / f"registers-{given.architecture}.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
