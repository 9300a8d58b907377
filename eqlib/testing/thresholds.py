"""Inputs beside the thresholds of a program: lengths just below and above the numbers that it compares values with."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax.extend.core import ClosedJaxpr, Jaxpr, Literal

from eqlib.array_types import Real
from eqlib.testing.inlined import inlined
from eqlib.testing.loops import inside
from eqlib.testing.operands import Field, Index, Operand
from eqlib.testing.program import Program

# A length is this much shorter and longer: no threshold in round numbers is there, and rounding leads to none.
_ASIDE = 7.3e-4

# No longer and no shorter ones: beyond, powers of lengths leave the range of float32.
_LONGEST = 2.0**20

_COMPARES = ("lt", "le", "gt", "ge", "max", "min", "clamp")
_KEEPS = ("convert_element_type", "broadcast_in_dim", "reshape", "squeeze", "copy", "stop_gradient")


def beside_thresholds(made: Program, count: int) -> dict[str, list[Any]]:
    """Inputs, by name, beside each of the first `count` thresholds: a length is compared itself, or its square is.

    None where JAX cannot trace the function.
    """
    if not made.traced or not count:
        return {}
    found = itertools.islice(dict.fromkeys(thresholds(made.traced_in(np.float64).jaxpr)), count)
    lengths = dict.fromkeys(length for c in found for length in (c, c**0.5) if 1 / _LONGEST < length < _LONGEST)
    return {
        f"of a length {side} {length:.4g}": _of_length(made.operands, made.arrays, factor * length)
        for length in lengths
        for side, factor in (("below", 1 - _ASIDE), ("above", 1 + _ASIDE))
    }


def thresholds(program: ClosedJaxpr) -> Iterator[float]:
    """The numbers, without their signs, with which values are compared, or by which they are divided before that."""
    jaxpr = program.jaxpr
    found = list(_thresholds(jaxpr, [*map(_number, program.consts)], [None] * len(jaxpr.invars)))
    for is_divisor in (False, True):
        yield from (c for c, divides in found if divides is is_divisor)


def _thresholds(
    jaxpr: Jaxpr, constants: Sequence[float | None], given: Sequence[float | None]
) -> Iterator[tuple[float, bool]]:
    known = dict(zip([*jaxpr.constvars, *jaxpr.invars], [*constants, *given], strict=True))
    for eqn in jaxpr.eqns:
        name = eqn.primitive.name
        values = [_number(v.val) if isinstance(v, Literal) else known.get(v) for v in eqn.invars]
        if name in _COMPARES:
            yield from ((abs(c), False) for c in values if c)
        elif name == "div" and values[1]:
            yield abs(values[1]), True
        elif name in _KEEPS:
            known[eqn.outvars[0]] = values[0]
        programs = list(inside(eqn.params))
        if programs and name != "shard_map" and (inner := inlined(eqn, values)) is not None:
            yield from _thresholds(inner[0].jaxpr, [*map(_number, inner[0].consts)], inner[1])
        else:
            for one in programs:
                yield from _thresholds(one, [None] * len(one.constvars), [None] * len(one.invars))


def _number(value: Any) -> float | None:
    is_one = np.size(value) == 1 and jnp.issubdtype(jnp.result_type(value), jnp.floating)
    return float(np.asarray(value).reshape(())) if is_one else None


def _of_length(operands: Sequence[Operand], arrays: Sequence[Any], length: float) -> list[Any]:
    """Each copy of an irrep of that length; points at a scale at which two, that an edge joins, have that distance."""
    ends = [int(x.flat[0]) for one, x in zip(operands, arrays, strict=True) if isinstance(one, Index) and x.size][:2]
    return [
        _at_distance(x, ends, length) if isinstance(one, Field) and one.is_position else _normalised(one, x, length)
        for one, x in zip(operands, arrays, strict=True)
    ]


def _at_distance(x: Real[np.ndarray, "*shape"], ends: Sequence[int], length: float) -> Real[np.ndarray, "*shape"]:
    first, second = ends if len(set(ends)) == 2 and max(ends) < len(x) else (0, -1)
    distance = np.linalg.norm(x[first] - x[second]) if len(x) else 0.0
    return x * (length / distance) if distance else x


def _normalised(one: Operand, x: Any, length: float) -> Any:
    if not isinstance(one, Field):
        return x
    parts = [x[..., :0]]
    for (mul, ir), part in zip(one.irreps, one.irreps.slices(), strict=True):
        copies = x[..., part].reshape(*x.shape[:-1], mul, ir.dim)
        size = np.linalg.norm(copies, axis=-1, keepdims=True)
        parts.append((copies * (length / np.where(size, size, 1.0))).reshape(*x.shape[:-1], mul * ir.dim))
    return np.concatenate(parts, axis=-1)
