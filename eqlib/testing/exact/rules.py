"""What the primitives of JAX mean, in exact numbers. Rounding is not part of the meaning.

Booleans that depend on the inputs are numbers: (1 + s) / 2, where s is the unknown sign of a difference. What holds for
all such numbers holds for 0 and 1, so every branch is looked at, and at once.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from eqlib.testing.exact.choices import CHOICES
from eqlib.testing.exact.convolution import convolved
from eqlib.testing.exact.domain import Domain, Operand, Undecided, Value, constant, subtract, together
from eqlib.testing.exact.linear_algebra import LINEAR_ALGEBRA
from eqlib.testing.exact.moves import lifted

Rule = Callable[[Any, dict[str, Any], Sequence[Operand]], list[Operand]]

ODD = ("tanh", "sin", "tan", "asin", "atan", "sinh", "asinh", "atanh", "erf", "erf_inv", "round")
EVEN = ("cos", "cosh")
POSITIVE = ("exp", "exp2")
PLAIN = ("log", "lgamma", "digamma", "floor", "ceil", "acos", "acosh", "bessel_i0e", "bessel_i1e")
UNCHANGED = (
    "stop_gradient",
    "copy",
    "name",
    "optimization_barrier",
    "layout_constraint",
    "in_order",
    "reduce_precision",
)


def _unary(compute: Callable[[Domain, Value], Value]) -> Rule:
    return lambda domain, params, inputs: [compute(domain, lifted(domain, inputs[0]))]


def _binary(compute: Callable[[Domain, Value, Value], Value]) -> Rule:
    return lambda domain, params, inputs: [compute(domain, *(lifted(domain, x) for x in inputs))]


def _unchanged(domain: Domain, params: dict[str, Any], inputs: Sequence[Operand]) -> list[Operand]:
    return list(inputs)


def divide(domain: Domain, a: Value, b: Value) -> Value:
    """a / b."""
    return domain.mul(a, domain.inverse(b))


def _div(domain: Domain, params: dict[str, Any], inputs: Sequence[Operand]) -> list[Operand]:
    a, b = (lifted(domain, x) for x in inputs)
    if np.issubdtype(params["dtypes"][0], np.integer):
        return [domain.function("division of integers", a, b)]
    return [divide(domain, a, b)]


def absolute(domain: Domain, a: Value) -> Value:
    """|a|, as a times its unknown sign."""
    return domain.mul(a, domain.sign(a))


def greater(domain: Domain, a: Value, b: Value, where_equal: float = 0.0) -> Value:
    """Whether a > b, a number that is 1 minus that of b > a."""
    difference = subtract(domain, a, b)
    sign = domain.sign(difference)
    half = constant(domain, 0.5)
    value = domain.mul(half, domain.add(constant(domain, 1.0), sign))
    is_zero = difference.data == 0
    return value.moved(
        np.where(is_zero, constant(domain, where_equal).data.reshape(-1, *(1,) * len(value.shape)), value.data)
    )


def greatest(domain: Domain, a: Value, b: Value) -> Value:
    """The greater of the two: (a + b + |a - b|) / 2."""
    spread = absolute(domain, subtract(domain, a, b))
    return domain.mul(constant(domain, 0.5), domain.add(domain.add(a, b), spread))


def least(domain: Domain, a: Value, b: Value) -> Value:
    """The smaller of the two."""
    return domain.neg(greatest(domain, domain.neg(a), domain.neg(b)))


def power(domain: Domain, a: Value, n: int) -> Value:
    """a to a whole power."""
    if n < 0:
        return domain.inverse(power(domain, a, -n))
    if n == 0:
        return domain.lift(np.ones(a.shape))
    result = a
    for digit in f"{n:b}"[1:]:
        result = domain.mul(result, result)
        result = domain.mul(result, a) if digit == "1" else result
    return result


def _integer_pow(domain: Domain, params: dict[str, Any], inputs: Sequence[Operand]) -> list[Operand]:
    return [power(domain, lifted(domain, inputs[0]), params["y"])]


def _pow(domain: Domain, params: dict[str, Any], inputs: Sequence[Operand]) -> list[Operand]:
    base, exponent = inputs
    if not isinstance(exponent, Value):
        twice = np.unique(2 * np.asarray(exponent, np.float64))
        if twice.size == 1 and float(twice[0]).is_integer():
            whole, half = divmod(int(twice[0]), 2)
            base = lifted(domain, base)
            result = power(domain, base, whole)
            return [domain.mul(result, domain.root(base)) if half else result]
    return [domain.function("pow", lifted(domain, base), lifted(domain, exponent))]


def _select(domain: Domain, params: dict[str, Any], inputs: Sequence[Operand]) -> list[Operand]:
    which, *cases = inputs
    values = [lifted(domain, case) for case in cases]
    if not isinstance(which, Value):
        which = np.broadcast_to(np.asarray(which), values[0].shape).astype(int)
        return [together(values, np.choose(which, [v.data for v in values]))]
    if len(values) != 2:
        raise Undecided("a choice among more than two cases that depends on the inputs")
    if not which.shape:
        which = which.moved(which.data.reshape(-1, *(1,) * len(values[0].shape)))
    return [domain.add(values[0], domain.mul(which, subtract(domain, values[1], values[0])))]


def _logic(compute: Callable[[Domain, Value, Value], Value]) -> Rule:
    def rule(domain: Domain, params: dict[str, Any], inputs: Sequence[Operand]) -> list[Operand]:
        if params["dtypes"][0] != np.bool_:
            raise Undecided("an operation on the bits of numbers that depend on the inputs")
        return [compute(domain, *(lifted(domain, x) for x in inputs))]

    return rule


def _not(domain: Domain, a: Value) -> Value:
    return subtract(domain, constant(domain, 1.0), a)


def _or(domain: Domain, a: Value, b: Value) -> Value:
    return subtract(domain, domain.add(a, b), domain.mul(a, b))


def _xor(domain: Domain, a: Value, b: Value) -> Value:
    both = domain.mul(a, b)
    return subtract(domain, domain.add(a, b), domain.add(both, both))


def _equal(domain: Domain, params: dict[str, Any], inputs: Sequence[Operand]) -> list[Operand]:
    a, b = (lifted(domain, x) for x in inputs)
    if params["dtypes"][0] == np.bool_:
        return [_not(domain, _xor(domain, a, b))]
    return [domain.equal(a, b)]


def _differ(domain: Domain, params: dict[str, Any], inputs: Sequence[Operand]) -> list[Operand]:
    (same,) = _equal(domain, params, inputs)
    return [_not(domain, same) if isinstance(same, Value) else ~same]


def _convert(domain: Domain, params: dict[str, Any], inputs: Sequence[Operand]) -> list[Operand]:
    (x,), old, new = inputs, params["dtypes"][0], np.dtype(params["new_dtype"])
    if new == np.bool_ and old != np.bool_:
        return [~domain.equal(x, constant(domain, 0.0))]
    if np.issubdtype(new, np.integer) and not (np.issubdtype(old, np.integer) or old == np.bool_):
        return [domain.odd("truncate", x)]
    return [x]


def _reduce(compute: Callable[[Domain, Value, tuple[int, ...]], Value]) -> Rule:
    return lambda domain, params, inputs: [compute(domain, lifted(domain, inputs[0]), tuple(map(int, params["axes"])))]


def _product(domain: Domain, a: Value, axes: tuple[int, ...]) -> Value:
    data = np.moveaxis(a.data, [axis + 1 for axis in axes], range(1, len(axes) + 1))
    data = data.reshape(data.shape[0], -1, *data.shape[1 + len(axes) :])
    if not data.shape[1]:
        return domain.lift(np.ones(data.shape[2:]))
    return functools.reduce(domain.mul, [a.moved(data[:, n]) for n in range(data.shape[1])])


def _cumsum(domain: Domain, params: dict[str, Any], inputs: Sequence[Operand]) -> list[Operand]:
    a, axis = lifted(domain, inputs[0]), params["axis"]
    extent = a.shape[axis]
    reached = np.tril(np.ones((extent, extent)))
    sums = domain.matmul(
        domain.lift(np.broadcast_to(reached.T if params["reverse"] else reached, (*_others(a, axis), extent, extent))),
        a.moved(np.moveaxis(a.data, axis + 1, -1)[..., None]),
    )
    return [sums.moved(np.moveaxis(sums.data[..., 0], -1, axis + 1))]


def _others(a: Value, axis: int) -> tuple[int, ...]:
    return tuple(n for k, n in enumerate(a.shape) if k != axis)


def _dot_general(domain: Domain, params: dict[str, Any], inputs: Sequence[Operand]) -> list[Operand]:
    a, b = (lifted(domain, x) for x in inputs)
    (summed_a, summed_b), (batch_a, batch_b) = params["dimension_numbers"]
    free_a, free_b = (
        [n for n in range(len(x.shape)) if n not in (*s, *k)]
        for x, s, k in ((a, summed_a, batch_a), (b, summed_b, batch_b))
    )
    batch = tuple(a.shape[n] for n in batch_a)
    rows, columns = (tuple(x.shape[n] for n in free) for x, free in ((a, free_a), (b, free_b)))
    terms = int(np.prod([a.shape[n] for n in summed_a], dtype=int))
    left = a.data.transpose(0, *(n + 1 for n in (*batch_a, *free_a, *summed_a)))
    right = b.data.transpose(0, *(n + 1 for n in (*batch_b, *summed_b, *free_b)))
    slots, height, width = domain.slots, int(np.prod(rows, dtype=int)), int(np.prod(columns, dtype=int))
    z = domain.matmul(
        a.moved(left.reshape(slots, *batch, height, terms)), b.moved(right.reshape(slots, *batch, terms, width))
    )
    return [z.moved(z.data.reshape(slots, *batch, *rows, *columns))]


def _extreme(compute: Callable[[Domain, Value, Value], Value], neutral: float) -> Rule:
    """The greater or the smaller of two, which an infinity of the other sign never is."""

    def rule(domain: Domain, params: dict[str, Any], inputs: Sequence[Operand]) -> list[Operand]:
        others = [x for x in inputs if isinstance(x, Value) or not np.all(np.asarray(x) == neutral)]
        if len(others) == 1:
            return others
        return [compute(domain, *(lifted(domain, x) for x in inputs))]

    return rule


def _clamp(domain: Domain, params: dict[str, Any], inputs: Sequence[Operand]) -> list[Operand]:
    low, x, high = (lifted(domain, v) for v in inputs)
    return [least(domain, greatest(domain, x, low), high)]


def _logistic(domain: Any, a: Value) -> Value:
    return domain.add(constant(domain, 0.5), domain.odd("logistic", a))


def _frexp(domain: Any, params: dict[str, Any], inputs: Sequence[Operand]) -> list[Operand]:
    """The exponent is an unknown even function of the number, and the mantissa what remains."""
    x = lifted(domain, inputs[0])
    exponent = domain.even("the binary exponent", x)
    return [domain.mul(x, domain.exponential("a power of 2", domain.neg(exponent))), exponent]


def _ldexp(domain: Any, params: dict[str, Any], inputs: Sequence[Operand]) -> list[Operand]:
    x, exponent = (lifted(domain, v) for v in inputs)
    return [domain.mul(x, domain.exponential("a power of 2", exponent))]


RULES: dict[str, Rule] = {
    **{name: _unchanged for name in UNCHANGED},
    **{name: _unary(lambda d, a, name=name: d.odd(name, a)) for name in ODD},
    **{name: _unary(lambda d, a, name=name: d.even(name, a)) for name in EVEN},
    **{name: _unary(lambda d, a, name=name: d.exponential(name, a)) for name in POSITIVE},
    **{name: _unary(lambda d, a, name=name: d.function(name, a)) for name in PLAIN},
    **{name: _binary(lambda d, a, b, name=name: d.function(name, a, b)) for name in ("atan2", "rem")},
    "add": _binary(lambda d, a, b: d.add(a, b)),
    "add_any": _binary(lambda d, a, b: d.add(a, b)),
    "sub": _binary(subtract),
    "mul": _binary(lambda d, a, b: d.mul(a, b)),
    "div": _div,
    "neg": _unary(lambda d, a: d.neg(a)),
    "square": _unary(lambda d, a: d.mul(a, a)),
    "one_minus_square": _unary(lambda d, a: subtract(d, constant(d, 1.0), d.mul(a, a))),
    "sqrt": _unary(lambda d, a: d.root(a)),
    "rsqrt": _unary(lambda d, a: d.inverse(d.root(a))),
    "cbrt": _unary(lambda d, a: d.cube_root(a)),
    "abs": _unary(absolute),
    "sign": _unary(lambda d, a: d.sign(a)),
    "expm1": _unary(lambda d, a: subtract(d, d.exponential("exp", a), constant(d, 1.0))),
    "log1p": _unary(lambda d, a: d.function("log", d.add(a, constant(d, 1.0)))),
    "erfc": _unary(lambda d, a: subtract(d, constant(d, 1.0), d.odd("erf", a))),
    "logistic": _unary(_logistic),
    "max": _extreme(greatest, -np.inf),
    "min": _extreme(least, np.inf),
    "clamp": _clamp,
    "gt": _binary(greater),
    "lt": _binary(lambda d, a, b: greater(d, b, a)),
    "ge": _binary(lambda d, a, b: greater(d, a, b, 1.0)),
    "le": _binary(lambda d, a, b: greater(d, b, a, 1.0)),
    "eq": _equal,
    "ne": _differ,
    "not": _logic(lambda d, a: _not(d, a)),
    "and": _logic(lambda d, a, b: d.mul(a, b)),
    "or": _logic(_or),
    "xor": _logic(_xor),
    "is_finite": lambda domain, params, inputs: [np.ones(inputs[0].shape, bool)],
    "integer_pow": _integer_pow,
    "pow": _pow,
    "select_n": _select,
    "convert_element_type": _convert,
    "reduce_sum": _reduce(lambda d, a, axes: d.sum(a, axes)),
    "reduce_prod": _reduce(_product),
    "reduce_and": _reduce(_product),
    "reduce_or": _reduce(lambda d, a, axes: _not(d, _product(d, _not(d, a), axes))),
    "reduce_max": _reduce(lambda d, a, axes: d.choose(a, axes)),
    "reduce_min": _reduce(lambda d, a, axes: d.choose(a, axes, least=True)),
    "cumsum": _cumsum,
    "conv_general_dilated": convolved,
    **CHOICES,
    **LINEAR_ALGEBRA,
    "dot_general": _dot_general,
    "frexp": _frexp,
    "ldexp": _ldexp,
}
