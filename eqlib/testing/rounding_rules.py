"""What each primitive does to errors, and what it adds: the rules of `eqlib.testing.rounding`."""

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.lowering.contract import contract_p
from eqlib.testing import rounding_contract
from eqlib.testing.rounding_branches import may_turn, of_read, of_selected, without_indices
from eqlib.testing.rounding_fourier import fourier
from eqlib.testing.rounding_linear_algebra import LINEAR_ALGEBRA
from eqlib.testing.rounding_order import ORDER
from eqlib.testing.rounding_straight_line import of_straight_line
from eqlib.testing.source import line_of

# XLA computes these by its own approximations, good to a few units: the one assumption, which no theorem gives.
_APPROXIMATED = 4
# Beside their zeros these lose digits of what they sum, so many units: on 200,000 numbers of each of some ranges from
# -50 to 10^8 it was up to 20 for lgamma, 38 where x < 0, and 10 for digamma, of XLA in float32 against SciPy.
_BESIDE_ZERO = {"lgamma": 64, "digamma": 16}
# Of a complex product or quotient, in units of a real one: Higham, section 3.6.
_COMPLEX = 4


def _named(words: str) -> frozenset[str]:
    return frozenset(words.split())


_FUNCTIONS = _named(
    "acos acosh asin asinh atan atan2 atanh bessel_i0e bessel_i1e cbrt cos cosh digamma erf erf_inv erfc exp exp2 "
    "expm1 lgamma log log1p logistic pow rsqrt sin sinh tan tanh"
)
# Of positive numbers, and the steeper the smaller they are.
_STEEP = _named("log rsqrt")
_EXACT = _named(
    "abs broadcast_in_dim concatenate conj convert_element_type copy copy_p cummax cummin dynamic_slice "
    "dynamic_update_slice expand_dims imag in_order layout_constraint neg optimization_barrier pad pvary real "
    "reduce_max reduce_min reduce_precision reshape rev scatter select_n slice split squeeze stack stop_gradient tile "
    "transpose unstack"
)
_STEPS = _named("ceil floor round sign")
_LARGER = _named("clamp max min scatter-max scatter-min")
_SUMS = _named("cumsum reduce_sum scatter-add")
_BILINEAR = _named("conv_general_dilated dot_general")
_PRODUCTS = _named("cumprod reduce_prod")
_OF_EQUATIONS: dict[str, Callable[..., list[Any]]] = {
    **LINEAR_ALGEBRA,
    **ORDER,
    "fft": fourier,
    "evaluate": of_straight_line,
}
# Whose errors are not reshaped as their values are.
_PART_BY_PART = _named("abs conj copy imag neg real")


def own_rounding(eqn: Any, xs: Sequence[Any], es: Sequence[Any], eps: Any) -> list[tuple[Any, Any]]:
    """The values of a primitive, and bounds on their errors; of what is not rounded, as `rounding_branches` says."""
    if not eqn.outvars:  # what is there for its effects alone, such as jax.debug.print
        return []
    run = functools.partial(eqn.primitive.bind, **eqn.params)
    es = without_indices(eqn.primitive.name, xs, es)
    out = rounding_contract.value(xs, eqn.params) if eqn.primitive is contract_p else run(*xs)
    values = list(out) if eqn.primitive.multiple_results else [out]
    name = eqn.primitive.name
    if not any(map(is_rounded, values)) and name not in ORDER:
        return [(values[0], may_turn(eqn, run, xs, es, eps)), *((v, None) for v in values[1:])]
    if all(e is None for e in es):  # whole numbers, and what is made of them
        return [(v, no_error(v) if is_rounded(v) else None) for v in values]
    if name in _EXACT and all(e is None or _is_exact(e) for e in es):
        return [(v, _none_of(v) if is_rounded(v) else None) for v in values]
    if any(jnp.iscomplexobj(x) for x in (*xs, *values)):
        eps = _COMPLEX * eps
    errors = _errors(eqn, run, xs, es, values, eps)
    if name in ORDER:
        return list(zip(values, errors, strict=True))
    are_sizes = name in _RULES or name in _EXACT  # sums and products of sizes, or sizes in other places
    sized = [None if not is_rounded(v) else e if are_sizes else jnp.abs(e) for v, e in zip(values, errors, strict=True)]
    return list(zip(values, sized, strict=True))


def is_rounded(x: Any) -> bool:
    """Whether it is a floating-point number, real or complex."""
    return jnp.issubdtype(jnp.result_type(x), jnp.inexact)


def _is_exact(error: Any) -> bool:
    """Whether it is known, as of a constant, that there is no error: then the program of bounds is shorter by it."""
    return isinstance(error, np.ndarray | np.generic) and not np.any(error)


def _none_of(value: Any) -> Any:
    """Zeros of that shape, as of a constant that is exact."""
    return np.zeros(np.shape(value), jnp.real(value).dtype)


def no_error(value: Any) -> Any:
    """Zeros, real also for complex values, whose errors are bounds on the modulus."""
    return jnp.zeros_like(jnp.real(value))


def _errors(
    eqn: Any, run: Callable[..., Any], xs: Sequence[Any], es: Sequence[Any], values: Sequence[Any], eps: Any
) -> list[Any]:
    name = eqn.primitive.name
    if name == "select_n":
        return [of_selected(run, xs, es, values[0])]
    if name in ("dynamic_slice", "gather"):  # of a gather, what lies outside is filled, exactly
        filled = eqn.params | ({"fill_value": 0.0} if name == "gather" else {})
        return [of_read(functools.partial(eqn.primitive.bind, **filled), xs, es)]
    if name in _OF_EQUATIONS:
        return _OF_EQUATIONS[name](eqn, xs, es, values, eps)
    if name in _EXACT and name not in _PART_BY_PART:
        moved = run(*(x if e is None else e for x, e in zip(xs, es, strict=True)))
        # The error of a number that becomes complex stays real.
        return list(map(jnp.real, moved if eqn.primitive.multiple_results else [moved]))
    return [_error(eqn, run, xs, es, values[0], eps)]


def _error(eqn: Any, run: Callable[..., Any], xs: Sequence[Any], es: Sequence[Any], value: Any, eps: Any) -> Any:
    name = eqn.primitive.name
    moved = [x if e is None else e for x, e in zip(xs, es, strict=True)]
    if name in _RULES:
        return _RULES[name](xs, es, value, eps)
    if name in _PART_BY_PART:
        return es[0]
    if name in _STEPS:  # zero, but where rounding may lead to another step
        return jnp.abs(run(xs[0] + es[0]) - run(xs[0] - es[0]))
    if name in _LARGER:
        return _larger(name, eqn, moved)
    if name in _SUMS:
        sizes = [x if e is None else jnp.abs(x) for x, e in zip(xs, es, strict=True)]
        return run(*moved) + _number_of_terms(name, xs, value) * eps * run(*sizes)
    if name in _FUNCTIONS:
        # A power of what cancels to nothing has no slope there; no other function is without value and slope at once.
        at = [_nearest(xs[0], es[0])] if name in _STEEP and not jnp.iscomplexobj(xs[0]) else xs
        passed = sum(e * jnp.abs(_slope(run, at, n)) for n, e in enumerate(es) if e is not None)
        if name == "pow" and es[0] is not None:
            ends = (_nearest(jnp.abs(xs[0]), es[0]), jnp.abs(xs[0]) + es[0])
            passed = functools.reduce(jnp.maximum, [es[0] * jnp.abs(_slope(run, [x, xs[1]], 0)) for x in ends], passed)
        return passed + eps * (_APPROXIMATED * jnp.abs(value) + _BESIDE_ZERO.get(name, 0))
    if name == "integer_pow":
        return _power(run, xs[0], es[0], value, eqn.params["y"], eps)
    if name in _PRODUCTS:
        total, passed = jax.jvp(run, (jnp.abs(xs[0]) + es[0],), (es[0],))
        return passed + xs[0].size // max(1, value.size if name == "reduce_prod" else 1) * eps * total
    if name in _BILINEAR:
        return _of_product(run, xs, es, _number_of_terms(name, xs, value, eqn.params), eps)
    if eqn.primitive is contract_p:
        return rounding_contract.error(xs, es, eps, eqn.params)
    raise NotImplementedError(f"there is no rule for the rounding of {name}, at {line_of(eqn)}")


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


def _number_of_terms(name: str, xs: Sequence[Any], value: Any, params: Any = None) -> int:
    """The most that one result is a sum of."""
    if name == "dot_general":
        return math.prod(xs[0].shape[a] for a in params["dimension_numbers"][0][0])
    if name == "conv_general_dilated":
        return xs[1].size // xs[1].shape[params["dimension_numbers"].rhs_spec[0]]
    if name == "scatter-add":
        return 1 + math.prod(xs[2].shape)
    return max(1, xs[0].size // max(1, value.size)) if name == "reduce_sum" else xs[0].size


def _power(run: Callable[..., Any], x: Any, e: Any, value: Any, exponent: int, eps: Any) -> Any:
    """A power is steepest at the far end of what x may be, and one that has a pole at the near end."""
    if exponent < 0:
        return e * jnp.abs(_slope(run, [_nearest(jnp.abs(x), e)], 0)) + abs(exponent) * eps * jnp.abs(value)
    greatest, passed = jax.jvp(run, (jnp.abs(x) + e,), (e,))
    return passed + exponent * eps * greatest


def _product(xs: Sequence[Any], es: Sequence[Any], value: Any, eps: Any) -> Any:
    """Where both factors cancel to nothing, the product of their errors is all the error that there is."""
    for n in range(2):
        if _is_exact(es[n]):
            return jnp.abs(xs[n]) * es[1 - n] + eps * jnp.abs(value)
    return jnp.abs(xs[0]) * es[1] + jnp.abs(xs[1]) * es[0] + es[0] * es[1] + eps * jnp.abs(value)


def _square(xs: Sequence[Any], es: Sequence[Any], value: Any, eps: Any) -> Any:
    return (2 * jnp.abs(xs[0]) + es[0]) * es[0] + eps * jnp.abs(value)


def _quotient(xs: Sequence[Any], es: Sequence[Any], value: Any, eps: Any) -> Any:
    """Without a bound, if the divisor may be zero."""
    if _is_exact(es[1]):
        return es[0] / jnp.abs(xs[1]) + eps * jnp.abs(value)
    return (es[0] + jnp.abs(value) * es[1]) / _nearest(jnp.abs(xs[1]), es[1]) + eps * jnp.abs(value)


def _nearest(size: Any, error: Any) -> Any:
    """How near to zero a number of that size may be."""
    return jnp.maximum(size - error, 0)


def _sum(xs: Sequence[Any], es: Sequence[Any], value: Any, eps: Any) -> Any:
    passed = es[0] if _is_exact(es[1]) else es[1] if _is_exact(es[0]) else es[0] + es[1]
    return passed + eps * jnp.abs(value)


def _root(xs: Sequence[Any], es: Sequence[Any], value: Any, eps: Any) -> Any:
    """|sqrt(x + e) - sqrt(x)| is at most e / sqrt(x), and at most sqrt(e), also where x is zero."""
    positive = value > 0
    return jnp.where(positive, jnp.minimum(es[0] / jnp.where(positive, value, 1), jnp.sqrt(es[0])), jnp.sqrt(es[0])) + (
        eps * value
    )


def _remainder(xs: Sequence[Any], es: Sequence[Any], value: Any, eps: Any) -> Any:
    """Exact, of the quotient that was found."""
    return es[0] + jnp.abs(jnp.trunc(xs[0] / xs[1])) * es[1]


_RULES: dict[str, Callable[..., Any]] = {
    "mul": _product,
    "div": _quotient,
    "add": _sum,
    "sub": _sum,
    "add_any": _sum,
    "complex": lambda xs, es, value, eps: es[0] + es[1],
    "rem": _remainder,
    "sqrt": _root,
    "square": _square,
}


# Every primitive of which the rounding is known, but for calls and control flow.
COVERED = frozenset(
    {"gather", "integer_pow", "contract", *_RULES, *_OF_EQUATIONS}.union(
        _EXACT, _STEPS, _LARGER, _SUMS, _FUNCTIONS, _PRODUCTS, _BILINEAR
    )
)


def _of_product(run: Callable[..., Any], xs: Sequence[Any], es: Sequence[Any], terms: int, eps: Any) -> Any:
    """Of a sum of products: each factor's error times the most that the other may be, and one unit per term."""
    x, y = map(jnp.abs, xs)
    return run(x + es[0], es[1]) + run(es[0], y) + (terms + 1) * eps * run(x, y)
