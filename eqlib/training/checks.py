"""What no model could learn from, said before the training: the frame, the atom, the reason, and what to do."""

from collections.abc import Iterable, Sequence

import numpy as np

from eqlib.array_types import Integer, Real
from eqlib.training.elements import SYMBOLS, symbol
from eqlib.training.errors import DataError
from eqlib.training.frames import Frames
from eqlib.training.neighbors import Neighbors, neighbors

CLOSEST = 0.3  # angstrom; the shortest bond in nature, that of H2, is 0.74
# A model's forces sum to zero by its law. Those of GFN2-xTB, stored in float32, sum to 2e-6 of their size; of a DFT
# code on a coarse grid, to some 1e-2. What is above a tenth is an external field, or atoms that were held.
NET_FORCE = 0.1


def check(frames: Frames) -> None:
    """Refuses frames with numbers, elements or cells that are none.

    Raises: DataError.
    """
    _check_finite(frames)
    _check_elements(frames)
    _check_cells(frames)
    _check_labels(frames)
    _check_net_force(frames)


def neighbors_of(frames: Frames, cutoff: float) -> list[Neighbors]:
    """The edges of every frame within the cutoff.

    Raises: DataError if atoms are at one place, or an atom sees no other and feels a force.
    """
    found = []
    for frame, numbers in enumerate(frames.numbers):
        atoms = np.count_nonzero(numbers)
        cell = None if frames.cell is None else frames.cell[frame]
        found.append(neighbors(frames.positions[frame, :atoms], cutoff, cell, frames.pbc[frame]))
    _check_distances(frames, found)
    _check_edges(frames, found, cutoff)
    return found


def check_known(frames: Frames, elements: Iterable[int], known_from: str) -> None:
    """Refuses an element that the model has not been told of.

    Raises: DataError.
    """
    known = sorted(elements)
    for frame, atom in np.argwhere((frames.numbers > 0) & ~np.isin(frames.numbers, known))[:1].tolist():
        raise DataError(
            f"{_place(frames, frame, atom)}: no atom of {known_from} is of this element: they have "
            f"{', '.join(map(symbol, known))}.\n  Leave such frames out, or train on frames with "
            f"{symbol(frames.numbers[frame, atom])} too."
        )


def _check_finite(frames: Frames) -> None:
    for field in ("positions", "energies", "forces", "cell", "stress"):
        values = getattr(frames, field)
        if values is None:
            continue
        for place in np.argwhere(~np.isfinite(values))[:1].tolist():
            is_of_atom = field in ("positions", "forces")
            where = _place(frames, *place[: 1 + is_of_atom])
            raise DataError(
                f"{where}: {field} is {values[tuple(place)]}.\n"
                f"  Leave such frames out: keep = np.isfinite({field}).reshape(len({field}), -1).all(axis=1)."
            )


def _check_elements(frames: Frames) -> None:
    is_atom = frames.numbers != 0
    for frame, atom in np.argwhere((frames.numbers < 0) | (frames.numbers > len(SYMBOLS)))[:1].tolist():
        raise DataError(
            f"{_place(frames, frame)}, atom {atom} has atomic number {frames.numbers[frame, atom]}: there is no "
            "such element.\n  Write atomic numbers, or symbols as 'H', 'C', 'Cl'."
        )
    for frame in np.flatnonzero((np.diff(is_atom.astype(int), axis=1) > 0).any(axis=1) | ~is_atom.any(axis=1))[
        :1
    ].tolist():
        raise DataError(
            f"{_place(frames, frame)} has the numbers {frames.numbers[frame].tolist()}, where 0 stands for no "
            "atom, and may stand after the last atom only.\n  Put the atoms of every frame first."
        )


def _check_cells(frames: Frames) -> None:
    if frames.cell is None:
        return
    for frame, (cell, pbc) in enumerate(zip(frames.cell, frames.pbc, strict=True)):
        if np.linalg.matrix_rank(cell[pbc]) < np.count_nonzero(pbc):
            raise DataError(
                f"{_place(frames, frame)} has the cell {cell.tolist()}, whose vectors are not independent.\n"
                "  Write a lattice vector in each row, or pbc=False along those that do not repeat."
            )
    if frames.stress is not None and not frames.pbc.all():
        raise DataError(
            f"{frames.name} has stress, and frames that do not repeat in all directions: they have no volume.\n"
            "  Leave the field stress out, or write pbc=True."
        )


def _check_labels(frames: Frames) -> None:
    is_atom = frames.numbers > 0
    if len(frames) > 1 and np.ptp(frames.forces[is_atom].astype(np.float32)) == 0:
        raise DataError(
            f"{frames.name}: every component of the forces is {frames.forces.flat[0] + 0.0:g}: there is nothing to "
            "learn.\n  Write forces as minus the gradients of the energies."
        )


def _check_net_force(frames: Frames) -> None:
    net = np.linalg.norm(frames.forces.sum(axis=1), axis=-1)
    typical = _rms(frames.forces[frames.numbers > 0]) * np.sqrt(3 * np.count_nonzero(frames.numbers, axis=1))
    for frame in np.flatnonzero(net > NET_FORCE * typical)[:1].tolist():
        raise DataError(
            f"{_place(frames, frame)}: the forces sum to {net[frame]:.3g} eV/angstrom, where a single one is "
            f"about {_rms(frames.forces[frames.numbers > 0]):.3g}: those of atoms on each other sum to zero.\n"
            "  Take off what is due to a field or to atoms that were held: forces -= forces.mean(axis=1, "
            "keepdims=True)."
        )


def _check_distances(frames: Frames, found: Sequence[Neighbors]) -> None:
    for frame, edges in enumerate(found):
        if len(edges.lengths) and edges.lengths.min() < CLOSEST:
            edge = int(edges.lengths.argmin())
            ends = " and ".join(
                _atom(frames.numbers[frame], int(end[edge])) for end in (edges.senders, edges.receivers)
            )
            raise DataError(
                f"{_place(frames, frame)}: {ends} are {edges.lengths[edge]:.3f} angstrom apart: no two atoms come "
                f"closer than {CLOSEST}.\n"
                "  Leave that frame out; or, if positions are in nanometres, multiply them by 10."
            )


def _check_edges(frames: Frames, found: Sequence[Neighbors], cutoff: float) -> None:
    threshold = NET_FORCE * _rms(frames.forces[frames.numbers > 0])
    for frame, edges in enumerate(found):
        atoms = np.count_nonzero(frames.numbers[frame])
        if not len(edges.lengths):
            raise DataError(
                f"{_place(frames, frame)}: no atom has a neighbour within {cutoff:g} angstrom: there is nothing "
                "for the model to see.\n  Leave that frame out, or write a longer cutoff in [model]."
            )
        alone = np.setdiff1d(np.arange(atoms), edges.receivers)
        for atom in alone[np.linalg.norm(frames.forces[frame, alone], axis=-1) > threshold][:1].tolist():
            raise DataError(
                f"{_place(frames, frame, atom)}: it has no neighbour within {cutoff:g} angstrom, and the force "
                f"{np.round(frames.forces[frame, atom], 3).tolist()}, which nothing that the model sees could cause.\n"
                "  Leave that frame out, or write a longer cutoff in [model]."
            )


def _place(frames: Frames, frame: int, *atom: int) -> str:
    return f"{frames.name}: frame {frames.index[frame]}" + "".join(
        f", {_atom(frames.numbers[frame], index)}" for index in atom
    )


def _atom(numbers: Integer[np.ndarray, " atoms"], atom: int) -> str:
    number = int(numbers[atom])
    return f"atom {atom} ({symbol(number) if 1 <= number <= len(SYMBOLS) else number})"


def _rms(values: Real[np.ndarray, "..."]) -> float:
    return float(np.sqrt(np.mean(values**2)))
