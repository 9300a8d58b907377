"""Irreps to try: all degrees up to 3 with both parities, and random ones from a fixed pool."""

import random

TO_3 = "2x0e + 0o + 1o + 1e + 2e + 2o + 3o + 3e"

# Few, so that a program that was traced for them can be met again.
_POOL = ("0e", "2x0e", "0o", "1o", "2x1o", "1e", "2e", "2o", "3o", "3e")


def drawn(operands: int, seed: int, segments: int = 3) -> tuple[str, ...]:
    """Irreps for some operands: as many different entries of the pool for each as there are to be segments.

    Example:
        >>> drawn(2, seed=0) == drawn(2, seed=0)
        True
    """
    rng = random.Random(seed)
    return tuple(" + ".join(rng.sample(_POOL, segments)) for _ in range(operands))


def drawn_alike(operands: int, seed: int) -> tuple[str, ...]:
    """The same irreps for each of some operands."""
    return drawn(1, seed) * operands
