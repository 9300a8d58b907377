"""Inputs for a check: drawn, or made to break careless code."""

import functools
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from eqlib.array_types import Integer, Real
from eqlib.o3 import Irrep, Irreps
from eqlib.testing.operands import Field, Fixed, Label, Operand

# Positions are drawn this far apart: of the order of a bond length in angstrom, and of a typical cutoff.
SPACING = 1.5
# Labels are drawn from these, which any function that takes labels knows.
LABELS = 2

# Inputs whose scale is extreme, so that powers of them may leave the range of a dtype.
_EXTREME, _TIMES, _LENGTH = ("tiny", "huge"), "times 2^", "of a length "

# Inputs that are others for another seed.
DRAWN = ("random", "sparse")


def draw(
    operands: Sequence[Operand], sizes: Mapping[str, int], given: Sequence[Any], rng: np.random.Generator
) -> list[Any]:
    """A value for each operand: that which is given, else normal numbers, labels, or the ends of random edges.

    Shape:  fields [*sets, irreps] in float64; labels and indices [*sets].
    """
    ends = itertools.cycle(_ends(sizes, rng))
    return [
        value if value is not None or isinstance(one, Fixed) else _draw(one, sizes, ends, rng)
        for one, value in zip(operands, given, strict=True)
    ]


def _draw(one: Operand, sizes: Mapping[str, int], ends: Iterator[Any], rng: np.random.Generator) -> Any:
    shape = tuple(sizes[name] for name in one.over)
    if isinstance(one, Field):
        return rng.normal(size=(*shape, one.irreps.dim)) * (SPACING if one.is_position else 1.0)
    if isinstance(one, Label):
        return rng.integers(LABELS, size=shape).astype(np.int32)
    if one.into == "node" and one.over == ("edge",):
        return next(ends)
    return rng.integers(sizes[one.into], size=shape).astype(np.int32)


def _ends(
    sizes: Mapping[str, int], rng: np.random.Generator
) -> tuple[Integer[np.ndarray, " edge"], Integer[np.ndarray, " edge"]]:
    """The senders and the receivers of edges between distinct nodes: all pairs in a random order, and again."""
    nodes, edges = sizes.get("node", 0), sizes.get("edge", 0)
    pairs = np.argwhere(~np.eye(nodes, dtype=bool)) if nodes > 1 else np.zeros((1, 2), int)
    order = np.resize(rng.permutation(len(pairs)), edges)
    return pairs[order, 0].astype(np.int32), pairs[order, 1].astype(np.int32)


def adversities(operands: Sequence[Operand], arrays: Sequence[Any], seed: int) -> dict[str, list[Any]]:
    """Values of the fields that break careless code, by name; what is no field stays as it is."""
    # `draw` begins with the generator of the seed itself: from that one, what is drawn here would be what is given.
    rng, masks = (np.random.default_rng((seed, k)) for k in (1, 2))
    fields = [n for n, one in enumerate(operands) if isinstance(one, Field)]

    def each(make: Any) -> list[Any]:
        return [make(operands[n], np.asarray(x)) if n in fields else x for n, x in enumerate(arrays)]

    found = {
        "as given": list(arrays),
        "random": each(lambda one, x: rng.normal(size=x.shape) * (SPACING if one.is_position else 1.0)),
        "sparse": each(lambda one, x: _sparse(x, one.is_position, masks)),
        "collinear": each(functools.partial(_collinear, {})),
        "equal": each(functools.partial(_equal, {})),
        "tiny": scaled(operands, arrays, 2.0**-20),
        "huge": scaled(operands, arrays, 2.0**20),
        "close": each(lambda one, x: x * 0.25 if one.is_position else x),
        "far": each(lambda one, x: x * 8.0 if one.is_position else x),
        "zero": scaled(operands, arrays, 0.0),
    }
    if not any(operands[n].is_position for n in fields):
        del found["close"], found["far"]
    if all(operands[n].is_position for n in fields):
        for name in ("tiny", "huge", "zero"):
            del found[name]
    if all(np.array_equal(x, y) for x, y in zip(found["equal"], arrays, strict=True)):
        del found["equal"]
    return found


def at_scales(operands: Sequence[Operand], arrays: Sequence[Any], powers: Sequence[int]) -> dict[str, list[Any]]:
    """The fields at each of some powers of two, by name; nothing if all are positions."""
    if all(one.is_position for one in operands if isinstance(one, Field)):
        return {}
    return {f"{_TIMES}{k}": scaled(operands, arrays, 2.0**k) for k in powers}


def is_extreme(inputs: str) -> bool:
    """Whether powers of inputs of this name may leave the range of a dtype."""
    return inputs in _EXTREME or inputs.startswith((_TIMES, _LENGTH))


def scaled(operands: Sequence[Operand], arrays: Sequence[Any], factor: float) -> list[Any]:
    """The fields multiplied by a factor, but for positions, whose scale is that of their cutoff."""
    movable = [isinstance(one, Field) and not one.is_position for one in operands]
    return [x * factor if moves else x for x, moves in zip(arrays, movable, strict=True)]


def _sparse(x: Real[np.ndarray, "*shape"], is_position: bool, rng: np.random.Generator) -> Real[np.ndarray, "*shape"]:
    """Some components only; points keep one at least, since a potential may be infinite where two are at one place."""
    kept = rng.random(x.shape) < 0.4
    if is_position:
        kept |= ~kept.any(axis=-1, keepdims=True)
    return x * kept


def _collinear(first: dict[Irrep, Any], one: Field, x: Real[np.ndarray, "*shape"]) -> Real[np.ndarray, "*shape"]:
    """Each member of the sets a multiple of the first; without sets each copy, in all operands, of the first of it."""
    if x.ndim < 2:
        return _multiples(first, one.irreps, x)
    return _factors(x[..., 0].size).reshape(*x.shape[:-1], 1) * x[(0,) * (x.ndim - 1)]


def _equal(first: dict[Any, Any], one: Field, x: Real[np.ndarray, "*shape"]) -> Real[np.ndarray, "*shape"]:
    """Every copy of an irrep as the first one, in all operands, and two members of a set alike; but points."""
    if one.is_position:
        return x
    parts = [x[..., :0]]
    for (mul, ir), part in zip(one.irreps, one.irreps.slices(), strict=True):
        if mul:
            parts += [first.setdefault((ir, x.shape[:-1]), x[..., part][..., : ir.dim])] * mul
    equal = np.concatenate(parts, axis=-1)
    if one.over:
        equal[1:2] = equal[:1]
    return equal


def _multiples(first: dict[Irrep, Any], irreps: Irreps, x: Real[np.ndarray, " size"]) -> Real[np.ndarray, " size"]:
    """Every copy of an irrep a multiple of the first one, which may be in an operand before."""
    copies = []
    for (mul, ir), part in zip(irreps, irreps.slices(), strict=True):
        for factor, copy in zip(_factors(mul), x[part].reshape(mul, ir.dim), strict=True):
            copies.append(factor * first.setdefault(ir, copy))
    return np.concatenate([x[:0], *copies])


def _factors(count: int) -> Real[np.ndarray, " count"]:
    """1, 2 and some 3, 4, ...: no two differ by as much as two others, for which of these is closest would be a tie."""
    found = 1.0 + np.arange(count)
    found[2:] += np.random.default_rng(0).uniform(-0.25, 0.25, max(count - 2, 0))
    return found
