"""Planted faults: each a small mistake in a real op, and the name of the law that must find it."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import spec.norm
import spec.norm_activation
import spec.scatter
import spec.tensor_product
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.lowering import contract
from eqlib.o3 import Irreps, Surd, SurdTensor
from eqlib.ops.norm import norm
from eqlib.ops.norm_activation import norm_activation
from eqlib.ops.scatter import scatter_sum
from eqlib.ops.tensor_product import plan_tensor_product, tensor_product
from eqlib.plan import Path, Plan
from eqlib.testing.subject import Subject

PRODUCT = Subject("tensor_product", tensor_product, ("0e+1o", "1o"), spec.tensor_product.tensor_product, degrees=(1, 1))
NORM = Subject("norm", norm, ("0o+1o",), spec.norm.norm, degrees=(1,))
ACTIVATION = Subject(
    "norm_activation",
    lambda x: norm_activation(x, [jnp.cos]),
    ("1o",),
    lambda irreps, x: spec.norm_activation.norm_activation(irreps, x, [np.cos]),
)
DST = [1, 0, 1]
SCATTER = Subject(
    "scatter_sum",
    functools.partial(scatter_sum, dst=jnp.array(DST), output_size=3),
    ("0e+1o",),
    functools.partial(spec.scatter.scatter_sum, dst=DST, output_size=3),
    sample=(3,),
    degrees=(1,),
)


@dataclass(frozen=True)
class Fault:
    """A mistake in the function of a subject, and the law that must be broken by it."""

    name: str
    right: Subject
    fn: Callable[..., Any]
    killer: str

    @property
    def subject(self) -> Subject:
        """The subject with the mistake."""
        return replace(self.right, fn=self.fn, label=self.name)


def then(subject: Subject, change: Callable[..., Any]) -> Callable[..., Any]:
    """The op, whose output is then changed: change(z, *operands)."""
    return lambda *xs: change(subject(*xs), *xs)


def of_array(change: Callable[[Any], Any]) -> Callable[..., Any]:
    """A change of the numbers of the output alone."""
    return lambda z, *_: IrrepsArray(z.irreps, change(z.array))


def by_plan(change: Callable[[Plan], Plan]) -> Callable[..., Any]:
    """tensor_product with a changed plan."""

    def product(x: IrrepsArray, y: IrrepsArray) -> IrrepsArray:
        irreps, plan = plan_tensor_product(x.irreps, y.irreps)
        return IrrepsArray(irreps, contract(change(plan), x.array, y.array)).regroup()

    return product


def in_path(n: int, change: Callable[[Path], Path]) -> Callable[[Plan], Plan]:
    """A change of one path of a plan."""
    return lambda plan: replace(plan, paths=(*plan.paths[:n], change(plan.paths[n]), *plan.paths[n + 1 :]))


def negate_one_entry(path: Path) -> Path:
    """The first coefficient with the other sign."""
    (index, value), *others = path.coefficients.entries
    return replace(path, coefficients=SurdTensor(path.coefficients.shape, ((index, -value), *others), "CG'"))


def transpose_block(path: Path) -> Path:
    """C[j, i, k] for C[i, j, k]."""
    return replace(path, coefficients=path.coefficients.transpose((1, 0, 2)))


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


def plain_length(x: IrrepsArray) -> IrrepsArray:
    """The root of the sum of squares, without care for zero."""
    return IrrepsArray(norm(x).irreps, jnp.sqrt(norm(x, squared=True).array))


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
    Fault("a path dropped", PRODUCT, by_plan(lambda p: replace(p, paths=p.paths[:-1])), "agrees_with_spec"),
    Fault("a block transposed", PRODUCT, by_plan(in_path(2, transpose_block)), "agrees_with_spec"),
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
    Fault("the plain root of a square", NORM, plain_length, "derivatives_are_finite_at_zero"),
    Fault("the square for the length", NORM, lambda x: norm(x, squared=True), "is_homogeneous"),
    Fault(
        "an activation of components",
        ACTIVATION,
        lambda x: IrrepsArray(x.irreps, jnp.tanh(x.array)),
        "is_equivariant",
    ),
    Fault(
        "the length of the other convention",
        ACTIVATION,
        lambda x: norm_activation(x, [jnp.cos], normalization="norm"),
        "agrees_with_spec",
    ),
    Fault(
        "a wrong scatter index",
        SCATTER,
        functools.partial(scatter_sum, dst=jnp.array(DST) + 1, output_size=3),
        "agrees_with_spec",
    ),
)


def off_by_a_trillionth(result: Any) -> Any:
    """The plan of a product in which one coefficient is wrong by 1e-12: no law in floating point need see it."""
    irreps, plan = result
    path = plan.paths[-1]
    if len(path.coefficients.entries) < 2:
        return result
    (index, value), *others = path.coefficients.entries
    entries = ((index, value * (1 + Surd.of(1) / 10**12)), *others)
    block = SurdTensor(path.coefficients.shape, entries, "CG'")
    return irreps, replace(plan, paths=(*plan.paths[:-1], replace(path, coefficients=block)))
