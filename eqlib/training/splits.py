"""Which frames are for training, for choosing the best parameters, and for the test."""

import numpy as np

from eqlib.array_types import Integer
from eqlib.training.config import Data
from eqlib.training.errors import ConfigError, DataError
from eqlib.training.frames import Frames

SPLITS = ("training", "validation", "test")


def split(frames: Frames, data: Data, seed: int) -> dict[str, Frames]:
    """The frames of each split, by its name in the file or drawn by the seed; there may be none for the test.

    Raises: ConfigError if it is not said how many to draw; DataError if there are fewer frames than that.
    """
    counts = {"training": data.num_training, "validation": data.num_validation}
    if frames.split is not None:
        chosen = {name: np.flatnonzero(frames.split == name) for name in SPLITS}
    else:
        chosen = _drawn(frames, counts, seed)
    for name, wanted in counts.items():
        if not len(chosen[name]):
            raise DataError(
                f"{frames.name}: no frame is in the split {name!r}: the field split has "
                f"{', '.join(map(str, dict.fromkeys(frames.split)))}.\n  Write {name!r} for some of them, or leave the "
                "field split out, to have them drawn."
            )
        if wanted is not None and wanted > len(chosen[name]):
            raise DataError(
                f"{frames.name}: there are {len(chosen[name])} frames for {name}, and num_{name} = {wanted}.\n"
                f"  Write num_{name} = {len(chosen[name])}."
            )
        chosen[name] = chosen[name][:wanted]
    return {name: frames.take(numbers, f"{frames.name}, {name}") for name, numbers in chosen.items() if len(numbers)}


def _drawn(frames: Frames, counts: dict[str, int | None], seed: int) -> dict[str, Integer[np.ndarray, " frames"]]:
    """Frames in the order of the seed: first those for training, then those for validation, and the rest."""
    training, validation = counts.values()
    if training is None or validation is None:
        raise ConfigError(
            f"{frames.name} has no field split, and it is not said how many frames to train on.\n"
            "  Write num_training and num_validation in [data]."
        )
    if training + validation > len(frames):
        raise DataError(
            f"{frames.name} has {len(frames)} frames, and num_training + num_validation = {training + validation}.\n"
            f"  Write num_training = {max(len(frames) - validation, 1)}, or fewer."
        )
    order = np.random.default_rng(seed).permutation(len(frames))
    return dict(zip(SPLITS, np.split(order, [training, training + validation]), strict=True))
