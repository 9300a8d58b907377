"""What a model says of a batch: energies, forces and stress; and how far that is from the labels."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from eqlib.array_types import Float
from eqlib.training.config import Loss
from eqlib.training.dataset import Batch


class Prediction(NamedTuple):
    """energies [frames], forces [atoms, 3], and stress [frames, 3, 3] if it was asked for."""

    energies: Float[jax.Array, " frames"]
    forces: Float[jax.Array, "atoms 3"]
    stress: Float[jax.Array, "frames 3 3"] | None


def predict(model: Any, params: Mapping[str, Any], batch: Batch, *, with_stress: bool) -> Prediction:
    """Energies, minus their gradient in the positions, and their gradient in the strain over the volume.

    Law:    the energy of a frame does not depend on the others in the batch, nor on what pads it.
    Units:  those of the model: eV, eV/angstrom, eV/angstrom^3.
    """

    def total(positions: Any, strain: Any) -> Any:
        energies = frame_energies(model, params, batch, positions, strain)
        return jnp.sum(energies), energies

    if not with_stress:
        gradient, energies = jax.grad(total, has_aux=True)(batch.positions, None)
        return Prediction(energies, -gradient, None)
    assert batch.cell is not None
    no_strain = jnp.zeros_like(batch.cell)
    (gradient, virial), energies = jax.grad(total, argnums=(0, 1), has_aux=True)(batch.positions, no_strain)
    return Prediction(energies, -gradient, virial / volumes(batch)[:, None, None])


def frame_energies(
    model: Any,
    params: Mapping[str, Any],
    batch: Batch,
    positions: Float[jax.Array, "atoms 3"],
    strain: Float[jax.Array, "frames 3 3"] | None,
) -> Float[jax.Array, " frames"]:
    """The energy of each frame, strained by the symmetric part of `strain`."""
    edges: tuple[Any, ...] = (batch.senders, batch.receivers)
    if batch.cell is not None and batch.cell_shifts is not None:
        cell = batch.cell
        if strain is not None:
            deformation = jnp.eye(3, dtype=positions.dtype) + (strain + jnp.swapaxes(strain, 1, 2)) / 2
            positions = jnp.einsum("ai,aij->aj", positions, deformation[batch.frame])
            cell = cell @ deformation
        edges += (jnp.einsum("ei,eij->ej", batch.cell_shifts, cell[batch.frame[batch.receivers]]),)
    atoms = model.apply(params, positions, batch.species, *edges)
    atoms = getattr(atoms, "array", atoms).reshape(-1) * batch.is_atom
    return jax.ops.segment_sum(atoms, batch.frame, len(batch.num_atoms))


def volumes(batch: Batch) -> Float[jax.Array, " frames"]:
    """The volume of the cell of each frame."""
    return jnp.abs(jnp.linalg.det(jnp.asarray(batch.cell)))


def loss_of(
    prediction: Prediction, batch: Batch, weights: Loss, total: Callable[[Any], Any] = jnp.sum
) -> Float[jax.Array, ""]:
    """The loss, each term as `Loss` says; `total` sums over the frames of the batch, those on other devices too.

    Energies count by the number of atoms: by themselves their errors would outweigh the forces until these are learnt,
    and per atom they would count less the larger the frames are.
    """
    frames = total(batch.is_frame)
    is_atom = batch.is_atom * batch.is_frame[batch.frame]
    energy = total(batch.is_frame * (prediction.energies - batch.energies) ** 2 / batch.num_atoms) / frames
    force = total(is_atom[:, None] * (prediction.forces - batch.forces) ** 2) / (3 * total(is_atom))
    loss = weights.energy * energy + weights.forces * force
    if prediction.stress is None:
        return loss
    virial = volumes(batch)[:, None, None] * (prediction.stress - jnp.asarray(batch.stress))
    by_frame = jnp.mean(virial**2, axis=(1, 2)) / batch.num_atoms
    return loss + weights.stress * total(batch.is_frame * by_frame) / frames
