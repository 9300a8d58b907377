"""evaluate(program, *inputs): the primitive on which polynomials run, as `contract` is that of multilinear maps.

The derivative of a straight-line program is one, and so is the transpose of what is linear in it. Three rules give
every order of derivative for every lowering:

    jvp        the program of the derivative, in all inputs that move at once
    transpose  the transposed program, of all linear inputs at once
    batch      one more leading axis

Inputs and outputs share all leading axes; nothing is summed over them. What a derivative needs is computed again from
the inputs, and not kept: that is faster than to read it from memory.
"""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax.extend.core import Primitive
from jax.interpreters import ad, batching, mlir

from eqlib.array_types import Array, Float, Num
from eqlib.lowering.choose_program import on_any_platform, on_cpu
from eqlib.lowering.varying import mark_varying
from eqlib.plan.straight_line import StraightLine
from eqlib.plan.tangents import derivative, restricted, transpose

evaluate_p = Primitive("evaluate")
evaluate_p.multiple_results = True


def evaluate(program: StraightLine, *inputs: Num[Array, "..."]) -> list[Float[jax.Array, "..."]]:
    """Evaluates a straight-line program on arrays.

    Shape:  [..., program.inputs[n]] for each input n -> [..., size] for each output; leading axes broadcast.
    Scale:  that of the program; 16-bit inputs are computed in float32 and rounded once, at the end.
    Raises: ValueError if the inputs do not fit the program.
    """
    if len(inputs) != len(program.inputs):
        raise ValueError(f"the program takes {len(program.inputs)} inputs; {len(inputs)} were given.")
    dtype = jnp.result_type(*inputs)
    dtype = dtype if jnp.issubdtype(dtype, jnp.floating) else jnp.result_type(float)
    arrays = [jnp.asarray(x, dtype) for x in inputs]
    for n, (x, size) in enumerate(zip(arrays, program.inputs, strict=True)):
        if x.ndim == 0 or x.shape[-1] != size:
            raise ValueError(f"input {n} has shape {x.shape}; the program reads [..., {size}].")
    leading = jnp.broadcast_shapes(*(x.shape[:-1] for x in arrays))
    return _bind(program, [jnp.broadcast_to(x, (*leading, x.shape[-1])) for x in arrays])


def _bind(program: StraightLine, inputs: Sequence[Float[Array, "..."]]) -> list[Float[jax.Array, "..."]]:
    return evaluate_p.bind(*mark_varying(inputs), program=program)


@evaluate_p.def_abstract_eval
def _abstract(*avals: Any, program: StraightLine) -> Any:
    return [avals[0].update(shape=(*avals[0].shape[:-1], len(row))) for row in program.outputs]


def _jvp(primals: Sequence[Any], tangents: Sequence[Any], *, program: StraightLine) -> Any:
    outputs = _bind(program, primals)
    moved = tuple(n for n, tangent in enumerate(tangents) if type(tangent) is not ad.Zero)
    slope = derivative(program, moved)
    moving = tuple(n for n in range(len(outputs)) if not slope.is_zero(n))
    found: list[Any] = [ad.Zero(jax.typeof(z)) for z in outputs]
    if moving:
        given = [*primals, *(tangents[n] for n in moved)]
        for n, tangent in zip(moving, _bind(restricted(slope, moving), given), strict=True):
            found[n] = tangent
    return outputs, found


def _transpose(cotangents: Sequence[Any], *inputs: Any, program: StraightLine) -> list[Any]:
    linear = tuple(n for n, x in enumerate(inputs) if ad.is_undefined_primal(x))
    seen = tuple(n for n, g in enumerate(cotangents) if type(g) is not ad.Zero)
    results: list[Any] = [None] * len(inputs)
    given = [x for x in inputs if not ad.is_undefined_primal(x)]
    backward = transpose(restricted(program, seen), linear)
    found = _bind(backward, [*given, *(cotangents[n] for n in seen)]) if seen else [None] * len(linear)
    for n, cotangent in zip(linear, found, strict=True):
        results[n] = ad.Zero(inputs[n].aval) if cotangent is None else cotangent
    return results


def _batch(inputs: Sequence[Any], axes: Sequence[int | None], *, program: StraightLine) -> Any:
    size = next(x.shape[a] for x, a in zip(inputs, axes, strict=True) if a is not None)
    moved = [
        jnp.broadcast_to(x, (size, *x.shape)) if a is None else jnp.moveaxis(x, a, 0)
        for x, a in zip(inputs, axes, strict=True)
    ]
    return _bind(program, moved), [0] * len(program.outputs)


evaluate_p.def_impl(jax.jit(evaluate_p.bind, static_argnames="program"))
ad.primitive_jvps[evaluate_p] = _jvp
ad.primitive_transposes[evaluate_p] = _transpose
batching.primitive_batchers[evaluate_p] = _batch
mlir.register_lowering(evaluate_p, mlir.lower_fun(on_any_platform, multiple_results=True))
mlir.register_lowering(evaluate_p, mlir.lower_fun(on_cpu, multiple_results=True), platform="cpu")
