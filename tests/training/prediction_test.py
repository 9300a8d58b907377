"""A batch is its frames: what one frame is given does not depend on the others, on padding, or on the order."""

import functools

import jax
import numpy as np
import pytest

from eqlib.models.nequip import NequIP
from eqlib.models.potential import all_pairs, energy_and_forces
from eqlib.training.checks import neighbors_of
from eqlib.training.config import Loss
from eqlib.training.dataset import composition, dataset_of, fitted_atomic_energies, order_of
from eqlib.training.frames import Frames, frames_of
from eqlib.training.prediction import Prediction, loss_of, predict
from tests.training.subjects import Pairs, springs

CUTOFF = 3.0
PARAMS = {"e0": 0.3, "k": 0.7}

predicted = jax.jit(functools.partial(predict, Pairs(CUTOFF)), static_argnames="with_stress")
loss = jax.jit(loss_of, static_argnums=2)


def dataset(frames: Frames, elements=(1, 8), atomic_energies=(0.0, 0.0), room=0):
    edges = neighbors_of(frames, CUTOFF)
    most = max(len(one.lengths) for one in edges) + room
    return dataset_of(frames, edges, most, CUTOFF, elements, np.array(atomic_energies), "float64")


def crystal(count=3, seed=0):
    """Two atoms in a cell without symmetry, which sees itself through its faces."""
    rng = np.random.default_rng(seed)
    cell = np.array([[2.1, 0.1, 0.2], [0.0, 2.3, -0.1], [0.3, 0.0, 2.6]]) + 0.05 * rng.normal(size=(count, 3, 3))
    positions = np.array([[0.0, 0.0, 0.0], [1.0, 1.2, 1.1]]) + 0.05 * rng.normal(size=(count, 2, 3))
    labels = {"energies": np.zeros(count), "forces": np.ones((count, 2, 3)), "stress": np.ones((count, 3, 3))}
    return frames_of({"numbers": [8, 1], "positions": positions, "cell": cell, **labels}, "crystal")


def mixed():
    """A frame of water and one of two atoms, in one array."""
    water = springs(1)
    numbers = np.array([[8, 1, 1], [8, 1, 0]])
    positions = np.stack([water.positions[0], water.positions[0]])
    return frames_of({"numbers": numbers, "positions": positions, "energies": [1.0, 2.0], "forces": np.ones((2, 3, 3))})


def test_nequip_says_of_a_batch_what_it_says_of_each_frame():
    model = NequIP(
        num_species=2, cutoff=CUTOFF, lmax=0, features=1, num_layers=1, radial_neurons=(2,), energy_shift=1.0
    )
    frames, pairs = springs(3), all_pairs(3)
    params = jax.jit(model.init)(jax.random.key(0), frames.positions[0], np.array([1, 0, 0]), *pairs)
    params = jax.tree.map(lambda leaf: np.asarray(leaf, np.float64), params)
    data = dataset(frames, room=2)
    batch = data.batch(np.array([2, 0]), size=3)
    got = jax.jit(lambda p, b: predict(model, p, b, with_stress=False))(params, batch)
    one = jax.jit(lambda p, x: energy_and_forces(model.apply, p, x, np.array([1, 0, 0]), *pairs))
    for place, frame in enumerate([2, 0]):
        energy, forces = one(params, frames.positions[frame])
        np.testing.assert_allclose(got.energies[place], energy, rtol=1e-12)
        np.testing.assert_allclose(got.forces[3 * place : 3 * place + 3], forces, atol=1e-12)


def test_frames_of_different_sizes_share_a_batch():
    frames = mixed()
    batch = dataset(frames).batch(np.array([1, 0]))
    got = predicted(PARAMS, batch, with_stress=False)
    squares = [
        np.sum(np.square(x[:, None] - x[None]))  # each pair is two edges
        for x in (frames.positions[1, :2], frames.positions[0])
    ]
    expected = 0.3 * np.array([2, 3]) + 0.7 * np.array(squares)
    np.testing.assert_allclose(got.energies, expected, rtol=1e-12)
    assert batch.num_atoms.tolist() == [2, 3] and not np.any(np.asarray(got.forces)[[2, 6, 7]])


def test_stress_is_the_derivative_of_the_energy_in_strain_and_is_symmetric():
    frames = crystal()
    data = dataset(frames)
    chosen = np.arange(3)
    got = predicted(PARAMS, data.batch(chosen), with_stress=True)
    volume, h = np.abs(np.linalg.det(frames.cell)), 1e-6

    def energies(strain):
        moved = {"positions": frames.positions @ (np.eye(3) + strain), "cell": frames.cell @ (np.eye(3) + strain)}
        batch = data.batch(chosen)._replace(cell=moved["cell"])
        x = batch.positions.copy()
        x[:-2] = moved["positions"].reshape(-1, 3)
        return predicted(PARAMS, batch._replace(positions=x), with_stress=False).energies

    for i, j in ((0, 0), (1, 1), (0, 2), (2, 1)):
        strain = np.zeros((3, 3))
        strain[i, j] += h / 2
        strain[j, i] += h / 2
        slope = (energies(strain) - energies(-strain)) / (2 * h)
        # Rounding leaves eps / h = 2e-10 of the energy, of the order of 100, in the difference.
        np.testing.assert_allclose(got.stress[:, i, j], slope / volume, rtol=1e-6)
    np.testing.assert_allclose(got.stress, np.swapaxes(got.stress, 1, 2), atol=1e-13)


def test_the_loss_is_what_its_config_says():
    frames = crystal()
    batch = dataset(frames).batch(np.arange(3), size=4)
    prediction = predicted(PARAMS, batch, with_stress=True)
    volume = np.abs(np.linalg.det(frames.cell))
    terms = {
        "energy": np.mean(prediction.energies[:3] ** 2 / 2),
        "forces": np.mean((prediction.forces[:6] - 1.0) ** 2),
        "stress": np.mean(volume[:, None, None] ** 2 * (prediction.stress[:3] - 1.0) ** 2 / 2),
    }
    for name, expected in terms.items():
        weights = Loss(**{"energy": 0.0, "forces": 0.0, "stress": 0.0} | {name: 2.0})
        np.testing.assert_allclose(loss(prediction, batch, weights), 2 * expected, rtol=1e-12)


def test_what_only_fills_a_batch_does_not_count():
    frames = mixed()
    data = dataset(frames)
    batch, wide = data.batch(np.array([1])), data.batch(np.array([1]), size=3)
    narrow_loss, wide_loss = (loss(predicted(PARAMS, one, with_stress=False), one, Loss()) for one in (batch, wide))
    np.testing.assert_allclose(wide_loss, narrow_loss, rtol=1e-12)


def test_atomic_energies_are_what_the_composition_tells():
    frames = mixed()
    np.testing.assert_allclose(composition(frames, (1, 8)), [[2, 1], [1, 1]])
    np.testing.assert_allclose(fitted_atomic_energies(frames, (1, 8)), [-1.0, 3.0], atol=1e-12)
    left = dataset(frames, atomic_energies=(-1.0, 3.0)).energies
    np.testing.assert_allclose(left, [0.0, 0.0], atol=1e-12)


@pytest.mark.parametrize(("count", "size"), [(7, 2), (4, 4), (5, 3)])
def test_every_epoch_has_each_frame_once_and_another_order(count, size):
    steps = [order_of(step, 3, count, size) for step in range(2 * count)]
    row = np.concatenate(steps)
    epochs = row[: len(row) // count * count].reshape(-1, count)
    assert all(sorted(epoch.tolist()) == list(range(count)) for epoch in epochs)
    assert len({tuple(epoch.tolist()) for epoch in epochs}) > 1
    assert not np.array_equal(row, np.concatenate([order_of(step, 4, count, size) for step in range(2 * count)]))


def test_a_prediction_without_stress_has_none():
    batch = dataset(crystal()).batch(np.arange(2))
    assert isinstance(predicted(PARAMS, batch, with_stress=False), Prediction)
    assert predicted(PARAMS, batch, with_stress=False).stress is None
