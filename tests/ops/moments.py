"""Mean squares of outputs, for random inputs of which only the moments are given: exact sums, without a sample."""

from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np

from eqlib import IrrepsArray
from eqlib.o3 import Irreps
from eqlib.plan import Plan


def variances(plan: Plan) -> list[Fraction]:
    """The variance of each component of each segment written, for independent inputs of unit variance.

    A segment that one path writes is a sum of distinct products x_i y_j, which are uncorrelated and of variance 1: the
    squares of their coefficients add up, and are fractions.
    """
    written = [path.segments[-1] for path in plan.paths]
    assert len(set(written)) == len(written), "products of two paths may be correlated"
    found = []
    for path in plan.paths:
        summed = [n for letter, n in plan.extents(path).items() if letter not in path.modes[-1]]
        squares = [Fraction(0)] * path.coefficients.shape[-1]
        for index, value in path.coefficients.entries:
            squares[index[-1]] += value.square
        found += [path.scale.square * int(np.prod(summed, dtype=int)) * square for square in squares]
    return found


def mean_squares_of_quadratic(f, irreps: Irreps, normalized_input: bool, variance_of_copy=lambda ir: 1.0) -> np.ndarray:
    """E z_k^2 for z_k = sum M_kij x_i x_j, from the moments E x_i x_j x_m x_n of normal or of unit vectors.

    With v the variances, E x_i x_j x_m x_n = v_i v_m d_ij d_mn + v_i v_j (d_im d_jn + d_in d_jm) if x is normal; among
    the components of one unit vector of dimension d, of variance 1 / d, all three are smaller by d / (d + 2).
    """
    M = (
        np.asarray(jax.jit(jax.hessian(lambda a: f(IrrepsArray(irreps, a)).array))(jnp.zeros(irreps.dim, jnp.float64)))
        / 2
    )
    copies = [(ir.dim, ir) for mul, ir in irreps for _ in range(mul)]
    owner = np.repeat(np.arange(len(copies)), [d for d, _ in copies])
    v = np.array([1 / copies[n][0] if normalized_input else variance_of_copy(copies[n][1]) for n in owner])
    factor = np.ones((irreps.dim,) * 2)
    if normalized_input:
        d = np.array([copies[n][0] for n in owner])
        factor = np.where(owner[:, None] == owner, d / (d + 2), 1.0)
    traces = np.einsum("kii,kmm,im->k", M * v, M * v, factor)
    return traces + 2 * np.einsum("kij,kij,ij->k", M * v[:, None], M * v, factor)
