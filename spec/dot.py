"""The scalar product of two vectors of one representation: an invariant, since every D(g) is orthogonal.

z = sum_i conj(x_i) y_i
"""

import numpy as np

from spec.o3 import assemble, segments, simplify

LAWS = {"dot": ("equivariant", "invariant", "sesquilinear")}


def dot(irreps1, x, irreps2, y, *, per_irrep=False):
    """(irreps_out, z): one 0e for all of it; or, `per_irrep`, one 0e per copy, in the segments of x after `simplify`.

    After it both irreps are the same.
    """
    pairs = list(zip(simplify(segments(irreps1, x)), simplify(segments(irreps2, y)), strict=True))
    assert all(ir1 == ir2 and len(x1) == len(y2) for (ir1, x1), (ir2, y2) in pairs), "two representations, not one"
    products = [np.sum(x1.conj() * y2, axis=1, keepdims=True) for (_, x1), (_, y2) in pairs]
    if not per_irrep:
        products = [np.sum([np.sum(product) for product in products], keepdims=True).reshape(1, 1)]
    return assemble([((0, 1), product) for product in products])
