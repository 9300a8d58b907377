"""The models, with energies and forces: under O(3), translations, and permutations of atoms and of edges."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from eqlib.models.allegro import Allegro
from eqlib.models.mace import MACE
from eqlib.models.nequip import NequIP
from eqlib.models.potential import all_pairs, energy_and_forces
from eqlib.nn.layer import Model
from proofs.programs.program import Program

COMMON: dict[str, Any] = {"num_species": 2, "cutoff": 4.0, "features": 2, "radial_basis": 3, "readout": 2}
SIZES = COMMON | {"radial_neurons": (4,)}
LATENT = COMMON | {"latent": 2, "two_body_neurons": (4,), "latent_neurons": (4,)}
GRAPH = ("points", "labels per node", "nodes per edge", "nodes per edge")
FRAME = {"example": (np.random.default_rng(0).normal(size=(3, 3)), np.array([0, 1, 0]), *all_pairs(3))}
# That the gradient is equivariant is what the proof with forces says.
CHECK = {"differentiable": False}


@dataclass(frozen=True)
class WithForces:
    """A model of energies as one of the energy and the forces, with the same parameters."""

    model: Model

    def init(self, *inputs: Any) -> Any:
        return self.model.init(*inputs)

    def apply(self, params: Any, *inputs: Any) -> Any:
        return energy_and_forces(self.model.apply, params, *inputs)


PROGRAMS = (
    Program(
        "models.NequIP",
        WithForces(NequIP(lmax=2, num_layers=2, **SIZES)),
        (GRAPH,),
        ("0e", "1o per node"),
        bound=None,
        label="two layers, l <= 2, with forces",
        options=FRAME,
    ),
    Program(
        "models.NequIP",
        NequIP(lmax=1, num_layers=1, **SIZES),
        (GRAPH,),
        "0e per node",
        label="one layer, l <= 1",
        options=FRAME,
        check=CHECK,
    ),
    Program(
        "models.NequIP",
        NequIP(lmax=0, num_layers=1, **SIZES),
        (GRAPH,),
        "0e per node",
        bound=None,
        label="invariant",
        options=FRAME,
    ),
    Program(
        "models.MACE",
        WithForces(MACE(lmax=2, num_layers=2, **SIZES)),
        (GRAPH,),
        ("0e", "1o per node"),
        bound=None,
        label="two layers, l <= 2, correlation 3, with forces",
        options=FRAME,
    ),
    Program(
        "models.MACE",
        MACE(lmax=1, correlation=2, num_layers=1, **SIZES),
        (GRAPH,),
        "0e per node",
        label="one layer, l <= 1, correlation 2",
        options=FRAME,
        check=CHECK,
    ),
    Program(
        "models.Allegro",
        WithForces(Allegro(lmax=2, num_layers=2, **LATENT)),
        (GRAPH,),
        ("0e", "1o per node"),
        bound=None,
        label="two layers, l <= 2, with forces",
        options=FRAME,
    ),
    Program(
        "models.Allegro",
        Allegro(lmax=1, num_layers=1, **LATENT),
        (GRAPH,),
        "0e per node",
        label="one layer, l <= 1",
        options=FRAME,
        check=CHECK,
    ),
)
