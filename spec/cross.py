"""The cross product of two lists of vectors, vector by vector.

z = x  x  y:    z_x = x_y y_z - x_z y_y,    z_y = x_z y_x - x_x y_z,    z_z = x_x y_y - x_y y_x

Of two polar vectors (1o) it is an axial vector (1e): parities multiply.
"""

import numpy as np

from spec.o3 import align, assemble, segments

LAWS = {"cross": ("equivariant", "bilinear", "antisymmetric")}


def cross(irreps1, x, irreps2, y):
    """(irreps3, z): one vector for each pair, in order, cut where x or y is cut.  All of x and of y is of degree 1."""
    assert all(l == 1 for _, l, _ in irreps1 + irreps2), "the cross product is of vectors"
    return assemble(
        [
            ((1, p1 * p2), np.stack([x1[:, n - 2] * y2[:, n - 1] - x1[:, n - 1] * y2[:, n - 2] for n in range(3)], 1))
            for (_, p1), x1, (_, p2), y2 in align(segments(irreps1, x), segments(irreps2, y))
        ]
    )
