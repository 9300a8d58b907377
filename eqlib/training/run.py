"""A training from its config to what it leaves: it begins, or goes on where it was stopped."""

import dataclasses
import math
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jax
import numpy as np

from eqlib import _atomic
from eqlib.training.checkpoint import Row, restore_state, save_state
from eqlib.training.config import Config
from eqlib.training.dataset import order_of
from eqlib.training.devices import batch_on
from eqlib.training.errors import TrainingError
from eqlib.training.evaluation import Evaluation, Predictor, evaluate, predictor_of
from eqlib.training.hosts import on_first_host, wait_for_hosts
from eqlib.training.job import Job, prepare
from eqlib.training.metrics import write_csv, write_json
from eqlib.training.optimizer import schedule_of
from eqlib.training.optional import load_part
from eqlib.training.potential import Potential, load_potential, save_potential
from eqlib.training.progress import progress
from eqlib.training.state import State
from eqlib.training.step import first_state, step_of

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


def train(config: Config, *, restart: bool = False, stream: Any = None) -> Result:
    """Trains a model, or goes on with a training that was stopped, and keeps what comes out in `config.output`.

    On many hosts, each runs this after `jax.distributed.initialize()`, with one `output` that all of them see; the
    first writes it.

    Law:    whenever it is killed, and however often, what comes out in the end is bit for bit what comes out of a
            training that is not: on one machine, with one version of JAX, on a CPU.
    Raises: ConfigError, DataError or CheckpointError before it begins, if it cannot; TrainingError if the loss is no
            longer a number; OSError if the output cannot be written.
    """
    with jax.enable_x64(config.dtype == "float64"):
        return _train(prepare(config), restart, stream)


def _train(job: Job, restart: bool, stream: Any) -> Result:
    config, output = job.config, Path(job.config.output)
    output.mkdir(parents=True, exist_ok=True)
    on_first_host(_atomic.clear, output)
    training, size = job.datasets["training"], config.batch_size
    state, history = _begin(job, restart)
    step, predictor = step_of(config, job.model), _predictor(job)
    status: dict[str, str] = {}
    name, first = config.model["name"], int(state.step)
    if first < config.steps:
        print(f"{name}: compiling", file=stream or sys.stderr, flush=True)  # which takes longer than any step
    for n in progress(config.steps, name, status, first, stream):
        state = step(state, batch_on(config.devices, training, order_of(n, config.seed, len(training), size)))
        is_last = n + 1 == config.steps
        if is_last or (n + 1) % config.evaluate_every == 0:
            state, row = _record(job, predictor, state, history)
            status["validation"] = f"{row['validation_force_mae']:.1f} meV/angstrom"
        if is_last or (n + 1) % config.checkpoint_every == 0:
            _check_finite(job, state)
            on_first_host(save_state, output / CHECKPOINT, state, job.facts, history)
    return _finish(job, predictor, history)


def _begin(job: Job, restart: bool) -> tuple[State, list[Row]]:
    """The first state, or that of the checkpoint."""
    path, training = Path(job.config.output) / CHECKPOINT, job.datasets["training"]
    if restart:
        # Else a training that is killed before it keeps its own would go on from there.
        on_first_host(path.unlink, missing_ok=True)
    wait_for_hosts("before the first step")
    batch = training.batch(order_of(0, job.config.seed, len(training), job.config.batch_size))
    if not path.exists():
        return first_state(job.config, job.model, batch), []
    like = jax.eval_shape(lambda batch: first_state(job.config, job.model, batch), batch)
    return restore_state(path, like, job.facts)


def _record(job: Job, predictor: Predictor, state: State, history: list[Row]) -> tuple[State, Row]:
    """Evaluates the averaged parameters, keeps them if they are the best, and begins a new sum of losses."""
    _check_finite(job, state)
    config, output, step = job.config, Path(job.config.output), int(state.step)
    since = step - int(history[-1]["step"] if history else 0)
    average = jax.device_get(state.average)
    found = evaluate(predictor, average, job.datasets["validation"], config.batch_size).errors()
    row = {
        "step": step,
        "learning_rate": float(schedule_of(config.optimizer, config.steps)(step - 1)),
        "training_loss": float(state.loss) / since,
        **{f"validation_{name}": value for name, value in found.items()},
    }
    if not history or row["validation_loss"] < min(one["validation_loss"] for one in history):
        on_first_host(save_potential, output / MODEL, job.potential(average))
    history.append(row)
    on_first_host(write_csv, output / "metrics.csv", history)
    return state._replace(loss=np.zeros_like(state.loss)), row


def _finish(job: Job, predictor: Predictor, history: list[Row]) -> Result:
    """The errors of the best parameters on every split, the tables and the plots."""
    output, size = Path(job.config.output), job.config.batch_size
    wait_for_hosts("after the last step")
    potential = load_potential(output / MODEL)
    found = {name: evaluate(predictor, potential.params, data, size) for name, data in job.datasets.items()}
    errors = {name: evaluation.errors() for name, evaluation in found.items()}
    on_first_host(write_csv, output / "metrics.csv", history)
    on_first_host(write_json, output / "metrics.json", {**job.facts, "errors": errors, "history": history})
    if job.config.plots:
        on_first_host(_draw, output, history, found)
    return Result(potential, errors, history, output)


def _draw(output: Path, history: list[Row], found: Mapping[str, Evaluation]) -> None:
    plots = load_part("plots")  # matplotlib is large, and not everyone draws
    last = list(found)[-1]
    plots.plot_learning(output / "learning.png", history)
    plots.plot_parity(output / "parity.png", found[last], last)


def _predictor(job: Job) -> Predictor:
    has_stress = job.datasets["training"].frames.stress is not None
    return predictor_of(job.model, job.config.loss, with_stress=has_stress)


def _check_finite(job: Job, state: State) -> None:
    if not math.isfinite(float(state.loss)):
        rate = job.config.optimizer.learning_rate
        raise TrainingError(
            f"the loss is {float(state.loss)} at step {int(state.step)}: the parameters have run away.\n"
            f"  Write learning_rate = {rate / 3:.1g} in [optimizer], or clip_norm = 10.0, and eqlib train --restart."
        )
