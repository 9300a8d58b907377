"""Primes below 2^50 in which the square roots of small primes exist."""

import functools

import numpy as np

BITS = 49  # every prime is greater than 2^BITS
ROOTED = (2, 3, 5, 7, 11, 13, 17, 19, 23)


@functools.lru_cache(maxsize=64)
def primes(count: int, seed: int) -> tuple[int, ...]:
    """Returns `count` random primes between 2^49 and 2^50 modulo which every number of ROOTED is a square.

    They are 7 modulo 8, so that -1 is no square, and 2 modulo 3, so that cube roots exist.

    Example:
        >>> p = primes(1, 0)[0]
        >>> [pow(q, (p - 1) // 2, p) for q in ROOTED] == [1] * 9, pow(-1, (p - 1) // 2, p) == p - 1
        (True, True)
    """
    rng, found = np.random.default_rng(seed), dict[int, None]()
    while len(found) < count:
        candidates = rng.integers(2 ** (BITS - 3), 2 ** (BITS - 2), 1 << 16) * 8 + 7
        for q in ROOTED[1:]:
            squares = {r * r % q for r in range(1, q)}
            # Quadratic reciprocity for p = 3 modulo 4: q is a square modulo p as (-1)^((q-1)/2) p is modulo q.
            good = [r for r in range(q) if (r if q % 4 == 1 else -r) % q in squares]
            candidates = candidates[np.isin(candidates % q, good)]
        found |= dict.fromkeys(p for p in candidates.tolist() if is_prime(p))
    return tuple(found)[:count]


def is_prime(n: int) -> bool:
    """Whether an odd number below 3,825,123,056,546,413,051 is prime.

    Source: the test of Miller and Rabin with the first nine primes as bases (Jiang and Deng 2014).
    """
    odd, twos = n - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for base in ROOTED:
        x = pow(base, odd, n)
        if x in (0, 1, n - 1):
            continue
        for _ in range(twos - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True
