"""Units that are not eV and angstrom, as numbers give them away: by magnitude, and by forces against energies."""

import math
from collections.abc import Sequence

import numpy as np

from eqlib.array_types import Float, Real
from eqlib.training.elements import COVALENT_RADII, NOBLE_GASES
from eqlib.training.errors import DataError
from eqlib.training.frames import Frames
from eqlib.training.neighbors import Neighbors

HARTREE = 27.211386245981  # eV; this and the next by CODATA 2022
BOHR = 0.529177210544  # angstrom
KCAL_PER_MOL = 4.184 / 96.48533212331  # eV
KJ_PER_MOL = 1 / 96.48533212331  # eV

# From an atom to its nearest neighbour, in covalent bonds of Cordero et al.'s radii: ethanol has 1.00 and silicon 1.06
# at the median. In bohr they are 1.9 times as many.
LONGEST_BOND = 1.6
# At 500 K the forces of GFN2-xTB ethanol have a root mean square of 1.0 eV/angstrom, and in kcal/mol 23 times that.
GREATEST_FORCE = 15.0
GREATEST_STRESS = 3.0  # eV/angstrom^3, which is 480 GPa: at the centre of the earth there are 364
# Between two frames that are close, the work of the mean force is the change of energy, but for third derivatives. Of
# the 20 closest pairs of 100 frames of ethanol, the correlation was above 0.98 and the slope 0.9 to 1.1; of the 20
# closest of 20 frames, which are far apart, the correlation was below 0.97 where the slope was below 0.8.
PAIRS, FRAMES = 20, 100
CORRELATED = 0.97
SLOPES = (0.7, 1.4)

# What energies would have to be divided by, that is forces times, if one is not in the unit of the other: the cause,
# and what to write.
SUSPECTS = {
    HARTREE / BOHR: ("the forces are in hartree/bohr", "forces *= 27.211386 / 0.52917721"),
    HARTREE: ("the forces are in hartree/angstrom", "forces *= 27.211386"),
    KCAL_PER_MOL: ("the forces are in kcal/mol/angstrom", "forces *= 0.043364104"),
    KJ_PER_MOL: ("the forces are in kJ/mol/angstrom", "forces *= 0.010364270"),
    KJ_PER_MOL / 10: ("the forces are in kJ/mol/nm", "forces *= 0.0010364270"),
    1 / HARTREE: ("the energies are in hartree", "energies *= 27.211386"),
    1 / KCAL_PER_MOL: ("the energies are in kcal/mol", "energies *= 0.043364104"),
    1 / KJ_PER_MOL: ("the energies are in kJ/mol", "energies *= 0.010364270"),
    1 / BOHR: (
        "the energies are in hartree and the forces in hartree/bohr",
        "energies *= 27.211386; forces *= 27.211386 / 0.52917721",
    ),
}

HINT = "if the numbers are right, write check_units = false in [data]"


def check_units(frames: Frames, found: Sequence[Neighbors]) -> None:
    """Refuses what looks like other units than angstrom and eV. Nothing is concluded from what is not clear.

    Raises: DataError, with what to multiply, and how to say that the numbers are right.
    """
    _check_bonds(frames, found)
    _check_work(frames)
    _check_magnitudes(frames)


def _check_bonds(frames: Frames, found: Sequence[Neighbors]) -> None:
    bonds = [_bonds(numbers, edges) for numbers, edges in zip(frames.numbers, found, strict=True)]
    if len(lengths := np.concatenate(bonds)) and (typical := float(np.median(lengths))) > LONGEST_BOND:
        raise DataError(
            f"{frames.name}: the nearest neighbours of the atoms are at {typical:.2f} times the length of a covalent "
            f"bond: the positions seem to be in bohr.\n  Write positions *= 0.52917721; {HINT}."
        )


def _bonds(numbers: Real[np.ndarray, " atoms"], edges: Neighbors) -> Float[np.ndarray, " bonds"]:
    """The distance of each atom's nearest neighbour over the sum of their radii; noble gases have no bonds."""
    radii = np.array([0.0 if n in NOBLE_GASES else COVALENT_RADII.get(int(n), 0.0) for n in numbers])
    ends = radii[edges.senders], radii[edges.receivers]
    is_bond = (ends[0] > 0) & (ends[1] > 0)
    nearest = np.full(len(numbers), np.inf)
    np.minimum.at(nearest, edges.receivers[is_bond], (edges.lengths / (sum(ends) + ~is_bond))[is_bond])
    return nearest[np.isfinite(nearest)]


def _check_work(frames: Frames) -> None:
    """Forces must be minus the gradient of the energies, in sign and in size."""
    pairs = _closest_pairs(frames)
    if pairs is None:
        return
    work, change = pairs
    product, squares = work @ change, (work @ work, change @ change)
    if abs(product) <= CORRELATED * math.sqrt(squares[0] * squares[1]):
        return  # as of energies that are all the same, for those who learn forces alone
    slope = product / squares[0]
    told = (
        f"{frames.name}: between frames that are close, the energies change by {slope:.3g} times the work of the forces"
    )
    if slope < 0:
        raise DataError(
            f"{told}: the forces have the sign of the gradient, and are minus that.\n  Write forces = -forces; {HINT}."
        )
    if not SLOPES[0] < slope < SLOPES[1]:
        cause, code = SUSPECTS[min(SUSPECTS, key=lambda factor: abs(math.log(slope / factor)))]
        raise DataError(f"{told}: they are not in the same units. It seems that {cause}.\n  Write {code}; {HINT}.")


def _check_magnitudes(frames: Frames) -> None:
    forces = np.sqrt(np.mean(frames.forces[frames.numbers > 0] ** 2))
    if forces > GREATEST_FORCE:
        raise DataError(
            f"{frames.name}: the root mean square of the forces is {forces:.3g} eV/angstrom, which would tear matter "
            f"apart: they seem to be in kcal/mol/angstrom.\n  Write forces *= 0.043364104; energies *= 0.043364104; "
            f"{HINT}."
        )
    if frames.stress is not None and (stress := np.abs(frames.stress).max()) > GREATEST_STRESS:
        raise DataError(
            f"{frames.name}: the stress is up to {stress:.3g} eV/angstrom^3, which is {stress * 160.21766:.3g} GPa: it "
            f"seems to be in GPa or kbar.\n  Write stress /= 160.21766, or stress /= 1602.1766; {HINT}."
        )


def _closest_pairs(frames: Frames) -> tuple[Float[np.ndarray, " pairs"], Float[np.ndarray, " pairs"]] | None:
    """The work of the mean force, and the change of the energy, from one frame to another that is close."""
    chosen = np.linspace(0, len(frames) - 1, min(FRAMES, len(frames))).round().astype(int)
    chosen = chosen[(frames.numbers[chosen] == frames.numbers[0]).all(axis=1)]
    if frames.cell is not None:  # a change of the cell does work of its own
        chosen = chosen[(frames.cell[chosen] == frames.cell[0]).all(axis=(1, 2))]
    first, second = np.triu_indices(len(chosen), k=1)
    if len(first) < PAIRS:
        return None
    atoms = frames.numbers[0] > 0
    x, F = (values[chosen][:, atoms] for values in (frames.positions, frames.forces))
    x = x - x.mean(axis=1, keepdims=True)
    before, after, F_before, F_after = x[first], x[second], F[first], F[second]
    if not frames.pbc.any():
        R = _alignments(before, after)
        after, F_after = after @ R, F_after @ R
    steps = after - before
    closest = np.argsort((steps**2).sum(axis=(1, 2)))[:PAIRS]
    work = ((F_before + F_after) / 2 * steps).sum(axis=(1, 2))
    change = frames.energies[chosen][second] - frames.energies[chosen][first]
    return -work[closest], change[closest]


def _alignments(
    before: Real[np.ndarray, "pairs atoms 3"], after: Real[np.ndarray, "pairs atoms 3"]
) -> Real[np.ndarray, "pairs 3 3"]:
    """The rotations R with which `after @ R` is closest to `before`.

    Source: Kabsch (1976), Acta Crystallographica A 32, 922.
    """
    left, _, right = np.linalg.svd(np.einsum("pai,paj->pij", after, before))
    left[:, :, -1] *= np.sign(np.linalg.det(left @ right))[:, None]
    return left @ right
