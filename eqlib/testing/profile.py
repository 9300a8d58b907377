"""How widely a check tries: which inputs, elements of the group, seeds and dtypes. The laws are the same in each."""

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np

from eqlib.testing.elements import Element, octahedral_group, random_rotations, rotations

_INPUTS = ("as given", "random", "sparse", "collinear", "equal", "tiny", "huge", "close", "far", "zero")


@dataclass(frozen=True)
class Profile:
    """How much is tried of each law.

    name          "quick", "ci", "deep", or a name of your own
    inputs        the inputs that are tried, by their names in `eqlib.testing.sampling`
    thorough      those of them on which every element is tried; on the others, as many as `few`
    rotations     the rotations and improper rotations that are tried
    scales        powers of two by which the given inputs are multiplied, too: a threshold may be at any scale
    labels        how many labels are tried where no example has them, if the function takes as many
    thresholds    beside how many numbers, with which the function compares, inputs are tried
    seeds         from how many seeds random inputs and permutations are drawn
    dtypes        the precisions that are tried beside float64
    if_accepted   further ones, for a function that takes them
    unjitted      whether the function runs without jit too, one operation after the other
    """

    name: str
    inputs: tuple[str, ...] = _INPUTS
    thorough: tuple[str, ...] = ("as given", "random")
    few: int = 4
    rotations: tuple[Element, ...] = tuple(rotations())
    scales: tuple[int, ...] = ()
    labels: int = 10
    thresholds: int = 12
    seeds: int = 1
    dtypes: tuple[Any, ...] = (np.float32,)
    if_accepted: tuple[Any, ...] = ()
    unjitted: bool = True


# Beside the inputs themselves, and "tiny" and "huge": each scale is 16 times the one before.
_SCALES = (-16, -12, -8, -4, 4, 8, 12, 16)
QUICK = Profile(
    "quick",
    inputs=("as given", "sparse", "huge", "zero"),
    thorough=("as given",),
    few=2,
    labels=2,
    thresholds=0,
    unjitted=False,
)
CI = Profile("ci", scales=_SCALES)
DEEP = Profile(
    "deep",
    few=12,
    rotations=tuple({str(g): g for g in (*rotations(), *octahedral_group(), *random_rotations(24))}.values()),
    scales=tuple(k for k in range(-16, 17, 2) if k),
    seeds=4,
    if_accepted=(jnp.bfloat16,),
)
PROFILES = {one.name: one for one in (QUICK, CI, DEEP)}


def profile_of(given: str | Profile) -> Profile:
    """The profile of a name; a profile is its own.

    Raises: ValueError if there is no such name.
    Example:
        >>> profile_of("quick").inputs
        ('as given', 'sparse', 'huge', 'zero')
    """
    if isinstance(given, Profile):
        return given
    if given not in PROFILES:
        raise ValueError(f"there is no profile {given!r}.\n  Write one of {', '.join(map(repr, PROFILES))}.")
    return PROFILES[given]
