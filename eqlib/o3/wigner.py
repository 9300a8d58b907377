"""Wigner matrices D^l of a rotation matrix: a polynomial of degree l in its entries."""

import functools
from typing import Any

import numpy as np

from .array_namespace import Array, Namespace, as_floating, namespace, working_dtype
from .basis import as_degree
from .clebsch_gordan import exact_clebsch_gordan
from .surd import Surd


def wigner_from_matrix(l: Any, R: Array) -> Array:
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


def wigners_from_matrix(lmax: Any, R: Array) -> list[Array]:
    """Returns [D^0(R), ..., D^lmax(R)], which share one recursion.

    Law, Shape, Raises: as `wigner_from_matrix`, for each degree.
    Example:
        >>> [D.shape for D in wigners_from_matrix(2, np.eye(3))]
        [(1, 1), (3, 3), (5, 5)]
    """
    lmax = as_degree(lmax, "lmax")
    (D1,) = as_floating(R)
    if D1.ndim < 2 or D1.shape[-2:] != (3, 3):
        raise ValueError(f"shape {tuple(D1.shape)} cannot be a rotation matrix: the last two axes must be 3, 3")
    xp, dtype = namespace(D1), D1.dtype
    matrices = [xp.ones_like(D1[..., :1, :1]), D1][: lmax + 1]
    factor = previous = D1.astype(working_dtype(dtype))
    for l in range(2, lmax + 1):
        previous = _next_degree(xp, l, factor, previous)
        matrices.append(previous.astype(dtype))
    return matrices


def _next_degree(xp: Namespace, l: int, R: Array, D: Array) -> Array:
    """Returns D^l = (2l+1) sum C[i,j,k] R[i,a] D[j,b] C[a,b,k'] from D = D^(l-1); elementwise, so never in TF32."""
    coefficients = _row_coefficients(l, R.dtype.name)
    total: Array = 0
    for i, rows in enumerate(_couple_rows(xp, coefficients, D)):  # rows [..., k, b]
        for a, columns in enumerate(_couple_rows(xp, coefficients, xp.swapaxes(rows, -1, -2))):  # columns [..., k', k]
            total = total + R[..., i, a, None, None] * columns
    return xp.swapaxes(total, -1, -2)


def _couple_rows(xp: Namespace, coefficients: np.ndarray[Any, Any], D: Array) -> tuple[Array, Array, Array]:
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
def _row_coefficients(l: int, dtype_name: str) -> np.ndarray[Any, Any]:
    """Returns sqrt(2l+1) C(1, l-1, l)[i, j, k] along the five lines (i, j(k)) on which it is not zero, [5, k, 1]."""
    C = exact_clebsch_gordan(1, l - 1, l).numpy(np.dtype(dtype_name), scale=Surd.sqrt(2 * l + 1))
    lines = np.zeros((5, 2 * l + 1, 1), C.dtype)
    for m in range(-l, l + 1):
        for line, (i, j) in enumerate(((0, 1 - m), (0, -1 - m), (1, m), (2, m - 1), (2, m + 1))):
            if abs(j) < l:
                lines[line, m + l, 0] = C[i, j + l - 1, m + l]
    return lines
