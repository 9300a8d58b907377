"""The models of eqlib, written with the ops of e3nn-jax as its users write them, for the same parameters.

Each is a function (model, params, positions, species, senders, receivers) -> energies [atoms], where `model` has the
options and `params` are those of `model.apply`. The energies are unscaled: `energy_scale` is 1, `energy_shift` is 0.
"""

from collections.abc import Callable
from typing import Any

from bench._e3nn_jax.allegro import allegro
from bench._e3nn_jax.mace import mace
from bench._e3nn_jax.nequip import nequip

MODELS: dict[str, Callable[..., Any]] = {"NequIP": nequip, "MACE": mace, "Allegro": allegro}
