"""Theorems about `scalar_activation`: parities found by algebra, constants by exact integrals."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import sympy

from eqlib.errors import IrrepsError
from eqlib.o3 import Irrep, Irreps
from eqlib.ops.scalar_activation import normalize_function, scalar_activation, soft_odd
from proofs.certificate import ProofFailed, theorem

X = sympy.Symbol("x", real=True)

FUNCTIONS: tuple[tuple[sympy.Expr, Callable[[Any], Any]], ...] = (
    (X, lambda x: x),
    (X**2, lambda x: x**2),
    (X**3, lambda x: x**3),
    (sympy.Abs(X), jnp.abs),
    (sympy.tanh(X), jnp.tanh),
    (sympy.cos(X), jnp.cos),
    (sympy.sin(X), jnp.sin),
    (X * (1 - sympy.exp(-(X**2))), soft_odd),
    (sympy.exp(X), jnp.exp),
    (sympy.Max(X, 0), jax.nn.relu),
    (1 / (1 + sympy.exp(-X)), jax.nn.sigmoid),
)


@theorem(
    statement="an even scalar stays even; an odd one takes the parity of the function, and is refused if the function "
    "has none; what is no scalar is refused; what has no function is unchanged",
    method="f(-x) - f(x) and f(-x) + f(x) decided by algebra, compared with the op for each function and irrep",
    covers=("scalar_activation", "soft_odd"),
    counts="functions and irreps",
)
def scalar_activation_has_the_right_parity(lmax: int) -> int:
    count = 0
    for expression, function in FUNCTIONS:
        for ir in Irrep.iterator(lmax):
            wanted = _output(ir, _parity(expression))
            found = _asked(ir, function)
            if found != wanted:
                raise ProofFailed(f"{expression} of {ir} has the irrep {found}, should have {wanted} (None: refused)")
            count += 1
    return count


@theorem(
    statement="normalize_function divides by the root of the exact mean square, to 2^-22 of it",
    method="the mean square under the normal distribution integrated by sympy; the op's value at 1 read as a fraction",
    covers=("normalize_function",),
    counts="functions",
)
def normalisation_constants_are_exact_integrals(lmax: int) -> int:
    known = (X**2, lambda x: x**2), (X**3, lambda x: x**3), (2 * X, lambda x: 2 * x), (X + 1, lambda x: x + 1)
    for expression, function in known:
        density = sympy.exp(-(X**2) / 2) / sympy.sqrt(2 * sympy.pi)
        square = sympy.integrate(sympy.expand(expression**2) * density, (X, -sympy.oo, sympy.oo))
        exact = Fraction(int(sympy.simplify(square)))
        value, at_one = Fraction(float(normalize_function(function)(1))), Fraction(int(expression.subs(X, 1)))
        if abs(value**2 * exact / at_one**2 - 1) > Fraction(1, 2**22):
            raise ProofFailed(f"{expression}: the mean square is {exact}, the constant of the op another one")
    return len(known)


def _parity(expression: sympy.Expr) -> int:
    mirrored = expression.subs(X, -X)
    if sympy.simplify(mirrored - expression) == 0:
        return 1
    return -1 if sympy.simplify(mirrored + expression) == 0 else 0


def _output(ir: Irrep, parity: int) -> Irrep | None:
    if ir.l:
        return None
    if ir.p == 1:
        return ir
    return Irrep(0, parity) if parity else None


def _asked(ir: Irrep, function: Callable[[Any], Any]) -> Irrep | None:
    """The irrep of function(x) by the op; None if it refuses."""
    try:
        irreps = scalar_activation(Irreps([(2, ir), (1, "1o")]), [function, None], normalize_act=False)
    except IrrepsError:
        return None
    if irreps[1] != Irreps("1o")[0]:
        raise ProofFailed(f"a segment without a function became {irreps[1]}")
    return irreps[0].ir
