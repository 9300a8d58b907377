"""A training that can begin: its config is read, its data are checked, its model is made."""

import dataclasses
import functools
import hashlib
import importlib.util
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from eqlib.training.architectures import check_options, described, model_of
from eqlib.training.checks import check, check_known, neighbors_of
from eqlib.training.config import Config
from eqlib.training.dataset import Dataset, dataset_of, fitted_atomic_energies
from eqlib.training.devices import check_devices
from eqlib.training.elements import SYMBOLS, atomic_number
from eqlib.training.errors import ConfigError, DataError
from eqlib.training.frames import Frames, read_frames
from eqlib.training.neighbors import Neighbors
from eqlib.training.potential import Potential
from eqlib.training.splits import split
from eqlib.training.units import check_units


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

    @functools.cached_property
    def facts(self) -> dict[str, Any]:
        """All that the training depends on, but for its state, and not where its files are."""
        config = dataclasses.asdict(self.config)
        for key in ("output", "plots", "checkpoint_every", "model"):
            del config[key]
        del config["data"]["path"]
        return {"config": config, "model": described(self.model), "frames": _fingerprint(self.datasets)}


def prepare(config: Config) -> Job:
    """Reads and checks the data, and makes the model.

    Raises: ConfigError or DataError.
    """
    check_options(config.model)
    _check_plots(config)
    check_devices(config.devices)
    splits = split(read_frames(config.data.path), config.data, config.seed)
    for frames in splits.values():
        check(frames)
    training = splits["training"]
    _check_against(config, training)
    elements = _elements(config, training)
    for frames in splits.values():
        check_known(frames, elements, training.name if config.data.elements is None else "elements in [data]")
    edges = {name: neighbors_of(frames, config.model["cutoff"]) for name, frames in splits.items()}
    if config.data.check_units:
        check_units(training, edges["training"])
    model = model_of(config.model, _found(training, edges["training"], elements))
    shift = np.broadcast_to(np.asarray(model.energy_shift, float), len(elements))
    most = max(len(one.lengths) for several in edges.values() for one in several)
    datasets = {
        name: dataset_of(frames, edges[name], most, model.cutoff, elements, shift, config.dtype)
        for name, frames in splits.items()
    }
    return Job(config, dataclasses.replace(model, energy_shift=0.0), elements, tuple(map(float, shift)), datasets)


def _found(training: Frames, edges: Sequence[Neighbors], elements: tuple[int, ...]) -> dict[str, Any]:
    """What the training frames say of the options of a model, each of which may be given."""
    is_atom = training.numbers > 0
    return {
        "num_species": len(elements),
        "num_neighbors": sum(len(one.lengths) for one in edges) / int(np.count_nonzero(is_atom)),
        "energy_scale": float(np.sqrt(np.mean(training.forces[is_atom] ** 2))),
        "energy_shift": tuple(map(float, fitted_atomic_energies(training, elements))),
    }


def _elements(config: Config, training: Frames) -> tuple[int, ...]:
    """The atomic numbers that the model shall know, in increasing order: an atom's species is the place of its own."""
    if config.data.elements is None:
        return tuple(map(int, np.unique(training.numbers[training.numbers > 0])))
    for name in config.data.elements:
        if name not in SYMBOLS:
            raise ConfigError(f'in [data], elements has "{name}", which is none.\n  Write symbols, such as "H".')
    return tuple(sorted(map(atomic_number, config.data.elements)))


def _check_plots(config: Config) -> None:
    if config.plots and importlib.util.find_spec("matplotlib") is None:
        raise ConfigError("plots need matplotlib, which is not installed: pip install eqlib[train], or plots = false.")


def _check_against(config: Config, training: Frames) -> None:
    """Refuses what the config asks of frames that do not have it."""
    if config.loss.stress > 0 and training.stress is None:
        raise DataError(
            f"{training.name} has no stress, and [loss] counts it.\n"
            "  Write the field stress, or stress = 0.0 in [loss]."
        )
    if config.batch_size > len(training):
        raise DataError(
            f"{training.name} has {len(training)} frames, and batch_size = {config.batch_size}.\n"
            f"  Write batch_size = {len(training)}."
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
