"""Fits a NequIP model to energies and forces by Adam."""

import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from eqlib.models.nequip import NequIP
from eqlib.models.potential import all_pairs
from eqlib.nn.layer import map_params
from eqlib.training.progress import progress
from examples.ethanol.potential import Targets, errors, potential

BATCH = 5
LEARNING_RATE = 2e-2
RECORDS = 20  # points of a learning curve


@dataclass(frozen=True)
class Fit:
    """A fitted model, and how it got there: records of the step and the validation force error in meV/angstrom."""

    model: NequIP
    params: Mapping[str, Any]
    history: list[dict[str, float]] = field(default_factory=list)

    @property
    def num_params(self) -> int:
        return sum(leaf.size for leaf in jax.tree.leaves(self.params))


def fit(model: NequIP, training: Targets, validation: Targets, steps: int, seed: int, name: str) -> Fit:
    """Minimises the squared errors of energies and forces, with a learning rate that falls to zero.

    Units:  eV, eV/angstrom
    """
    optimizer = optax.adam(optax.cosine_decay_schedule(LEARNING_RATE, steps))
    params = initial(model, training, seed)
    state, step = optimizer.init(params), make_step(model, training.species, optimizer)
    print(f"{name}: compiling the training step", file=sys.stderr, flush=True)
    rng, status = np.random.default_rng(seed), {}
    history: list[dict[str, float]] = []
    for n in progress(steps, name, status, stream=sys.stderr):
        batch = rng.choice(len(training.positions), min(BATCH, len(training.positions)), replace=False)
        data = training.positions[batch], training.energies[batch], training.forces[batch]
        params, state, _ = step(params, state, *data)
        if RECORDS * (n + 1) // steps > RECORDS * n // steps:
            force = errors(model, params, validation).force
            history.append({"step": n + 1, "force_mae": force})
            status["validation"] = f"{force:.1f} meV/angstrom"
    return Fit(model, params, history)


def initial(model: NequIP, training: Targets, seed: int) -> dict[str, Any]:
    """The parameters before training."""
    edges = all_pairs(len(training.species))
    return model.init(jax.random.key(seed), training.positions[0], training.species, *edges)


def num_params(model: NequIP, training: Targets) -> int:
    """The number of parameters, from shapes alone."""
    edges = all_pairs(len(training.species))
    found: list[int] = []
    specs = model.params(training.positions[0], training.species, *edges)
    map_params(lambda _, param: found.append(math.prod(param.shape)), specs)
    return sum(found)


def make_step(model: NequIP, species: np.ndarray, optimizer: optax.GradientTransformation) -> Callable[..., Any]:
    """(params, state, positions, energies, forces) -> params, state and the loss before the step."""

    # By the number of atoms: of a sum over all, the error would outweigh the forces before they are learnt.
    def loss(params: Any, positions: Any, energies: Any, forces: Any) -> jax.Array:
        E, F = potential(model)(params, positions, species)
        return jnp.mean((E - energies) ** 2) / len(species) + jnp.mean((F - forces) ** 2)

    @jax.jit
    def step(params: Any, state: Any, *data: Any) -> tuple[Any, Any, jax.Array]:
        value, gradient = jax.value_and_grad(loss)(params, *data)
        updates, state = optimizer.update(gradient, state)
        return optax.apply_updates(params, updates), state, value

    return step
