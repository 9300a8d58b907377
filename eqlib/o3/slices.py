"""Cuts of an Irreps: by copies, by components, by segments."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar, cast

from eqlib.o3.irrep import MulIrrep

T = TypeVar("T")


class Cut(NamedTuple):
    """The copies `start` to `stop` of the segment `i`."""

    i: int
    start: int
    stop: int


def cut_by_mul(irreps: Iterable[MulIrrep], index: Any) -> list[Cut]:
    """The copies in `index`, counted over all segments. A segment without copies stays where it touches the cut."""
    irreps = tuple(irreps)
    start, stop = bounds(index, sum(mul for mul, _ in irreps), "slice_by_mul")
    cuts: list[Cut] = []
    u = 0
    for i, (mul, _) in enumerate(irreps):
        if (start <= u and u + mul <= stop) or (start < u + mul and u < stop):
            cuts.append(Cut(i, max(start - u, 0), min(stop - u, mul)))
        u += mul
    return cuts


def cut_by_dim(irreps: Iterable[MulIrrep], index: Any) -> list[Cut]:
    """The components in `index`; the cut may not run through an irrep.

    Raises:  ValueError if it does, since a part of an irrep is not a representation.
    """
    irreps = tuple(irreps)
    start, stop = bounds(index, sum(mul_ir.dim for mul_ir in irreps), "slice_by_dim")
    cuts: list[Cut] = []
    k = 0
    for i, mul_ir in enumerate(irreps):
        if (start <= k and k + mul_ir.dim <= stop) or (start < k + mul_ir.dim and k < stop):
            first, last = max(start - k, 0), min(stop - k, mul_ir.dim)
            d = mul_ir.ir.dim
            if first % d or last % d:
                edge = start if first % d else stop
                near = edge - (first if first % d else last) % d
                raise ValueError(
                    f"cannot slice {'+'.join(map(str, irreps))} at {start}:{stop}: {edge} lies inside one {mul_ir.ir}, "
                    f"and a part of an irrep is not a representation.\n"
                    f"  The nearest boundaries are {near} and {near + d}."
                )
            cuts.append(Cut(i, first // d, last // d))
        k += mul_ir.dim
    return cuts


def cut_by_chunk(irreps: Iterable[MulIrrep], index: Any) -> list[Cut]:
    """The segments in `index`, whole."""
    segments = list(enumerate(irreps))
    return [Cut(i, 0, mul) for i, (mul, _) in segments[_slice(index, "slice_by_chunk")]]


def _slice(index: Any, name: str) -> "slice[Any, Any, Any]":
    if not isinstance(index, slice):
        raise IndexError(f"{name} takes one slice, not {index!r}; write {name}[2:4].")
    return cast("slice[Any, Any, Any]", index)


def bounds(index: Any, length: int, name: str) -> tuple[int, int]:
    """Start and stop of `index` within `length`; an empty cut has start = stop."""
    index = _slice(index, name)
    start, stop, stride = index.indices(length)
    if stride != 1:
        raise NotImplementedError(f"{name} does not support strides; write {name}[{start}:{stop}].")
    return start, max(start, stop)


@dataclass(frozen=True)
class Slicer(Generic[T]):
    """What stands for ``x.slice_by_mul``: its brackets call `cut`."""

    cut: Callable[[Any], T]

    def __getitem__(self, index: Any) -> T:
        return self.cut(index)
