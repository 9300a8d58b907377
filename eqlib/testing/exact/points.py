"""Random inputs at which the lengths that a program is likely to take exist: vectors whose squares are squares."""

import numpy as np

from eqlib.array_types import Bool, Integer
from eqlib.testing.exact.degree import UNKNOWN
from eqlib.testing.exact.domain import Value
from eqlib.testing.exact.prime_field import PrimeField
from eqlib.testing.operands import Field

_TRIES = 200


def draw_field(domain: PrimeField, one: Field, shape: tuple[int, ...]) -> Value:
    """Random values of a field: each copy of an irrep has a length, and so have the differences of positions."""
    data = domain.random(shape)
    for slot, p in zip(data, domain.primes, strict=True):
        if one.is_position:
            _draw_positions(domain, slot.reshape(-1, 3), p)
        else:
            for mul_ir, columns in zip(one.irreps, one.irreps.slices(), strict=True):
                chunk = slot[..., columns].reshape(-1, mul_ir.ir.dim)
                _draw_vectors(domain, chunk, p)
                slot[..., columns] = chunk.reshape(slot[..., columns].shape)
    return Value(data, UNKNOWN)


def _draw_vectors(domain: PrimeField, rows: Integer[np.ndarray, "row dim"], p: int) -> None:
    """Draws anew, in place, the rows whose square has no root."""
    for _ in range(_TRIES):
        bad = ~_has_root(rows, p)
        if not bad.any():
            return
        rows[bad] = domain.rng.integers(0, p, (int(bad.sum()), rows.shape[1]))


def _draw_positions(domain: PrimeField, rows: Integer[np.ndarray, "point 3"], p: int) -> None:
    """Draws one position after the other until its distances to those before exist; after too many, as it comes."""
    for n in range(1, len(rows)):
        for _ in range(_TRIES):
            if _has_root((rows[n] - rows[:n]) % p, p).all():
                break
            rows[n] = domain.rng.integers(0, p, 3)


def _has_root(rows: Integer[np.ndarray, "row dim"], p: int) -> Bool[np.ndarray, " row"]:
    squares = [sum(x * x for x in row) % p for row in rows.tolist()]
    return np.array([pow(s, (p - 1) // 2, p) != p - 1 for s in squares], bool)
