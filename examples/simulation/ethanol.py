"""Ethanol at work: trains a small potential, runs it at constant energy, relaxes the molecule, and exports it.

    python -m examples.simulation.ethanol

It prints what the energy drifts by, and how that falls with the time step; the exit status is 0 if it stays below
DRIFT and falls as the square of the step.
"""

import argparse
import dataclasses
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import jax
import numpy as np
from ase import Atoms, units
from ase.md.velocitydistribution import thermalize_momenta
from ase.md.verlet import VelocityVerlet
from ase.optimize import BFGS

from eqlib.models.nequip import NequIP
from eqlib.simulation import Calculator, save_exported
from examples.ethanol.fit import fit
from examples.ethanol.frames import CUTOFF, read_splits
from examples.ethanol.potential import Targets, errors

ELEMENTS = (1, 6, 8)
TEMPERATURE = 300.0  # kelvin, of the velocities at the start
TIME = 0.6  # picoseconds
STEPS = (0.5, 0.25)  # femtoseconds; the stretching of O-H takes 9
DRIFT = 1.0  # meV/atom/ps that the energy may drift by at the longer step: a 26th of kT in a picosecond


@dataclasses.dataclass(frozen=True)
class Conservation:
    """How an energy that should be constant behaves: the slope of a line through it, and what is left beside it.

    Units:  meV/atom/ps, meV/atom
    """

    drift: float
    spread: float


def train(steps: int, seed: int = 0) -> tuple[NequIP, Mapping[str, Any]]:
    """A small potential of ethanol, trained on the frames of examples/ethanol; parameters in float32."""
    frames = read_splits()
    training = frames["training"]
    targets, held_back = (Targets.of(frames[split], training) for split in ("training", "validation"))
    model = NequIP(
        num_species=len(ELEMENTS),
        cutoff=CUTOFF,
        lmax=1,
        features=8,
        num_layers=2,
        num_neighbors=training.numbers.shape[1] - 1,
        energy_scale=float(training.forces.std()),
    )
    found = fit(model, targets, held_back, steps, seed, "training")
    reached = errors(model, found.params, held_back)
    print(f"validation: {reached.force:.0f} meV/angstrom in forces, {reached.energy:.1f} meV/atom in energy")
    return model, found.params


def ethanol(calculator: Calculator) -> Atoms:
    """The molecule as the first frame has it, with the calculator."""
    frames = read_splits()["validation"]
    atoms = Atoms(numbers=frames.numbers[0], positions=frames.positions[0])
    atoms.calc = calculator
    return atoms


def conserve(atoms: Atoms, step: float, time: float = TIME, temperature: float = TEMPERATURE) -> Conservation:
    """Runs at constant energy, and looks at it every half femtosecond.

    Units:  step in femtoseconds, time in picoseconds, temperature in kelvin
    """
    atoms = atoms.copy() if atoms.calc is None else _with_calculator(atoms)
    thermalize_momenta(atoms, temperature_K=temperature, rng=np.random.default_rng(0))
    energies: list[float] = []
    dynamics = VelocityVerlet(atoms, timestep=step * units.fs)
    dynamics.attach(lambda: energies.append(atoms.get_total_energy()), interval=round(0.5 / step))
    dynamics.run(round(1000 * time / step))
    found = 1000 * np.array(energies) / len(atoms)
    times = np.linspace(0.0, time, len(found))
    slope, start = np.polyfit(times, found, 1)
    return Conservation(drift=float(slope), spread=float(np.std(found - slope * times - start)))


def _with_calculator(atoms: Atoms) -> Atoms:
    copy = atoms.copy()
    copy.calc = atoms.calc
    return copy


def main(arguments: Sequence[str] | None = None) -> int:
    """Trains, relaxes, simulates, reports; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=1000, help="of training")
    parser.add_argument("--output", default="ethanol.zip", help="of the exported potential")
    options = parser.parse_args(arguments)
    model, params = train(options.steps)
    jax.config.update("jax_enable_x64", True)
    atoms = ethanol(Calculator(model, params, ELEMENTS, dtype=np.float64, skin=1.0))
    before = atoms.get_potential_energy()
    is_relaxed = BFGS(atoms, logfile=None).run(fmax=0.01, steps=500)
    print(f"BFGS: {'relaxed' if is_relaxed else 'not relaxed'}, {before - atoms.get_potential_energy():.3f} eV lower")
    found = {step: conserve(atoms, step) for step in STEPS}
    for step, energy in found.items():
        print(
            f"NVE, {round(1000 * TIME / step)} steps of {step} fs: drift {energy.drift:+.3f} meV/atom/ps, "
            f"spread {energy.spread:.4f} meV/atom"
        )
    longer, shorter = (found[step] for step in STEPS)
    ratio = longer.spread / shorter.spread
    print(f"half of the step has 1/{ratio:.2f} of the spread; of a square it is 1/4")
    save_exported(options.output, model, params, ELEMENTS, dtype=np.float64)
    print(f"exported: {options.output}")
    is_ok = bool(is_relaxed) and abs(longer.drift) < DRIFT and 3.5 < ratio < 4.5
    print(f"verdict: {'ok' if is_ok else 'failed'}")
    return 0 if is_ok else 1


if __name__ == "__main__":
    sys.exit(main())
