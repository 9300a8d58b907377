"""Does the output move at all? What never moves satisfies every law, and shows nothing."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from eqlib.array_types import Bool
from eqlib.testing.operands import Field
from eqlib.testing.report import Finding, Verdict
from eqlib.testing.sampling import adversities
from eqlib.testing.symmetries import Runner

# What is idle at one random point may be so by chance, as behind a gate that is shut: then others are tried.
_POINTS, _OTHERS = 8, ("close", "far", "huge")

_VANISHES = (
    "If it vanishes by symmetry, as the cross product of a vector and itself does, leave it out: y.filter(drop=...)."
)

# Which components of each output moved.
Moved = list[Bool[np.ndarray, "..."]]


def motion(runner: Runner, seed: int) -> tuple[Finding, list[str]]:
    """Moves one field after the other: the finding, and a note for each field, and each segment of 0e, that is idle.

    What is invariant need not matter: an output must move with a field that the group moves, if there is one, and every
    output with some field, in each of its segments; but 0e may be a constant, as Y_0 is. Any other constant is zero.
    """
    operands = runner.program.operands
    fields = [n for n, one in enumerate(operands) if isinstance(one, Field) and one.irreps.dim]
    turning = [n for n in fields if any(not ir.is_scalar() for _, ir in operands[n].irreps)] or fields
    moves = _moves(runner, seed, fields, turning)
    notes = [f"no output depends on the operand {operands[n]}" for n in fields if not _any([moves[n]])]
    idle, constant = _idle(runner, list(moves.values()))
    notes += [f"{what} does not move" for what in constant]
    why: tuple[str, ...] = ()
    if not _any([moves[n] for n in turning]):
        what = "nothing that the group moves" if turning != fields or len(fields) > 1 else "the input"
        why = (f"the output does not move with {what}: it satisfies every law, and that says nothing.",)
    elif idle:
        why = (*(f"{what} does not move: it satisfies every law, and that says nothing." for what in idle), _VANISHES)
    verdict = Verdict.VACUOUS if why else Verdict.OK
    return Finding("motion", f"{runner.dtype}", verdict, len(fields), witness=why), notes


def _moves(runner: Runner, seed: int, fields: Sequence[int], turning: Sequence[int]) -> dict[int, Moved]:
    """What moves with each field from one point to the next, until everything does, or there is no other point."""
    moves = {n: [np.zeros(one.irreps.dim, bool) for _, one in runner.program.outputs] for n in fields}
    for given, other in itertools.pairwise(_points(runner, seed)):
        rest, allowed = runner.at_rest(given)
        for n in fields:
            results, bounds = runner.at_rest([other[m] if m == n else x for m, x in enumerate(given)])
            for k, (z, z0, a, b) in enumerate(zip(results, rest, allowed, bounds, strict=True)):
                with np.errstate(invalid="ignore"):  # the difference of two infinities
                    differs = ~(np.abs(z - z0) <= a + b)
                moves[n][k] = moves[n][k] | differs.any(axis=tuple(range(z.ndim - 1)))
        if _any([moves[n] for n in turning]) and not any(_idle(runner, list(moves.values()))):
            break
    return moves


def _points(runner: Runner, seed: int) -> Iterator[list[Any]]:
    operands, arrays = runner.program.operands, runner.program.arrays
    yield runner.cast(arrays)
    for k in range(1, _POINTS + 1):
        yield runner.cast(adversities(operands, arrays, seed + k)["random"])
    found = adversities(operands, arrays, seed)
    yield from (runner.cast(found[name]) for name in _OTHERS if name in found)


def _any(moves: Sequence[Moved]) -> bool:
    return any(bool(moved.any()) for outputs in moves for moved in outputs)


def _idle(runner: Runner, moves: Sequence[Moved]) -> tuple[list[str], list[str]]:
    """The outputs, and segments of other outputs, that move with no field: those that may not, and those of 0e."""
    idle, constant = list[str](), list[str]()
    for k, (_, one) in enumerate(runner.program.outputs):
        moved = np.any([outputs[k] for outputs in moves], axis=0)
        if moved.size and not moved.any():
            idle.append(f"the output {_describe(runner, k)}")
            continue
        for (mul, ir), part in zip(one.irreps, one.irreps.slices(), strict=True):
            if mul and not moved[part].any():
                (constant if ir.is_scalar() else idle).append(f"{mul}x{ir} of the output {_describe(runner, k)}")
    return idle, constant


def _describe(runner: Runner, k: int) -> str:
    path, one = runner.program.outputs[k]
    return f"{path}{one}"
