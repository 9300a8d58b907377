"""Cuts of direct sums: every cut of a few of them, against counting copies and components one by one."""

import itertools
import re

import pytest

from eqlib.o3 import Irreps, MulIrrep

SUMS = ["2x0e + 0x1o + 1o + 3x0e", "1o + 2x0e + 0x2e + 2x1e + 0e", "0x1o + 3x0e + 0x0o", "2e + 4x1o + 2e"]


def kept(irreps, sizes, start, stop):
    """Of each segment the entries in `start` to `stop`; with none, it stays where it touches or surrounds the cut."""
    at, segments = 0, []
    for (mul, ir), size in zip(irreps, sizes, strict=True):
        end = at + mul * size
        inside = [k for k in range(at, end) if start <= k < stop]
        if inside or start <= at == end <= stop or at < start == stop < end:
            segments.append(MulIrrep(len(inside) // size, ir))
        at = end
    return segments


@pytest.mark.parametrize("text", SUMS)
def test_every_cut_by_copies(text):
    irreps = Irreps(text)
    for start, stop in itertools.combinations_with_replacement(range(irreps.num_irreps + 1), 2):
        assert list(irreps.slice_by_mul[start:stop]) == kept(irreps, [1] * len(irreps), start, stop)


@pytest.mark.parametrize("text", SUMS)
def test_every_cut_by_components(text):
    irreps = Irreps(text)
    copies = [ir for mul, ir in irreps for _ in range(mul)]
    boundaries = list(itertools.accumulate((ir.dim for ir in copies), initial=0))
    for start, stop in itertools.combinations_with_replacement(range(irreps.dim + 1), 2):
        if start in boundaries and stop in boundaries:
            expected = kept(irreps, [ir.dim for _, ir in irreps], start, stop)
            assert list(irreps.slice_by_dim[start:stop]) == expected
        else:
            edge = start if start not in boundaries else stop
            near = max(k for k in boundaries if k < edge)
            u = boundaries.index(near)
            message = f"{edge} lies inside one {copies[u]}.*\n.* are {near} and {boundaries[u + 1]}."
            with pytest.raises(ValueError, match=re.compile(message)):
                irreps.slice_by_dim[start:stop]
