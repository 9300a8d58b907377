"""What the tests of training share: frames of a potential that is known exactly, and a model that can learn it."""

import dataclasses
from pathlib import Path

import jax.numpy as jnp
import numpy as np

from eqlib.training.frames import Frames, frames_of

STIFFNESS, LENGTH = 3.0, 1.0


def springs(count: int = 40, seed: int = 0, **fields) -> Frames:
    """Frames of water whose bonds are springs: energies, and forces that are minus their gradient."""
    rng = np.random.default_rng(seed)
    positions = np.array([[0.0, 0.0, 0.0], [0.96, 0.0, 0.0], [-0.24, 0.93, 0.0]]) + 0.05 * rng.normal(
        size=(count, 3, 3)
    )
    energies, forces = np.zeros(count), np.zeros((count, 3, 3))
    for hydrogen in (1, 2):
        bond = positions[:, hydrogen] - positions[:, 0]
        length = np.linalg.norm(bond, axis=-1, keepdims=True)
        energies += STIFFNESS / 2 * (length[:, 0] - LENGTH) ** 2
        pull = STIFFNESS * (length - LENGTH) * bond / length
        forces[:, 0] += pull
        forces[:, hydrogen] -= pull
    arrays = {"numbers": [8, 1, 1], "positions": positions, "energies": energies - 10.0, "forces": forces}
    return frames_of(arrays | fields, "water")


@dataclasses.dataclass(frozen=True)
class Pairs:
    """A model that is a sum over edges, of which all is known: 'k' times the square of the length, at the receiver."""

    cutoff: float = 3.0

    def init(self, key, *graph):
        return {"e0": jnp.zeros(()), "k": jnp.ones(())}

    def apply(self, params, positions, species, senders, receivers, shifts=0.0):
        vectors = positions[receivers] - positions[senders] + shifts
        squares = jnp.sum(vectors**2, axis=-1)
        inside = (squares < self.cutoff**2).astype(squares.dtype)
        own = jnp.ones_like(positions[:, 0])
        return params["e0"] * own + jnp.zeros(len(positions), squares.dtype).at[receivers].add(
            params["k"] * squares * inside
        )


CONFIG = """
output = "run"
steps = {steps}
evaluate_every = 10
checkpoint_every = 1
plots = {plots}
[data]
path = "water.npz"
num_training = 20
num_validation = 10
[model]
name = "NequIP"
cutoff = 3.0
lmax = 0
features = 2
num_layers = 1
radial_neurons = [4]
readout = 2
"""


def write_config(folder: Path, steps: int = 40, plots: str = "false") -> Path:
    frames = springs()
    arrays = {name: getattr(frames, name) for name in ("numbers", "positions", "energies", "forces")}
    np.savez_compressed(folder / "water.npz", **arrays)
    (folder / "config.toml").write_text(CONFIG.format(steps=steps, plots=plots))
    return folder / "config.toml"
