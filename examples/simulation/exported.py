"""Reads a potential that eqlib has exported, and runs it without eqlib: JAX, NumPy and vesin are enough."""

import json
import zipfile
from pathlib import Path

import jax
import numpy as np
import vesin


class Exported:
    """Energies, forces and stress of atoms, from a file of `eqlib.simulation.save_exported`."""

    def __init__(self, path: str | Path, skin: float = 0.5) -> None:
        with zipfile.ZipFile(path) as archive:
            self.about = json.loads(archive.read("potential.json"))
            program = jax.export.deserialize(bytearray(archive.read("program.bin")))
        jax.config.update("jax_enable_x64", self.about["dtype"] == "float64")
        self._call = jax.jit(program.call)
        self._neighbors = vesin.NeighborList(cutoff=self.about["cutoff"] + skin, full_list=True, sorted=True, skin=skin)
        self._room = 64

    def __call__(
        self, positions: np.ndarray, cell: np.ndarray, species: np.ndarray, periodic: bool = True
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The energy of every atom, the forces, and the stress; species count the elements of the file from 0."""
        j, i, shifts = self._neighbors.compute(positions, cell, periodic, quantities="ijS")
        while len(i) > self._room:
            self._room *= 2
        room = self._room - len(i)
        senders, receivers = (np.pad(ends, (0, room), constant_values=-1).astype(np.int32) for ends in (j, i))
        shifts = np.pad(shifts, ((0, room), (0, 0))).astype(np.int32)
        arrays = (np.asarray(x, self.about["dtype"]) for x in (positions, cell))
        found = self._call(*arrays, np.asarray(species, np.int32), senders, receivers, shifts)
        return tuple(np.asarray(z, np.float64) for z in found)
