"""NequIP, MACE and Allegro: energy and forces, and a step of training on both, beside the same models in e3nn-jax.

The sizes are those of the papers: NequIP of 64 features to l = 2 with 3 layers, MACE as the medium MACE-MP, Allegro of
32 features. Each library has the same parameters, atoms, labels and loss; those of e3nn-jax are `bench/_e3nn_jax`.
"""

import importlib
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from bench import _atoms
from bench.harness import Workload
from bench.workloads import EDGES_PER_NODE, SPECIES, normals
from eqlib.models import MACE, Allegro, NequIP, energy_and_forces
from eqlib.nn.layer import map_params

SIZES: dict[str, Any] = {
    "num_species": SPECIES,
    "cutoff": _atoms.CUTOFF,
    "num_layers": 2,
    "num_neighbors": float(EDGES_PER_NODE),
}
MODELS = (
    NequIP(**SIZES | {"num_layers": 3}, lmax=2, features=64),
    MACE(**SIZES, lmax=3, message_lmax=1, features=128, correlation=3),
    Allegro(**SIZES, lmax=2, features=32, latent=64),
)
OPTIMIZER = optax.adam(1e-3)


def workload(model: Any, name: str, function: Callable[..., Any], *inputs: Any) -> Workload:
    """Of `function(atomic_energies, *inputs)`; the inputs of the workload are the leaves of these."""
    leaves, tree = jax.tree.flatten(inputs)

    def run(lib: Any, *arrays: Any) -> Any:
        return function(model.apply, *jax.tree.unflatten(tree, arrays))

    def by_e3nn_jax(lib: Any, *arrays: Any) -> Any:
        reference = importlib.import_module("bench._e3nn_jax").MODELS[type(model).__name__]
        return function(lambda *given: reference(model, *given), *jax.tree.unflatten(tree, arrays))

    kind = type(model).__name__
    return Workload(kind, name, _atoms.EDGES, tuple(leaves), run, e3nn_jax=by_e3nn_jax, has_gradient=False)


def training_step(atomic_energies: Callable[..., Any], state: Any, labels: Any, graph: Any) -> Any:
    """The loss, and the state after a step of Adam on the errors of energy and forces."""
    params, optimizer = state

    def loss(params: Any) -> Any:
        energy, forces = energy_and_forces(atomic_energies, params, *graph)
        return ((energy - labels["energy"]) / len(forces)) ** 2 + jnp.mean((forces - labels["forces"]) ** 2)

    value, gradient = jax.value_and_grad(loss)(params)
    updates, optimizer = OPTIMIZER.update(gradient, optimizer)
    return value, optax.apply_updates(params, updates), optimizer


def of_atoms(make: Callable[[np.random.Generator, int], Any]) -> Any:
    """An input made for the number of the atoms."""
    return lambda rng, rows: make(rng, rows // EDGES_PER_NODE)


def of_model(model: Any) -> tuple[Workload, Workload]:
    """Both workloads."""
    shapes = model.params(*model.inputs())
    params, means, squares = (
        map_params(lambda _, param, make=make: make(*param.shape), shapes) for make in (normals, zeros, ones)
    )
    # A mean of no gradients: what it is after the step is a tenth of the gradient, which so is checked with the rest.
    # Were the squares none, every parameter moved by the sign of its gradient, and zero has none that rounding keeps.
    count = lambda rng, rows: np.int32(1_000)  # noqa: E731
    adam = optax.ScaleByAdamState(count, means, squares)
    species = of_atoms(lambda rng, atoms: rng.integers(0, SPECIES, atoms).astype(np.int32))
    graph = (_atoms.positions, species, _atoms.senders, _atoms.receivers)
    labels = {"energy": normals(), "forces": of_atoms(lambda rng, atoms: rng.normal(size=(atoms, 3)))}
    state = params, (adam, optax.EmptyState())
    return (
        workload(model, "energy and forces", lambda apply, *given: energy_and_forces(apply, *given), params, *graph),
        workload(model, "training step", training_step, state, labels, graph),
    )


def zeros(*shape: int) -> Any:
    """An input of zeros, the same for every row."""
    return lambda rng, rows: np.zeros(shape)


def ones(*shape: int) -> Any:
    """An input of ones, the same for every row."""
    return lambda rng, rows: np.ones(shape)


WORKLOADS = tuple(workload for model in MODELS for workload in of_model(model))
