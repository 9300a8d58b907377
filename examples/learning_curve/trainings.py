"""The trainings of the learning curve: one for each degree, number of frames and seed, alike in all else."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from eqlib.training import Config, Data, Optimizer, train
from examples.ethanol.frames import ETHANOL

# The same number in every training, so that a program is compiled once for each degree: the root mean square of the
# forces is 1.0 eV/angstrom, and an atom of ethanol sees the other eight.
ALIKE = {"cutoff": 5.0, "num_neighbors": 8.0, "energy_scale": 1.0}


@dataclasses.dataclass(frozen=True)
class Curve:
    """What is trained, and for how long.

    degrees    the greatest degree l of features and harmonics, a model for each
    sizes      the numbers of training frames
    seeds      of the first parameters and of the order of the frames
    features   the copies of each irrep, equal for all degrees
    layers     the rounds of messages
    steps      of a training, each on five frames
    """

    degrees: Sequence[int] = (0, 1, 2)
    sizes: Sequence[int] = (50, 100, 200, 400)
    seeds: Sequence[int] = (0, 1)
    features: int = 16
    layers: int = 3
    steps: int = 3000
    learning_rate: float = 2e-2

    def config(self, l: int, size: int, seed: int, folder: Path) -> Config:
        """The training of one point."""
        model: dict[str, Any] = {"name": "NequIP", "lmax": l, "features": self.features, "num_layers": self.layers}
        return Config(
            output=str(folder / f"l{l}-n{size}-seed{seed}"),
            data=Data(str(ETHANOL), num_training=size),
            model=model | ALIKE,
            optimizer=Optimizer(learning_rate=self.learning_rate),
            steps=self.steps,
            evaluate_every=max(self.steps // 5, 1),
            checkpoint_every=max(self.steps // 5, 1),
            seed=seed,
            plots=False,
        )


def measure(curve: Curve, folder: Path, stream: TextIO) -> Iterator[Mapping[str, float]]:
    """Trains, and gives of each training the errors on the test frames; one that was stopped goes on.

    Units:  meV/atom, meV/angstrom.
    """
    for l in curve.degrees:
        for size in curve.sizes:
            for seed in curve.seeds:
                print(f"l = {l}, {size} frames, seed {seed}", file=stream)
                errors = train(curve.config(l, size, seed, folder), stream=stream).errors["test"]
                yield {"l": l, "frames": size, "seed": seed} | {
                    name: round(errors[name], 3) for name in ("energy_mae", "force_mae")
                }
