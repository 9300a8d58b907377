"""Which lowering computes a path: the rule, and its reason in words."""

import math
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


def check_lowering(lowering: str | None) -> None:
    """Raises LoweringError unless `lowering` is None or the name of a lowering."""
    if lowering is not None and lowering not in LOWERINGS:
        raise LoweringError(
            f"there is no lowering {lowering!r}: write one of {', '.join(LOWERINGS)}, or None to choose."
        )


def choose(plan: Plan, path: Path, leading: tuple[tuple[int, ...], ...], asked: str | None) -> Choice:
    """The lowering of `path` when the operands, the output last, have the leading shapes `leading`.

    A path whose whole index space (leading axes and channels) is that of one of its operands is elementwise work: as
    straight-line code over the non-zero coefficients it needs no matrix product. A path that contracts or expands
    channels between operands, such as a linear layer, is a matrix product.
    """
    if asked is not None:
        return Choice(asked, "asked for")
    extents = plan.extents(path)
    whole = math.prod(extents.values()) * math.prod(max(axis) for axis in zip(*leading, strict=True))
    spans = [
        math.prod(leading[n]) * math.prod(extents[letter] for letter in mode)
        for n, mode in zip((*plan.slots, -1), path.modes, strict=True)
    ]
    if max(spans) < whole:
        return Choice("einsum", "no operand spans the whole index space: a matrix product")
    if len(path.coefficients.entries) > MAX_STRAIGHT_LINE_TERMS:
        return Choice("einsum", f"more than {MAX_STRAIGHT_LINE_TERMS} non-zero coefficients")
    return Choice("straight_line", "elementwise over one operand's index space")
