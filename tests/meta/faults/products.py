"""Mistakes in a product of two operands."""

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

import spec.tensor_product
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.lowering import contract
from eqlib.o3 import Irreps
from eqlib.ops.norm import norm
from eqlib.ops.tensor_product import plan_tensor_product, tensor_product
from eqlib.plan import Plan
from eqlib.testing.subject import Subject
from tests.meta.faults.fault import Fault, of_array, then
from tests.meta.faults.plans import in_path, negate, negate_one_entry, transpose_block, without_a_path

PRODUCT = Subject("tensor_product", tensor_product, ("0e+1o", "1o"), spec.tensor_product.tensor_product, degrees=(1, 1))


def by_plan(change: Callable[[Plan], Plan]) -> Callable[..., Any]:
    """tensor_product with a changed plan."""

    def product(x: IrrepsArray, y: IrrepsArray) -> IrrepsArray:
        irreps, plan = plan_tensor_product(x.irreps, y.irreps)
        return IrrepsArray(irreps, contract(change(plan), x.array, y.array)).regroup()

    return product


def other_parity(z: IrrepsArray, *_: Any) -> IrrepsArray:
    """The same numbers, with the natural parity (-1)^l on every label."""
    return IrrepsArray(Irreps([(mul, (ir.l, (-1) ** ir.l)) for mul, ir in z.irreps]), z.array)


def reordered(z: IrrepsArray, *_: Any) -> IrrepsArray:
    """The segments in the opposite order, labels and numbers alike."""
    parts = [z.array[..., s] for s in z.irreps.slices()][::-1]
    return IrrepsArray(Irreps(list(z.irreps)[::-1]), jnp.concatenate(parts, axis=-1))


def in_float32(x: IrrepsArray, y: IrrepsArray) -> IrrepsArray:
    """A product computed in float32 whatever is given."""
    return tensor_product(x.astype(jnp.float32), y.astype(jnp.float32)).astype(x.dtype)


def branch_on_an_axis(z: IrrepsArray, x: IrrepsArray, y: IrrepsArray) -> IrrepsArray:
    """Another result in one half of space."""
    return IrrepsArray(z.irreps, jnp.where(y.array[..., :1] > y.array[..., 1:2], z.array, 2 * z.array))


def batch_norm(z: IrrepsArray, *_: Any) -> IrrepsArray:
    """Each sample is divided by the largest value of the batch."""
    return IrrepsArray(z.irreps, z.array / jnp.max(jnp.abs(z.array), initial=1e-9)) if z.ndim > 1 else z


@jax.custom_batching.custom_vmap
def normed_by_vmap(a: jax.Array) -> jax.Array:
    """Nothing, but for a batch: the mean over it is taken away."""
    return a


normed_by_vmap.def_vmap(lambda size, batched, a: (a - jnp.mean(a, axis=0), batched[0]))


@jax.custom_jvp
def twice_the_slope(a: jax.Array) -> jax.Array:
    """Nothing, with a wrong derivative."""
    return a


twice_the_slope.defjvp(lambda primals, tangents: (primals[0], 2 * tangents[0]))


def saturating(z: IrrepsArray, x: IrrepsArray, y: IrrepsArray) -> IrrepsArray:
    """An invariant factor that is nearly 1."""
    return IrrepsArray(z.irreps, z.array * (1 + 1e-3 * jnp.tanh(norm(y).array)))


def when_traced(a: Any) -> Any:
    """Another number inside a transformation."""
    return a * 1.001 if isinstance(a, jax.core.Tracer) else a


def when_sharded(a: Any) -> Any:
    """A sum over devices that is taken once too often."""
    return a if jax.sharding.get_abstract_mesh().empty else 2 * a


def garbage(a: Any) -> Any:
    """One rounding more for positive numbers than for negative ones."""
    return jnp.where(a > 0, a * (1 + 2 * jnp.finfo(a.dtype).eps), a)


def flatten(z: IrrepsArray, *_: Any) -> IrrepsArray:
    """Leading axes merged into one."""
    return z.reshape((-1, z.shape[-1])) if z.ndim > 2 else z


def biased(a: Any) -> Any:
    """A constant added to every component."""
    return a + 0.1


P = functools.partial(then, PRODUCT)
FAULTS: tuple[Fault, ...] = (
    Fault("a flipped sign in one coefficient", PRODUCT, by_plan(in_path(-1, negate_one_entry)), "is_equivariant"),
    Fault("two components swapped", PRODUCT, P(of_array(lambda a: a[..., ::-1])), "is_equivariant"),
    Fault("a path dropped", PRODUCT, by_plan(without_a_path), "agrees_with_spec"),
    Fault("a block transposed", PRODUCT, by_plan(in_path(2, transpose_block)), "agrees_with_spec"),
    Fault("a path of the other sign", PRODUCT, by_plan(in_path(1, negate)), "agrees_with_spec"),
    Fault("a scale off by 1e-6", PRODUCT, P(of_array(lambda a: a * (1 + 1e-6))), "agrees_with_spec"),
    Fault(
        "the normalisation of another convention",
        PRODUCT,
        lambda x, y: tensor_product(x, y, irrep_normalization="norm"),
        "agrees_with_spec",
    ),
    Fault("a forgotten parity", PRODUCT, P(other_parity), "is_equivariant"),
    Fault("the output in another order", PRODUCT, P(reordered), "agrees_with_spec"),
    Fault("a hidden float32", PRODUCT, in_float32, "agrees_with_spec"),
    Fault(
        "a product open to TF32",
        PRODUCT,
        P(of_array(lambda a: a @ jnp.eye(a.shape[-1], dtype=a.dtype))),
        "products_are_at_full_precision",
    ),
    Fault("a bias on a vector", PRODUCT, P(of_array(biased)), "is_equivariant"),
    Fault("an output that never moves", PRODUCT, lambda x, y: tensor_product(x, y * 0.0), "depends_on_every_operand"),
    Fault("an operand ignored", PRODUCT, lambda x, y: tensor_product(x, x[..., "1o"]), "depends_on_every_operand"),
    Fault(
        "a dtype promoted",
        PRODUCT,
        P(lambda z, *_: z.astype(jnp.promote_types(z.dtype, jnp.float32))),
        "dtypes_are_preserved",
    ),
    Fault("leading axes merged", PRODUCT, P(flatten), "leading_axes_broadcast"),
    Fault("a branch on an axis", PRODUCT, P(branch_on_an_axis), "is_equivariant"),
    Fault("large values clipped", PRODUCT, P(of_array(lambda a: jnp.clip(a, -1e6, 1e6))), "agrees_with_spec"),
    Fault("a batch norm", PRODUCT, P(batch_norm), "leading_axes_broadcast"),
    Fault("a batch norm inside vmap", PRODUCT, P(of_array(normed_by_vmap)), "vmap_agrees"),
    Fault("a wrong custom_jvp", PRODUCT, P(of_array(twice_the_slope)), "derivatives_are_right"),
    Fault("a factor that saturates", PRODUCT, P(saturating), "is_homogeneous"),
    Fault("another number when traced", PRODUCT, P(of_array(when_traced)), "jit_and_scan_agree"),
    Fault("a sum over devices too much", PRODUCT, P(of_array(when_sharded)), "sharding_changes_nothing"),
    Fault("one rounding for one sign", PRODUCT, P(of_array(garbage)), "commutes_bitwise_with_reflections"),
)
