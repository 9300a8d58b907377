"""Laws of symmetry: equivariance under O(3), bitwise where the group acts by signs, and homogeneity."""

import functools
import itertools

import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Float
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.o3 import exact_matrix_from_quaternion, exact_wigner
from eqlib.testing.accuracy import EPS, rounding
from eqlib.testing.elements import Element
from eqlib.testing.judgement import require, require_within
from eqlib.testing.subject import Subject

# Small integer quaternions: general axes, axes of symmetry, half and quarter and third turns, a small angle.
QUATERNIONS = ((1, 2, -3, 1), (3, -1, 1, 2), (1, 1, 0, 0), (0, 1, 0, 0), (1, 1, 1, 1), (1000, 0, 1, 0))


def is_equivariant(subject: Subject) -> None:
    """f(D(g) x) = D'(g) f(x) for rotations and improper rotations g, in float64; other dtypes have float64's numbers.

    D(g) is exact, and rounded once. So three things round: D(g) x, whose error f passes on; f, on either side; and
    D'(g) f(x).
    """
    operands = subject.draw((3,))
    f = subject.batched
    z, of_z = f(*operands), rounding(subject, operands)
    for q, sign in itertools.product(QUATERNIONS, (1, -1)):
        g = Element(q, inverts=sign < 0)
        turned, errors = zip(*(transform(x, q, sign) for x in operands), strict=True)
        got, of_got = f(*turned).array, rounding(subject, turned, errors)
        want, of_want = transform(z, q, sign, of_z)
        require_within(of_got + of_want, subject, "is not equivariant", got, want.array, g=g)


def commutes_bitwise_with_reflections(subject: Subject) -> None:
    """The eight diagonal matrices of signs act by signs on every irrep: equality is bitwise, whatever the rounding."""
    operands = subject.draw((3,), dtype=np.float32)
    f = subject.batched
    z = f(*operands)
    for signs in itertools.product((1.0, -1.0), repeat=3):
        got = f(*(_by_signs(x, signs) for x in operands)).array
        want = _by_signs(z, signs).array
        what = "does not commute bitwise with a reflection of the axes"
        require(np.array_equal(got, want), subject, what, g=f"diag{signs}", got=got, want=want)


def is_homogeneous(subject: Subject) -> None:
    """f(2^k x) = 2^(k d) f(x), bitwise, in each operand in which the op has a degree d."""
    operands = subject.draw(dtype=np.float32)
    f = subject.compiled
    for n, degree in enumerate(subject.degrees or ()):
        got = f(*(x * 2.0**5 if m == n else x for m, x in enumerate(operands))).array
        want = f(*operands).array * 2.0 ** (5 * degree)
        require(np.array_equal(got, want), subject, f"has not degree {degree} in operand {n}", got=got, want=want)


def transform(
    x: IrrepsArray, q: tuple[int, ...], sign: int, error: Float[np.ndarray, "..."] | float = 0.0
) -> tuple[IrrepsArray, Float[np.ndarray, "..."]]:
    """D(g) x in float64, and a bound on its error if `x` has the error given: each entry is a sum of rounded products.

    g is the rotation of the quaternion, times the inversion if `sign` is -1.
    """
    z, bounds = [np.zeros((*x.shape[:-1], 0))], [np.zeros((*x.shape[:-1], 0))]
    given = np.broadcast_to(error, x.shape)
    for s, (mul, ir) in zip(x.irreps.slices(), x.irreps, strict=True):
        D = _wigner(ir.l, q) * (ir.p if sign < 0 else 1)
        chunk, own = (np.asarray(a[..., s]).reshape(*x.shape[:-1], mul, ir.dim) for a in (x.array, given))
        passed = (own + (ir.dim + 1) * EPS * np.abs(chunk)) @ np.abs(D).T
        z.append((chunk @ D.T).reshape(*x.shape[:-1], -1))
        bounds.append(passed.reshape(*x.shape[:-1], -1))
    return IrrepsArray(x.irreps, jnp.asarray(np.concatenate(z, axis=-1))), np.concatenate(bounds, axis=-1)


@functools.cache
def _wigner(l: int, q: tuple[int, ...]) -> Float[np.ndarray, "{2*l+1} {2*l+1}"]:
    return exact_wigner(l, exact_matrix_from_quaternion(*q)).numpy()


def _by_signs(x: IrrepsArray, signs: tuple[float, ...]) -> IrrepsArray:
    diagonal = np.round(np.diagonal(x.irreps.D_from_matrix(np.diag(signs))))
    return IrrepsArray(x.irreps, x.array * jnp.asarray(diagonal, x.dtype))
