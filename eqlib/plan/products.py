"""The paths of a plan whose channels do not mix, as one sum: coefficients times a product on the left and on the right.

Every channel adds up the same terms c x_i y_j ... z_k of the components of its inputs. A term is a product of two
products, each of which many terms share: of n components there are n^2 products of two, but n^3 of three. Where slots
read one input, as those of a symmetric plan do, the terms that exchange them are one.
"""

import functools
import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from eqlib.o3.surd import Surd
from eqlib.plan.per_channel import channels_of
from eqlib.plan.plan import Path, Plan

Factors = tuple[int, ...]  # a component of the input of each slot
Monomials = dict[tuple[int, Factors], list[Surd]]


class Term(NamedTuple):
    """What a component of the output has added to it: a coefficient, times a product of the left and one of the right.

    Components are numbered through the segments of an operand, products in the order of their table.
    """

    output: int
    left: int
    right: int
    coefficient: Surd


class Products(NamedTuple):
    """Products of components: the input that each factor is of, and for every product the component in each factor.

    Where they are symmetric, there are two factors, and the product with their components exchanged is added to it.
    """

    inputs: tuple[int, ...]
    components: tuple[Factors, ...]
    are_symmetric: bool


class SumOfProducts(NamedTuple):
    """What every channel computes: out[term.output] += term.coefficient * left[term.left] * right[term.right]."""

    left: Products
    right: Products
    terms: tuple[Term, ...]


@functools.cache
def channels(plan: Plan) -> int | None:
    """The number of channels, if all segments that have any have the same."""
    found = {channels_of(segment) for operand in plan.operands for segment in operand} - {1}
    return max(found, default=1) if len(found) <= 1 else None


def is_by_channel(plan: Plan, path: Path) -> bool:
    """Whether a path makes each channel of its output of that channel of its operands, and of those that have none."""
    extents = plan.extents(path)
    modes = ["".join(letter for letter in mode if extents[letter] > 1) for mode in path.modes]
    every = channels(plan)
    return len(path.modes) > 2 and set(modes) <= {"", modes[-1]} and channels_of(plan.path_segments(path)[-1]) == every


@functools.cache
def terms_by_channel(plan: Plan) -> int:
    """The non-zero coefficients of the paths that are by channel."""
    return sum(len(path.coefficients.entries) for path in plan.paths if is_by_channel(plan, path))


@functools.cache
def sum_of_products(plan: Plan, paths: tuple[Path, ...]) -> SumOfProducts:
    """The sum of paths that are by channel.

    Of the ways to divide the slots the one is chosen that has the fewest products to make. But where a map is symmetric
    in two inputs, as derivatives are in a factor and its tangent, these are a side: there are half as many terms.
    """
    monomials = _monomials(plan, paths)
    pair = _symmetric_slots(plan, monomials)
    monomials = _once(monomials, pair) if pair else monomials
    factors = sorted({factors for _, factors in monomials})
    rest = tuple(s for s in range(len(plan.slots)) if s not in pair)
    divisions = [(pair, rest)] if pair else _divisions(len(plan.slots))
    sides = min(divisions, key=lambda sides: sum(_count(side, factors) for side in sides))
    left, right = (_products(plan, side, factors, side == pair) for side in sides)
    lefts, rights = ({one: n for n, one in enumerate(side.components)} for side in (left, right))
    terms = [
        Term(k, lefts[_of(sides[0], one)], rights[_of(sides[1], one)], coefficient)
        for (k, one), coefficients in monomials.items()
        for coefficient in coefficients
    ]
    return SumOfProducts(left, right, tuple(sorted(terms)))


def _symmetric_slots(plan: Plan, monomials: Monomials) -> Factors:
    """Two slots, besides which there are others, in which the sum is symmetric; or none.

    Two slots of one input are not, for of the monomials that exchange them only one is there.
    """
    for a, b in itertools.combinations(range(len(plan.slots)), 2) if len(plan.slots) > 2 else ():
        is_alike = plan.operands[plan.slots[a]] == plan.operands[plan.slots[b]]
        if is_alike and all(monomials.get((k, _exchanged(one, a, b))) == c for (k, one), c in monomials.items()):
            return a, b
    return ()


def _exchanged(factors: Factors, a: int, b: int) -> Factors:
    return tuple(factors[{a: b, b: a}.get(s, s)] for s in range(len(factors)))


def _once(monomials: Monomials, pair: Factors) -> Monomials:
    """Of those that are exchanged one, and half of one that stays the same, since it is added to itself."""
    a, b = pair
    return {
        (k, one): [c / 2 for c in coefficients] if one[a] == one[b] else coefficients
        for (k, one), coefficients in monomials.items()
        if one[a] <= one[b]
    }


def _products(plan: Plan, side: Factors, factors: Sequence[Factors], are_symmetric: bool) -> Products:
    """The products of some of the slots, each once."""
    components = tuple(sorted({_of(side, one) for one in factors}))
    return Products(tuple(plan.slots[s] for s in side), components, are_symmetric)


def _monomials(plan: Plan, paths: Sequence[Path]) -> Monomials:
    """The coefficients of every product of components in every component of the output.

    There is more than one only where their sum is no surd.
    """
    starts = [list(itertools.accumulate((s.dim for s in operand), initial=0)) for operand in plan.operands]
    found: Monomials = {}
    for path in paths:
        first = [starts[n][s] for n, s in zip((*plan.slots, -1), path.segments, strict=True)]
        for index, value in path.coefficients.entries:
            *factors, k = map(sum, zip(first, index, strict=True))
            _add(found.setdefault((k, _sorted(plan.slots, factors)), []), value * path.scale)
    return {at: kept for at, coefficients in found.items() if (kept := [c for c in coefficients if c])}


def _sorted(slots: Sequence[int], factors: Sequence[int]) -> Factors:
    """The factors, those of each input in ascending order."""
    of_input = {n: iter(sorted(i for m, i in zip(slots, factors, strict=True) if m == n)) for n in slots}
    return tuple(next(of_input[n]) for n in slots)


def _add(coefficients: list[Surd], value: Surd) -> None:
    for n, other in enumerate(coefficients):
        if not other or (value / other).rational() is not None:
            coefficients[n] = other + value
            return
    coefficients.append(value)


def _divisions(slots: int) -> Iterator[tuple[Factors, Factors]]:
    """Every way to divide the slots in two."""
    for count in range(1, slots):
        for side in itertools.combinations(range(slots), count):
            if 0 in side:
                yield side, tuple(s for s in range(slots) if s not in side)


def _of(side: Factors, factors: Factors) -> Factors:
    return tuple(factors[s] for s in side)


def _count(side: Factors, factors: Sequence[Factors]) -> int:
    return len({_of(side, one) for one in factors})
