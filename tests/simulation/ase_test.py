"""The calculator: derivatives of its own energy, in ASE's units and signs; one program for a simulation."""

import subprocess
import sys
from typing import Any

import jax
import numpy as np
import pytest

pytest.importorskip("ase", reason="ase is not installed")

from ase import Atoms, units
from ase.build import bulk, molecule
from ase.calculators.calculator import PropertyNotImplementedError
from ase.md.velocitydistribution import thermalize_momenta
from ase.md.verlet import VelocityVerlet
from ase.optimize import BFGS

from eqlib.models.potential import all_pairs, energy_and_forces
from eqlib.simulation import Calculator, prediction
from tests.simulation.subjects import CUTOFF, ELEMENTS, MODEL, params_of

# With steps of 1e-4 a central difference errs by h^2 = 1e-8 of third derivatives, and by eps / h = 2e-12 of the energy.
STEP = 1e-4


def calculator(**options: Any) -> Calculator:
    return Calculator(MODEL, params_of(), ELEMENTS, **options)


def crystal() -> Atoms:
    """Eight atoms of two elements, off their sites, in a skewed cell that is narrower than twice the cutoff."""
    atoms = bulk("OH", "zincblende", a=3.4, cubic=True)
    atoms.set_cell(atoms.cell.array + np.random.default_rng(1).normal(size=(3, 3)) * 0.1, scale_atoms=True)
    atoms.rattle(0.1, seed=2)
    atoms.calc = calculator()
    return atoms


def test_forces_are_minus_the_finite_differences_of_the_energy():
    atoms = crystal()
    forces = atoms.get_forces()
    for atom, axis in ((0, 0), (3, 1), (5, 2)):
        energies = []
        for step in (-STEP, STEP):
            moved = atoms.copy()
            moved.positions[atom, axis] += step
            moved.calc = atoms.calc
            energies.append(moved.get_potential_energy())
        slope = (energies[1] - energies[0]) / (2 * STEP)
        np.testing.assert_allclose(forces[atom, axis], -slope, atol=1e-7 * np.abs(forces).max())
    assert np.abs(forces).max() > 1e-3


def test_stress_is_the_finite_difference_of_the_energy_by_strain():
    atoms = crystal()
    stress, volume = atoms.get_stress(voigt=False), atoms.get_volume()
    for i, j in ((0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1)):
        energies = []
        for step in (-STEP, STEP):
            strain = np.eye(3)
            strain[i, j] += step / 2
            strain[j, i] += step / 2
            strained = atoms.copy()
            strained.set_cell(atoms.cell.array @ strain, scale_atoms=True)
            strained.calc = atoms.calc
            energies.append(strained.get_potential_energy())
        slope = (energies[1] - energies[0]) / (2 * STEP) / volume
        np.testing.assert_allclose(stress[i, j], slope, atol=1e-7 * np.abs(stress).max())
    np.testing.assert_allclose(atoms.get_stress(), stress[[0, 1, 2, 1, 0, 0], [0, 1, 2, 2, 2, 1]], rtol=1e-14)


def test_numbers_of_a_molecule_are_those_of_the_model_on_all_pairs():
    atoms = molecule("H2O2")
    atoms.calc = calculator()
    species = np.array([ELEMENTS.index(number) for number in atoms.numbers])
    args = params_of(), atoms.positions, species, *all_pairs(4)
    energy, forces = jax.jit(lambda *args: energy_and_forces(MODEL.apply, *args))(*args)
    # Sums over edges in another order: a few roundings of the largest.
    np.testing.assert_allclose(atoms.get_potential_energy(), energy, rtol=1e-13)
    np.testing.assert_allclose(atoms.get_forces(), forces, atol=1e-13 * np.abs(forces).max())
    np.testing.assert_allclose(atoms.get_potential_energies().sum(), energy, rtol=1e-13)
    assert atoms.get_potential_energies().shape == (4,)
    with pytest.raises(PropertyNotImplementedError):
        atoms.get_stress()


def test_a_supercell_has_twice_the_energy_the_same_forces_and_the_same_stress():
    one, two = crystal(), crystal().repeat((2, 1, 1))
    two.calc = calculator()
    np.testing.assert_allclose(two.get_potential_energy(), 2 * one.get_potential_energy(), rtol=1e-12)
    np.testing.assert_allclose(two.get_forces(), np.tile(one.get_forces(), (2, 1)), atol=1e-12)
    np.testing.assert_allclose(two.get_stress(), one.get_stress(), atol=1e-12 * np.abs(one.get_stress()).max())


def test_float32_differs_by_its_rounding_alone():
    """Some hundreds of operations, each rounded by 6e-8: within 2e-5 of the largest; and not in float64 by mistake."""
    atoms = crystal()
    energy, forces, stress = atoms.get_potential_energy(), atoms.get_forces(), atoms.get_stress()
    atoms.calc = calculator(dtype=np.float32)
    np.testing.assert_allclose(atoms.get_potential_energy(), energy, rtol=2e-5)
    np.testing.assert_allclose(atoms.get_forces(), forces, atol=2e-5 * np.abs(forces).max())
    np.testing.assert_allclose(atoms.get_stress(), stress, atol=2e-5 * np.abs(stress).max())
    assert not np.array_equal(atoms.get_forces(), forces)


def test_the_skin_changes_no_number():
    atoms = crystal()
    for skin, finder in ((0.0, "ase"), (1.0, None)):
        other = atoms.copy()
        other.calc = calculator(skin=skin, finder=finder)
        np.testing.assert_allclose(other.get_potential_energy(), atoms.get_potential_energy(), rtol=1e-13)
        np.testing.assert_allclose(other.get_forces(), atoms.get_forces(), atol=1e-13)


def test_a_hundred_steps_compile_one_program_and_build_few_lists(monkeypatch: pytest.MonkeyPatch):
    traced = []
    real = prediction.without_padding
    monkeypatch.setattr(prediction, "without_padding", lambda *args: traced.append(1) or real(*args))
    atoms = crystal().repeat((2, 1, 1))
    atoms.calc = calculator(skin=0.5)
    thermalize_momenta(atoms, temperature_K=300, rng=np.random.default_rng(0))
    dynamics = VelocityVerlet(atoms, timestep=0.5 * units.fs)
    dynamics.run(100)
    assert len(traced) == 1
    assert 1 <= atoms.calc.neighbors.builds <= 20


def test_energy_is_conserved_and_what_is_lost_falls_with_the_square_of_the_time_step():
    """Verlet's energy oscillates by terms in dt^2: with half of the step it is a quarter, to the next order."""
    spread = {}
    for fs in (0.5, 0.25):
        atoms = molecule("H2O2")
        atoms.calc = calculator(skin=5.0)
        thermalize_momenta(atoms, temperature_K=300, rng=np.random.default_rng(0))
        dynamics, found = VelocityVerlet(atoms, timestep=fs * units.fs), []
        dynamics.attach(
            lambda atoms=atoms, found=found: found.append(atoms.get_total_energy()), interval=round(0.5 / fs)
        )
        dynamics.run(round(50 / fs))
        spread[fs] = np.std(found)
    assert spread[0.25] > 0 and 3.5 < spread[0.5] / spread[0.25] < 4.5


def test_an_optimiser_finds_where_there_is_no_force():
    atoms = crystal()
    before = atoms.get_potential_energy()
    assert BFGS(atoms, logfile=None).run(fmax=1e-4, steps=200)
    assert np.linalg.norm(atoms.get_forces(), axis=1).max() < 1e-4
    assert atoms.get_potential_energy() < before


def test_an_element_that_the_model_does_not_know_is_refused():
    atoms = molecule("CH4")
    atoms.calc = calculator()
    with pytest.raises(ValueError) as raised:
        atoms.get_potential_energy()
    assert str(raised.value) == (
        "the model knows the atomic numbers (1, 8) and not 6.\n"
        "  Take a model that was trained for the elements (1, 6, 8)."
    )


def test_elements_that_do_not_fit_the_model_are_refused():
    for elements in ((1, 6, 8), (8, 8)):
        with pytest.raises(ValueError) as raised:
            Calculator(MODEL, params_of(), elements)
        assert str(raised.value) == (
            f"elements is {elements}, and must have one atomic number for each of the 2 species of the model.\n"
            "  Write elements=(1, 6, 8) for a model whose species 0, 1 and 2 are H, C and O."
        )


def test_digits_that_jax_does_not_have_are_refused():
    with jax.enable_x64(False), pytest.raises(ValueError) as raised:
        calculator(dtype=np.float64)
    assert str(raised.value) == (
        "dtype is float64, and JAX is set up for 32 bits.\n"
        '  Write jax.config.update("jax_enable_x64", True) before anything else.'
    )


@pytest.mark.parametrize(
    "missing, code, told",
    [
        ("ase", "eqlib.simulation.Calculator", "eqlib.simulation.Calculator needs ase"),
        ("vesin", "eqlib.simulation.NeighborList(1.0, finder='vesin')", "NeighborList needs vesin"),
        ("flatbuffers", "eqlib.simulation.export_potential(None, {})", "export_potential needs flatbuffers"),
    ],
)
def test_without_the_package_the_error_names_the_extra(missing: str, code: str, told: str):
    text = f"import sys; sys.modules[{missing!r}] = None; import eqlib\ntry: {code}\nexcept ImportError as e: print(e)"
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert done.stdout == f"{told}, which is not installed: pip install eqlib[simulation]\n"


def test_the_cutoff_of_the_lists_is_that_of_the_model():
    assert calculator().neighbors.cutoff == CUTOFF
