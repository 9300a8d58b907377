"""Computes stored labels anew: `python -m examples.ethanol.relabel [path]` exits 1 if they differ (needs tblite)."""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from examples.ethanol.frames import ETHANOL, Frames, read_frames
from examples.ethanol.label import label_all

ENERGY_BOUND = 1e-6  # eV
FORCE_BOUND = 1e-5  # eV/angstrom; forces are stored in float32


@dataclass(frozen=True)
class Difference:
    """The worst difference between stored and recomputed labels, and the frame that has it."""

    energy: float
    energy_frame: int
    force: float
    force_frame: int

    @property
    def is_small(self) -> bool:
        return self.energy <= ENERGY_BOUND and self.force <= FORCE_BOUND

    def __str__(self) -> str:
        return (
            f"energy {self.energy:.1e} eV in frame {self.energy_frame} (bound {ENERGY_BOUND:.0e}), "
            f"force {self.force:.1e} eV/angstrom in frame {self.force_frame} (bound {FORCE_BOUND:.0e})"
        )


def relabel(frames: Frames, count: int = 10) -> Difference:
    """Labels `count` geometries, spread evenly over the frames, and compares.

    Raises: ValueError if there are fewer frames than that, or none were asked for.
    """
    if not 1 <= count <= len(frames.positions):
        raise ValueError(f"cannot relabel {count} of {len(frames.positions)} frames")
    chosen = np.linspace(0, len(frames.positions) - 1, count).round().astype(int)
    energies, forces = label_all(frames.species, frames.positions[chosen])
    energy = np.abs(energies - frames.energies[chosen])
    force = np.abs(forces - frames.forces[chosen]).max(axis=(1, 2))
    return Difference(
        energy=float(energy.max()),
        energy_frame=int(chosen[energy.argmax()]),
        force=float(force.max()),
        force_frame=int(chosen[force.argmax()]),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path, nargs="?", default=ETHANOL)
    parser.add_argument("--count", type=int, default=10, help="geometries to label")
    options = parser.parse_args()
    worst = relabel(read_frames(options.path), options.count)
    print(f"{'the labels agree' if worst.is_small else 'the labels differ'}: {worst}")
    return 0 if worst.is_small else 1


if __name__ == "__main__":
    sys.exit(main())
