"""Plans: a multilinear (or polynomial) equivariant map written as data.

A plan knows segments, channel modes and exact coefficients. It knows nothing of arrays, dtypes, devices or JAX:
`eqlib.lowering` turns it into a computation.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from eqlib.o3.irreps import Irreps
from eqlib.o3.surd import Surd
from eqlib.o3.surd_tensor import SurdTensor


class Segment(NamedTuple):
    """A run of copies of one irrep inside an operand: the extents of its channel axes, and the dimension of the irrep.

    In memory a segment is contiguous, channels first, components last: the layout `mul_ir`.
    """

    extents: tuple[int, ...]
    dim: int

    @property
    def size(self) -> int:
        """The number of array entries that the segment occupies."""
        return math.prod(self.extents) * self.dim

    def __str__(self) -> str:
        return "x".join(map(str, (*self.extents, self.dim)))


def segments(irreps: Irreps) -> tuple[Segment, ...]:
    """One segment per entry of some irreps."""
    return tuple(Segment((mul,), ir.dim) for mul, ir in irreps)


@dataclass(frozen=True, slots=True)
class Path:
    """One term of a plan: out[segments[-1]] += scale * coefficients * in[segments[0]] * in[segments[1]] * ...

    segments      one segment index per slot, the output last
    modes         the channel letters of each slot, such as ("u", "v", "uv"); a letter absent from the output is summed
    coefficients  one axis per slot: the exact block C[i, j, ..., k]
    scale         an exact factor
    """

    segments: tuple[int, ...]
    modes: tuple[str, ...]
    coefficients: SurdTensor
    scale: Surd

    @property
    def letters(self) -> str:
        """Every channel letter of the path, in order of first appearance."""
        return "".join(dict.fromkeys("".join(self.modes)))

    def permuted(self, order: Sequence[int]) -> "Path":
        """The same term with its slots in another order: slot n of the result is slot `order[n]` of this path."""
        return Path(
            tuple(self.segments[s] for s in order),
            tuple(self.modes[s] for s in order),
            self.coefficients.transpose(order),
            self.scale,
        )


@dataclass(frozen=True)
class Plan:
    """A sum of paths from inputs to one output; hashable, comparable, printable.

    operands  the segments of each input, then those of the output
    slots     the input that each slot of a path reads: (0, 1) is bilinear, (0, 0) quadratic in its single input
    paths     the terms

    Raises: ValueError if a path does not fit the operands.
    """

    operands: tuple[tuple[Segment, ...], ...]
    slots: tuple[int, ...]
    paths: tuple[Path, ...]
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for path in self.paths:
            _check(self, path)
        object.__setattr__(self, "_hash", hash((self.operands, self.slots, self.paths)))

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> "tuple[type[Plan], tuple[object, ...]]":
        """Pickled without its hash: that of a string is another in every process."""
        return Plan, (self.operands, self.slots, self.paths)

    @property
    def num_inputs(self) -> int:
        """The number of distinct inputs."""
        return len(self.operands) - 1

    @property
    def sizes(self) -> tuple[int, ...]:
        """The length of the last axis of each operand, the output last."""
        return tuple(sum(segment.size for segment in operand) for operand in self.operands)

    def degree(self, n: int) -> int:
        """How many slots read input `n`: the degree of the map in that input."""
        return self.slots.count(n)

    def path_segments(self, path: Path) -> tuple[Segment, ...]:
        """The segment that each slot of `path` reads, then the one it writes."""
        return tuple(self.operands[n][s] for n, s in zip((*self.slots, -1), path.segments, strict=True))

    def extents(self, path: Path) -> dict[str, int]:
        """The extent of each channel letter of `path`."""
        found: dict[str, int] = {}
        for segment, mode in zip(self.path_segments(path), path.modes, strict=True):
            found.update(zip(mode, segment.extents, strict=True))
        return found

    @property
    def flops(self) -> int:
        """Multiplications and additions per sample when each non-zero coefficient is used once and nothing is shared.

        A term of d inputs takes d multiplications (one of them by the coefficient) and one addition, for each value
        of the channel letters.
        """
        per_term = len(self.slots) + 1
        return sum(per_term * len(p.coefficients.entries) * math.prod(self.extents(p).values()) for p in self.paths)

    def bytes_moved(self, itemsize: int) -> int:
        """The bytes per sample that any lowering must move: each input read once, the output written once."""
        return itemsize * sum(self.sizes)

    def __str__(self) -> str:
        names = [f"in{n}" for n in range(self.num_inputs)] + ["out"]
        lines = [
            f"{name}: {' + '.join(map(str, operand)) or 'empty'}"
            for name, operand in zip(names, self.operands, strict=True)
        ]
        cost = f"{self.flops} flops, {self.bytes_moved(4)} bytes per sample in float32"
        return "\n".join([*lines, *(_describe(self, path) for path in self.paths), cost])


def _describe(plan: Plan, path: Path) -> str:
    *reads, write = path.segments
    left = " * ".join(f"in{n}[{s}]" for n, s in zip(plan.slots, reads, strict=True))
    modes = ",".join(path.modes[:-1]) + "->" + path.modes[-1]
    count = len(path.coefficients.entries)
    table = path.coefficients.label or "C"
    return f"  {left} -> out[{write}]  {modes}  {path.scale} {table}  {count} nonzero"


def _check(plan: Plan, path: Path) -> None:
    if not len(path.segments) == len(path.modes) == len(path.coefficients.shape) == len(plan.slots) + 1:
        raise ValueError(f"path {path.segments} {path.modes}: the plan has {len(plan.slots)} slots and one output.")
    extents: dict[str, int] = {}
    for segment, mode, dim in zip(plan.path_segments(path), path.modes, path.coefficients.shape, strict=True):
        if segment.dim != dim or len(segment.extents) != len(mode):
            raise ValueError(f"path {path.segments} {path.modes}: segment {segment} has not mode {mode!r}, dim {dim}.")
        for letter, extent in zip(mode, segment.extents, strict=True):
            if extents.setdefault(letter, extent) != extent:
                raise ValueError(
                    f"path {path.segments} {path.modes}: {letter!r} is both {extents[letter]} and {extent}."
                )
    if not set(path.modes[-1]) <= set("".join(path.modes[:-1])):
        raise ValueError(f"path {path.segments} {path.modes}: a channel of the output is read from no input.")
