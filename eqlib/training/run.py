"""A training from its config to what it leaves: it begins, or goes on where it was stopped."""

import dataclasses
import hashlib
import importlib.util
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jax
import numpy as np

from eqlib.training.architectures import check_options, described, model_of
from eqlib.training.checkpoint import Row, restore_state, save_state
from eqlib.training.checks import check, check_known, neighbours_of
from eqlib.training.config import Config
from eqlib.training.dataset import Dataset, dataset_of, fitted_atomic_energies, order_of
from eqlib.training.elements import SYMBOLS, atomic_number
from eqlib.training.errors import ConfigError, DataError, TrainingError
from eqlib.training.evaluation import Evaluation, Predictor, evaluate, predictor_of
from eqlib.training.frames import Frames, read_frames
from eqlib.training.metrics import write_csv, write_json
from eqlib.training.optimizer import schedule_of
from eqlib.training.optional import load_part
from eqlib.training.potential import Potential, load_potential, save_potential
from eqlib.training.progress import progress
from eqlib.training.splits import split
from eqlib.training.state import State
from eqlib.training.step import first_state, step_of
from eqlib.training.units import check_units

CHECKPOINT, MODEL = "checkpoint.safetensors", "model.safetensors"


@dataclasses.dataclass(frozen=True)
class Result:
    """What a training has left.

    potential  the averaged parameters that were best on the validation frames, and their model
    errors     for each split, as `Evaluation.errors` has them
    history    a record for each evaluation
    output     the folder with all of it: checkpoint, model, metrics and plots
    """

    potential: Potential
    errors: Mapping[str, Mapping[str, float]]
    history: list[Row]
    output: Path


@dataclasses.dataclass(frozen=True)
class Job:
    """A training that can begin: its data are checked, its model is made.

    The model learns what is left of the energies without those of the atoms; `potential` has them as its energy_shift.
    """

    config: Config
    model: Any
    elements: tuple[int, ...]
    atomic_energies: tuple[float, ...]
    datasets: Mapping[str, Dataset]

    def potential(self, params: Any) -> Potential:
        """The potential of these parameters."""
        model = dataclasses.replace(self.model, energy_shift=self.atomic_energies)
        return Potential(model, params, self.elements)

    def facts(self) -> dict[str, Any]:
        """All that the training depends on, but for its state, and not where its files are."""
        config = dataclasses.asdict(self.config)
        for key in ("output", "plots", "checkpoint_every", "model"):
            del config[key]
        del config["data"]["path"]
        return {"config": config, "model": described(self.model), "frames": _fingerprint(self.datasets)}


def train(config: Config, *, restart: bool = False, stream: Any = None) -> Result:
    """Trains a model, or goes on with a training that was stopped, and keeps what comes out in `config.output`.

    Law:    whenever it is killed, and however often, what comes out in the end is bit for bit what comes out of a
            training that is not; on one machine, with one version of JAX.
    Raises: ConfigError, DataError or CheckpointError before it begins, if it cannot; TrainingError if the loss is no
            longer a number; OSError if the output cannot be written.
    """
    with jax.enable_x64(config.dtype == "float64"):
        return _train(prepare(config), restart, stream)


def prepare(config: Config) -> Job:
    """Reads and checks the data, and makes the model.

    Raises: ConfigError or DataError.
    """
    check_options(config.model)
    if config.plots and importlib.util.find_spec("matplotlib") is None:
        raise ConfigError("plots need matplotlib, which is not installed: pip install eqlib[train], or plots = false.")
    cutoff = config.model["cutoff"]
    splits = split(read_frames(config.data.path), config.data, config.seed)
    for frames in splits.values():
        check(frames)
    training = splits["training"]
    elements = _elements(config, training)
    for frames in splits.values():
        check_known(frames, elements, training.name if config.data.elements is None else "elements in [data]")
    _check_loss(config, training)
    edges = {name: neighbours_of(frames, cutoff) for name, frames in splits.items()}
    if config.data.check_units:
        check_units(training, edges["training"])
    found = {
        "num_species": len(elements),
        "num_neighbors": float(np.sum([len(one.lengths) for one in edges["training"]]) / np.sum(training.numbers > 0)),
        "energy_scale": float(np.sqrt(np.mean(training.forces[training.numbers > 0] ** 2))),
        "energy_shift": tuple(map(float, fitted_atomic_energies(training, elements))),
    }
    model = model_of(config.model, found)
    shift = np.broadcast_to(np.asarray(model.energy_shift, float), len(elements))
    most = max(len(one.lengths) for several in edges.values() for one in several)
    datasets = {
        name: dataset_of(frames, edges[name], most, cutoff, elements, shift, config.dtype)
        for name, frames in splits.items()
    }
    return Job(config, dataclasses.replace(model, energy_shift=0.0), elements, tuple(map(float, shift)), datasets)


def _train(job: Job, restart: bool, stream: Any) -> Result:
    config, output = job.config, Path(job.config.output)
    output.mkdir(parents=True, exist_ok=True)
    training, size = job.datasets["training"], config.batch_size
    state, history = _begin(job, restart)
    step, predictor = step_of(config, job.model), _predictor(job)
    status: dict[str, str] = {}
    for n in progress(config.steps, config.model["name"], status, int(state.step), stream):
        state = step(state, training.batch(order_of(n, config.seed, len(training), size)))
        is_last = n + 1 == config.steps
        if is_last or (n + 1) % config.evaluate_every == 0:
            state, row = _record(job, predictor, state, history)
            status["validation"] = f"{row['validation_force_mae']:.1f} meV/angstrom"
        if is_last or (n + 1) % config.checkpoint_every == 0:
            _check_finite(job, state)
            save_state(output / CHECKPOINT, state, job.facts(), history)
    return _finish(job, predictor, history)


def _begin(job: Job, restart: bool) -> tuple[State, list[Row]]:
    """The first state, or that of the checkpoint."""
    path, training = Path(job.config.output) / CHECKPOINT, job.datasets["training"]
    batch = training.batch(order_of(0, job.config.seed, len(training), job.config.batch_size))
    if restart or not path.exists():
        return first_state(job.config, job.model, batch), []
    like = jax.eval_shape(lambda batch: first_state(job.config, job.model, batch), batch)
    return restore_state(path, like, job.facts())


def _record(job: Job, predictor: Predictor, state: State, history: list[Row]) -> tuple[State, Row]:
    """Evaluates the averaged parameters, keeps them if they are the best, and begins a new sum of losses."""
    _check_finite(job, state)
    config, output, step = job.config, Path(job.config.output), int(state.step)
    since = step - int(history[-1]["step"] if history else 0)
    found = evaluate(predictor, state.average, job.datasets["validation"], config.batch_size).errors()
    row = {
        "step": step,
        "learning_rate": float(schedule_of(config.optimizer, config.steps)(step - 1)),
        "training_loss": float(state.loss) / since,
        **{f"validation_{name}": value for name, value in found.items()},
    }
    if not history or row["validation_loss"] < min(one["validation_loss"] for one in history):
        save_potential(output / MODEL, job.potential(jax.device_get(state.average)))
    history.append(row)
    write_csv(output / "metrics.csv", history)
    return state._replace(loss=np.zeros_like(state.loss)), row


def _finish(job: Job, predictor: Predictor, history: list[Row]) -> Result:
    """The errors of the best parameters on every split, the tables and the plots."""
    output, size = Path(job.config.output), job.config.batch_size
    potential = load_potential(output / MODEL)
    found = {name: evaluate(predictor, potential.params, data, size) for name, data in job.datasets.items()}
    errors = {name: evaluation.errors() for name, evaluation in found.items()}
    write_csv(output / "metrics.csv", history)
    write_json(output / "metrics.json", {**job.facts(), "errors": errors, "history": history})
    if job.config.plots:
        _draw(output, history, found)
    return Result(potential, errors, history, output)


def _draw(output: Path, history: list[Row], found: Mapping[str, Evaluation]) -> None:
    plots = load_part("plots")  # matplotlib is large, and not everyone draws
    last = list(found)[-1]
    plots.plot_learning(output / "learning.png", history)
    plots.plot_parity(output / "parity.png", found[last], last)


def _predictor(job: Job) -> Predictor:
    has_stress = job.datasets["training"].frames.stress is not None
    return predictor_of(job.model, job.config.loss, with_stress=has_stress)


def _elements(config: Config, training: Frames) -> tuple[int, ...]:
    """The atomic numbers that the model shall know, in increasing order: an atom's species is the place of its own."""
    if config.data.elements is None:
        return tuple(map(int, np.unique(training.numbers[training.numbers > 0])))
    for name in config.data.elements:
        if name not in SYMBOLS:
            raise ConfigError(f'in [data], elements has "{name}", which is none.\n  Write symbols, such as "H".')
    return tuple(sorted(map(atomic_number, config.data.elements)))


def _check_loss(config: Config, training: Frames) -> None:
    if config.loss.stress > 0 and training.stress is None:
        raise DataError(
            f"{training.name} has no stress, and [loss] counts it.\n  Write the field stress, or stress = 0.0 in "
            "[loss]."
        )
    if config.batch_size > len(training):
        raise DataError(
            f"{training.name} has {len(training)} frames, and batch_size = {config.batch_size}.\n"
            f"  Write batch_size = {len(training)}."
        )


def _check_finite(job: Job, state: State) -> None:
    if not math.isfinite(float(state.loss)):
        rate = job.config.optimizer.learning_rate
        raise TrainingError(
            f"the loss is {float(state.loss)} at step {int(state.step)}: the parameters have run away.\n"
            f"  Write learning_rate = {rate / 3:.1g} in [optimizer], or clip_norm = 10.0, and eqlib train --restart."
        )


def _fingerprint(datasets: Mapping[str, Dataset]) -> str:
    """What tells one set of frames from another."""
    digest = hashlib.sha256()
    for name in ("training", "validation"):
        frames = datasets[name].frames
        for field in ("numbers", "positions", "energies", "forces", "cell", "pbc", "stress"):
            values = getattr(frames, field)
            digest.update(b"none" if values is None else json.dumps(values.shape).encode() + values.tobytes())
    return digest.hexdigest()[:16]
