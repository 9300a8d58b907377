"""The same array with its irreps sorted, merged, filtered or cut otherwise."""

from typing import Any, Self

from eqlib.arrays.index import Indexing
from eqlib.errors import IrrepsError
from eqlib.explain import mismatch
from eqlib.o3 import Irreps, namespace, quoted
from eqlib.o3.selection import selector
from eqlib.o3.slices import Cut


class Regrouping(Indexing):
    """The methods that change the irreps of an IrrepsArray and move whole segments."""

    def rechunk(self, irreps: object) -> Self:
        """Cuts the same components into other segments.

        Raises:  IrrepsError if the simplified irreps differ.
        Example:
            >>> import numpy as np
            >>> from eqlib import IrrepsArray
            >>> IrrepsArray("6x0e + 4x0e", np.arange(10)).rechunk("5x0e + 5x0e").irreps
            5x0e+5x0e
        """
        irreps = Irreps(irreps)
        if self.irreps.simplify() != irreps.simplify():
            what = f"cannot rechunk {self.irreps} as {irreps}"
            if self.irreps.regroup() == irreps.regroup():
                raise IrrepsError(
                    f"{what}: the same representation in a different order, and a cut moves no component.\n"
                    "  Write x.regroup() to sort the irreps."
                )
            raise mismatch(
                what, self.irreps, irreps, lambda x, y: f"{x}.rechunk({y})", self._instead_of_rechunk(irreps)
            )
        return self._new(irreps, self.array)

    def _instead_of_rechunk(self, irreps: Irreps) -> str:
        """What else a caller may want who asks for other irreps than a cut can give."""
        if self.irreps.filter(keep=irreps).simplify() == irreps.simplify():
            return f"A cut changes no irrep. Write x.filter(keep={quoted(irreps)}) to keep those irreps alone."
        if self.irreps.dim == irreps.dim:
            return f"A cut changes no irrep. Write IrrepsArray({quoted(irreps)}, x.array) for a new meaning."
        return f"A cut changes no irrep, nor the number of components: {self.irreps.dim}, not {irreps.dim}."

    def simplify(self) -> Self:
        """Merges neighbouring segments of equal irrep and drops those without copies; no component moves."""
        return self._new(self.irreps.simplify(), self.array)

    def unify(self) -> Self:
        """Merges neighbouring segments of equal irrep; no component moves."""
        return self._new(self.irreps.unify(), self.array)

    def sort(self) -> Self:
        """Sorts the segments by irrep; equal irreps keep their order.

        Example:
            >>> import numpy as np
            >>> from eqlib import IrrepsArray
            >>> IrrepsArray("0e + 1o + 2x0e", np.arange(6)).sort()
            1x0e+2x0e+1x1o [0 4 5 1 2 3]
        """
        return self._take([self._whole(i) for i in self.irreps.sort().inv])

    def regroup(self) -> Self:
        """Sorts, then simplifies: one segment for every irrep.

        Law:    x.regroup().irreps == x.irreps.regroup().
        Example:
            >>> import numpy as np
            >>> from eqlib import IrrepsArray
            >>> IrrepsArray("0e + 1o + 2x0e", np.arange(6)).regroup()
            3x0e+1x1o [0 4 5 1 2 3]
        """
        return self.sort().simplify()

    def filter(self, keep: Any = None, *, drop: Any = None, lmax: int | None = None) -> Self:
        """Keeps or drops segments: by irreps in any notation, by a predicate on (mul, ir), or by degree.

        Raises:  ValueError if more than one criterion is given.
        Example:
            >>> import numpy as np
            >>> from eqlib import IrrepsArray
            >>> IrrepsArray("0e + 2x1o + 2x0e", np.arange(9)).filter(keep="1o")
            2x1o [1 2 3 4 5 6]
        """
        is_kept = selector(keep, drop, lmax)
        return self._take([self._whole(i) for i, mul_ir in enumerate(self.irreps) if is_kept(mul_ir)])

    def remove_zero_chunks(self) -> Self:
        """The array itself: whether a chunk is zero depends on the data, and an array has no other record of it."""
        return self

    def extend_with_zeros(self, new_irreps: object) -> Self:
        """Inserts segments of zeros so that the irreps become `new_irreps`.

        Raises:  IrrepsError if the segments of the array do not occur in `new_irreps` in their order.
        Example:
            >>> import numpy as np
            >>> from eqlib import IrrepsArray
            >>> IrrepsArray("0e + 1o", np.array([1, 3, 3, 3])).extend_with_zeros("0e + 0e + 1o + 2x0e")
            1x0e+1x0e+1x1o+2x0e [1 0 3 3 3 0 0]
        """
        new_irreps = Irreps(new_irreps)
        irreps, xp, parts = self.irreps.remove_zero_multiplicities(), namespace(self.array), []
        chunks = self._new(irreps, self.array).chunks
        i = 0
        for mul_ir in new_irreps:
            is_present = i < len(irreps) and irreps[i] == mul_ir
            parts.append(
                chunks[i].reshape((*self.shape[:-1], mul_ir.dim))
                if is_present
                else xp.zeros((*self.shape[:-1], mul_ir.dim), self.dtype)
            )
            i += is_present
        if i < len(irreps):
            raise IrrepsError(
                f"cannot extend {self.irreps} with zeros to {new_irreps}: {irreps[i]} is not among the segments "
                "that are left.\n  Segments must occur in the order of the array: sort it with x.regroup()."
            )
        return self._new(new_irreps, xp.concatenate(parts, axis=-1) if parts else self.array)

    def repeat(self, n: int) -> Self:
        """The whole array `n` times in a row along the axis of the irreps.

        Raises:  ValueError if `n` is no integer >= 0.
        Example:
            >>> import numpy as np
            >>> from eqlib import IrrepsArray
            >>> IrrepsArray("0e + 0o", np.array([1, 2])).repeat(2)
            1x0e+1x0o+1x0e+1x0o [1 2 1 2]
        """
        irreps = self.irreps.repeat(n)
        parts = [self.array] * n or [self.array[..., :0]]
        return self._new(irreps, namespace(self.array).concatenate(parts, axis=-1))

    def _whole(self, i: int) -> Cut:
        return Cut(i, 0, self.irreps[i].mul)
