"""The tensor product of a representation with itself, without what symmetry repeats or cancels.

    z[i1 u, i2 v -> i3]_k  =  a  sum_ij  C[i, j, k]  x[i1 u]_i  x[i2 v]_j

over the unordered pairs of copies {i1 u, i2 v}.  Two different copies: every i3 of the selection rule.  A copy with
itself: only even l3, for C is antisymmetric in (i, j) when l3 is odd.

The number a is 1 / sqrt(E), or sqrt(dim i3 / E) where each component shall have mean square 1 ("component"); E is the
mean of sum_k (sum_ij C[i, j, k] x_i y_j)^2 over isotropic random inputs:

    different copies    E = <x_i^2> <y_j^2>                 since sum_ijk C^2 = 1
    a copy with itself  E = f (dim + 2)  if l3 = 0          where C_ij = delta_ij / sqrt(dim)
                        E = 2 f          if l3 = 2, 4, ...  where C_ij is symmetric and has no trace

with f defined by <x_i x_j x_k x_l> = f (delta_ij delta_kl + delta_ik delta_jl + delta_il delta_jk).  The inputs are
Gaussian, with <x_i^2> = 1 ("component") or 1 / dim ("norm") and f = <x_i^2>^2; or they lie on the sphere |x| = 1
(`normalized_input`), with <x_i^2> = 1 / dim and f = 1 / (dim (dim + 2)).
"""

from itertools import combinations

import numpy as np

from spec.o3 import assemble, clebsch_gordan, regroup, segments, selection_rule, sort

LAWS = {"tensor_square": ("equivariant", "quadratic", "component_normalised")}


def tensor_square(irreps, x, *, irrep_normalization="component", normalized_input=False, regroup_output=True):
    """(irreps3, z), sorted by irrep; equal irreps keep the order (i1, i2), and if i1 = i2: first u < v, then u = v."""
    inputs = segments(irreps, x)
    if regroup_output:
        inputs = regroup(inputs)
    moments = irrep_normalization, normalized_input
    paths = []
    for n1, (ir1, x1) in enumerate(inputs):
        for n2, (ir2, x2) in enumerate(inputs[n1:], start=n1):
            for ir3 in selection_rule(ir1, ir2):
                C = clebsch_gordan(ir1[0], ir2[0], ir3[0])
                if n1 < n2:
                    paths.append((ir3, distinct(C, *moments) * products(C, x1, x2, np.ndindex(len(x1), len(x2)))))
                    continue
                if len(x1) > 1:
                    pairs = combinations(range(len(x1)), 2)
                    paths.append((ir3, distinct(C, *moments) * products(C, x1, x1, pairs)))
                if ir3[0] % 2 == 0:
                    paths.append((ir3, same(C, *moments) * products(C, x1, x1, ((u, u) for u in range(len(x1))))))
    return assemble(regroup(paths) if regroup_output else sort(paths))


def products(C, x, y, pairs):
    """sum_ij C[i, j, k] x[u, i] y[v, j] for the pairs (u, v): [pair, k]."""
    rows = [np.einsum("i,j,ijk->k", x[u], y[v], C) for u, v in pairs]
    return np.reshape(rows, (-1, C.shape[2]))


def distinct(C, irrep_normalization, normalized_input):
    """a, for two different copies."""
    dim1, dim2, _ = C.shape
    unit_norm = normalized_input or irrep_normalization == "norm"
    return normalisation(C, 1 / (dim1 * dim2) if unit_norm else 1, irrep_normalization)


def same(C, irrep_normalization, normalized_input):
    """a, for a copy with itself."""
    dim, _, dim3 = C.shape
    fourth = 1 / (dim * (dim + 2)) if normalized_input else 1 / dim**2 if irrep_normalization == "norm" else 1
    return normalisation(C, fourth * (dim + 2 if dim3 == 1 else 2), irrep_normalization)


def normalisation(C, E, irrep_normalization):
    """a, from the mean E of the sum of squares."""
    return np.sqrt({"component": C.shape[2] / E, "norm": 1 / E, "none": 1}[irrep_normalization])
