"""The length of each copy of an irrep: an invariant, |z| = sqrt(sum_i conj(x_i) x_i)."""

import numpy as np

from spec.o3 import assemble, segments

LAWS = {"norm": ("equivariant", "invariant", "homogeneous", "non_negative")}


def norm(irreps, x, *, squared=False, per_irrep=True):
    """(irreps_out, z): one 0e per copy, in the segments of x; or, not `per_irrep`, one 0e for the whole of x.

    `squared`: the square of the length.
    The derivative of the length of a copy that is 0 is taken to be 0.
    """
    parts = segments(irreps, x) if per_irrep else [((0, 1), np.reshape(1.0 * np.asarray(x), (1, -1)))]
    squares = [np.sum((x1.conj() * x1).real, axis=1, keepdims=True) for _, x1 in parts]
    return assemble([((0, 1), square if squared else np.sqrt(square)) for square in squares])
