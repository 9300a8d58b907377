"""contract(plan, *inputs): the primitive on which every equivariant op of eqlib runs.

The derivatives and transposes of a plan are plans, so three rules give every order of derivative of every op, for
every lowering:

    jvp        one contract per tangent, with the derivative of the plan
    transpose  one contract with the transposed plan
    batch      one more leading axis

Leading axes are part of the contraction. Each operand, the output included, has every leading axis either in full or
with extent 1; where the output has extent 1 the contraction sums over the axis. This closes the primitive under
transposition: the cotangent of a weight shared by a batch is summed inside the contraction, never stored per sample.
"""

import functools
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax.extend.core import Primitive
from jax.interpreters import ad, batching, mlir

from eqlib.array_types import Array, Inexact, Num, Shape
from eqlib.lowering.choose import check_lowering
from eqlib.lowering.varying import mark_varying
from eqlib.lowering.xla import compute
from eqlib.plan import Plan, derivative, transpose

Precision = jax.lax.Precision | jax.lax.DotAlgorithm | jax.lax.DotAlgorithmPreset | None

contract_p = Primitive("contract")


def contract(
    plan: Plan,
    *inputs: Num[Array, "..."],
    lowering: str | None = None,
    precision: Precision = jax.lax.Precision.HIGHEST,
) -> Inexact[jax.Array, "... {plan.sizes[-1]}"]:
    """Evaluates a plan on arrays.

    Law:    linear in each input that the plan reads once; homogeneous of degree `plan.degree(n)` in input n.
    Shape:  [..., plan.sizes[n]] for each input n -> [..., plan.sizes[-1]]; leading axes broadcast.
    Scale:  that of the plan; 16-bit inputs are computed in float32 and rounded once, at the end.
    Raises: ValueError if the inputs do not fit the plan; LoweringError if `lowering` names no lowering.

    `precision` applies to the matrix products, if the lowering has any; the default is full precision, so no TF32.
    """
    check_lowering(lowering)
    if len(inputs) != plan.num_inputs:
        raise ValueError(f"the plan takes {plan.num_inputs} inputs; {len(inputs)} were given.")
    dtype = jnp.result_type(*inputs)
    if not jnp.issubdtype(dtype, jnp.inexact):
        dtype = jnp.result_type(float)
    arrays = [jnp.asarray(x, dtype) for x in inputs]
    for n, (x, size) in enumerate(zip(arrays, plan.sizes[:-1], strict=True)):
        if x.ndim == 0 or x.shape[-1] != size:
            raise ValueError(f"input {n} has shape {x.shape}; the plan reads [..., {size}].")
    leading = jnp.broadcast_shapes(*(x.shape[:-1] for x in arrays))
    arrays = [_with_rank(x, len(leading)) for x in arrays]
    return _bind(plan, arrays, leading, lowering, precision)


def _with_rank(x: Inexact[jax.Array, "*leading size"], rank: int) -> Inexact[jax.Array, "... size"]:
    """`x` with leading axes of extent 1 added in front until there are `rank` of them."""
    return x.reshape((1,) * (rank + 1 - x.ndim) + x.shape)


def _bind(
    plan: Plan,
    inputs: Sequence[Inexact[Array, "..."]],
    leading: Shape,
    lowering: str | None,
    precision: Precision,
) -> Inexact[jax.Array, "... {plan.sizes[-1]}"]:
    return contract_p.bind(
        *mark_varying(inputs), plan=plan, leading=tuple(leading), lowering=lowering, precision=precision
    )


@contract_p.def_abstract_eval
def _abstract(*avals: Any, plan: Plan, leading: Shape, **_: Any) -> Any:
    return avals[0].update(shape=(*leading, plan.sizes[-1]))


def _jvp(
    primals: Sequence[Inexact[Array, "..."]],
    tangents: Sequence[Inexact[Array, "..."] | ad.Zero],
    *,
    plan: Plan,
    leading: Any,
    lowering: Any,
    precision: Any,
):
    bind = functools.partial(_bind, leading=leading, lowering=lowering, precision=precision)
    terms = []
    for n, tangent in enumerate(tangents):
        if type(tangent) is not ad.Zero:
            kept = [x for m, x in enumerate(primals) if m != n or plan.degree(n) > 1]
            if plan.degree(n):
                terms.append(bind(derivative(plan, n), [*kept, tangent]))
    out = bind(plan, primals)
    if not terms:
        return out, ad.Zero(jax.typeof(out))
    return out, functools.reduce(ad.add_jaxvals, terms)


def _transpose(cotangent: Any, *inputs: Any, plan: Plan, leading: Any, lowering: Any, precision: Any):
    (n,) = [n for n, x in enumerate(inputs) if ad.is_undefined_primal(x)]
    result = [None] * len(inputs)
    if type(cotangent) is not ad.Zero:
        operands = [cotangent if m == n else x for m, x in enumerate(inputs)]
        result[n] = _bind(transpose(plan, n), operands, inputs[n].aval.shape[:-1], lowering, precision)
    else:
        result[n] = ad.Zero(inputs[n].aval)
    return result


def _batch(inputs: Sequence[Inexact[Array, "..."]], axes: Sequence[int | None], *, leading: Shape, **params: Any):
    size = next(x.shape[a] for x, a in zip(inputs, axes, strict=True) if a is not None)
    moved = [x[None] if a is None else jnp.moveaxis(x, a, 0) for x, a in zip(inputs, axes, strict=True)]
    return contract_p.bind(*moved, leading=(size, *leading), **params), 0


contract_p.def_impl(jax.jit(contract_p.bind, static_argnames=("plan", "leading", "lowering", "precision")))
ad.primitive_jvps[contract_p] = _jvp
ad.primitive_transposes[contract_p] = _transpose
batching.primitive_batchers[contract_p] = _batch
for platform in (None, "cpu"):
    on_platform = functools.partial(compute, is_cpu=platform == "cpu")
    mlir.register_lowering(contract_p, mlir.lower_fun(on_platform, multiple_results=False), platform=platform)
