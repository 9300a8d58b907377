"""Sums of products as a table, of which a loop reads a few terms of every sum at a time."""

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from eqlib.array_types import Bool, Float, Integer
from eqlib.plan.products import SumOfProducts, Term

# Terms that a step of the loop adds to a sum. With 1 the sums are written and read so often that it takes twice as
# long; with all of a hundred, it takes longer to run and three times as long to compile.
TERMS_PER_STEP = 8
# What a step costs besides its terms, in terms: found by measurement with 25,600 channels.
COST_OF_STEP = 16


class Table(NamedTuple):
    """For every step, term of it, and row: the coefficient, and the products on the left and on the right.

    A sum of many terms is made of several rows, so that there are few steps and all rows are of one length.

    sums    for each component of the output the rows of which it is the sum
    is_row  which of these there are
    """

    coefficients: Float[np.ndarray, "steps terms rows"]
    left: Integer[np.ndarray, "steps terms rows"]
    right: Integer[np.ndarray, "steps terms rows"]
    sums: Integer[np.ndarray, "components several"]
    is_row: Bool[np.ndarray, "components several"]


@functools.cache
def table(sums: SumOfProducts, components: int, dtype: Any) -> Table:
    """The table of sums that have a term, for an output of some components.

    A row that is too short is filled with its last term, times zero: so what is not finite stays in the components that
    depend on it.
    """
    terms: list[list[Term]] = [[] for _ in range(components)]
    for term in sums.terms:
        terms[term.output].append(term)
    length = _length([len(own) for own in terms])
    pieces = [[own[n : n + length] for n in range(0, len(own), length)] for own in terms]
    rows = [piece for own in pieces for piece in own]
    filled = [[piece[min(n, len(piece) - 1)] for n in range(length)] for piece in rows]
    coefficients = [[*(t.coefficient.round(dtype) for t in row), *[0] * (length - len(row))] for row in rows]
    ends = np.cumsum([len(own) for own in pieces])[:, None]
    counts = np.array([len(own) for own in pieces])[:, None]
    place = np.arange(counts.max())
    return Table(
        _by_step(coefficients, dtype),
        _by_step([[term.left for term in row] for row in filled], np.int32),
        _by_step([[term.right for term in row] for row in filled], np.int32),
        np.where(place < counts, ends - counts + place, 0).astype(np.int32),
        place < counts,
    )


def _length(counts: Sequence[int]) -> int:
    """The terms of a row, for which the loop costs least."""

    def cost(length: int) -> int:
        rows, several = sum(-(-n // length) for n in counts), -(-max(counts) // length)
        return length // TERMS_PER_STEP * COST_OF_STEP + rows * (length + 2) + several * len(counts)

    longest = -(-max(counts) // TERMS_PER_STEP) * TERMS_PER_STEP
    return min(range(TERMS_PER_STEP, longest + 1, TERMS_PER_STEP), key=cost)


def _by_step(rows: Sequence[Sequence[Any]], dtype: Any) -> Any:
    """Rows of one length, a step at a time: [steps, terms, rows]."""
    return np.array(rows, dtype).T.reshape(-1, TERMS_PER_STEP, len(rows))
