"""Liquid water of rigid molecules: Metropolis sampling of the TIP3P potential in a small periodic box."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

# TIP3P: Jorgensen et al., J. Chem. Phys. 79, 926 (1983); angstrom, degree, elementary charge, eV.
BOND, ANGLE = 0.9572, 104.52
CHARGES = np.array([-0.834, 0.417, 0.417])
SIGMA, EPSILON = 3.15061, 0.0065957
COULOMB = 14.399645  # eV angstrom

_half = np.radians(ANGLE / 2)
SHAPE = BOND * np.array([[0, 0, 0], [np.sin(_half), 0, np.cos(_half)], [-np.sin(_half), 0, np.cos(_half)]])

# Of such moves, three in ten are accepted at 350 K.
SHIFT, TURN = 0.1, 0.15  # angstrom, radian: deviation of each component


@dataclass(frozen=True)
class Box:
    """Where the molecules are: oxygens [molecules, 3] and rotations of SHAPE [molecules, 3, 3], in a cube of `edge`."""

    edge: float
    oxygens: np.ndarray
    turns: np.ndarray

    def energy_of(self, which: int, oxygen: np.ndarray, turn: np.ndarray) -> float:
        """Energy (eV) between one molecule, placed so, and the nearest image of every other."""
        apart = np.delete(self.oxygens, which, axis=0) - oxygen
        apart -= self.edge * np.round(apart / self.edge)
        others = apart[:, None] + SHAPE @ np.delete(self.turns, which, axis=0).swapaxes(1, 2)  # [molecules, atoms, 3]
        distances = np.linalg.norm(others[:, :, None] - SHAPE @ turn.T, axis=-1)  # [molecules, atoms, atoms]
        sixth = (SIGMA**2 / (apart**2).sum(axis=1)) ** 3
        charged = COULOMB * np.outer(CHARGES, CHARGES) / distances
        return float(charged.sum() + (4 * EPSILON * (sixth**2 - sixth)).sum())


def lattice(molecules: int, edge: float, rng: np.random.Generator) -> Box:
    """Molecules turned at random, on points of a cubic lattice."""
    side = int(np.ceil(molecules ** (1 / 3)))
    sites = rng.permutation(np.array(list(np.ndindex(side, side, side))))[:molecules]
    return Box(edge, (sites + 0.5) * edge / side, Rotation.random(molecules, rng=rng).as_matrix())


def metropolis(box: Box, kT: float, sweeps: int, rng: np.random.Generator) -> Box:
    """Moves as many molecules `sweeps` times as there are, one at a time, each by a step that kT may accept."""
    box = Box(box.edge, box.oxygens.copy(), box.turns.copy())
    for which in rng.integers(len(box.oxygens), size=sweeps * len(box.oxygens)):
        oxygen = box.oxygens[which] + SHIFT * rng.standard_normal(3)
        turn = Rotation.from_rotvec(TURN * rng.standard_normal(3)).as_matrix() @ box.turns[which]
        rise = box.energy_of(which, oxygen, turn) - box.energy_of(which, box.oxygens[which], box.turns[which])
        if rng.uniform() < np.exp(-max(rise, 0.0) / kT):
            box.oxygens[which], box.turns[which] = oxygen, turn
    return box


def sample(
    molecules: int, edge: float, kT: float, warm_up: int, interval: int, rng: np.random.Generator
) -> Iterator[Box]:
    """Boxes of one chain without end, one every `interval` sweeps after the `warm_up`."""
    box = metropolis(lattice(molecules, edge, rng), kT, warm_up, rng)
    while True:
        box = metropolis(box, kT, interval, rng)
        yield box
