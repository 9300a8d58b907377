"""The exact checker of plans: what a theorem about a polynomial op has to require of the plan that the op runs."""

import functools
import itertools
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from eqlib.o3 import Irrep, Irreps, Surd, SurdTensor
from eqlib.plan import Path, Plan
from proofs.certificate import ProofFailed
from proofs.scaled import Index, integer_tensor, twice_generators, weight

CONNECTED = "SO(3) is connected: what its Lie algebra respects, the group respects"


def require_equivariant(plan: Plan, *irreps: Irreps) -> int:
    """Proves that a plan commutes with O(3), given the irreps of each operand, the output last; counts its paths.

    Segments must be those of the irreps, in order; every block must be invariant under the generators, all parities of
    a path must multiply to +1, and each letter of the output must occur in it once.
    """
    _require_segments(plan, irreps)
    for path in plan.paths:
        irs = irreps_of(plan, path, irreps)
        require_invariant(path.coefficients, tuple(ir.l for ir in irs))
        if _product(irs) != 1:
            raise ProofFailed(f"{_show(irs)}: the parities of the path do not multiply to +1")
    return len(plan.paths)


def irreps_of(plan: Plan, path: Path, irreps: tuple[Irreps, ...]) -> tuple[Irrep, ...]:
    """The irrep of each slot of a path, the output last."""
    return tuple(irreps[n][s].ir for n, s in zip((*plan.slots, -1), path.segments, strict=True))


@functools.cache
def require_invariant(block: SurdTensor, ls: tuple[int, ...]) -> None:
    """Proves that the generators of l1 x l2 x ... annihilate a block that is not zero."""
    if block.shape != tuple(2 * l + 1 for l in ls):
        raise ProofFailed(f"{block.label} has the shape {block.shape}, which is not that of degrees {ls}")
    weighted: dict[Index, Surd] = {}
    for index, value in block.entries:
        ms = tuple(i - l for i, l in zip(index, ls, strict=True))
        weighted[ms] = _weighted(value, ls, ms)
    tensor = integer_tensor(weighted, f"{block.label} of degrees {ls}")
    if not tensor:
        raise ProofFailed(f"{block.label} of degrees {ls} is zero")
    for a in range(3):
        rows = [twice_generators(l)[a] for l in ls]
        moved: dict[Index, int] = defaultdict(int)
        for ms, value in tensor.items():
            for slot, m in enumerate(ms):
                for n, factor in rows[slot][m].items():
                    moved[(*ms[:slot], n, *ms[slot + 1 :])] += factor * value
        if any(moved.values()):
            raise ProofFailed(f"{block.label} of degrees {ls} is not annihilated by the generator about {'xyz'[a]}")


def squares(path: Path) -> tuple[Fraction, ...]:
    """Sums of the squares of scale * C over the inputs, one for each component of the output."""
    return tuple(path.scale.square * square for square in _squares(path.coefficients))


@functools.cache
def _squares(block: SurdTensor) -> tuple[Fraction, ...]:
    found = [Fraction(0)] * block.shape[-1]
    for index, value in block.entries:
        found[index[-1]] += value.square
    return tuple(found)


def require_squares(path: Path, expected: Fraction | int, what: str) -> None:
    """Proves that the squares of every component of the output sum to `expected`."""
    if any(square != expected for square in squares(path)):
        raise ProofFailed(f"{what}: the squares of {path.coefficients.label} sum to {squares(path)}, not to {expected}")


def require_entries(path: Path, expected: dict[Index, int], what: str) -> None:
    """Proves that scale * C is a given tensor of integers."""
    found = {index: path.scale * value for index, value in path.coefficients.entries}
    if found != {index: Surd.of(value) for index, value in expected.items() if value}:
        raise ProofFailed(f"{what}: the coefficients are not the expected ones but {path.scale} {path.coefficients!r}")


def require_distinct_outputs(plan: Plan, what: str) -> None:
    """Proves that each segment of the output is written by one path, so that its scale is that of the path."""
    written = [path.segments[-1] for path in plan.paths]
    if sorted(written) != list(range(len(plan.operands[-1]))):
        raise ProofFailed(f"{what}: the paths write the segments {written}")


def irreps_pairs(lmax: int) -> Iterator[tuple[Irrep, Irrep]]:
    """All pairs of irreps of degrees up to `lmax`, small ones first."""
    pairs = itertools.product(Irrep.iterator(lmax), repeat=2)
    yield from sorted(pairs, key=lambda pair: (max(pair[0].l, pair[1].l), pair))


def _require_segments(plan: Plan, irreps: tuple[Irreps, ...]) -> None:
    if len(irreps) != len(plan.operands):
        raise ProofFailed(f"the plan has {len(plan.operands)} operands and {len(irreps)} have irreps")
    for n, (operand, of) in enumerate(zip(plan.operands, irreps, strict=True)):
        found = [(segment.size, segment.dim) for segment in operand]
        if found != [(mul * ir.dim, ir.dim) for mul, ir in of]:
            raise ProofFailed(f"the segments {' + '.join(map(str, operand))} of operand {n} are not those of {of}")
    for path in plan.paths:
        if len(set(path.modes[-1])) != len(path.modes[-1]):
            raise ProofFailed(f"the output of path {path.segments} has the modes {path.modes[-1]}")


def _weighted(value: Surd, ls: tuple[int, ...], ms: Index) -> Surd:
    for l, m in zip(ls, ms, strict=True):
        value = value * weight(l, m)
    return value


def _product(irs: tuple[Irrep, ...]) -> int:
    sign = 1
    for ir in irs:
        sign *= ir.p
    return sign


def _show(irs: tuple[Irrep, ...]) -> str:
    return " x ".join(map(str, irs[:-1])) + f" -> {irs[-1]}"
