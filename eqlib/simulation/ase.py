"""The calculator by which ASE runs a potential."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import jax
import numpy as np
from ase import Atoms
from ase.calculators.calculator import Calculator as AseCalculator
from ase.calculators.calculator import all_changes
from ase.stress import full_3x3_to_voigt_6_stress

from eqlib.simulation.neighbors import NeighborList
from eqlib.simulation.prediction import checked_elements, dtype_of, params_in, predict, species_of


class Calculator(AseCalculator):
    """Energies, forces and stress of a model for ASE, in its units: eV, angstrom, eV/angstrom^3.

    model     has `apply(params, positions, species, senders, receivers, shifts)`, energies of atoms in eV, and `cutoff`
    params    its parameters
    elements  the atomic number of each of its species
    dtype     in which it computes; None for that of the parameters
    skin      of the neighbour lists, in angstrom
    finder    "vesin" or "ase", which finds neighbours; None takes vesin if it is installed

    `energies` has the energy of every atom; they are summed in float64. Positions enter in `dtype`: in float32 those of
    a cell of 100 angstrom are rounded to 1e-5 angstrom. Without a cell that repeats in all three directions there is no
    volume, and so no stress. A program is compiled for the number of atoms and for the length of the list of edges,
    which doubles when it is full.

    Raises: ValueError if `elements` does not fit the model, if there is an atom of another element, or if JAX has not
            the digits of `dtype`; ImportError if nothing is installed that finds neighbours.
    Example:
        >>> import eqlib
        >>> from ase.build import molecule
        >>> model = eqlib.models.NequIP(num_species=2, cutoff=4.0, lmax=1, features=4, num_layers=1)
        >>> ends = np.array([0]), np.array([1])
        >>> params = jax.jit(model.init)(jax.random.key(0), np.eye(3)[:2], np.arange(2), *ends)
        >>> water = molecule("H2O")
        >>> water.calc = Calculator(model, params, elements=(1, 8))
        >>> water.get_forces().shape
        (3, 3)
    """

    implemented_properties: ClassVar[list[str]] = ["energy", "free_energy", "energies", "forces", "stress"]

    def __init__(
        self,
        model: Any,
        params: Mapping[str, Any],
        elements: Sequence[int],
        *,
        dtype: Any | None = None,
        skin: float = 0.3,
        finder: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.elements = checked_elements(elements, model)
        self.neighbors = NeighborList(model.cutoff, skin, finder)
        self._params = params_in(params, dtype)
        self._dtype = dtype_of(self._params)
        self._predict = jax.jit(functools.partial(predict, model))

    def calculate(
        self,
        atoms: Atoms | None = None,
        properties: Sequence[str] = ("energy",),
        system_changes: Sequence[str] = all_changes,
    ) -> None:
        """Everything that the model gives of these atoms: all of it costs hardly more than the forces."""
        super().calculate(atoms, properties, system_changes)
        positions, pbc = self.atoms.get_positions(), self.atoms.get_pbc()
        cell = self.atoms.cell.complete().array  # directions that do not repeat need a length, which has no part
        edges = self.neighbors(positions, cell, pbc)
        species = species_of(self.atoms.numbers, self.elements)
        arrays = (array.astype(self._dtype) for array in (positions, cell))
        found = self._predict(self._params, *arrays, species, *edges)
        energies = np.asarray(found.energies, np.float64)
        energy = float(energies.sum())
        self.results = {
            "energy": energy,
            "free_energy": energy,
            "energies": energies,
            "forces": np.asarray(found.forces, np.float64),
        }
        if pbc.all():
            self.results["stress"] = full_3x3_to_voigt_6_stress(np.asarray(found.stress, np.float64))
