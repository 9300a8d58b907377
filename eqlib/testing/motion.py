"""Does the output move at all? What never moves satisfies every law, and shows nothing."""

import numpy as np

from eqlib.testing.operands import Field
from eqlib.testing.report import Finding, Verdict
from eqlib.testing.sampling import adversities
from eqlib.testing.symmetries import Runner


def motion(runner: Runner, seed: int) -> tuple[Finding, list[str]]:
    """Moves one field after the other: the finding, and a note for each field and output that is idle.

    What is invariant need not matter: the output must move with a field that the group moves, if there is one.
    """
    operands, given = runner.program.operands, runner.cast(runner.program.arrays)
    other = runner.cast(adversities(operands, runner.program.arrays, seed + 1)["random"])
    rest, allowed = runner(given), runner.bounds(given, {})
    fields = [n for n, one in enumerate(operands) if isinstance(one, Field) and one.irreps.dim]
    moves = {n: [False] * len(rest) for n in fields}
    for n in fields:
        moved = [other[m] if m == n else x for m, x in enumerate(given)]
        results, bounds = runner(moved), runner.bounds(moved, {})
        for k, (z, z0, a, b) in enumerate(zip(results, rest, allowed, bounds, strict=True)):
            moves[n][k] = bool(np.any(~(np.abs(z - z0) <= a + b)))
    turning = [n for n in fields if any(not ir.is_scalar() for _, ir in operands[n].irreps)] or fields
    idle_outputs = [k for k in range(len(rest)) if not any(moves[n][k] for n in turning)]
    notes = [f"no output depends on the operand {operands[n]}" for n in fields if not any(moves[n])]
    if len(idle_outputs) < len(rest):
        notes += [f"the output {_describe(runner, k)} does not move" for k in idle_outputs]
        return Finding("motion", f"{runner.dtype}", Verdict.OK, len(fields)), notes
    what = "nothing that the group moves" if turning != fields or len(fields) > 1 else "the input"
    why = f"the output does not move with {what}: it satisfies every law, and that says nothing."
    return Finding("motion", f"{runner.dtype}", Verdict.VACUOUS, len(fields), witness=(why,)), notes


def _describe(runner: Runner, k: int) -> str:
    path, one = runner.program.outputs[k]
    return f"{path}{one}"
