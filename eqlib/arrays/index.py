"""Parts of an IrrepsArray: leading axes as in NumPy, the last axis by irreps, copies, components or segments."""

import operator
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Self

import numpy as np

from eqlib.arrays.base import IrrepsArrayBase
from eqlib.arrays.update import At
from eqlib.o3 import Irrep, Irreps, MulIrrep, namespace, present, quoted
from eqlib.o3.slices import Cut, Slicer, cut_by_chunk, cut_by_dim, cut_by_mul


class Index(NamedTuple):
    """An index split into the part for the leading axes and the part for the axis of the irreps."""

    leading: tuple[Any, ...]
    irreps: Any


class Indexing(IrrepsArrayBase):
    """The brackets of an IrrepsArray."""

    def __getitem__(self, index: Any) -> Self:
        leading, key = split_index(index, self)
        part = self if _is_whole(key) else self._take(cuts_of(key, self.irreps))
        return self._new(part.irreps, part.array[(*leading, slice(None))])

    @property
    def at(self) -> At:
        """Out-of-place updates: ``x.at[i].set(y)``, ``x.at[i].add(y)``; `i` indexes as in ``x[i]``.

        Example:
            >>> from eqlib import IrrepsArray
            >>> x = IrrepsArray("0e + 1o", np.ones((2, 4)))
            >>> x.at[0].set(0)
            1x0e+1x1o
            [[0. 0. 0. 0.]
             [1. 1. 1. 1.]]
        """
        return At(self, lambda index: _position(index, self))

    @property
    def slice_by_mul(self) -> Slicer:
        """Copies a to b: ``x.slice_by_mul[a:b]``."""
        return Slicer(lambda index: self._take(cut_by_mul(self.irreps, index)))

    @property
    def slice_by_dim(self) -> Slicer:
        """Components a to b, at boundaries of irreps: ``x.slice_by_dim[a:b]``, the same as ``x[..., a:b]``."""
        return Slicer(lambda index: self._take(_inner(cut_by_dim(self.irreps, index))))

    @property
    def slice_by_chunk(self) -> Slicer:
        """Segments a to b: ``x.slice_by_chunk[a:b]``."""
        return Slicer(lambda index: self._take(cut_by_chunk(self.irreps, index)))

    def split(self, positions: Sequence[int] | None = None) -> list[Self]:
        """Cuts before the segments at `positions`; before every segment if none are given.

        Law:    concatenate(x.split(...)) == x.
        Raises: IndexError if a position is no integer.
        Example:
            >>> from eqlib import IrrepsArray
            >>> IrrepsArray("0e + 0o + 1o", np.array([1, 2, 3, 4, 5])).split([1])
            [1x0e [1], 1x0o+1x1o [2 3 4 5]]
        """
        edges = range(1, len(self.irreps)) if positions is None else positions
        for edge in edges:
            if not isinstance(edge, int | np.integer):
                raise IndexError(
                    f"cannot split {self.irreps} at {edge!r}: a cut is before a segment, and segments are counted from "
                    "0.\n  Write x.split([1]) to cut before segment 1, x.filter(keep='1o') for irreps by their name."
                )
        starts, stops = [0, *edges], [*edges, len(self.irreps)]
        return [self.slice_by_chunk[start:stop] for start, stop in zip(starts, stops, strict=True)]

    def _take(self, cuts: list[Cut]) -> Self:
        """The copies of the cuts, in their order."""
        irreps = Irreps([(stop - start, self.irreps[i].ir) for i, start, stop in cuts])
        ranges: list[slice] = []
        for s in _components(cuts, self.irreps):
            if ranges and ranges[-1].stop == s.start:
                s = slice(ranges.pop().start, s.stop)
            if s.start < s.stop:
                ranges.append(s)
        if len(ranges) == 1:
            return self._new(irreps, self.array[..., ranges[0]])
        parts = [self.array[..., s] for s in ranges] or [self.array[..., :0]]
        return self._new(irreps, namespace(self.array).concatenate(parts, axis=-1))


def _components(cuts: list[Cut], irreps: Irreps) -> list[slice]:
    starts = [s.start for s in irreps.slices()]
    return [slice(starts[i] + start * irreps[i].ir.dim, starts[i] + stop * irreps[i].ir.dim) for i, start, stop in cuts]


def _position(index: Any, x: IrrepsArrayBase) -> tuple[Irreps, tuple[Any, ...]]:
    """The irreps that `index` selects and where they stand, as an index of the array."""
    leading, key = split_index(index, x)
    if _is_whole(key):
        return x.irreps, (*leading, slice(None))
    cuts = cuts_of(key, x.irreps, "x.at")
    components = _components(cuts, x.irreps)
    irreps = Irreps([(stop - start, x.irreps[i].ir) for i, start, stop in cuts])
    return irreps, (*leading, slice(components[0].start, components[-1].stop) if cuts else slice(0, 0))


def split_index(index: Any, x: IrrepsArrayBase) -> Index:
    """Tells the axes apart: whether the last item of `index` falls on the axis of the irreps.

    Raises:  IndexError if the irreps are named on another axis, or an axis would be added after theirs.
    """
    items = index if isinstance(index, tuple) else (index,)
    consumed = sum(_consumed(item) for item in items)
    has_ellipsis = any(item is Ellipsis for item in items)
    if consumed > x.ndim:
        zeros = ", ".join("0" * (x.ndim - 1))
        row = f"x[{zeros}] for one row" if zeros else f"x[..., :{x.irreps.dim}] for all components"
        raise IndexError(
            f"too many indices for {x.irreps} of shape {x.shape}: {consumed} for {x.ndim} axes, of which the last is "
            f"that of the irreps.\n  Write {row}."
        )
    if not items or items[-1] is Ellipsis or not (has_ellipsis or consumed == x.ndim):
        if items and isinstance(items[-1], str | Irrep | MulIrrep | Irreps):
            raise IndexError(
                f"irreps index the last axis of an array, here axis {x.ndim - 1} of {x.shape}: "
                f"write x[..., {quoted(items[-1])}]."
            )
        return Index(items if has_ellipsis else (*items, Ellipsis), slice(None))
    if items[-1] is None:
        raise IndexError("cannot add an axis after that of the irreps: write x[..., None, :] for one before it.")
    return Index(items[:-1], items[-1])


def _is_whole(key: Any) -> bool:
    return isinstance(key, slice) and key == slice(None)


def _consumed(item: Any) -> int:
    """How many axes of the array an item of an index takes."""
    if item is None or item is Ellipsis:
        return 0
    if np.issubdtype(getattr(item, "dtype", None) or int, np.bool_):
        return np.ndim(item)
    return 0 if isinstance(item, bool) else 1


def cuts_of(key: Any, irreps: Irreps, indexed: str = "x") -> list[Cut]:
    """The copies that `key` selects on the axis of the irreps of what stands before the brackets: x, or x.at.

    Raises:  IndexError if that is no run of whole irreps.
    """
    if isinstance(key, str | Irrep | MulIrrep | Irreps):
        return _find(Irreps(key), irreps, indexed)
    if isinstance(key, slice):
        if key.step not in (None, 1):
            raise IndexError(f"cannot index {irreps} with the step {key.step}: an irrep needs all of its components.")
        try:
            return _inner(cut_by_dim(irreps, slice(key.start, key.stop)))
        except ValueError as error:
            raise IndexError(str(error)) from None
    if isinstance(key, int | np.integer):
        raise IndexError(
            f"cannot index {irreps} with the integer {key}: a component of an irrep is not a representation.\n"
            f"  Write x[..., {key}:{key + 1}] for a scalar, x.array[..., {key}] for the number alone."
        )
    raise IndexError(
        f"cannot index the axis of {irreps} with {type(key).__name__}: a selection of components does not rotate.\n"
        "  Write x[..., '1o'] for irreps, x[..., 3:6] for a run of them, x.filter(...) to choose by a rule."
    )


def _find(key: Irreps, irreps: Irreps, indexed: str) -> list[Cut]:
    """The one place where the segments of `key` stand in `irreps`, those without copies being there or not."""
    places = _runs(key, irreps, tuple)
    if len(places) != 1:
        key_of_copies = key.remove_zero_multiplicities()
        if not key_of_copies:
            return []
        places = places or _runs(key_of_copies, irreps, tuple, only_copies=True)
    if len(places) != 1:
        raise IndexError(f"cannot index {irreps} with {key}: {_why_not_once(key, irreps, places, indexed)}.")
    return [Cut(i, 0, irreps[i].mul) for i in places[0]]


def _runs(
    key: Irreps, irreps: Irreps, read: Callable[[MulIrrep], Any], *, only_copies: bool = False
) -> list[tuple[int, ...]]:
    """The segments side by side, by their numbers, that read as those of `key`; also over segments without copies."""
    numbers = [i for i, (mul, _) in enumerate(irreps) if mul > 0 or not only_copies]
    runs = [tuple(numbers[start : start + len(key)]) for start in range(len(numbers) + 1 - len(key))]
    wanted = [read(mul_ir) for mul_ir in key]
    return [run for run in runs if run and [read(irreps[i]) for i in run] == wanted]


def _why_not_once(key: Irreps, irreps: Irreps, places: list[tuple[int, ...]], indexed: str) -> str:
    """Why the segments of `key` do not stand in `irreps`, or not only in these places, and what to write instead."""
    labels = [str(ir) for ir in dict.fromkeys(ir for _, ir in key)]
    copies = f"x.filter(keep={labels})"
    if places:
        why = f"as a run of segments it stands {len(places)} times in {irreps}, and once is needed.\n  Write "
        first = f"{indexed}[..., {_code(places[0], irreps)}] for the first of them"
        return why + (f"{first}, {copies} for all copies of an irrep" if indexed == "x" else first)
    alike = _runs(key.remove_zero_multiplicities(), irreps, operator.attrgetter("ir"), only_copies=True)
    if alike:
        there = Irreps([irreps[i] for i in alike[0]])
        why = f"only whole segments have a place, and what stands there is {there}"
        return f"{why}.\n  Write {indexed}[..., {_code(alike[0], irreps)}]"
    missing = [label for label in labels if Irrep(label) not in present(irreps)]
    why = "these segments do not stand side by side in this order"
    if missing:
        why = f"there is no {' and no '.join(missing)} in it"
    if indexed == "x":
        return f"{why}.\n  Write {copies} for all copies that there are of an irrep"
    known = [(i,) for i, (mul, ir) in enumerate(irreps) if mul > 0 and (missing or str(ir) in labels)]
    return f"{why}.\n  Write {indexed}[..., {_code(known[0] if known else (), irreps)}] for one segment at a time"


def _code(run: tuple[int, ...], irreps: Irreps) -> str:
    """What selects these segments: their name, if it is that of no others, or else their components."""
    there, slices = Irreps([irreps[i] for i in run]), irreps.slices()
    if not run or len(_runs(there, irreps, tuple, only_copies=True)) == 1:
        return quoted(there)
    return f"{slices[run[0]].start}:{slices[run[-1]].stop}"


def _inner(cuts: list[Cut]) -> list[Cut]:
    """Without the segments of no copies at either end: components cannot tell on which side of a cut they stand."""
    filled = [j for j, (_, start, stop) in enumerate(cuts) if stop > start]
    return cuts[filled[0] : filled[-1] + 1] if filled else []
