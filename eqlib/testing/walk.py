"""A program equation by equation, in floats: what the diagnosis looks at where there are no exact numbers."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import Literal

from eqlib.array_types import Float, Shaped
from eqlib.testing.elements import Element
from eqlib.testing.first_fault import Step, first_fault, transforms
from eqlib.testing.inlined import COLLECTIVES, inlined
from eqlib.testing.operands import Field
from eqlib.testing.program import Program
from eqlib.testing.source import innermost_line

Arrays = Sequence[Any]

# So many samples more than the longest axis of an operand or an output, but axes longer than this are not looked at.
_SAMPLES, LONGEST = 48, 256
# A fit by a matrix is one if no residual is greater than so many roundings of the values and of the terms of their
# sums: in float64, less than a fault that the laws can tell.
_ROUNDINGS = 2.0**12


class Walk:
    """Runs jaxprs, and keeps the steps, and all values by number; called programs are entered, loops are one step."""

    def __init__(self) -> None:
        self.steps, self.values, self._callers = list[Step](), list[Any](), list[Any]()

    def keep(self, value: Any) -> int:
        """The number of a value."""
        self.values.append(value)
        return len(self.values) - 1

    def run(self, program: Any, inputs: Sequence[int]) -> list[int]:
        """The numbers of the results of a jaxpr, closed or open."""
        jaxpr, constants = getattr(program, "jaxpr", program), getattr(program, "consts", ())
        at = dict(zip(jaxpr.constvars, map(self.keep, constants), strict=True))
        at |= dict(zip(jaxpr.invars, inputs, strict=True))

        def number(v: Any) -> int:
            return self.keep(np.asarray(v.val, v.aval.dtype)) if isinstance(v, Literal) else at[v]

        for eqn in jaxpr.eqns:
            at |= dict(zip(eqn.outvars, self._equation(eqn, [number(v) for v in eqn.invars]), strict=True))
        return [number(v) for v in jaxpr.outvars]

    def _equation(self, eqn: Any, inputs: list[int]) -> list[int]:
        name = eqn.primitive.name
        if name in COLLECTIVES:
            return inputs
        inner = None if name == "shard_map" and eqn.params["mesh"].size > 1 else inlined(eqn, inputs)
        if inner is not None:
            self._callers.append(eqn)
            results = self.run(inner[0], inner[1])
            self._callers.pop()
            return results
        results = eqn.primitive.bind(*(self.values[n] for n in inputs), **eqn.params)
        outputs = [self.keep(z) for z in (results if eqn.primitive.multiple_results else [results])]
        self.steps.append(Step(name, innermost_line([*self._callers, eqn]), tuple(inputs), tuple(outputs)))
        return outputs


def walked(
    call: Callable[..., Any], arrays: Arrays, axes: Sequence[int | None]
) -> tuple[list[Step], list[int], list[Shaped[np.ndarray, "..."]]]:
    """The steps, the numbers of the results, and all values; samples are along an axis of each array, if it has any."""
    one = [x if axis is None else x[0] for axis, x in zip(axes, arrays, strict=True)]
    jaxpr = jax.make_jaxpr(call)(*one)
    kept: list[Any] = []

    def every(*xs: Any) -> list[Any]:
        walk = Walk()
        results = walk.run(jaxpr, [walk.keep(x) for x in xs])
        kept[:] = [walk.steps, results]
        return [x if _is_number(x) else jnp.zeros(()) for x in walk.values]

    run = jax.vmap(every, in_axes=tuple(axes)) if 0 in axes else every
    try:
        values = jax.jit(run)(*arrays)
    except NotImplementedError:  # a foreign function need not have a rule for vmap
        values = jax.jit(functools.partial(_one_by_one, every, axes))(*arrays)
    return kept[0], kept[1], list(map(np.asarray, values))


def _one_by_one(every: Callable[..., Any], axes: Sequence[int | None], *arrays: Any) -> Any:
    """As a vmap, by a loop over the samples."""
    moving = [x for x, axis in zip(arrays, axes, strict=True) if axis == 0]

    def at(sample: Any) -> Any:
        following = iter(sample)
        return every(*(next(following) if axis == 0 else x for x, axis in zip(arrays, axes, strict=True)))

    return jax.lax.map(at, moving)


def fault_in_floats(program: Program, element: Element, size: float, dtype: Any = np.float64) -> str | None:
    """In words, the first equation whose value does not transform, at inputs of that size; None if none is seen."""
    fit = _ROUNDINGS * float(np.finfo(dtype).eps)
    rng = np.random.default_rng(0)
    fields = [one for one in (*program.operands, *(one for _, one in program.outputs)) if isinstance(one, Field)]
    count = _SAMPLES + min(LONGEST, max(one.irreps.dim for one in fields))
    drawn = [
        np.asarray(rng.normal(size=(count, *np.shape(x))) * size, dtype) if isinstance(one, Field) else x
        for one, x in zip(program.operands, program.arrays, strict=True)
    ]
    axes = [0 if isinstance(one, Field) else None for one in program.operands]
    steps, results, before = walked(program.call, drawn, axes)
    moved = [element.act(one, x) for one, x in zip(program.operands, drawn, strict=True)]
    _, _, after = walked(program.call, moved, axes)
    wrong = [
        n
        for n, (_, one) in zip(results, program.outputs, strict=True)
        if not _close(after[n], element.act(one, before[n]), fit)
    ]
    if not wrong:
        return None
    affine = any(element.translation)
    renamed = bool(element.permutations)
    made = {n for step in steps for n in step.outputs}
    fails = {n for n in made if not _transforms(before[n], after[n], affine, renamed, fit)}
    return first_fault(steps, fails, wrong)


def first_non_finite(call: Callable[..., Any], arrays: Arrays) -> str | None:
    """In words, the first equation whose value is not finite though its operands are."""
    steps, _, values = walked(call, arrays, [None] * len(arrays))
    for step in steps:
        if all(_finite(values[n]) for n in step.inputs) and not all(_finite(values[n]) for n in step.outputs):
            return f"{step}: {_what_is_not_finite(step, values)}"
    return None


def _what_is_not_finite(step: Step, values: Sequence[Shaped[np.ndarray, "..."]]) -> str:
    """Of a conversion, that its dtype has no such numbers; of anything else, that its value is none."""
    if step.name == "convert_element_type":
        return f"its value overflows {values[step.outputs[0]].dtype}"
    return "its value is not finite, and its operands are"


def _transforms(
    before: Shaped[np.ndarray, "*shape"], after: Shaped[np.ndarray, "*shape"], affine: bool, renamed: bool, fit: float
) -> bool:
    """Integers count as such: a permutation may rename them, and anything else leaves them alone."""
    if np.issubdtype(before.dtype, np.integer):
        return renamed or np.array_equal(before, after)
    before, after = _real(before), _real(after)
    return transforms(before, after, lambda x, y: _maps(x, y, affine, fit), LONGEST)


def _real(x: Shaped[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """In float64; the real part and the imaginary one of a complex number as two neighbours."""
    return np.stack([x.real, x.imag], -1).reshape(*x.shape[:-1], -1) if np.iscomplexobj(x) else x.astype(np.float64)


def _maps(x: Float[np.ndarray, "row column"], y: Float[np.ndarray, "row image"], affine: bool, fit: float) -> bool:
    """Whether y = x M for some matrix, to rounding, for the rows that are finite."""
    finite = np.isfinite(x).all(1) & np.isfinite(y).all(1)
    x, y = x[finite], y[finite]
    if affine:
        x = np.concatenate([x, np.ones_like(x[:, :1])], axis=1)
    if len(x) <= x.shape[1] + 1:  # too few rows to tell
        return True
    matrix, *_ = np.linalg.lstsq(x, y, rcond=fit)
    return bool(np.all(np.abs(x @ matrix - y) <= fit * (np.max(np.abs(y)) + np.max(np.abs(x) @ np.abs(matrix)))))


def _close(x: Shaped[np.ndarray, "*shape"], y: Shaped[np.ndarray, "*shape"], fit: float) -> bool:
    with np.errstate(invalid="ignore"):
        return bool(np.all(~(np.abs(x - y) > fit * np.max(np.abs(y), initial=0.0))))


def _is_number(x: Any) -> bool:
    return not jnp.issubdtype(jnp.result_type(x), jax.dtypes.prng_key)


def _finite(x: Shaped[np.ndarray, "..."]) -> bool:
    return not jnp.issubdtype(x.dtype, jnp.inexact) or bool(np.isfinite(x).all())
