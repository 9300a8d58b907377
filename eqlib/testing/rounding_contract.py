"""What a plan does to errors: of a sum of products, each factor's error times the most that the others may be.

A plan of few products, as layers under check have, is computed from a table of all of them: a handful of operations
however many paths it has, where the lowerings of `contract`, made to run fast, are many to compile.
"""

import functools
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Float, Integer
from eqlib.dtypes import at_least_float32
from eqlib.lowering.contract import contract_p
from eqlib.plan import Path, Plan

# Of more products, with those of all samples, the table takes longer to run than what it saves of compilation.
_MOST_PRODUCTS = 2**14


class _Products(NamedTuple):
    """The products of a plan: the factors that each reads, the component that it is added to, and its coefficient."""

    factors: Integer[np.ndarray, "slots products"]
    component: Integer[np.ndarray, " products"]
    coefficient: Float[np.ndarray, " products"]


def value(xs: Sequence[Any], params: dict[str, Any]) -> Any:
    """The result of `contract`."""
    plan, leading = params["plan"], params["leading"]
    if not _are_few(plan, xs):
        return contract_p.bind(*xs, **params)
    return _summed(plan, leading, _products(plan).coefficient, math.prod(_factors(plan, xs))).astype(xs[0].dtype)


def error(xs: Sequence[Any], es: Sequence[Any], eps: Any, params: dict[str, Any]) -> Any:
    """Coefficients by their sizes, each of them rounded; 16 bits are summed in 32."""
    plan, leading = params["plan"], params["leading"]
    sizes = [jnp.abs(x) + e for x, e in zip(xs, es, strict=True)]
    if _are_few(plan, xs):
        total, passed = _of_products(plan, leading, sizes, es)
    else:
        f = functools.partial(contract_p.bind, **params | {"plan": by_size(plan)})
        total, passed = jax.jvp(f, sizes, list(es))
    batch = math.prod(max(x.shape[a] for x in xs) for a, extent in enumerate(leading) if extent == 1)
    roundings = terms(plan) * batch + len(plan.slots) + 2
    return passed + (roundings * jnp.minimum(eps, 2.0**-23) + jnp.where(eps > 2.0**-23, eps, 0.0)) * total


@functools.cache
def by_size(plan: Plan) -> Plan:
    """The plan whose coefficients are the sizes of those of `plan`: |plan(x)| <= by_size(plan)(|x|)."""
    paths = []
    for path in plan.paths:
        entries = {index: abs(number) for index, number in path.coefficients.entries}
        sizes = type(path.coefficients).of(path.coefficients.shape, entries, f"|{path.coefficients.label}|")
        paths.append(replace(path, coefficients=sizes, scale=abs(path.scale)))
    return replace(plan, paths=tuple(paths))


@functools.cache
def terms(plan: Plan) -> int:
    """The most products that one component of the output is a sum of."""
    found = dict.fromkeys(range(len(plan.operands[-1])), 0)
    for path in plan.paths:
        summed = math.prod(extent for letter, extent in plan.extents(path).items() if letter not in path.modes[-1])
        component = [index[-1] for index, _ in path.coefficients.entries]
        found[path.segments[-1]] += summed * max(map(component.count, component), default=0)
    return max(found.values(), default=0)


def _are_few(plan: Plan, xs: Sequence[Any]) -> bool:
    samples = math.prod(max(axis) for axis in zip(*(x.shape[:-1] for x in xs), strict=True))
    return plan.flops // (len(plan.slots) + 1) * samples <= _MOST_PRODUCTS


def _of_products(plan: Plan, leading: tuple[int, ...], sizes: Sequence[Any], errors: Sequence[Any]) -> tuple[Any, Any]:
    """The sum of products of sizes, and its derivative along the errors."""
    coefficient = np.abs(_products(plan).coefficient)
    of_size, of_error = _factors(plan, sizes), _factors(plan, errors)
    passed = sum(error * math.prod((*of_size[:slot], *of_size[slot + 1 :])) for slot, error in enumerate(of_error))
    return tuple(_summed(plan, leading, coefficient, each) for each in (math.prod(of_size), passed))


def _factors(plan: Plan, inputs: Sequence[Any]) -> list[Any]:
    """What each slot of every product reads, in at least 32 bits."""
    wide = [jnp.asarray(x, at_least_float32(jnp.result_type(x))) for x in inputs]
    pairs = zip(plan.slots, _products(plan).factors, strict=True)
    return [wide[n].at[..., row].get(mode="promise_in_bounds") for n, row in pairs]


def _summed(plan: Plan, leading: tuple[int, ...], coefficient: Float[np.ndarray, " products"], products: Any) -> Any:
    """The components of the output: the sum of products, with coefficients, over the leading axes that it lacks."""
    lost = tuple(axis for axis, extent in enumerate(leading) if extent == 1)
    products = jnp.sum(coefficient.astype(products.dtype) * products, axis=lost, keepdims=True)
    rows = jnp.zeros((*products.shape[:-1], plan.sizes[-1]), products.dtype)
    rows = rows.at[..., _products(plan).component].add(products, mode="promise_in_bounds")
    return jnp.broadcast_to(rows, (*leading, plan.sizes[-1]))


@functools.cache
def _products(plan: Plan) -> _Products:
    parts = [_of_path(plan, path) for path in plan.paths]
    if not parts:
        return _Products(np.zeros((len(plan.slots), 0), np.int32), np.zeros(0, np.int32), np.zeros(0))
    return _Products(*(np.concatenate(part, axis=-1) for part in zip(*parts, strict=True)))


def _of_path(plan: Plan, path: Path) -> _Products:
    """The coefficients of a path, for every channel."""
    extents = plan.extents(path)
    channels = dict(zip(extents, np.indices(tuple(extents.values())).reshape(len(extents), -1), strict=True))
    count = math.prod(extents.values())
    entries = np.array([index for index, _ in path.coefficients.entries], int).reshape(-1, len(path.modes))
    rows = []
    for slot, (n, segment) in enumerate(zip((*plan.slots, -1), plan.path_segments(path), strict=True)):
        first = sum(one.size for one in plan.operands[n][: path.segments[slot]])
        mode = [channels[letter] for letter in path.modes[slot]]
        copy = np.ravel_multi_index(mode, segment.extents) if mode else np.zeros(count, int)
        rows.append((first + copy * segment.dim + entries[:, slot, None]).reshape(-1))
    numbers = [float(number * path.scale) for _, number in path.coefficients.entries]
    # 32 bits with and without 64-bit types, between which a check changes: JAX may remember a dtype by the array.
    indices = np.array(rows, np.int32)
    return _Products(indices[:-1], indices[-1], np.repeat(numbers, count))
