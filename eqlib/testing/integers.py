"""Integers beside those that are drawn first: other labels, and edges that leave a node alone."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from eqlib.array_types import Bool
from eqlib.testing.operands import Index, Label, Operand
from eqlib.testing.sampling import LABELS


def with_labels(operands: Sequence[Operand], arrays: Sequence[Any], count: int) -> dict[str, list[Any]]:
    """Inputs by name with labels 0, 1, 2, ..., as many as there are members, and the next ones, until `count`.

    None where an example has the labels, or those drawn are all: a function may know no others.
    """
    drawn = [isinstance(one, Label) and not one.is_given for one in operands]
    most = max((x.size for x, is_drawn in zip(arrays, drawn, strict=True) if is_drawn), default=0)
    firsts = range(0, count, most) if most and count > LABELS else ()
    return {
        f"labels from {k}": [
            ((np.arange(x.size) + k) % count).astype(x.dtype).reshape(x.shape) if is_drawn else x
            for x, is_drawn in zip(arrays, drawn, strict=True)
        ]
        for k in firsts
    }


def with_one_alone(operands: Sequence[Operand], arrays: Sequence[Any]) -> dict[str, list[Any]]:
    """Inputs by name in which no edge, or member of another set, has the last node at an end, where ends are drawn.

    A mean over no neighbours, or a softmax of none, is where a node alone shows. None where an example has the ends.
    """
    found, ends = {}, [(n, one) for n, one in enumerate(operands) if isinstance(one, Index)]
    given = {one.over for _, one in ends if one.is_given}
    for into, over in dict.fromkeys((one.into, one.over) for _, one in ends):
        if over in given or len(over) > 1:
            continue
        numbers = [n for n, one in ends if (one.into, one.over) == (into, over)]
        kept = _elsewhere([arrays[n] for n in numbers])
        if 0 < np.count_nonzero(kept) < len(kept):
            rows = np.resize(np.flatnonzero(kept), len(kept))
            name = f"a {into} alone"
            found[name] = [x[rows] if n in numbers else x for n, x in enumerate(found.get(name, arrays))]
    return found


def _elsewhere(ends: Sequence[Any]) -> Bool[np.ndarray, " edge"]:
    """Which edges do not end at the last of the nodes that edges end at."""
    every = np.stack([np.asarray(x) for x in ends])
    return ~np.any(every == every.max(), axis=0)
