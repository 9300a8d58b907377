"""O(3) and its irreducible representations, from their definitions.

O(3) is the group of the 3x3 matrices R with R^T R = 1; it is SO(3) (det R = 1) and its products with the inversion -1.

*Irreps.*  For each degree l = 0, 1, 2, ... and parity p = +1 or -1 there is one irrep `(l, p)`, of dimension 2l + 1:

    D(R) = D^l(R)  if det R = 1,          D(R) = p D^l(-R)  if det R = -1.

`irreps` is a list of `(mul, l, p)`: a direct sum, each irrep repeated `mul` times.  A vector of it is a flat array: the
segments one after the other, in a segment the copies u, in a copy the 2l + 1 components.

*Basis.*  The polar axis is y, the azimuth counts from z towards x: where a textbook writes (X, Y, Z) read (z, x, y).
In the eigenbasis |l, m> of J_Z (Condon-Shortley phases) the real basis vectors are, for m = -l ... l,

    i^l i (|l, -|m|> - (-1)^m |l, |m|>) / sqrt(2)    if m < 0
    i^l   |l, 0>                                     if m = 0
    i^l   (|l, -m> + (-1)^m |l, m>) / sqrt(2)        if m > 0

The components of l = 1 are then (x, y, z), and D^1(R) = R.  The phase i^l makes the Clebsch-Gordan coefficients real.

Source: Varshalovich, Moskalev, Khersonskii, Quantum Theory of Angular Momentum (1988), ch. 4 and 8; basis of e3nn.
"""

import itertools
from fractions import Fraction
from functools import cache
from math import factorial, prod, sqrt

import numpy as np

LAWS = {
    "clebsch_gordan": ("intertwiner", "unit_norm"),
    "generators": ("antisymmetric", "commutation_relations"),
    "wigner_D": ("homomorphism", "orthogonal"),
    "representation": ("homomorphism", "orthogonal"),
}


# Irreps: labels, and vectors cut into segments


def parse(text):
    """The irreps that are written `text`: parse("2x0e + 1o") == [(2, 0, 1), (1, 1, -1)]."""
    irreps = []
    for term in text.replace(" ", "").split("+") if text.strip() else []:
        mul, _, ir = term.rpartition("x")
        irreps.append((int(mul or 1), int(ir[:-1]), {"e": 1, "o": -1}[ir[-1]]))
    return irreps


def show(irreps):
    """How irreps are written: show([(2, 0, 1), (1, 1, -1)]) == "2x0e+1x1o"."""
    return "+".join(f"{mul}x{l}{'e' if p == 1 else 'o'}" for mul, l, p in irreps)


def dim(irreps):
    """The dimension of the direct sum."""
    return sum(mul * (2 * l + 1) for mul, l, _ in irreps)


def segments(irreps, x):
    """Cuts the vector x into its segments: a list of ((l, p), x[u, i])."""
    x = 1.0 * np.asarray(x)  # integers are numbers like any other
    assert x.shape == (dim(irreps),), f"{show(irreps)} has dimension {dim(irreps)}, the vector {x.shape}"
    ends = list(itertools.accumulate((mul * (2 * l + 1) for mul, l, _ in irreps), initial=0))
    return [((l, p), x[ends[n] : ends[n + 1]].reshape(mul, 2 * l + 1)) for n, (mul, l, p) in enumerate(irreps)]


def assemble(segments):
    """The inverse of `segments`: (irreps, x)."""
    irreps = [(len(x), l, p) for (l, p), x in segments]
    return irreps, np.concatenate([np.zeros(0)] + [np.ravel(x) for _, x in segments])


def order(ir):
    """Irreps are sorted by degree; in a degree the natural parity (-1)^l first: 0e 0o 1o 1e 2e 2o ..."""
    l, p = ir
    return l, -p * (-1) ** l


def sort(segments):
    """Sorts the segments by irrep; equal irreps keep their order."""
    return sorted(segments, key=lambda segment: order(segment[0]))


def simplify(segments):
    """Drops the segments without copies, then merges neighbours of equal irrep."""
    kept = [(ir, x) for ir, x in segments if len(x) > 0]
    runs = itertools.groupby(kept, key=lambda segment: segment[0])
    return [(ir, np.concatenate([x for _, x in run])) for ir, run in runs]


def regroup(segments):
    """Sorts, then simplifies: each irrep appears once."""
    return simplify(sort(segments))


def align(segments1, segments2):
    """Cuts two lists where either is cut: a list of (ir1, x[u, i], ir2, y[u, j]), copy u of x facing copy u of y."""
    rest1, rest2, aligned = list(segments1), list(segments2), []
    while rest1 and rest2:
        (ir1, x), (ir2, y) = rest1.pop(0), rest2.pop(0)
        mul = min(len(x), len(y))
        aligned.append((ir1, x[:mul], ir2, y[:mul]))
        if mul < len(x):
            rest1.insert(0, (ir1, x[mul:]))
        if mul < len(y):
            rest2.insert(0, (ir2, y[mul:]))
    assert all(len(x) == 0 for _, x in rest1 + rest2), "the two lists differ in the number of copies"
    return aligned


def selection_rule(ir1, ir2):
    """The irreps in the product of two: every l3 with |l1 - l2| <= l3 <= l1 + l2, once; parities multiply."""
    (l1, p1), (l2, p2) = ir1, ir2
    return [(l3, p1 * p2) for l3 in range(abs(l1 - l2), l1 + l2 + 1)]


# Clebsch-Gordan coefficients


def racah(l1, m1, l2, m2, l3, m3):
    """<l1 m1 l2 m2 | l3 m3> by Racah's formula: exact until the square root (Varshalovich 8.2.1)."""
    if m3 != m1 + m2:
        return 0.0

    def term(k):
        factors = (k, l1 + l2 - l3 - k, l1 - m1 - k, l2 + m2 - k, l3 - l2 + m1 + k, l3 - l1 - m2 + k)
        return 0 if min(factors) < 0 else Fraction((-1) ** k, prod(map(factorial, factors)))

    total = sum(term(k) for k in range(l1 + l2 - l3 + 1))
    triangle = Fraction(prod(map(factorial, (l1 + l2 - l3, l1 - l2 + l3, -l1 + l2 + l3))), factorial(l1 + l2 + l3 + 1))
    weights = prod(factorial(l + m) * factorial(l - m) for l, m in ((l1, m1), (l2, m2), (l3, m3)))
    square = (2 * l3 + 1) * triangle * weights * total**2
    return sqrt(square) if total > 0 else -sqrt(square)


def real_basis(l):
    """U[l + m', l + m]: the real basis vector m in the basis |l, m'>; unitary."""
    U = np.zeros((2 * l + 1, 2 * l + 1), complex)
    U[l, l] = 1
    for m in range(1, l + 1):
        U[l - m, l + m], U[l + m, l + m] = sqrt(1 / 2), (-1) ** m * sqrt(1 / 2)
        U[l - m, l - m], U[l + m, l - m] = 1j * sqrt(1 / 2), -1j * (-1) ** m * sqrt(1 / 2)
    return 1j**l * U


@cache
def clebsch_gordan(l1, l2, l3):
    """C[i, j, k], real, of unit norm: sum_ijk C^2 = 1.  Zero unless |l1 - l2| <= l3 <= l1 + l2.

    It commutes with the group: sum_ij D1[i, i'] D2[j, j'] C[i, j, k] = sum_k' C[i', j', k'] D3[k, k'].
    """
    C = np.zeros((2 * l1 + 1, 2 * l2 + 1, 2 * l3 + 1))
    if abs(l1 - l2) <= l3 <= l1 + l2:
        for i, j, k in np.ndindex(*C.shape):
            C[i, j, k] = racah(l1, i - l1, l2, j - l2, l3, k - l3)
    U1, U2, U3 = map(real_basis, (l1, l2, l3))
    C = np.einsum("ai,bj,abc,ck->ijk", U1.conj(), U2.conj(), C, U3, optimize=True)
    assert np.abs(C.imag).max() < 1e-15
    return C.real / sqrt(2 * l3 + 1)


# The representation of a rotation


def generators(l):
    """X[a]: the derivative of D^l at the identity, along the rotations about the axes a = x, y, z.

    X = -i J, where J_Z |m> = m |m> and (J_X +- i J_Y) |m> = sqrt(l (l + 1) - m (m +- 1)) |m +- 1>.
    """
    m = np.arange(-l, l + 1)
    raising = np.diag(np.sqrt(l * (l + 1) - m * (m + 1))[:-1], k=-1)
    lowering = raising.T
    J_X, J_Y, J_Z = (raising + lowering) / 2, (raising - lowering) / 2j, np.diag(m)
    U = real_basis(l)
    return np.array([(U.conj().T @ (-1j * J) @ U).real for J in (J_Y, J_Z, J_X)])  # (x, y, z) = (Y, Z, X)


def wigner_D(l, R):
    """D^l(R) of a proper rotation R: the part of degree l of R (x) R (x) ... (x) R, l times."""
    D = np.ones((1, 1))
    for n in range(1, l + 1):
        C = sqrt(2 * n + 1) * clebsch_gordan(n - 1, 1, n)  # [i, j, k], orthonormal in k
        D = np.einsum("ijk,ia,jb,abc->kc", C, D, R, C, optimize=True)
    return D


def representation(irreps, R):
    """D(R) of the direct sum, for R in O(3): a matrix of blocks along the diagonal."""
    det = round(np.linalg.det(R))
    D = np.zeros((dim(irreps), dim(irreps)))
    at = 0
    for mul, l, p in irreps:
        for _ in range(mul):
            block = slice(at, at + 2 * l + 1)
            D[block, block] = wigner_D(l, R) if det == 1 else p * wigner_D(l, -R)
            at += 2 * l + 1
    return D
