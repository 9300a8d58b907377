"""Hashes of arrays of integers, entry by entry: the values of unknown functions."""

import hashlib
from collections.abc import Sequence

import numpy as np

Integers = np.ndarray | np.integer
Lanes = tuple[Integers, Integers]

_MULTIPLIERS = ((0xBF58476D1CE4E5B9, 0x94D049BB133111EB), (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53))
_STEP = np.uint64(0x9E3779B97F4A7C15)


def started(name: str, shape: Sequence[int]) -> Lanes:
    """Two halves of a hash of 128 bits, of a name alone."""
    digest = hashlib.blake2b(name.encode(), digest_size=16).digest()
    first, second = (np.full(shape, int.from_bytes(digest[n : n + 8], "big"), np.uint64) for n in (0, 8))
    return first, second


def mixed(lanes: Lanes, integers: Integers) -> Lanes:
    """The hash of what was hashed before and of one more integer.

    Source: the finalizers of SplitMix64 and of MurmurHash3, which permute the numbers of 64 bits.
    """
    new = integers.astype(np.uint64)
    first, second = lanes
    with np.errstate(over="ignore"):
        first = _permuted(first ^ (new + _STEP + (second << np.uint64(6))), *_MULTIPLIERS[0])
        second = _permuted(second ^ (new * _STEP + (first >> np.uint64(2))), *_MULTIPLIERS[1])
    return first, second


def _permuted(x: Integers, a: int, b: int) -> Integers:
    x = (x ^ (x >> np.uint64(30))) * np.uint64(a)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(b)
    return x ^ (x >> np.uint64(31))
