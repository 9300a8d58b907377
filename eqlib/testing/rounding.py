"""How far rounding may take a computation from the truth: a running error analysis of its own program.

Every intermediate carries a bound on its error. An operation passes on the errors of what it reads, each by the size
of its partial derivative, and adds its own rounding. There is no constant to choose, and nothing that is measured.
"""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import ClosedJaxpr, Jaxpr, Literal

from eqlib.array_types import Float, Num, Shaped
from eqlib.testing.inlined import COLLECTIVES, inlined
from eqlib.testing.rounding_control import of_control_flow
from eqlib.testing.rounding_rules import no_error, own_rounding
from eqlib.testing.source import UNKNOWN_LINE, line_of

Array = jax.Array


def with_rounding(
    f: Callable[..., Any],
    arrays: Sequence[Num[Array, "..."]],
    errors: Sequence[Shaped[Array, "..."]],
    eps: Float[Array, ""] | float,
) -> tuple[Num[Array, "*shape"], Float[Array, "*shape"]]:
    """Returns f(*arrays), and a bound on the error of each of its entries if `f` runs in arithmetic of unit `eps`.

    Law:    |computed - exact| <= bound, to first order in `eps`, for every order of summation.
    Shape:  `errors` are bounds on the errors of `arrays`, of the same shapes; the bound has the shape of the result.
    Scale:  `eps` is the distance from 1 to the next number of the dtype, twice what one rounding may add: the other
            half is for what a compiler rewrites (a division by a constant as a product, a root and a division as one).
            Underflow is not counted.
    Raises: NotImplementedError for a primitive without a rule.
    Source: Higham, Accuracy and Stability of Numerical Algorithms, section 3.3; a sum of n terms adds n eps sum |term|.
    Example:
        >>> x = jnp.array([1.0, 2.0])
        >>> value, bound = with_rounding(lambda x: x[0] * x[1], [x], [0.0 * x], eps=0.125)
        >>> print(value, bound)
        2.0 0.25
    """
    (pair,) = with_rounding_each(lambda *xs: [f(*xs)], arrays, errors, eps)
    return pair


def with_rounding_each(
    f: Callable[..., Sequence[Num[Array, "..."]]],
    arrays: Sequence[Any],
    errors: Sequence[Any],
    eps: Float[Array, ""] | float,
) -> list[tuple[Shaped[Array, "..."], Shaped[Array, "..."]]]:
    """As `with_rounding`, for a function with several results; an array of integers has the error None."""
    return with_rounding_of(jax.make_jaxpr(f)(*arrays), arrays, errors, eps)


def with_rounding_of(
    closed: ClosedJaxpr, arrays: Sequence[Any], errors: Sequence[Any], eps: Float[Array, ""] | float
) -> list[tuple[Shaped[Array, "..."], Shaped[Array, "..."]]]:
    """As `with_rounding_each`, of a function that has been traced."""
    values, found = _interpret(closed.jaxpr, closed.consts, list(arrays), list(errors), eps)
    return [(jnp.asarray(z), no_error(z) if e is None else jnp.asarray(e)) for z, e in zip(values, found, strict=True)]


def _interpret(
    jaxpr: Jaxpr, consts: Sequence[Any], values: list[Any], errors: list[Any], eps: Any
) -> tuple[list[Any], list[Any]]:
    known: dict[Any, tuple[Any, Any]] = {}
    known.update(zip(jaxpr.constvars, ((c, _of_constant(c, eps)) for c in consts), strict=True))
    known.update(zip(jaxpr.invars, zip(values, errors, strict=True), strict=True))

    def read(atom: Any) -> tuple[Any, Any]:
        return (atom.val, _of_constant(atom.val, eps)) if isinstance(atom, Literal) else known[atom]

    def run(closed: ClosedJaxpr, pairs: Sequence[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
        found = _interpret(closed.jaxpr, closed.consts, [x for x, _ in pairs], [e for _, e in pairs], eps)
        return list(zip(*found, strict=True))

    for eqn in jaxpr.eqns:
        xs, es = zip(*map(read, eqn.invars), strict=True) if eqn.invars else ((), ())
        given = list(zip(xs, es, strict=True))
        pairs: Any = given if eqn.primitive.name in COLLECTIVES else of_control_flow(eqn, given, run)
        if pairs is None:
            inner = inlined(eqn, given)
            pairs = own_rounding(eqn, xs, es, eps) if inner is None else _called(eqn, inner, run)
        known.update(zip(eqn.outvars, pairs, strict=True))
    results = [read(atom) for atom in jaxpr.outvars]
    return [value for value, _ in results], [error for _, error in results]


def _called(eqn: Any, inner: tuple[Any, Any], run: Callable[..., Any]) -> Any:
    """The results of a call; what has no rule in it, and no line that is known, has the line of the call."""
    try:
        return run(*inner)
    except NotImplementedError as error:
        raise NotImplementedError(str(error).replace(UNKNOWN_LINE, line_of(eqn))) from None


def _of_constant(value: Any, eps: Any) -> Any:
    """A constant is rounded once, unless bfloat16 has its digits: those of small whole numbers, and powers of two."""
    if not jnp.issubdtype(jnp.result_type(value), jnp.inexact):
        return None
    value = np.asarray(value)
    if np.iscomplexobj(value):
        return _of_constant(value.real, eps) + _of_constant(value.imag, eps)
    digits = np.ldexp(np.frexp(value.astype(np.float64))[0], 8)
    exact = ~np.isfinite(value) | (digits == np.round(digits))
    return eps * np.where(exact, 0.0, np.abs(value))
