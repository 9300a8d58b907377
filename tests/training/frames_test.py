"""What a file of frames may be, and what is said of one that cannot be used."""

import dataclasses
import re

import numpy as np
import pytest

from eqlib.training.checks import check, check_known, neighbors_of
from eqlib.training.errors import DataError
from eqlib.training.frames import frames_of, read_frames
from eqlib.training.units import BOHR, HARTREE, KCAL_PER_MOL, KJ_PER_MOL, check_units
from examples.ethanol.frames import ETHANOL
from tests.training.subjects import springs

WATER = {
    "numbers": np.array([8, 1, 1]),
    "positions": np.arange(18.0).reshape(2, 3, 3),
    "energies": np.array([1.0, 2.0]),
    "forces": np.zeros((2, 3, 3)),
}


def test_the_fields_of_a_file_are_those_of_every_frame(tmp_path):
    path = tmp_path / "water.npz"
    np.savez_compressed(path, **WATER, cell=np.eye(3), split=["training", "test"])
    frames = read_frames(path)
    assert len(frames) == 2 and frames.numbers.tolist() == [[8, 1, 1]] * 2
    assert frames.cell is not None and frames.cell.shape == (2, 3, 3) and frames.pbc.all()
    last = frames.take(frames.split == "test")
    assert last.energies.tolist() == [2.0] and last.index.tolist() == [1]


def test_symbols_and_species_are_numbers():
    given = {"species": np.array([["H", "O"], ["H", ""]])} | {name: WATER[name] for name in ("energies",)}
    frames = frames_of(given | {"positions": np.zeros((2, 2, 3)), "forces": np.zeros((2, 2, 3))})
    assert frames.numbers.tolist() == [[1, 8], [1, 0]]
    assert not frames.pbc.any()


FILES = [
    (
        {"forces": None},
        "has no field forces: it has numbers, positions, energies.\n  Write it with np.savez_compressed(",
    ),
    ({"energies": np.zeros(3)}, "energies has shape [3], not [2]: positions has 2 frames, and numbers 3 atoms."),
    (
        {"forces": np.zeros((2, 2, 3))},
        "forces has shape [2, 2, 3], not [2, 3, 3]: positions has 2 frames, and numbers 3",
    ),
    (
        {"numbers": np.array(["O", "H", "Hx"])},
        "there is no element 'Hx'.\n  Write symbols as 'H', 'C', 'Cl', or atomic",
    ),
    ({"numbers": np.array([8.0, 1.0, 1.0])}, "numbers holds float64, not atomic numbers or symbols of elements."),
    ({"energies": np.array(["a", "b"])}, "energies holds <U1, not real numbers."),
    ({"pbc": np.ones(3, bool)}, "has pbc and no cell: there is no length at which it repeats.\n  Write cell=cell."),
    ({"stress": np.zeros((2, 3, 3))}, "has stress and no cell: stress is per volume.\n  Write cell=cell, or leave it"),
    (
        {"positions": np.zeros((0, 3, 3)), "energies": np.zeros(0), "forces": np.zeros((0, 3, 3))},
        "there is nothing to learn from: 0 frames of 3 atoms.",
    ),
]


@pytest.mark.parametrize(("change", "message"), FILES)
def test_arrays_that_do_not_fit_together_are_refused(change, message):
    with pytest.raises(DataError) as raised:
        frames_of({name: value for name, value in (WATER | change).items() if value is not None}, "water.npz")
    assert str(raised.value).replace("water.npz: ", "").replace("water.npz ", "").startswith(message)


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "no such file"), (b"", "is empty"), (b"text", "is no npz file"), (b"PK\5\6" + bytes(18), "has no field")],
)
def test_a_file_that_is_none_is_refused(tmp_path, content, message):
    path = tmp_path / "frames.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=message) as raised:
        read_frames(path)
    assert "np.savez_compressed(path, numbers=numbers, positions=positions, energies=energies, forces=forces)" in str(
        raised.value
    )


def test_a_file_that_was_damaged_or_holds_objects_is_refused(tmp_path):
    damaged, objects = tmp_path / "damaged.npz", tmp_path / "objects.npz"
    content = bytearray(ETHANOL.read_bytes())
    content[60_000:60_100] = bytes(100)
    damaged.write_bytes(content)
    np.savez_compressed(objects, **WATER | {"energies": np.array([None, 1])})
    for path, reason in ((damaged, ""), (objects, "Object arrays cannot be loaded")):
        with pytest.raises(DataError, match=rf"^{re.escape(str(path))} cannot be read: {reason}"):
            read_frames(path)


# What no model could learn from


def changed(frames, field, place, value):
    array = getattr(frames, field).astype(float if field != "numbers" else int)
    array[place] = value
    return dataclasses.replace(frames, **{field: array})


def pulled(frames, frame):
    forces = frames.forces.copy()
    forces[frame] += 0.4
    return dataclasses.replace(frames, forces=forces)


FAULTS = {
    "energies": (
        lambda frames: changed(frames, "energies", 3, np.nan),
        "water: frame 3: energies is nan.\n  Leave such frames out: keep = "
        "np.isfinite(energies).reshape(len(energies), -1).all(axis=1).",
    ),
    "forces": (
        lambda frames: changed(frames, "forces", (5, 2, 1), np.inf),
        "water: frame 5, atom 2 (H): forces is inf.\n  Leave such frames out: keep = np.isfinite(forces).reshape("
        "len(forces), -1).all(axis=1).",
    ),
    "element": (
        lambda frames: changed(frames, "numbers", (2, 1), 119),
        "water: frame 2, atom 1 has atomic number 119: there is no such element.\n"
        "  Write atomic numbers, or symbols as 'H', 'C', 'Cl'.",
    ),
    "padding": (
        lambda frames: changed(frames, "numbers", (2, 1), 0),
        "water: frame 2 has the numbers [8, 0, 1], where 0 stands for no atom, and may stand after the last atom "
        "only.\n  Put the atoms of every frame first.",
    ),
    "equal": (
        lambda frames: dataclasses.replace(frames, forces=np.zeros_like(frames.forces)),
        "water: every component of the forces is 0: there is nothing to learn.\n"
        "  Write forces as minus the gradients of the energies.",
    ),
    "cell": (
        lambda frames: dataclasses.replace(
            frames, cell=np.ones((len(frames), 3, 3)), pbc=np.ones((len(frames), 3), bool)
        ),
        "water: frame 0 has the cell [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]], whose vectors are not "
        "independent.\n  Write a lattice vector in each row, or pbc=False along those that do not repeat.",
    ),
    "stress": (
        lambda frames: dataclasses.replace(
            frames, cell=np.tile(np.eye(3), (len(frames), 1, 1)), stress=np.zeros((len(frames), 3, 3))
        ),
        "water has stress, and frames that do not repeat in all directions: they have no volume.\n"
        "  Leave the field stress out, or write pbc=True.",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_message_names_the_frame_and_the_atom(fault):
    change, message = FAULTS[fault]
    check(springs())
    with pytest.raises(DataError) as raised:
        check(change(springs()))
    assert str(raised.value) == message


def test_forces_of_a_field_are_refused_and_what_the_message_says_mends_them():
    frames = pulled(springs(), 7)
    with pytest.raises(
        DataError, match=r"^water: frame 7: the forces sum to 2\.\d+ eV/angstrom, where a single one is"
    ):
        check(frames)
    check(dataclasses.replace(frames, forces=frames.forces - frames.forces.mean(axis=1, keepdims=True)))


def test_the_number_of_a_frame_is_that_in_the_file():
    frames = changed(springs(), "energies", 31, np.nan)
    with pytest.raises(DataError, match=r"^part: frame 31: energies is nan"):
        check(frames.take(np.arange(30, 35), "part"))


def test_atoms_on_top_of_each_other_are_refused():
    frames = springs()
    close = changed(frames, "positions", (4, 1), frames.positions[4, 0] + [0.1, 0.0, 0.0])
    with pytest.raises(DataError) as raised:
        neighbors_of(close, 3.0)
    assert str(raised.value) == (
        "water: frame 4: atom 1 (H) and atom 0 (O) are 0.100 angstrom apart: no two atoms come closer than 0.3.\n"
        "  Leave that frame out; or, if positions are in nanometres, multiply them by 10."
    )


def test_images_on_top_of_each_other_are_refused():
    cell = np.diag([9.0, 9.0, 0.2])
    frames = dataclasses.replace(springs(), cell=np.tile(cell, (40, 1, 1)), pbc=np.ones((40, 3), bool))
    with pytest.raises(DataError, match=r"^water: frame 0: atom 0 \(O\) and atom 0 \(O\) are 0\.200 angstrom apart"):
        neighbors_of(frames, 3.0)


def test_empty_lists_of_neighbours_are_refused():
    with pytest.raises(DataError) as raised:
        neighbors_of(springs(), 0.5)
    assert str(raised.value) == (
        "water: frame 0: no atom has a neighbour within 0.5 angstrom: there is nothing for the model to see.\n"
        "  Leave that frame out, or write a longer cutoff in [model]."
    )


def test_an_atom_that_feels_what_it_cannot_see_is_refused_and_one_that_feels_nothing_is_not():
    frames = springs()
    far = changed(frames, "positions", (6, 2), [0.0, 50.0, 0.0])
    with pytest.raises(
        DataError, match=r"^water: frame 6, atom 2 \(H\): it has no neighbour within 3 angstrom, and the"
    ):
        neighbors_of(far, 3.0)
    neighbors_of(changed(far, "forces", 6, 0.0), 3.0)


def test_an_element_that_no_training_frame_has_is_refused():
    check_known(springs(), [1, 8], "the training")
    with pytest.raises(DataError) as raised:
        check_known(springs(), [1, 6], "the training")
    assert str(raised.value) == (
        "water: frame 0, atom 0 (O): no atom of the training is of this element: they have H, C.\n"
        "  Leave such frames out, or train on frames with O too."
    )


# Units

ETHANOL_FRAMES = read_frames(ETHANOL)
SETS = {
    name: ETHANOL_FRAMES.take(ETHANOL_FRAMES.split == name, "ethanol")
    for name in ("training", "validation", "test", "md")
}

UNITS = {
    "bohr": ({"positions": 1 / BOHR}, "positions *= 0.52917721"),
    "hartree/bohr": ({"forces": BOHR / HARTREE}, "forces *= 27.211386 / 0.52917721"),
    "hartree/angstrom": ({"forces": 1 / HARTREE}, "forces *= 27.211386"),
    "kcal/mol/angstrom": ({"forces": 1 / KCAL_PER_MOL}, "forces *= 0.043364104"),
    "kJ/mol/angstrom": ({"forces": 1 / KJ_PER_MOL}, "forces *= 0.010364270"),
    "kJ/mol/nm": ({"forces": 10 / KJ_PER_MOL}, "forces *= 0.0010364270"),
    "hartree": ({"energies": 1 / HARTREE}, "energies *= 27.211386"),
    "kcal/mol": ({"energies": 1 / KCAL_PER_MOL}, "energies *= 0.043364104"),
    "kJ/mol": ({"energies": 1 / KJ_PER_MOL}, "energies *= 0.010364270"),
    "atomic": (
        {"energies": 1 / HARTREE, "forces": BOHR / HARTREE},
        "energies *= 27.211386; forces *= 27.211386 / 0.52917721",
    ),
    "kcal": (
        {"energies": 1 / KCAL_PER_MOL, "forces": 1 / KCAL_PER_MOL},
        "forces *= 0.043364104; energies *= 0.043364104",
    ),
    "gradients": ({"forces": -1.0}, "forces = -forces"),
}


@pytest.mark.parametrize("name", SETS)
def test_right_units_pass(name):
    check(SETS[name])
    check_units(SETS[name], neighbors_of(SETS[name], 5.0))


@pytest.mark.parametrize("name", ["training", "md"])
@pytest.mark.parametrize("unit", UNITS)
def test_wrong_units_are_named_and_what_the_message_says_mends_them(name, unit):
    factors, code = UNITS[unit]
    frames = dataclasses.replace(SETS[name], **{field: f * getattr(SETS[name], field) for field, f in factors.items()})
    with pytest.raises(DataError) as raised:
        check_units(frames, neighbors_of(frames, 10.0))
    assert f"\n  Write {code}; if the numbers are right, write check_units = false in [data]." in str(raised.value)
    arrays = {field: getattr(frames, field).copy() for field in ("positions", "energies", "forces")}
    exec(code, arrays)
    arrays.pop("__builtins__")
    mended = dataclasses.replace(frames, **arrays)
    check_units(mended, neighbors_of(mended, 5.0))


def test_stress_in_gpa_is_suspected():
    frames = springs(cell=20 * np.eye(3), stress=np.full((40, 3, 3), 8.0))
    with pytest.raises(DataError, match=r"the stress is up to 8 eV/angstrom\^3, which is 1\.28e\+03 GPa"):
        check_units(frames, neighbors_of(frames, 5.0))


def test_nothing_is_concluded_of_few_frames_or_of_frames_that_are_far_apart():
    for frames in (SETS["md"].take(np.arange(5)), springs()):
        drawn = dataclasses.replace(frames, energies=np.random.default_rng(0).normal(size=len(frames)))
        check_units(drawn, neighbors_of(drawn, 5.0))


def test_energies_may_all_be_the_same_for_those_who_learn_forces_alone():
    frames = dataclasses.replace(SETS["training"], energies=np.zeros(400))
    check(frames)
    check_units(frames, neighbors_of(frames, 5.0))


@pytest.mark.parametrize("name", ["aspirin", "water"])
def test_the_labelled_sets_of_the_examples_pass(name):
    frames = read_frames(ETHANOL.parents[1] / "data" / f"{name}.npz").take(np.arange(60))
    check(frames)
    check_units(frames, neighbors_of(frames, 3.0))
