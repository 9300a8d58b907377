"""The tensor product of two representations, reduced into irreps.

    z[i1 u, i2 v -> i3]_k  =  a  sum_ij  C[i, j, k]  x[i1 u]_i  y[i2 v]_j

Every copy u of every segment i1 of x meets every copy v of every segment i2 of y, once for every irrep i3 that the
selection rule allows.  The number a makes the output as large as the inputs:

    component   a = sqrt(dim i3)            components of mean square 1 give components of mean square 1
    norm        a = sqrt(dim i1 dim i2)     copies of mean square norm 1 give copies of mean square norm 1
    none        a = 1
"""

import numpy as np

from spec.o3 import assemble, clebsch_gordan, regroup, segments, selection_rule, sort

LAWS = {"tensor_product": ("equivariant", "bilinear", "component_normalised")}


def tensor_product(irreps1, x, irreps2, y, *, filter_ir_out=None, irrep_normalization="component", regroup_output=True):
    """(irreps3, z).  `filter_ir_out`: a list of (l, p) to keep; None keeps all.

    Sorted by irrep; equal irreps keep the order (segment of x, segment of y, u, v).  With `regroup_output` the inputs
    are regrouped first, and each irrep appears once in the output.
    """
    segments1, segments2 = segments(irreps1, x), segments(irreps2, y)
    if regroup_output:
        segments1, segments2 = regroup(segments1), regroup(segments2)
    paths = []
    for ir1, x1 in segments1:  # x1[u, i]
        for ir2, y2 in segments2:  # y2[v, j]
            for ir3 in selection_rule(ir1, ir2):
                if filter_ir_out is None or ir3 in filter_ir_out:
                    C = coefficients(ir1, ir2, ir3, irrep_normalization)
                    z3 = np.zeros((len(x1), len(y2), C.shape[2]))
                    for u, v in np.ndindex(len(x1), len(y2)):
                        z3[u, v] = np.einsum("i,j,ijk->k", x1[u], y2[v], C)
                    paths.append((ir3, z3.reshape(-1, C.shape[2])))
    return assemble(regroup(paths) if regroup_output else sort(paths))


def coefficients(ir1, ir2, ir3, irrep_normalization):
    """a C[i, j, k]: the Clebsch-Gordan coefficients of a path, normalised."""
    C = clebsch_gordan(ir1[0], ir2[0], ir3[0])
    dim1, dim2, dim3 = C.shape
    return np.sqrt({"component": dim3, "norm": dim1 * dim2, "none": 1}[irrep_normalization]) * C
