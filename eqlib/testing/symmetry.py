"""Laws of symmetry: equivariance under O(3), bitwise where the group acts by signs, and homogeneity."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.testing.judgement import require, require_close
from eqlib.testing.subject import Subject

# Small integer quaternions: general axes, axes of symmetry, half and quarter and third turns, a small angle.
QUATERNIONS = ((1, 2, -3, 1), (3, -1, 1, 2), (1, 1, 0, 0), (0, 1, 0, 0), (1, 1, 1, 1), (1000, 0, 1, 0))


def is_equivariant(subject: Subject) -> None:
    """f(D(g) x) = D'(g) f(x) for rotations and improper rotations g, in float64 and in float32."""
    for dtype in (np.float64, np.float32):
        operands = subject.draw((3,), dtype=dtype)
        f = jax.jit(jax.vmap(subject))
        z = f(*operands)
        for q, sign in itertools.product(QUATERNIONS, (1, -1)):
            R = sign * rotation_matrix(q)
            got = f(*(transform(x, R) for x in operands)).array
            g = f"{'inversion times ' if sign < 0 else ''}the rotation of quaternion {q}"
            require_close(subject, "is not equivariant", got, transform(z, R).array, 1024, g=g, dtype=np.dtype(dtype))


def commutes_bitwise_with_reflections(subject: Subject) -> None:
    """The eight diagonal matrices of signs act by signs on every irrep: equality is bitwise, whatever the rounding."""
    operands = subject.draw((2,), dtype=np.float32)
    f = jax.jit(jax.vmap(subject))
    z = f(*operands)
    for signs in itertools.product((1.0, -1.0), repeat=3):
        got = f(*(_by_signs(x, signs) for x in operands)).array
        want = _by_signs(z, signs).array
        what = "does not commute bitwise with a reflection of the axes"
        require(np.array_equal(got, want), subject, what, g=f"diag{signs}", got=got, want=want)


def is_homogeneous(subject: Subject) -> None:
    """f(2^k x) = 2^(k d) f(x), bitwise, in each operand in which the op has a degree d."""
    operands = subject.draw(dtype=np.float32)
    f = jax.jit(subject)
    for n, degree in enumerate(subject.degrees or ()):
        got = f(*(x * 2.0**5 if m == n else x for m, x in enumerate(operands))).array
        want = f(*operands).array * 2.0 ** (5 * degree)
        require(np.array_equal(got, want), subject, f"has not degree {degree} in operand {n}", got=got, want=want)


def rotation_matrix(q: tuple[int, ...]) -> np.ndarray:
    """The rotation of a quaternion (w, x, y, z) of any length, orthogonal to float64 rounding."""
    w, x, y, z = (component / np.sqrt(np.dot(q, q)) for component in q)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + 2 * (w * cross + cross @ cross)


def transform(x: IrrepsArray, R: np.ndarray) -> IrrepsArray:
    """D(R) x, with D computed in float64 and the product at full precision."""
    D = jnp.asarray(x.irreps.D_from_matrix(R), x.dtype)
    return IrrepsArray(x.irreps, jnp.einsum("ij,...j->...i", D, x.array, precision=jax.lax.Precision.HIGHEST))


def _by_signs(x: IrrepsArray, signs: tuple[float, ...]) -> IrrepsArray:
    diagonal = np.round(np.diagonal(x.irreps.D_from_matrix(np.diag(signs))))
    return IrrepsArray(x.irreps, x.array * jnp.asarray(diagonal, x.dtype))
