"""The equivariant polynomials of the irreps of one channel, with weights.

    z[u, ir]_k  =  sum over paths p to ir  of  w[p, u]  a  sum  T[i1, ..., in, k]  x[u, f1]_i1 ... x[u, fn]_in

A path is a choice of factors f1 ... fn among the irreps of x, in their order, and one of the tensors T that a basis of
the intertwiners f1 x ... x fn -> ir has, symmetric in factors that are the same.  The basis is orthonormal.  It is that
of the couplings ((f1 f2) f12 f3) ... -> ir, by the degree of f12, then of the next, ..., each made symmetric, and freed
of what those before it have (Gram and Schmidt).  With a^2 = dim(ir) n! / (n_1! n_2! ...), n_1, n_2, ... being how often
each factor occurs, the polynomial is one of a tensor symmetric in all of x, whose squares sum to dim(ir).
"""

from itertools import combinations_with_replacement, permutations
from math import factorial, prod, sqrt

import numpy as np

from spec.o3 import assemble, clebsch_gordan, regroup, segments

LAWS = {"symmetric_contraction": ("equivariant", "linear_in_weights", "component_normalised", "complete")}


def symmetric_contraction(irreps, x, weights, irreps_out, *, degree=3):
    """(irreps, z).  `irreps_out`: a list of (l, p).  `weights`: [paths, copies of every irrep of x]."""
    channels = regroup(segments(irreps, x))
    (mul,) = {len(chunk) for _, chunk in channels}
    of_ir = dict(channels)
    z = {ir: np.zeros((mul, 2 * ir[0] + 1)) for ir in irreps_out}
    paths = symmetric_contraction_paths(list(of_ir), irreps_out, degree=degree)
    assert np.shape(weights) == (len(paths), mul), "a weight for each path and channel"
    for w, (factors, ir, number) in zip(weights, paths, strict=True):
        T = couplings(factors, ir[0])[number]
        orders = factorial(len(factors)) / prod(factorial(factors.count(one)) for one in set(factors))
        for u in range(mul):
            value = T
            for one in factors:
                value = np.tensordot(of_ir[one][u], value, axes=1)
            z[ir][u] += w[u] * sqrt(orders * (2 * ir[0] + 1)) * value
    return assemble(list(z.items()))


def symmetric_contraction_paths(channel, irreps_out, *, degree=3):
    """[(factors, ir, number)].  `channel`, `irreps_out`: lists of (l, p)."""
    found = []
    for ir in irreps_out:
        for n in range(1, degree + 1):
            for factors in combinations_with_replacement(channel, n):
                if prod(p for _, p in factors) == ir[1]:
                    found += [(factors, ir, number) for number in range(len(couplings(factors, ir[0])))]
    return found


def couplings(factors, l):
    """The orthonormal symmetric tensors of some factors."""
    basis = []
    for T in coupled([degree for degree, _ in factors], l):
        length = np.linalg.norm(T)
        T = sum(T.transpose(*order, len(factors)) for order in exchanges(factors))
        for one in basis + basis:  # twice, for what rounding leaves
            T = T - np.vdot(one, T) * one
        if np.linalg.norm(T) > 1e-9 * length:
            basis.append(T / np.linalg.norm(T))
    return basis


def coupled(degrees, l):
    """All couplings of degrees to l, one after another."""
    *first, last = degrees
    if not first:
        return [np.eye(2 * l + 1)] if last == l else []
    return [
        np.tensordot(T, clebsch_gordan(between, last, l), axes=1)
        for between in range(abs(last - l), last + l + 1)
        for T in coupled(first, between)
    ]


def exchanges(factors):
    """The orders of the factors in which each place has the factor that it had."""
    places = range(len(factors))
    return [order for order in permutations(places) if all(factors[n] == factors[order[n]] for n in places)]
