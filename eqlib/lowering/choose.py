"""Which lowering computes a path: the rule, and its reason in words; print(explain(plan)) shows both."""

import math
import os
from collections import Counter
from typing import NamedTuple

from eqlib.array_types import Shape
from eqlib.errors import LoweringError
from eqlib.lowering.extents import known_or_large
from eqlib.lowering.xla_matrix import bare_slot
from eqlib.plan import Path, Plan
from eqlib.plan.products import is_by_channel, terms_by_channel

# Those that can be asked for: they compute any path. The others are chosen for the paths that they suit.
LOWERINGS = ("einsum", "straight_line")

# Straight-line code grows with the number of non-zero coefficients, and so does the time XLA takes to compile it;
# beyond this many the einsum compiles faster than it loses.
MAX_STRAIGHT_LINE_TERMS = 256
# From so many in all, the loop over a table of the terms of all paths compiles faster; and it runs faster, too.
MIN_TABLE_TERMS = 200
# With fewer channels, what a matrix product costs besides its arithmetic is more than that.
MIN_CHANNELS = 8


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


def choose(plan: Plan, path: Path, leading: tuple[Shape, ...], asked: str | None, is_cpu: bool = True) -> Choice:
    """The lowering of `path` when the operands, the output last, have the leading shapes `leading`.

    A path that sums over no channel and no leading axis is elementwise work: as straight-line code over the non-zero
    coefficients it needs no matrix product, and on CPU it ran 2 to 5 times faster than the einsum. A path that sums is
    a matrix product; as straight-line code, which repeats the products for each sum, it ran 3 to 5 times slower
    (channelwise products of 16 to 64 copies, l <= 2, 1000 rows). On CPU a path with an operand without channels is a
    matrix product too: together with those like it, it ran 1.3 to 2 times faster than as straight-line code, and
    compiled in a third of the time (32 to 128 copies by harmonics of l <= 3, 2000 rows).

    Of paths that mix no channels, and have many terms together, a table does: on CPU a loop over it compiled in 0.3 to
    0.5 s where straight-line code took 1 to 6 s, and ran 1 to 8 times faster, also where it sums over samples (the
    symmetric contraction of degree 3 of 128 copies, l <= 3, and its derivatives).
    """
    if asked is not None:
        return Choice(asked, "asked for")
    if LOWERING_OF_PROCESS is not None:
        return Choice(LOWERING_OF_PROCESS, f"{VARIABLE} asks for it")
    is_matrix = is_cpu and bare_slot(plan, path) is not None
    if is_cpu and not is_matrix and is_by_channel(plan, path) and terms_by_channel(plan) >= MIN_TABLE_TERMS:
        return Choice("table", f"at least {MIN_TABLE_TERMS} terms that mix no channels: a loop over a table of them")
    extents = plan.extents(path)
    shapes = [tuple(map(known_or_large, shape)) for shape in leading]
    whole = math.prod(extents.values()) * math.prod(max(axis) for axis in zip(*shapes, strict=True))
    written = math.prod(extents[letter] for letter in path.modes[-1]) * math.prod(shapes[-1])
    if written < whole:
        return Choice("einsum", "it sums over channels or leading axes: a matrix product")
    if is_matrix and math.prod(extents.values()) >= MIN_CHANNELS:
        return Choice("einsum", "the operand without channels makes a matrix that all channels share")
    if len(path.coefficients.entries) > MAX_STRAIGHT_LINE_TERMS:
        return Choice("einsum", f"more than {MAX_STRAIGHT_LINE_TERMS} non-zero coefficients")
    return Choice("straight_line", "it sums over components alone: elementwise")


def explain(plan: Plan, *leading: Shape, is_cpu: bool = True) -> str:
    """The plan, and the lowering of each of its paths with its reason.

    `leading` are the leading shapes of the inputs, of one rank; without them, all share one axis.

    Example:
        >>> from eqlib.o3 import Irreps
        >>> from eqlib.ops.tensor_product import plan_tensor_product
        >>> _, plan = plan_tensor_product(Irreps("16x1o"), Irreps("1o"))
        >>> print(explain(plan))
        in0: 16x3
        in1: 1x3
        out: 16x1x1 + 16x1x3 + 16x1x5
          in0[0] * in1[0] -> out[0]  u,v->uv  1 CG(1,1,0)  3 nonzero
          in0[0] * in1[0] -> out[1]  u,v->uv  √3 CG(1,1,1)  6 nonzero
          in0[0] * in1[0] -> out[2]  u,v->uv  √5 CG(1,1,2)  11 nonzero
        960 flops, 780 bytes per sample in float32
        einsum, 3 paths: the operand without channels makes a matrix that all channels share
    """
    shapes = leading or ((2,),) * plan.num_inputs
    whole = tuple(max(axis) for axis in zip(*shapes, strict=True))
    choices = Counter(choose(plan, path, (*shapes, whole), None, is_cpu) for path in plan.paths)
    lines = [
        f"{choice.lowering}, {count} path{'s' * (count > 1)}: {choice.reason}" for choice, count in choices.items()
    ]
    return "\n".join([str(plan), *lines])
