"""What a training is told, as Python objects; eqlib.training.reading reads them from TOML."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from eqlib.training.errors import ConfigError
from eqlib.training.options import at_least, one_of

DTYPES = ("float32", "float64")
SCHEDULES = ("cosine", "constant")
OPTIMIZERS = ("adam", "amsgrad")


@dataclasses.dataclass(frozen=True)
class Data:
    """Where the frames are, and which of them are for what.

    path            an npz file with the fields of `eqlib.training.Frames`. If it has the field `split`, its frames
    named
                    training, validation and test are used as such; if not, they are drawn by the seed
    num_training    how many frames to train on, the first of their split; None for all. It must be given if there is
                    no field `split`, as the next must
    num_validation  how many to choose the best parameters by; what is left, if there is no field `split`, is the test
    elements        symbols of all elements that the model shall know; None for those of the training frames
    check_units     whether to refuse numbers that look like other units than eV and angstrom
    """

    path: str
    num_training: int | None = None
    num_validation: int | None = None
    elements: Sequence[str] | None = None
    check_units: bool = True

    def __post_init__(self) -> None:
        for name in ("num_training", "num_validation"):
            if getattr(self, name) is not None:
                at_least("data", self, name, 1)


@dataclasses.dataclass(frozen=True)
class Loss:
    """How much each error counts: of the energy, squared, over the number of atoms; of the forces, the mean square of
    the components; of the stress times the volume, squared, over the number of atoms."""

    energy: float = 1.0
    forces: float = 1.0
    stress: float = 0.0

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            at_least("loss", self, field.name, 0)
        if self.energy == self.forces == self.stress == 0:
            raise ConfigError("[loss] counts nothing: all of it is 0.\n  Write forces = 1.0.")


@dataclasses.dataclass(frozen=True)
class Optimizer:
    """How the parameters are changed.

    name           "adam", or "amsgrad", which never forgets a large gradient
    learning_rate  the greatest; a model that diverges wants less of it
    schedule       "cosine", which falls to zero with the last step, or "constant"
    warmup_steps   in which the learning rate rises to its greatest
    weight_decay   by how much of the learning rate parameters shrink in a step, apart from the gradient (AdamW)
    clip_norm      the norm to which greater gradients are scaled down; 0 for none
    """

    name: str = "adam"
    learning_rate: float = 1e-2
    schedule: str = "cosine"
    warmup_steps: int = 0
    weight_decay: float = 0.0
    clip_norm: float = 0.0

    def __post_init__(self) -> None:
        one_of("optimizer", self, "name", OPTIMIZERS)
        one_of("optimizer", self, "schedule", SCHEDULES)
        for name in ("learning_rate", "warmup_steps", "weight_decay", "clip_norm"):
            at_least("optimizer", self, name, 0)
        if self.learning_rate == 0:
            raise ConfigError("[optimizer] learning_rate is 0: nothing would be learnt.\n  Write learning_rate = 0.01.")


@dataclasses.dataclass(frozen=True)
class Config:
    """A training.

    output            the folder of what comes out: checkpoint, model, metrics and plots
    data              see `Data`
    model             the name of a model in eqlib.models, and its options; what is left of num_species, num_neighbors,
                      energy_scale and energy_shift is found from the training frames
    loss, optimizer   see `Loss` and `Optimizer`
    steps             the number of steps
    batch_size        the number of frames in a step
    devices           the number of devices that share the frames of a step
    seed              of the first parameters, the order of the frames, and the split, if it is drawn
    dtype             "float32" or "float64"
    average_decay     of the exponential moving average of the parameters, which is what is evaluated and kept: how much
                      of it each step leaves; 0 for none
    evaluate_every    the number of steps from one evaluation on the validation frames to the next
    checkpoint_every  the number of steps from one checkpoint to the next
    plots             whether to draw the learning curve and the parity of predictions and labels, as PNG

    Raises: ConfigError if a value makes no sense.
    """

    output: str
    data: Data
    model: Mapping[str, Any]
    loss: Loss = Loss()
    optimizer: Optimizer = Optimizer()
    steps: int = 2000
    batch_size: int = 5
    devices: int = 1
    seed: int = 0
    dtype: str = "float32"
    average_decay: float = 0.99
    evaluate_every: int = 100
    checkpoint_every: int = 100
    plots: bool = True

    def __post_init__(self) -> None:
        one_of("", self, "dtype", DTYPES)
        for name in ("steps", "batch_size", "devices", "evaluate_every", "checkpoint_every"):
            at_least("", self, name, 1)
        if self.devices > self.batch_size:
            raise ConfigError(
                f"devices is {self.devices}, and batch_size is {self.batch_size}: each device has a frame of the step, "
                f"or more.\n  Write devices = {self.batch_size}, or batch_size = {self.devices}."
            )
        at_least("", self, "seed", 0)
        at_least("", self, "average_decay", 0)
        if self.average_decay >= 1:
            raise ConfigError(
                f"average_decay is {self.average_decay}: the average would never move.\n  Write average_decay = 0.99."
            )
        if not isinstance(self.model.get("name"), str):
            raise ConfigError('[model] has no name.\n  Write name = "NequIP" in [model].')
