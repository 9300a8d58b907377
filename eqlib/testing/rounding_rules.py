"""What each primitive does to errors, and what it adds: the rules of `eqlib.testing.rounding`."""

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp

from eqlib.lowering.contract import contract_p
from eqlib.plan import Plan

# XLA computes these by its own approximations, good to a few units: the one assumption, which no theorem gives.
_APPROXIMATED = 4


def _named(words: str) -> frozenset[str]:
    return frozenset(words.split())


_FUNCTIONS = _named(
    "acos acosh asin asinh atan atan2 atanh cbrt cos cosh erf erf_inv erfc exp exp2 expm1 lgamma log log1p "
    "logistic pow rsqrt sin sinh tan tanh"
)
_EXACT = _named(
    "abs broadcast_in_dim concatenate convert_element_type copy copy_p cummax dynamic_slice dynamic_update_slice "
    "expand_dims neg optimization_barrier pad pvary real reduce_max reduce_min reduce_precision reshape rev "
    "scatter select_n slice split squeeze stop_gradient transpose"
)
_STEPS = _named("ceil floor round sign")
_LARGER = _named("clamp max min scatter-max scatter-min")
_SUMS = _named("cumsum reduce_sum scatter-add")


def own_rounding(eqn: Any, xs: Sequence[Any], es: Sequence[Any], eps: Any) -> list[tuple[Any, Any]]:
    """The values of a primitive, and bounds on their errors; the error of what is not floating-point is None."""
    run = functools.partial(eqn.primitive.bind, **eqn.params)
    out = run(*xs)
    values = list(out) if eqn.primitive.multiple_results else [out]
    if not any(_floating(v) for v in values):
        return [(v, None) for v in values]
    if all(e is None for e in es):  # whole numbers, and what is made of them
        return [(v, jnp.zeros_like(v) if _floating(v) else None) for v in values]
    found = _errors(eqn, run, xs, es, values[0], eps)
    errors = list(found) if eqn.primitive.multiple_results else [found]
    return [(v, e if _floating(v) else None) for v, e in zip(values, errors, strict=True)]


def _floating(x: Any) -> bool:
    return jnp.issubdtype(jnp.result_type(x), jnp.floating)


def _errors(eqn: Any, run: Callable[..., Any], xs: Sequence[Any], es: Sequence[Any], value: Any, eps: Any) -> Any:
    name = eqn.primitive.name
    moved = [x if e is None else e for x, e in zip(xs, es, strict=True)]
    if name in _RULES:
        return _RULES[name](xs, es, value, eps)
    if name == "gather":  # what lies outside is filled, exactly
        return eqn.primitive.bind(*moved, **eqn.params | {"fill_value": 0.0})
    if name in _EXACT:
        return jax.tree.map(jnp.abs, run(*moved)) if name in ("neg", "abs") else run(*moved)
    if name in _STEPS:
        return jnp.zeros_like(value)
    if name in _LARGER:
        return _larger(name, eqn, moved)
    if name in _SUMS:
        sizes = [x if e is None else jnp.abs(x) for x, e in zip(xs, es, strict=True)]
        return run(*moved) + _number_of_terms(name, xs, value) * eps * run(*sizes)
    if name in _FUNCTIONS:
        passed = sum(e * jnp.abs(_slope(run, xs, n)) for n, e in enumerate(es))
        return passed + _APPROXIMATED * eps * jnp.abs(value)
    if name == "integer_pow":
        return es[0] * jnp.abs(_slope(run, xs, 0)) + abs(eqn.params["y"]) * eps * jnp.abs(value)
    if name == "dot_general":
        return _of_product(run, xs, es, math.prod(xs[0].shape[a] for a in eqn.params["dimension_numbers"][0][0]), eps)
    if eqn.primitive is contract_p:
        return _of_contract(xs, es, eps, **eqn.params)
    raise NotImplementedError(f"there is no rule for the rounding of {name}. Write one in {__name__}.")


def _slope(run: Callable[..., Any], xs: Sequence[Any], n: int) -> Any:
    """The derivative of a function of single numbers in its argument `n`."""
    of_one = lambda x: run(*xs[:n], x, *xs[n + 1 :])  # noqa: E731
    return jax.jvp(of_one, (jnp.asarray(xs[n]),), (jnp.ones_like(xs[n]),))[1]


def _larger(name: str, eqn: Any, errors: Sequence[Any]) -> Any:
    """Of what is compared, either may be the result."""
    if name == "clamp":
        return errors[1]
    if name.startswith("scatter"):
        return jax.lax.scatter_max_p.bind(*errors, **eqn.params)
    return jnp.maximum(*errors)


def _number_of_terms(name: str, xs: Sequence[Any], value: Any) -> int:
    """The most that one result is a sum of."""
    if name == "scatter-add":
        return 1 + math.prod(xs[2].shape)
    return max(1, xs[0].size // max(1, value.size)) if name == "reduce_sum" else xs[0].size


def _product(xs: Sequence[Any], es: Sequence[Any], value: Any, eps: Any) -> Any:
    return jnp.abs(xs[0]) * es[1] + jnp.abs(xs[1]) * es[0] + eps * jnp.abs(value)


def _quotient(xs: Sequence[Any], es: Sequence[Any], value: Any, eps: Any) -> Any:
    return (es[0] + jnp.abs(value) * es[1]) / jnp.abs(xs[1]) + eps * jnp.abs(value)


def _sum(xs: Sequence[Any], es: Sequence[Any], value: Any, eps: Any) -> Any:
    return es[0] + es[1] + eps * jnp.abs(value)


def _root(xs: Sequence[Any], es: Sequence[Any], value: Any, eps: Any) -> Any:
    """|sqrt(x + e) - sqrt(x)| is at most e / sqrt(x), and at most sqrt(e), also where x is zero."""
    positive = value > 0
    return jnp.where(positive, jnp.minimum(es[0] / jnp.where(positive, value, 1), jnp.sqrt(es[0])), jnp.sqrt(es[0])) + (
        eps * value
    )


_RULES: dict[str, Callable[..., Any]] = {
    "mul": _product,
    "div": _quotient,
    "add": _sum,
    "sub": _sum,
    "add_any": _sum,
    "sqrt": _root,
    "square": lambda xs, es, value, eps: 2 * jnp.abs(xs[0]) * es[0] + eps * jnp.abs(value),
}


def _of_product(run: Callable[..., Any], xs: Sequence[Any], es: Sequence[Any], terms: int, eps: Any) -> Any:
    """Of a sum of products: each factor's error times the size of the other, and one unit per term."""
    x, y = map(jnp.abs, xs)
    return run(x, es[1]) + run(es[0], y) + (terms + 1) * eps * run(x, y)


def _of_contract(
    xs: Sequence[Any], es: Sequence[Any], eps: Any, *, plan: Plan, leading: Any, lowering: Any, precision: Any
) -> Any:
    """As of a sum of products: the coefficients by their sizes, each of them rounded; 16 bits are summed in 32."""
    sizes = [jnp.abs(x) for x in xs]
    f = functools.partial(contract_p.bind, plan=by_size(plan), leading=leading, lowering=lowering, precision=precision)
    total, passed = jax.jvp(f, sizes, list(es))
    batch = math.prod(max(x.shape[a] for x in xs) for a, extent in enumerate(leading) if extent == 1)
    roundings = terms(plan) * batch + len(plan.slots) + 2
    return passed + (roundings * jnp.minimum(eps, 2.0**-23) + jnp.where(eps > 2.0**-23, eps, 0.0)) * total


@functools.cache
def by_size(plan: Plan) -> Plan:
    """The plan whose coefficients are the sizes of those of `plan`: |plan(x)| <= by_size(plan)(|x|)."""
    paths = []
    for path in plan.paths:
        entries = {index: abs(value) for index, value in path.coefficients.entries}
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
