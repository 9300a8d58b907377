"""Wigner matrices D^l of a rotation matrix: a polynomial of degree l in its entries."""

import functools
from collections.abc import Iterable
from fractions import Fraction
from numbers import Integral, Rational
from typing import Any

import numpy as np

from eqlib.array_types import Array, ArrayLike, Float
from eqlib.o3.array_namespace import Namespace, as_floating, namespace, working_dtype
from eqlib.o3.basis import as_degree, norm_square
from eqlib.o3.clebsch_gordan import exact_clebsch_gordan
from eqlib.o3.surd import Surd
from eqlib.o3.surd_tensor import SurdTensor

_Rows = Float[Array, "*batch rows columns"]


def wigner_from_matrix(l: Any, R: ArrayLike) -> Float[Array, "... {2*l+1} {2*l+1}"]:
    """Returns D^l(R), the action of the rotation `R` on the irrep of degree `l`.

    Law:    D(R1 R2) = D(R1) D(R2), D(R^T) = D(R)^T, D^1(R) = R; Y_l(R v) = D^l(R) Y_l(v). A polynomial in R: smooth.
            D^l(-R) = (-1)^l D^l(R): an improper matrix gets its action on the parity (-1)^l, not its rotation's.
    Shape:  [..., 3, 3] -> [..., 2l+1, 2l+1].
    Scale:  as orthogonal as R is, to about l units of rounding; the dtype of R is kept.
    Raises: ValueError if the last axes are not 3, 3 or l is negative; TypeError if l is not an integer.
    Source: D^l is the part of D^1 x D^(l-1) that the Clebsch-Gordan tensor C(1, l-1, l) selects.
    Example:
        >>> quarter_turn_about_y = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])
        >>> wigner_from_matrix(2, quarter_turn_about_y).diagonal()
        array([-1.,  0.,  1.,  0., -1.])
    """
    return wigners_from_matrix(l, R)[-1]


def wigners_from_matrix(lmax: Any, R: ArrayLike) -> list[Float[Array, "... _ _"]]:
    """Returns [D^0(R), ..., D^lmax(R)], which share one recursion.

    Law, Shape, Raises: as `wigner_from_matrix`, for each degree.
    Example:
        >>> [D.shape for D in wigners_from_matrix(2, np.eye(3))]
        [(1, 1), (3, 3), (5, 5)]
    """
    lmax, D1 = as_degree(lmax, "lmax"), as_matrix(R)
    xp, dtype = namespace(D1), D1.dtype
    matrices = [xp.ones_like(D1[..., :1, :1]), D1][: lmax + 1]
    factor = previous = D1.astype(working_dtype(dtype))
    for l in range(2, lmax + 1):
        previous = _next_degree(xp, l, factor, previous)
        matrices.append(previous.astype(dtype))
    return matrices


def as_matrix(R: ArrayLike) -> Float[Array, "... 3 3"]:
    """Converts `R` to an array of a real floating dtype whose last axes are 3, 3.

    Raises: ValueError if they are not; TypeError if R is not real.
    Example:
        >>> as_matrix(np.eye(3, dtype=int)).dtype.name
        'float64'
    """
    (R,) = as_floating(R)
    if R.ndim < 2 or R.shape[-2:] != (3, 3):
        raise ValueError(f"shape {tuple(R.shape)} cannot be a rotation matrix: the last two axes must be 3, 3")
    return R


def exact_wigner(l: Any, R: Iterable[Iterable[Rational | float]]) -> SurdTensor:
    """Returns D^l(R) for a rotation with rational entries, without rounding.

    Law:    as `wigner_from_matrix`; every entry is a rational number times n_lm/n_lm' (see `eqlib.o3.basis`).
    Shape:  R is 3 by 3 -> [2l+1, 2l+1].
    Raises: ValueError if R is not exactly orthogonal, or improper; TypeError, ValueError if l is not an integer >= 0.
    Source: as `wigner_from_matrix`.
    Example:
        >>> exact_wigner(2, [[1, 0, 0], [0, 0, -1], [0, 1, 0]])
        D(2) [5, 5], 7 non-zero: (0, 1) 1, (1, 0) -1, (2, 2) -1/2, ...
    """
    l, rotation = as_degree(l), _exact_rotation(R)
    scaled: list[list[Fraction]] = [[Fraction(1)]]
    for degree in range(1, l + 1):
        scaled = _next_exact_degree(degree, rotation, scaled)
    entries = {
        (k, j): Surd.sqrt(norm_square(l, k - l) / norm_square(l, j - l)) * scaled[k][j]
        for k in range(2 * l + 1)
        for j in range(2 * l + 1)
    }
    return SurdTensor.of((2 * l + 1, 2 * l + 1), entries, f"D({l})")


def _next_degree(
    xp: Namespace, l: int, R: Float[Array, "*batch 3 3"], D: Float[Array, "*batch {2*l-1} {2*l-1}"]
) -> Float[Array, "*batch {2*l+1} {2*l+1}"]:
    """Returns D^l = (2l+1) sum C[i,j,k] R[i,a] D[j,b] C[a,b,k'] from D = D^(l-1); elementwise, so never in TF32."""
    coefficients = _row_coefficients(l, R.dtype.name)
    total: Array = 0
    for i, rows in enumerate(_couple_rows(xp, coefficients, D)):  # rows [..., k, b]
        for a, columns in enumerate(_couple_rows(xp, coefficients, xp.swapaxes(rows, -1, -2))):  # columns [..., k', k]
            total = total + R[..., i, a, None, None] * columns
    return xp.swapaxes(total, -1, -2)


def _couple_rows(
    xp: Namespace, coefficients: Float[np.ndarray[Any, Any], "5 rows 1"], D: Float[Array, "*batch rows-2 columns"]
) -> tuple[_Rows, _Rows, _Rows]:
    """Returns sqrt(2l+1) sum_j C[i,j,k] D[j,b] for i = x, y, z, each [..., k, b].

    Degree 1 couples component m only to m' = m (with y, component 0), to m' = m - 1 and m + 1 (with z, the cosine) and
    to m' = -(m - 1) and -(m + 1) (with x, the sine): shifted windows of D, whose derivative needs no scatter.
    """
    size = D.shape[-2] + 2
    padded = xp.pad(D, [(0, 0)] * (D.ndim - 2) + [(2, 2), (0, 0)])
    below, same, above = (padded[..., shift : shift + size, :] for shift in range(3))  # rows m-1, m, m+1
    x = coefficients[0] * xp.flip(above, -2) + coefficients[1] * xp.flip(below, -2)  # rows -(m-1), -(m+1)
    y = coefficients[2] * same
    z = coefficients[3] * below + coefficients[4] * above
    return x, y, z


@functools.cache
def _row_coefficients(l: int, dtype_name: str) -> Float[np.ndarray[Any, Any], "5 {2*l+1} 1"]:
    """Returns sqrt(2l+1) C(1, l-1, l)[i, j, k] along the five lines (i, j(k)) on which it is not zero, [5, k, 1]."""
    C = exact_clebsch_gordan(1, l - 1, l).numpy(np.dtype(dtype_name), scale=Surd.sqrt(2 * l + 1))
    lines = np.zeros((5, 2 * l + 1, 1), C.dtype)
    for m in range(-l, l + 1):
        for line, (i, j) in enumerate(((0, 1 - m), (0, -1 - m), (1, m), (2, m - 1), (2, m + 1))):
            if abs(j) < l:
                lines[line, m + l, 0] = C[i, j + l - 1, m + l]
    return lines


def _exact_rotation(R: Iterable[Iterable[Rational | float]]) -> list[list[Fraction]]:
    rows = [[Fraction(int(x)) if isinstance(x, Integral) else Fraction(x) for x in row] for row in R]
    if [len(row) for row in rows] != [3, 3, 3]:
        raise ValueError(f"expected a 3 by 3 matrix, got rows of lengths {[len(row) for row in rows]}")
    for i in range(3):
        for j in range(3):
            if sum(rows[i][a] * rows[j][a] for a in range(3)) != (i == j):
                raise ValueError(
                    f"rows {i} and {j} are not orthonormal exactly, so the matrix is no rotation. "
                    "Build one from integers: exact_matrix_from_quaternion(w, x, y, z)."
                )
    (a, b, c), u, v = rows
    if a * (u[1] * v[2] - u[2] * v[1]) + b * (u[2] * v[0] - u[0] * v[2]) + c * (u[0] * v[1] - u[1] * v[0]) < 0:
        raise ValueError(
            "the matrix is improper: its action depends on the parity p of the irrep. "
            "Write exact_wigner(l, -R).scaled(p), where -R is the rotation with each entry negated."
        )
    return rows


def _next_exact_degree(l: int, R: list[list[Fraction]], D: list[list[Fraction]]) -> list[list[Fraction]]:
    """As `_next_degree`, for the matrices D[k,k'] n_k'/n_k, which are rational: they act on the H_lm."""
    factor, rows, columns = _exact_couplings(l)

    def entry(k: int, kk: int) -> Fraction:
        terms = ((R[i][a] * D[j][b], c * d) for i, j, c in rows[k] for a, b, d in columns[kk] if R[i][a] and D[j][b])
        return factor * sum((x * y for x, y in terms), Fraction(0))

    return [[entry(k, kk) for kk in range(2 * l + 1)] for k in range(2 * l + 1)]


_Couplings = list[list[tuple[int, int, Fraction]]]


@functools.cache
def _exact_couplings(l: int) -> tuple[Fraction, _Couplings, _Couplings]:
    """Returns (2l+1) c^2, C n_j/(n_k c) and C n_k/(n_j c) by k, for C = C(1, l-1, l) and c its entry at (y, 0, 0)."""
    rows: _Couplings = [[] for _ in range(2 * l + 1)]
    columns: _Couplings = [[] for _ in range(2 * l + 1)]
    coefficients = exact_clebsch_gordan(1, l - 1, l)
    common = dict(coefficients.entries)[1, l - 1, l]
    for (i, j, k), value in coefficients.entries:
        weight = Surd.sqrt(norm_square(l - 1, j - l + 1) / norm_square(l, k - l))
        rows[k].append((i, j, _rational(value / common * weight)))
        columns[k].append((i, j, _rational(value / common / weight)))
    return (2 * l + 1) * common.square, rows, columns


def _rational(value: Surd) -> Fraction:
    rational = value.rational()
    if rational is None:
        raise AssertionError(f"{value} should be rational: the scaled basis H_lm makes every rotation rational")
    return rational
