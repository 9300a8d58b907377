"""Which device owns which atom: space is cut along the vectors of the cell, into a part for each device of a mesh."""

from typing import Any

import numpy as np

from eqlib.array_types import Bool, Float, Integer


def domains(
    positions: Float[np.ndarray, "atoms 3"],
    grid: tuple[int, ...],
    cell: Float[np.ndarray, "3 3"] | None,
    pbc: Bool[np.ndarray, "3"],
    along: tuple[int, ...],
) -> Integer[np.ndarray, " atoms"]:
    """The domain of every atom, in a grid of domains that are numbered with the last axis running fastest.

    Axis n of the grid cuts vector along[n] of the cell, or that axis of space if there is no cell. The cuts are planes,
    at quantiles of the atoms' coordinates: a slab in a vacuum is divided, and not the vacuum.

    Law:    a vector of the cell, along which it repeats, may be added to an atom without a change of its domain, but
            for one that is at a cut to rounding.
    Example: two domains, of four atoms in a row
        >>> row = np.array([[0.0, 0, 0], [9.0, 0, 0], [1.0, 0, 0], [5.0, 0, 0]])
        >>> domains(row, (2,), None, np.zeros(3, bool), along=(0,))
        array([0, 1, 0, 1])
    """
    coordinates = _coordinates(positions, cell, pbc)
    place = [_parts(coordinates[:, vector], parts) for vector, parts in zip(along, grid, strict=True)]
    return np.ravel_multi_index(place, grid)


def _coordinates(
    positions: Float[np.ndarray, "atoms 3"], cell: Float[np.ndarray, "3 3"] | None, pbc: Bool[np.ndarray, "3"]
) -> Any:
    """Along the vectors of the cell, in [0, 1) where it repeats."""
    if cell is None:
        return positions
    coordinates = positions @ np.linalg.inv(cell)
    return np.where(pbc, coordinates - np.floor(coordinates), coordinates)


def _parts(coordinates: Float[np.ndarray, " atoms"], parts: int) -> Integer[np.ndarray, " atoms"]:
    """The part of every atom along one vector, each with as many as the others."""
    first = [part * len(coordinates) // parts for part in range(1, parts)]
    return np.searchsorted(np.sort(coordinates)[first], coordinates, side="right")
