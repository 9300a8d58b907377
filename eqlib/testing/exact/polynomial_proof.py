"""The law as an identity of polynomials, for all inputs and all weights.

Rotations. The derivative of f at x along X x must be X' f(x), for the three generators X of rotations; this integrates
    to all rotations, since both sides of f(exp(tX) x) = exp(tX') f(x) solve one linear differential equation in t.
Inversion. f(P x) = P' f(x), by the signs of the unknowns.
Translations. The derivative along a translation must vanish.
Permutations. An exchange and a cycle, which generate all.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from eqlib.array_types import Shaped
from eqlib.o3 import Irreps, exact_generators
from eqlib.testing.elements import Element
from eqlib.testing.exact.action import generating_permutations
from eqlib.testing.exact.constants import Exact, Reading, of_surd
from eqlib.testing.exact.domain import Operand, Value
from eqlib.testing.exact.interpreter import Interpreter
from eqlib.testing.exact.moves import lifted
from eqlib.testing.exact.polynomial_domain import Polynomials, array_of
from eqlib.testing.exact.polynomials import ZERO, Polynomial, power_of
from eqlib.testing.exact.traced import Traced
from eqlib.testing.operands import Field, set_axes

# The infinitesimals: three rotations, then three translations.
_ROTATIONS, _TRANSLATIONS = (1, 2, 3), (4, 5, 6)


def proves(traced: Traced, reading: Reading) -> bool:
    """Whether the law holds as an identity of polynomials.

    Raises: Undecided if the program is no polynomial, or one with too many terms.
    """
    domain = Polynomials(reading)
    weights = [domain.symbols(shape) for shape in traced.weights]
    arrays = zip(traced.operands, traced.program.arrays, strict=True)
    inputs = [domain.symbols(np.shape(x)) if isinstance(one, Field) else np.asarray(x) for one, x in arrays]
    moved = [_moved(one, x) if isinstance(one, Field) else x for one, x in zip(traced.operands, inputs, strict=True)]
    outputs = _run(traced, domain, [*weights, *moved])
    odd = sum(_odd_unknowns(one, x) for one, x in zip(traced.operands, inputs, strict=True) if isinstance(one, Field))
    fields = [one for _, one in traced.outputs]
    if not all(_holds(one, z, odd) for one, z in zip(fields, outputs, strict=True)):
        return False
    plain = [_part(z, 0) for z in outputs]
    for element in generating_permutations(dict(traced.program.sizes)):
        permuted = [_permuted(element, one, x) for one, x in zip(traced.operands, inputs, strict=True)]
        results = _run(traced, domain, [*weights, *permuted])
        for one, got, z in zip(fields, results, plain, strict=True):
            if not domain.equal(got, _permuted(element, one, z)).all():
                return False
    return True


def _run(traced: Traced, domain: Polynomials, operands: Sequence[Operand]) -> list[Value]:
    return [lifted(domain, x) for x in Interpreter(domain).run(traced.jaxpr, operands)]


def _moved(one: Field, x: Value) -> Value:
    """x + sum over the generators of e X x, and of translations."""
    data = x.data
    for infinitesimal in _ROTATIONS:
        data = data + _times(generated(one.irreps, infinitesimal - 1, x.data), infinitesimal)
    if one.is_position:
        unit = Polynomial.constant(Exact(Fraction(1)))
        for axis, infinitesimal in enumerate(_TRANSLATIONS):
            shift = [unit.times_infinitesimal(infinitesimal) if k == axis else ZERO for k in range(3)]
            data = data + array_of(shift, (3,))
    return x.moved(data)


def _holds(one: Field, z: Value, odd: int) -> bool:
    """Whether an output has the derivatives and signs of its irreps."""
    value = _part(z, 0).data
    expected = {n: generated(one.irreps, n - 1, value) for n in _ROTATIONS}
    unit = Polynomial.constant(Exact(Fraction(1)))
    for axis, n in enumerate(_TRANSLATIONS):
        shift = [unit if one.is_position and k == axis else ZERO for k in range(one.irreps.dim)]
        expected[n] = np.broadcast_to(array_of(shift, (one.irreps.dim,)), value.shape)
    same = all(_vanishes(_part(z, n).data - want) for n, want in expected.items())
    signs = [ir.p for mul, ir in one.irreps for _ in range(mul * ir.dim)]
    return same and all(
        (p.with_signs(odd) - (p if sign == 1 else -p)).is_zero
        for row in value.reshape(-1, len(signs))
        for p, sign in zip(row, signs, strict=True)
    )


def generated(
    irreps: Irreps, axis: int, data: Shaped[np.ndarray, "*batch {irreps.dim}"]
) -> Shaped[np.ndarray, "*batch {irreps.dim}"]:
    """The generator of rotations about an axis on the last axis of an array."""
    parts = [data[..., :0]]
    for (mul, ir), columns in zip(irreps, irreps.slices(), strict=True):
        chunk = data[..., columns].reshape(*data.shape[:-1], mul, ir.dim)
        result = array_of([ZERO] * chunk.size, chunk.shape)
        for (a, k, j), value in exact_generators(ir.l).entries:
            if a == axis:
                result[..., k] = result[..., k] + chunk[..., j] * Polynomial.constant(of_surd(value))
        parts.append(result.reshape(*data.shape[:-1], mul * ir.dim))
    return np.concatenate(parts, axis=-1)


def _times(data: Shaped[np.ndarray, "*shape"], infinitesimal: int) -> Shaped[np.ndarray, "*shape"]:
    return array_of([p.times_infinitesimal(infinitesimal) for p in data.reshape(-1)], data.shape)


def _part(z: Value, infinitesimal: int) -> Value:
    return z.moved(array_of([p.part(infinitesimal) for p in z.data.reshape(-1)], z.data.shape))


def _vanishes(data: Shaped[np.ndarray, "..."]) -> bool:
    return all(p.is_zero for p in data.reshape(-1))


def _odd_unknowns(one: Field, x: Value) -> int:
    """The unknowns that the inversion makes their opposites, as a mask."""
    odd = np.array([ir.p == -1 for mul, ir in one.irreps for _ in range(mul * ir.dim)], bool)
    return sum(power_of(n) for row in x.data.reshape(-1, len(odd)) for p in row[odd] for n in p.unknowns)


def _permuted(element: Element, one: Any, x: Operand) -> Operand:
    if not isinstance(x, Value):
        return element.act(one, x)
    data = x.data
    for axis, name in zip(set_axes(one, data.ndim), one.over, strict=True):
        if name in element.permutations:
            data = np.take(data, element.permutations[name], axis=axis)
    return x.moved(data)
