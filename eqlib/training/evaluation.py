"""How far a model is from the labels of many frames."""

import functools
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax
import numpy as np

from eqlib.array_types import Real
from eqlib.training.config import Loss
from eqlib.training.dataset import Batch, Dataset
from eqlib.training.prediction import Prediction, loss_of, predict

MILLI = 1000.0

Predictor = Callable[[Any, Batch], tuple[Prediction, Any]]


class Evaluation(NamedTuple):
    """Predictions beside labels, for the frames and atoms that there are.

    loss      the mean over the frames
    energies  ([frames], [frames]), per atom, less those of the atoms by themselves
    forces    ([components], [components])
    stress    ([components], [components]), or None
    """

    loss: float
    energies: tuple[Real[np.ndarray, " frames"], Real[np.ndarray, " frames"]]
    forces: tuple[Real[np.ndarray, " components"], Real[np.ndarray, " components"]]
    stress: tuple[Real[np.ndarray, " components"], Real[np.ndarray, " components"]] | None

    def errors(self) -> dict[str, float]:
        """Mean absolute errors (mae) and roots of mean squares (rmse).

        Units:  meV/atom, meV/angstrom, meV/angstrom^3.
        """
        found = {"loss": self.loss}
        for name, pair in (("energy", self.energies), ("force", self.forces), ("stress", self.stress)):
            if pair is not None:
                found[f"{name}_mae"] = MILLI * float(np.mean(np.abs(pair[0] - pair[1])))
                found[f"{name}_rmse"] = MILLI * float(np.sqrt(np.mean((pair[0] - pair[1]) ** 2)))
        return found


# Compiled once in a process, for all trainings that differ in their data and seeds alone.
@functools.cache
def predictor_of(model: Any, weights: Loss, *, with_stress: bool) -> Predictor:
    """(params, batch) -> the prediction and the loss, compiled."""

    @jax.jit
    def predictor(params: Mapping[str, Any], batch: Batch) -> tuple[Prediction, Any]:
        prediction = predict(model, params, batch, with_stress=with_stress)
        return prediction, loss_of(prediction, batch, weights)

    return predictor


def evaluate(predictor: Predictor, params: Mapping[str, Any], dataset: Dataset, size: int) -> Evaluation:
    """The predictions for all frames of a data set, in batches of one size."""
    losses, found = [], []
    for start in range(0, len(dataset), size):
        chosen = np.arange(start, min(start + size, len(dataset)))
        batch = dataset.batch(chosen, size)
        prediction, loss = jax.device_get(predictor(params, batch))
        losses.append(loss * len(chosen))
        found.append(_beside_labels(prediction, batch))
    energies, energy_labels, forces, force_labels, *stress = map(np.concatenate, zip(*found, strict=True))
    loss = float(np.sum(losses) / len(dataset))
    return Evaluation(loss, (energies, energy_labels), (forces, force_labels), tuple(stress) if stress else None)


def _beside_labels(prediction: Prediction, batch: Batch) -> list[Real[np.ndarray, " numbers"]]:
    """Predictions and labels in turn, of the frames and atoms that count."""
    is_frame = batch.is_frame > 0
    is_atom = (batch.is_atom > 0) & is_frame[batch.frame]
    pairs = [
        (prediction.energies / batch.num_atoms, batch.energies / batch.num_atoms, is_frame),
        (prediction.forces, batch.forces, is_atom),
    ]
    if prediction.stress is not None:
        pairs.append((prediction.stress, batch.stress, is_frame))
    return [np.asarray(values)[counts].ravel() for *pair, counts in pairs for values in pair]
