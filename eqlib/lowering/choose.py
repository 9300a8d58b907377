"""Which lowering computes a path: the rule, and its reason in words."""

import math
import os
from typing import NamedTuple

from eqlib.errors import LoweringError
from eqlib.plan import Path, Plan

LOWERINGS = ("einsum", "straight_line")

# Straight-line code grows with the number of non-zero coefficients, and so does the time XLA takes to compile it;
# beyond this many the einsum compiles faster than it loses.
MAX_STRAIGHT_LINE_TERMS = 256


class Choice(NamedTuple):
    """The lowering of one path and why it was chosen."""

    lowering: str
    reason: str


# For every contraction that asks for none, in the whole process: to check one lowering on a device, or to look for the
# cause of a fault. It is read once, since compiled functions are kept and would not follow a change.
VARIABLE = "EQLIB_LOWERING"


def check_lowering(lowering: str | None) -> None:
    """Raises LoweringError unless `lowering` is None or the name of a lowering."""
    if lowering is not None and lowering not in LOWERINGS:
        raise LoweringError(
            f"there is no lowering {lowering!r}: write one of {', '.join(LOWERINGS)}, or None to choose."
        )


def _lowering_of_process() -> str | None:
    """The lowering that the environment asks for, if it does."""
    lowering = os.environ.get(VARIABLE) or None
    if lowering is not None and lowering not in LOWERINGS:
        raise LoweringError(
            f"{VARIABLE}={lowering}: there is no such lowering.\n"
            f"  Set it to one of {', '.join(LOWERINGS)}, or leave it unset, so that each path gets what suits it."
        )
    return lowering


# None if nothing is asked.
LOWERING_OF_PROCESS = _lowering_of_process()


def choose(plan: Plan, path: Path, leading: tuple[tuple[int, ...], ...], asked: str | None) -> Choice:
    """The lowering of `path` when the operands, the output last, have the leading shapes `leading`.

    A path that sums over no channel and no leading axis is elementwise work: as straight-line code over the non-zero
    coefficients it needs no matrix product, and on CPU it ran 2 to 5 times faster than the einsum. A path that sums is
    a matrix product; as straight-line code, which repeats the products for each sum, it ran 3 to 5 times slower
    (channelwise products of 16 to 64 copies, l <= 2, 1000 rows).
    """
    if asked is not None:
        return Choice(asked, "asked for")
    if LOWERING_OF_PROCESS is not None:
        return Choice(LOWERING_OF_PROCESS, f"{VARIABLE} asks for it")
    extents = plan.extents(path)
    whole = math.prod(extents.values()) * math.prod(max(axis) for axis in zip(*leading, strict=True))
    written = math.prod(extents[letter] for letter in path.modes[-1]) * math.prod(leading[-1])
    if written < whole:
        return Choice("einsum", "it sums over channels or leading axes: a matrix product")
    if len(path.coefficients.entries) > MAX_STRAIGHT_LINE_TERMS:
        return Choice("einsum", f"more than {MAX_STRAIGHT_LINE_TERMS} non-zero coefficients")
    return Choice("straight_line", "it sums over components alone: elementwise")
