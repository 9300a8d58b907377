"""The product of two lists of copies, copy by copy, reduced into irreps.

    z[u -> i3]_k  =  a  sum_ij  C[i, j, k]  x[u]_i  y[u]_j

As the tensor product, with its normalisation a, but copy u of x meets copy u of y only; so both have as many copies.
"""

import numpy as np

from spec.o3 import align, assemble, segments, selection_rule
from spec.tensor_product import coefficients

LAWS = {"elementwise_tensor_product": ("equivariant", "bilinear", "component_normalised")}


def elementwise_tensor_product(irreps1, x, irreps2, y, *, filter_ir_out=None, irrep_normalization="component"):
    """(irreps3, z), neither sorted nor merged: in the order of the copies, cut where x or y is cut, then by l3."""
    paths = []
    for ir1, x1, ir2, y2 in align(segments(irreps1, x), segments(irreps2, y)):  # x1[u, i], y2[u, j]
        for ir3 in selection_rule(ir1, ir2):
            if filter_ir_out is None or ir3 in filter_ir_out:
                C = coefficients(ir1, ir2, ir3, irrep_normalization)
                paths.append((ir3, np.einsum("ui,uj,ijk->uk", x1, y2, C)))
    return assemble(paths)
