"""Theorems about `symmetric_contraction`: its polynomials are equivariant, symmetric, and all that there are."""

import itertools
import math
from collections.abc import Iterator
from fractions import Fraction

from eqlib.o3 import Irrep, Irreps, Surd, SurdTensor, symmetric_couplings
from eqlib.ops.symmetric_contraction import plan_symmetric_contraction
from proofs.certificate import ProofFailed, theorem
from proofs.plans import CONNECTED, require_equivariant, require_invariant

DEGREE = 3
Powers = tuple[tuple[int, int], ...]


def products(lmax: int) -> Iterator[Powers]:
    """Every product of at most three factors with degrees up to `lmax`, as powers."""
    for power in range(1, DEGREE + 1):
        for ls in itertools.combinations_with_replacement(range(lmax + 1), power):
            yield tuple((l, ls.count(l)) for l in dict.fromkeys(ls))


def multiplicity(powers: Powers, l: int) -> int:
    """How often the irrep l is in a product of symmetric powers, by counting weights: no tensor is looked at.

    The copies of l are the weights l less the weights l + 1 of the product; a symmetric power has the weights of the
    multisets of components.
    """
    weights = {0: 1}
    for degree, n in powers:
        chosen = itertools.combinations_with_replacement(range(-degree, degree + 1), n)
        of_power: dict[int, int] = {}
        for components in chosen:
            of_power[sum(components)] = of_power.get(sum(components), 0) + 1
        joined: dict[int, int] = {}
        for (a, many), (b, more) in itertools.product(weights.items(), of_power.items()):
            joined[a + b] = joined.get(a + b, 0) + many * more
        weights = joined
    return weights.get(l, 0) - weights.get(l + 1, 0)


def overlap(one: SurdTensor, other: SurdTensor) -> Surd:
    """The sum of products of entries."""
    entries = dict(other.entries)
    products = (value * entries.get(index, Surd.of(0)) for index, value in one.entries)
    return sum((product for product in products if product), start=Surd.of(0))


@theorem(
    statement="the symmetric couplings to a degree are invariant under rotations, symmetric in equal factors, and as "
    "many as the symmetric powers have copies of it",
    method="generators written apart from the library; exchanges of entries; weights counted without tensors",
    covers=("symmetric_contraction",),
    counts="tensors",
    cap=3,
)
def symmetric_couplings_are_complete(lmax: int) -> int:
    count = 0
    for powers in products(lmax):
        ls = tuple(l for l, n in powers for _ in range(n))
        for l in range(lmax + 1):
            found = symmetric_couplings(powers, l)
            if len(found) != multiplicity(powers, l):
                raise ProofFailed(f"{powers} -> {l}: {len(found)} tensors, and {multiplicity(powers, l)} copies")
            for tensor in found:
                require_invariant(tensor, (*ls, l))
                _require_symmetric(tensor, ls)
            count += len(found)
    return count


@theorem(
    statement="the symmetric couplings of the same factors to one degree are of unit norm and orthogonal",
    method="exact sums of products",
    covers=("symmetric_contraction",),
    counts="pairs",
    cap=3,
)
def symmetric_couplings_are_orthonormal(lmax: int) -> int:
    count = 0
    for powers in products(lmax):
        for l in range(lmax + 1):
            found = symmetric_couplings(powers, l)
            for one, other in itertools.combinations_with_replacement(found, 2):
                if overlap(one, other) != (one is other):
                    raise ProofFailed(f"{one.label}: the product of two tensors is {overlap(one, other)}")
                count += 1
    return count


@theorem(
    statement="every path of symmetric_contraction is an intertwiner of O(3), and the squares of its tensor, symmetric "
    "in all factors together, sum to the dimension of its output",
    method="the exact checker on the plans; exact sums of squares of scale times coefficients",
    covers=("symmetric_contraction",),
    counts="paths",
    assumes=CONNECTED,
    cap=2,
)
def symmetric_contraction_is_equivariant_and_normalised(lmax: int) -> int:
    count = 0
    channel = Irreps([(2, ir) for ir in Irrep.iterator(lmax)]).regroup()
    wanted = tuple(ir for _, ir in channel)
    irreps, paths, plan = plan_symmetric_contraction(channel, wanted, DEGREE)
    weights = Irreps([(2, "0e") for _ in paths])
    count += require_equivariant(plan, weights, Irreps([(2, "0e"), *channel]), irreps)
    for path in plan.paths:
        named = paths[path.segments[0]]
        factors = named.factors
        orders = Fraction(math.factorial(len(factors)))
        for ir in set(factors):
            orders /= math.factorial(factors.count(ir))
        square = (path.scale * path.scale).rational()
        if square is None or square != orders * named.ir_out.dim:
            raise ProofFailed(f"{named}: the square of its scale is {square}, not {orders * named.ir_out.dim}")
    return count


def _require_symmetric(tensor: SurdTensor, ls: tuple[int, ...]) -> None:
    entries = dict(tensor.entries)
    for at in range(len(ls) - 1):
        if ls[at] == ls[at + 1]:
            for index, value in tensor.entries:
                swapped = (*index[:at], index[at + 1], index[at], *index[at + 2 :])
                if entries.get(swapped) != value:
                    raise ProofFailed(f"{tensor.label}: the entries at {index} and {swapped} differ")
