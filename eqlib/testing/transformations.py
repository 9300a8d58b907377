"""Laws of JAX's transformations: jit, scan, vmap, broadcasting and sharding change nothing."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from eqlib.array_types import Float
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.testing.accuracy import EPS, rounding, value_and_rounding
from eqlib.testing.judgement import require, require_within
from eqlib.testing.rounding import with_rounding
from eqlib.testing.subject import Subject


def jit_and_scan_agree(subject: Subject) -> None:
    """Eager, compiled and scanned evaluation give the same irreps and, to rounding, the same numbers.

    Here and below, two ways to compute differ by at most twice the bound on the rounding of either.
    """
    operands = subject.draw((2,))
    eager = [subject(*(x[n] for x in operands)) for n in range(2)]
    want = jnp.stack([z.array for z in eager])
    compiled = [jax.jit(subject)(*(x[n] for x in operands)).array for n in range(2)]
    _, scanned = jax.lax.scan(lambda carry, xs: (carry, subject(*xs)), 0, tuple(operands))
    require(scanned.irreps == eager[0].irreps, subject, "changes irreps inside scan", got=scanned.irreps)
    bound = 2 * rounding(subject, operands)
    require_within(bound, subject, "changes inside jit", jnp.stack(compiled), want)
    require_within(bound, subject, "changes inside scan", scanned.array, want)


def vmap_agrees(subject: Subject) -> None:
    """vmap over any set of operands equals a loop."""
    operands = subject.draw((2,))
    for mapped in itertools.product((True, False), repeat=len(operands)):
        if any(mapped):
            axes = tuple(0 if m else None for m in mapped)
            given = [x if m else x[0] for x, m in zip(operands, mapped, strict=True)]
            one_by_one, bound = value_and_rounding(subject, given)
            got = jax.jit(jax.vmap(subject, axes))(*given).array
            require_within(2 * bound, subject, "changes under vmap", got, one_by_one, in_axes=axes)


def leading_axes_broadcast(subject: Subject) -> None:
    """Leading axes broadcast as in NumPy, and may be empty."""
    if subject.sample:
        return
    operands = subject.draw((3, 2))
    spread = [x[:, :1] if n == 0 else x[:1] if n == 1 else x for n, x in enumerate(operands)]
    one_by_one, bound = value_and_rounding(subject, spread)
    require_within(
        2 * bound, subject, "does not broadcast its leading axes", jax.jit(subject)(*spread).array, one_by_one
    )
    empty = jax.jit(subject)(*(x[:0] for x in operands))
    require(empty.shape[:-1] == (0, 2), subject, "loses the shape of an empty batch", got=empty.shape)


def sharding_changes_nothing(subject: Subject) -> None:
    """A batch split over devices, by jit with shardings or by shard_map, gives the same numbers and gradients.

    Inside shard_map each device runs the program for its part of the batch, but as XLA compiles it there: it may unite
    another product with a sum to one operation. Where the bits differ, the bounds on the rounding of both decide.
    """
    operands = subject.draw((2,))
    f = jax.vmap(subject)
    mesh = Mesh(np.array(jax.devices()[:2]), ("batch",))
    split = PartitionSpec("batch")
    placed = jax.device_put(operands, NamedSharding(mesh, split))
    mapped = jax.shard_map(f, mesh=mesh, in_specs=split, out_specs=split)
    alone = jax.jit(_with_gradient(f))
    parts = [alone(*(x[n : n + 1] for x in operands)) for n in range(2)]
    got = jax.jit(_with_gradient(mapped))(*placed)
    for n, what in enumerate(("changes", "has another gradient")):
        value, want = np.asarray(got[n]), np.concatenate([part[n] for part in parts])
        if not np.array_equal(value, want):
            bound = _rounding_of_gradient(f, operands) if n else rounding(subject, operands)
            require_within(2 * bound, subject, f"{what} inside shard_map", value, want)
    want = np.concatenate([value for value, _ in parts])
    require_within(2 * rounding(subject, operands), subject, "changes when sharded", jax.jit(f)(*placed).array, want)


def _with_gradient(
    f: Callable[..., IrrepsArray],
) -> Callable[..., tuple[Float[jax.Array, "..."], Float[jax.Array, "..."]]]:
    """The numbers of f, and the gradient of the sum of their cubes in the first operand.

    Cubes, because a sum of squares is invariant, and of the harmonics of a unit vector even constant.
    """

    def value_and_gradient(*xs: IrrepsArray) -> tuple[Float[jax.Array, "..."], Float[jax.Array, "..."]]:
        def loss(*xs: IrrepsArray) -> tuple[Float[jax.Array, ""], Float[jax.Array, "..."]]:
            z = f(*xs).array
            return jnp.sum(z**3), z

        gradient, z = jax.grad(loss, has_aux=True)(*xs)
        return z, gradient.array

    return value_and_gradient


def _rounding_of_gradient(f: Callable[..., IrrepsArray], operands: Sequence[IrrepsArray]) -> Float[np.ndarray, "..."]:
    """A bound on the rounding of the gradient of `_with_gradient`."""
    arrays = [x.array for x in operands]

    def gradient(*xs: Any) -> Float[jax.Array, "..."]:
        return _with_gradient(f)(*(IrrepsArray(x.irreps, a) for x, a in zip(operands, xs, strict=True)))[1]

    return np.asarray(with_rounding(gradient, arrays, [jnp.zeros_like(a) for a in arrays], EPS)[1])
