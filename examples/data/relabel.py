"""Computes stored labels anew: `python -m examples.data.relabel [path ...]` exits 1 if they differ (needs tblite)."""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from examples.data.label import label_all
from examples.data.labelled import ASPIRIN, WATER, Labelled, read_labelled
from examples.ethanol.frames import ETHANOL

# Forces are stored to 5e-7, so that what is left of their bound is as much again.
BOUNDS = {"energy": 1e-6, "forces": 1e-6, "stress": 1e-8}
UNITS = {"energy": "eV", "forces": "eV/angstrom", "stress": "eV/angstrom^3"}


@dataclass(frozen=True)
class Difference:
    """The worst difference between the stored and the recomputed labels of one kind, and the frame that has it."""

    kind: str
    size: float
    frame: int

    @property
    def is_small(self) -> bool:
        return self.size <= BOUNDS[self.kind]

    def __str__(self) -> str:
        return f"{self.kind} {self.size:.1e} {UNITS[self.kind]} in frame {self.frame} (bound {BOUNDS[self.kind]:.0e})"


def relabel(labelled: Labelled, count: int = 10) -> list[Difference]:
    """Labels `count` geometries, spread evenly over the frames, and compares energies, forces and, if any, stress.

    Raises: ValueError if there are fewer frames than that, or none were asked for.
    """
    if not 1 <= count <= len(labelled.positions):
        raise ValueError(f"cannot relabel {count} of {len(labelled.positions)} frames")
    chosen = np.linspace(0, len(labelled.positions) - 1, count).round().astype(int)
    stored = labelled.select(chosen)
    anew = label_all(stored.numbers, stored.positions, stored.cell, stored.provenance["method"])
    pairs = {"energy": (anew.energy, stored.energies), "forces": (anew.forces, stored.forces)}
    if stored.is_periodic:
        pairs["stress"] = (anew.stress, stored.stress)
    return [_worst(kind, *pair, chosen) for kind, pair in pairs.items()]


def _worst(kind: str, computed: np.ndarray, stored: np.ndarray, chosen: np.ndarray) -> Difference:
    sizes = np.abs(computed - stored).reshape(len(chosen), -1).max(axis=1)
    return Difference(kind, float(sizes.max()), int(chosen[sizes.argmax()]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", type=Path, nargs="*", default=[ETHANOL, ASPIRIN, WATER])
    parser.add_argument("--count", type=int, default=10, help="geometries of each to label")
    options = parser.parse_args()
    differ = False
    for path in options.paths:
        worst = relabel(read_labelled(path), options.count)
        agree = all(difference.is_small for difference in worst)
        print(f"{path.name}: the labels {'agree' if agree else 'differ'}: {', '.join(map(str, worst))}")
        differ |= not agree
    return int(differ)


if __name__ == "__main__":
    sys.exit(main())
