"""What `contract` means: its plan, on exact numbers. The coefficients of a plan are exact, so nothing is guessed."""

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from eqlib.plan import Path, Plan
from eqlib.testing.exact.constants import of_surd
from eqlib.testing.exact.degree import CONSTANT
from eqlib.testing.exact.domain import Domain, Value, together


def evaluate(domain: Any, plan: Plan, inputs: Sequence[Value], leading: tuple[int, ...]) -> Value:
    """The plan on inputs [*leading, size], where an extent of 1 in `leading` asks for the sum over that axis."""
    chunks = [_split(x, operand) for x, operand in zip(inputs, plan.operands, strict=False)]
    sums: dict[int, list[Value]] = {}
    for path in plan.paths:
        *reads, write = path.segments
        terms = [chunks[n][s] for n, s in zip(plan.slots, reads, strict=True)]
        if all(term.data.size for term in terms):
            sums.setdefault(write, []).append(_path(domain, path, terms, leading))
    written = []
    for n, segment in enumerate(plan.operands[-1]):
        full = (*leading, *segment.extents, segment.dim)
        total = functools.reduce(domain.add, sums.get(n, []), domain.lift(np.zeros(full)))
        written.append(total.moved(total.data.reshape(domain.slots, *leading, segment.size)))
    if not written:
        return domain.lift(np.zeros((*leading, 0)))
    return together(written, np.concatenate([z.data for z in written], axis=-1))


def _split(x: Value, operand: Sequence[Any]) -> list[Value]:
    """The segments, each [slot, *leading, *channels, component]."""
    ends = np.cumsum([segment.size for segment in operand], dtype=int).tolist()
    return [
        x.moved(x.data[..., end - s.size : end].reshape(*x.data.shape[:-1], *s.extents, s.dim))
        for end, s in zip(ends, operand, strict=True)
    ]


def _path(domain: Any, path: Path, terms: Sequence[Value], leading: tuple[int, ...]) -> Value:
    """The sum over the coefficients of the products of components, each an array over leading axes and channels."""
    aligned = [_aligned(term, mode, path.letters, len(leading)) for term, mode in zip(terms, path.modes, strict=False)]
    numbers = domain.exact([of_surd(value * path.scale) for _, value in path.coefficients.entries])
    components: list[list[Value]] = [[] for _ in range(path.coefficients.shape[-1])]
    for n, (index, _) in enumerate(path.coefficients.entries):
        factors = [x.moved(x.data[..., i]) for x, i in zip(aligned, index, strict=False)]
        product = functools.reduce(domain.mul, factors)
        coefficient = numbers[:, n].reshape(-1, *(1,) * len(product.shape))
        components[index[-1]].append(domain.mul(product, Value(coefficient, CONSTANT)))
    reduced = [_written(domain, path, sum_of, leading) for sum_of in components]
    present = [z for z in reduced if z is not None]
    shape = present[0].data.shape
    zero = domain.lift(np.zeros(shape[1:])).data
    return together(present, np.stack([zero if z is None else z.data for z in reduced], axis=-1))


def _aligned(term: Value, mode: str, letters: str, rank: int) -> Value:
    """[slot, *leading, *letters, component], with extent 1 for the letters that the operand has not."""
    data, first = term.data, 1 + rank
    order = sorted(range(len(mode)), key=lambda axis: letters.index(mode[axis]))
    data = data.transpose(*range(first), *(first + axis for axis in order), data.ndim - 1)
    return term.moved(np.expand_dims(data, [first + n for n, letter in enumerate(letters) if letter not in mode]))


def _written(domain: Domain, path: Path, terms: Sequence[Value], leading: tuple[int, ...]) -> Value | None:
    """The sum of terms, over the channels and the leading axes that the output lacks; its channels in their order."""
    if not terms:
        return None
    total, rank = functools.reduce(domain.add, terms), len(leading)
    lost = [rank + n for n, letter in enumerate(path.letters) if letter not in path.modes[-1]]
    summed = [n for n, extent in enumerate(leading) if extent == 1]
    result = domain.sum(total, [*summed, *lost])
    data = np.expand_dims(result.data, [1 + n for n in summed])
    kept = [letter for letter in path.letters if letter in path.modes[-1]]
    return result.moved(data.transpose(*range(1 + rank), *(1 + rank + kept.index(c) for c in path.modes[-1])))
