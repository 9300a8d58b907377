"""The frames of ethanol, split by split, as `eqlib.training` reads and checks them."""

from pathlib import Path

import numpy as np

from eqlib.training import DataError, Frames, read_frames
from eqlib.training.checks import check, neighbors_of
from eqlib.training.units import check_units

ETHANOL = Path(__file__).with_name("ethanol.npz")
SPLITS = ("training", "validation", "test", "md")
CUTOFF = 5.0  # angstrom: every pair of atoms of ethanol


def read_splits(path: str | Path = ETHANOL) -> dict[str, Frames]:
    """The frames of each split, all of one molecule.

    Raises: DataError if the file cannot be read, has not these splits, or has what a model could not learn from.
    Example:
        >>> {split: len(frames) for split, frames in read_splits().items()}
        {'training': 400, 'validation': 100, 'test': 100, 'md': 100}
    """
    frames = read_frames(path)
    names = [] if frames.split is None else list(map(str, dict.fromkeys(frames.split)))
    if missing := [split for split in SPLITS if split not in names]:
        raise DataError(
            f"{path}: no frame is in the split {missing[0]!r}: the field split has {', '.join(names) or 'none'}.\n"
            f"  Write one of {', '.join(SPLITS)} for each frame."
        )
    if others := np.flatnonzero((frames.numbers != frames.numbers[0]).any(axis=1)).tolist():
        raise DataError(
            f"{path}: frame {others[0]} has the atoms {frames.numbers[others[0]].tolist()}, and frame 0 "
            f"{frames.numbers[0].tolist()}: here a model learns one molecule.\n"
            "  For several, write eqlib train config.toml."
        )
    splits = {split: frames.take(frames.split == split, f"{path}, {split}") for split in SPLITS}
    for chosen in splits.values():
        check(chosen)
        check_units(chosen, neighbors_of(chosen, CUTOFF))
    return splits
