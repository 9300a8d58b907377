"""The table of a run: a line for each case, and peer that was timed on it."""

from collections.abc import Iterator

import jax

from bench._floor import Machine, Needs
from bench.harness import Case, Result, Timing

COLUMNS = "{:35} {:20} {:8} {:>9} {:>9} {:>7} {:18} {:>9} {:>6} {:>6} {:>8} {:>8} {:>7} {:>5} {:>4} {:>5} {:>7} {:>6}"
HEADER = COLUMNS.format(
    *("op", "workload", "pass", "eqlib ms", "floor ms", "x floor", "peer", "peer ms", "ratio", "error"),
    *("Mflop", "MB", "temp MB", "HLO", "dots", "jaxpr", "eqlib s", "peer s"),
)


def rows(case: Case, needs: Needs, measured: dict[str, Result], machine: Machine) -> Iterator[str]:
    """What is printed of a case."""
    ours = measured["eqlib"]
    floor = needs.milliseconds(machine)
    f = ours.figures
    for peer in [name for name in measured if name != "eqlib"] or ["-"]:
        theirs = measured.get(peer)
        yield COLUMNS.format(
            *(case.workload.op, case.workload.name, case.kind, taken(ours), f"{floor:.3f}"),
            f"{milliseconds(ours.timing) / floor:.2f}" if ours.timing else "-",
            *(peer, taken(theirs) if theirs else "-"),
            ratio(ours, theirs),
            f"{ours.error:.1f}",
            *(f"{number / 1e6:.2f}" for number in (f.flops, f.bytes_accessed, f.temp_bytes)),
            *(str(f.hlo_ops), str(f.dots), str(f.jaxpr_equations)),
            *(f"{result.figures.compile_cpu_seconds:.2f}" if result else "-" for result in (ours, theirs)),
        )


def milliseconds(timing: Timing) -> float:
    """Of the clock that means work: of the CPU where it computes, else on the wall."""
    return timing.cpu_ms if jax.default_backend() == "cpu" else timing.wall_ms


def taken(result: Result) -> str:
    """The median of a call in milliseconds, or that the answer differs."""
    return f"{milliseconds(result.timing):.3f}" if result.timing else "differs"


def ratio(ours: Result, theirs: Result | None) -> str:
    """How much of the peer's time eqlib takes."""
    if theirs is None or not theirs.timing or not ours.timing:
        return "-"
    return f"{milliseconds(ours.timing) / milliseconds(theirs.timing):.2f}"
