"""Frames as a model is given them: species counted from 0, edges, and the energies that are left to learn."""

import dataclasses
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from eqlib.array_types import Array, Float, Integer, Real
from eqlib.training.frames import Frames
from eqlib.training.neighbors import Neighbors


class Batch(NamedTuple):
    """Frames side by side, as one graph.

    Two atoms more than the frames have are at its end, too far apart to see each other: edges between them pad.

    positions    [atoms, 3]
    species      [atoms]
    frame        [atoms], the frame that each atom belongs to
    is_atom      [atoms], 1 for an atom, 0 for none
    senders      [edges]
    receivers    [edges]
    cell         [frames, 3, 3], or None if nothing repeats
    cell_shifts  [edges, 3], or None, as `Neighbors` has them
    num_atoms    [frames]
    is_frame     [frames], 1 for a frame, 0 for one that only fills the batch
    energies     [frames], forces [atoms, 3], stress [frames, 3, 3] or None: the labels
    """

    positions: Float[Array, "atoms 3"]
    species: Integer[Array, " atoms"]
    frame: Integer[Array, " atoms"]
    is_atom: Float[Array, " atoms"]
    senders: Integer[Array, " edges"]
    receivers: Integer[Array, " edges"]
    cell: Float[Array, "frames 3 3"] | None
    cell_shifts: Float[Array, "edges 3"] | None
    num_atoms: Float[Array, " frames"]
    is_frame: Float[Array, " frames"]
    energies: Float[Array, " frames"]
    forces: Float[Array, "atoms 3"]
    stress: Float[Array, "frames 3 3"] | None


@dataclasses.dataclass(frozen=True)
class Dataset:
    """Frames with the edges of each, from which batches are made.

    energies    [frames], less those of the atoms by themselves
    species     [frames, atoms], the index of each atom's element; 0 where there is no atom
    senders, receivers  [frames, edges], -1 where a frame has fewer
    """

    frames: Frames
    cutoff: float
    dtype: str
    energies: Real[np.ndarray, " frames"]
    species: Integer[np.ndarray, "frames atoms"]
    senders: Integer[np.ndarray, "frames edges"]
    receivers: Integer[np.ndarray, "frames edges"]
    cell_shifts: Integer[np.ndarray, "frames edges 3"] | None

    def __len__(self) -> int:
        return len(self.frames)

    def batch(self, chosen: Integer[np.ndarray, " frames"], size: int | None = None) -> Batch:
        """The frames of these indices, filled up to a size by frames that do not count."""
        size = size or len(chosen)
        is_frame = np.arange(size) < len(chosen)
        chosen = np.resize(chosen, size)
        frames, count = self.frames.take(chosen), len(chosen)
        atoms = self.species.shape[1]
        senders, receivers = (
            _side_by_side(ends[chosen], atoms, size * atoms + extra)
            for extra, ends in enumerate((self.senders, self.receivers))
        )
        is_atom = np.append(frames.numbers.ravel() > 0, [False, False])
        apart = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 2 * self.cutoff]])
        has_cell = self.cell_shifts is not None
        return Batch(
            positions=np.concatenate([frames.positions.reshape(-1, 3), apart]).astype(self.dtype),
            species=np.append(self.species[chosen].ravel(), [0, 0]).astype(np.int32),
            frame=np.append(np.repeat(np.arange(count), atoms), [count - 1] * 2).astype(np.int32),
            is_atom=is_atom.astype(self.dtype),
            senders=senders,
            receivers=receivers,
            cell=frames.cell.astype(self.dtype) if has_cell and frames.cell is not None else None,
            cell_shifts=self.cell_shifts[chosen].reshape(-1, 3).astype(self.dtype) if has_cell else None,
            num_atoms=np.count_nonzero(frames.numbers, axis=1).astype(self.dtype),
            is_frame=is_frame.astype(self.dtype),
            energies=self.energies[chosen].astype(self.dtype),
            forces=np.concatenate([frames.forces.reshape(-1, 3), np.zeros((2, 3))]).astype(self.dtype),
            stress=None if frames.stress is None else frames.stress.astype(self.dtype),
        )


def dataset_of(
    frames: Frames,
    edges: Sequence[Neighbors],
    num_edges: int,
    cutoff: float,
    elements: Sequence[int],
    atomic_energies: Real[np.ndarray, " elements"],
    dtype: str,
) -> Dataset:
    """The data set of frames that were checked, for a model that knows these elements in this order.

    Each frame has room for `num_edges`, so that data sets which share it have batches of one shape, and one
    compilation.
    """
    is_atom = frames.numbers > 0
    species = np.where(is_atom, np.searchsorted(elements, frames.numbers), 0)
    senders, receivers = (np.full((len(frames), num_edges), -1, np.int32) for _ in range(2))
    cell_shifts = np.zeros((len(frames), num_edges, 3), np.int32)
    for frame, one in enumerate(edges):
        number = len(one.lengths)
        senders[frame, :number], receivers[frame, :number] = one.senders, one.receivers
        cell_shifts[frame, :number] = one.cell_shifts
    return Dataset(
        frames=frames,
        cutoff=cutoff,
        dtype=dtype,
        energies=frames.energies - composition(frames, elements) @ atomic_energies,
        species=species,
        senders=senders,
        receivers=receivers,
        cell_shifts=cell_shifts if frames.pbc.any() else None,
    )


def composition(frames: Frames, elements: Sequence[int]) -> Integer[np.ndarray, "frames elements"]:
    """How many atoms of each element every frame has."""
    return np.stack([np.count_nonzero(frames.numbers == number, axis=1) for number in elements], axis=1)


def fitted_atomic_energies(frames: Frames, elements: Sequence[int]) -> Real[np.ndarray, " elements"]:
    """The energy of an atom of each element that leaves the least squares of the energies to learn.

    Where frames do not tell elements apart, as those of one molecule, the solution of the least norm.
    """
    return np.linalg.lstsq(composition(frames, elements).astype(float), frames.energies, rcond=None)[0]


def order_of(step: int, seed: int, count: int, size: int) -> Integer[np.ndarray, " size"]:
    """The frames of one step: the items from `step * size` on in an endless row of shuffled epochs.

    Law:    the step and the seed alone decide, so that a training can go on from any step; in every epoch each frame
            comes once.
    Example:
        >>> first, second = order_of(0, 0, count=4, size=2), order_of(1, 0, count=4, size=2)
        >>> sorted([*first.tolist(), *second.tolist()])
        [0, 1, 2, 3]
    """
    places = np.arange(step * size, (step + 1) * size)
    shuffled = {epoch: np.random.default_rng([seed, epoch]).permutation(count) for epoch in set(places // count)}
    return np.array([shuffled[place // count][place % count] for place in places])


def _side_by_side(
    ends: Integer[np.ndarray, "frames edges"], atoms: int, padding: int
) -> Integer[np.ndarray, " all_edges"]:
    """The ends of edges in frames as atoms of the batch; the ends of those that pad are an atom of their own."""
    first = atoms * np.arange(len(ends))[:, None]
    return np.where(ends < 0, padding, ends + first).ravel().astype(np.int32)
