"""Hashes of arrays of integers, entry by entry: the values of unknown functions."""

import hashlib
from collections.abc import Sequence

import numpy as np

from eqlib.array_types import Integer

_STEP = np.uint64(0x9E3779B97F4A7C15)
_MULTIPLIERS = np.array([[0xBF58476D1CE4E5B9, 0x94D049BB133111EB], [0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53]], np.uint64)


def started(name: str, shape: Sequence[int]) -> Integer[np.ndarray, "2 ..."]:
    """A hash of a name alone: two halves of 64 bits, [2, *shape]."""
    digest = hashlib.blake2b(name.encode(), digest_size=16).digest()
    halves = np.array([int.from_bytes(digest[n : n + 8], "big") for n in (0, 8)], np.uint64)
    return np.broadcast_to(halves.reshape(2, *(1,) * len(shape)), (2, *shape))


def mixed(
    hashes: Integer[np.ndarray, "2 ..."], integers: Integer[np.ndarray, "number ..."]
) -> Integer[np.ndarray, "2 ..."]:
    """The hash of what was hashed before and of some more integers, [number, *shape], one after the other.

    Source: the finalizers of SplitMix64 and of MurmurHash3, which permute the numbers of 64 bits.
    """
    a, b = _MULTIPLIERS.T.reshape(2, 2, *(1,) * (hashes.ndim - 1))
    with np.errstate(over="ignore"):
        for new in integers.astype(np.uint64):
            x = hashes ^ (new * _STEP + _STEP + (hashes[::-1] << np.uint64(6)))
            x = (x ^ (x >> np.uint64(30))) * a
            x = (x ^ (x >> np.uint64(27))) * b
            hashes = x ^ (x >> np.uint64(31))
    return hashes


def spread(hashes: Integer[np.ndarray, "2 ..."], moduli: Sequence[int]) -> Integer[np.ndarray, "modulus ..."]:
    """Numbers below each of the moduli that follow from a hash, [modulus, *shape]."""
    numbers = np.ones((1, *(1,) * (hashes.ndim - 1)), np.int64)
    slots = [mixed(hashes, numbers * (n + 1))[0] % np.uint64(p) for n, p in enumerate(moduli)]
    return np.stack(slots).astype(np.int64)
