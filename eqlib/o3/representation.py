"""The matrices of a representation of O(3), however the group element is written."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from eqlib.array_types import Array, ArrayLike, Float
from eqlib.o3.array_namespace import namespace
from eqlib.o3.to_matrix import (
    matrix_from_angles,
    matrix_from_axis_angle,
    matrix_from_log_coordinates,
    matrix_from_quaternion,
)
from eqlib.o3.wigner import as_matrix, wigners_from_matrix

if TYPE_CHECKING:
    from eqlib.o3.irrep import Irrep

# The matrix that a method returns has the dimension of the representation.
Matrix = Float[Array, "... {self.dim} {self.dim}"]


class Representation(ABC):
    """A representation of O(3): a matrix for every group element, whichever way that element is given.

    `k` counts inversions: the element is (-1)^k times the rotation. The arguments broadcast against each other.
    """

    __slots__ = ()

    @abstractmethod
    def D_from_matrix(self, R: ArrayLike) -> Matrix:
        """Returns the matrix that represents the orthogonal matrix `R`.

        Raises: ValueError if R is not orthogonal; under jit, where that is not known, the result is NaN.
        """

    def D_from_angles(self, alpha: ArrayLike, beta: ArrayLike, gamma: ArrayLike, k: ArrayLike = 0) -> Matrix:
        """Returns the matrix that represents (-1)^k Ry(alpha) Rx(beta) Ry(gamma).

        Law:    D_from_angles(a, b, c) = D_from_angles(a, 0, 0) D_from_angles(0, b, 0) D_from_angles(0, 0, c).
        Shape:  [...], [...], [...], [...] -> [..., dim, dim].
        Units:  radians.
        """
        return self.D_from_matrix(invert(matrix_from_angles(alpha, beta, gamma), k))

    def D_from_quaternion(self, q: ArrayLike, k: ArrayLike = 0) -> Matrix:
        """Returns the matrix that represents (-1)^k times the rotation of the quaternion `q` = (w, x, y, z).

        Shape:  [..., 4], [...] -> [..., dim, dim].
        """
        return self.D_from_matrix(invert(matrix_from_quaternion(q), k))

    def D_from_axis_angle(self, axis: ArrayLike, angle: ArrayLike, k: ArrayLike = 0) -> Matrix:
        """Returns the matrix that represents (-1)^k times the rotation by `angle` about `axis`.

        Shape:  [..., 3], [...], [...] -> [..., dim, dim].
        Units:  `angle` in radians; the length of `axis` does not matter.
        """
        return self.D_from_matrix(invert(matrix_from_axis_angle(axis, angle), k))

    def D_from_log_coordinates(self, log_coordinates: ArrayLike, k: ArrayLike = 0) -> Matrix:
        """Returns the matrix that represents (-1)^k times the rotation by |w| about w, the log coordinates.

        Law:    D_from_log_coordinates(w) = expm(sum_a w[a] generators()[a]).
        Shape:  [..., 3], [...] -> [..., dim, dim].
        Units:  radians.
        """
        return self.D_from_matrix(invert(matrix_from_log_coordinates(log_coordinates), k))


def orthogonal(R: ArrayLike) -> Float[Array, "... 3 3"]:
    """Returns `R` as it is if it is orthogonal: else it is no element of O(3), and nothing represents it.

    Where the values are not known, under jit, what is not orthogonal becomes NaN and does not pass for a rotation.

    Shape:  [..., 3, 3] -> [..., 3, 3].
    Raises: ValueError if R is not orthogonal, or not of this shape; TypeError if it is not real.
    Example:
        >>> orthogonal(np.diag([1.0, 1.0, 2.0]))
        Traceback (most recent call last):
        ValueError: R is not orthogonal: R R^T differs from 1 by 3, and only elements of O(3) act on irreps.
          For the nearest orthogonal matrix write u, _, vt = np.linalg.svd(R); R = u @ vt.
    """
    R = as_matrix(R)
    try:
        distance = _distance_from_orthogonal(np.asarray(R).astype(np.float64))
    except TypeError:  # the array is traced
        xp = namespace(R)
        is_orthogonal = _distance_from_orthogonal(R) <= _tolerance(R)
        return xp.where(is_orthogonal[..., None, None], R, xp.asarray(xp.nan, R.dtype))
    if np.any(np.isnan(distance)):
        raise ValueError(
            "R has entries that are not finite, so it is no element of O(3).\n"
            "  If it was made from an axis or a quaternion: one of length zero, or with NaN, tells no rotation."
        )
    if not np.all(distance <= _tolerance(R)):
        raise ValueError(
            f"R is not orthogonal: R R^T differs from 1 by {np.max(distance):.2g}, and only elements of O(3) act on "
            "irreps.\n  For the nearest orthogonal matrix write u, _, vt = np.linalg.svd(R); R = u @ vt."
        )
    return R


def _distance_from_orthogonal(R: Float[Array, "*batch 3 3"]) -> Float[Array, "*batch"]:
    """Returns the largest entry of |R R^T - 1|; elementwise, so never in TF32."""
    xp = namespace(R)
    products = xp.sum(R[..., :, None, :] * R[..., None, :, :], axis=-1)
    return xp.max(xp.abs(products - np.eye(3, dtype=R.dtype)), axis=(-2, -1))


def _tolerance(R: Float[Array, "... 3 3"]) -> float:
    """What rounding adds up to in a product of a thousand rotations in float32; a few roundings of 16 bits."""
    return 2.0**-14 if R.dtype.itemsize >= 4 else 2.0**-4


def invert(R: Float[Array, "... 3 3"], k: ArrayLike) -> Float[Array, "... 3 3"]:
    """Returns (-1)^k R; k broadcasts against the leading axes of R.

    Raises: TypeError if k is no integer.
    """
    if isinstance(k, int):
        return R if k % 2 == 0 else -R
    xp = namespace(R, k)
    k = xp.asarray(k)
    if not xp.issubdtype(k.dtype, xp.integer):
        raise TypeError(
            f"k has dtype {k.dtype}: it counts inversions, and (-1)^k is one or none for integers alone.\n"
            "  Write k=1 for the inversion; k.astype(int), if its values are whole numbers."
        )
    return xp.where((k % 2 == 0)[..., None, None], R, -R)


def matrices_of(irreps: Iterable["Irrep"], R: Float[Array, "*batch 3 3"]) -> dict["Irrep", Float[Array, "*batch _ _"]]:
    """Returns the matrix that represents the orthogonal matrix `R` on each of `irreps`; one recursion serves all.

    Shape:  [..., 3, 3] -> [..., 2l+1, 2l+1].
    """
    irreps = set(irreps)
    D = wigners_from_matrix(max((ir.l for ir in irreps), default=0), R)
    # D[l] is the action on the parity (-1)^l; the other parity differs by the sign of an inversion.
    return {ir: D[ir.l] if ir.p == (-1) ** ir.l else _orientation(R)[..., None, None] * D[ir.l] for ir in irreps}


def _orientation(R: Float[Array, "*batch 3 3"]) -> Float[Array, "*batch"]:
    """Returns the sign of det R: +1 for a rotation, -1 for a rotation times the inversion."""
    # Written out: a factorisation is slow on accelerators, and a matrix product may be rounded to TF32.
    xp = namespace(R)
    R = xp.asarray(R)
    a, b, c = R[..., 0, :], R[..., 1, :], R[..., 2, :]
    return xp.sign(
        a[..., 0] * (b[..., 1] * c[..., 2] - b[..., 2] * c[..., 1])
        + a[..., 1] * (b[..., 2] * c[..., 0] - b[..., 0] * c[..., 2])
        + a[..., 2] * (b[..., 0] * c[..., 1] - b[..., 1] * c[..., 0])
    )


def block_diagonal(
    blocks: Sequence[Float[Array, "*batch _ _"]], like: Float[Array, "*batch d d"]
) -> Float[Array, "*batch dim dim"]:
    """Returns the matrix with `blocks` along its diagonal; without blocks it has no rows.

    Shape:  [..., d1, d1], [..., d2, d2], ... -> [..., d1 + d2 + ..., d1 + d2 + ...]; the leading axes, the dtype
            and the array namespace are those of `like`, [..., d, d].
    """
    xp, leading_shape = namespace(like), like.shape[:-2]
    dim = sum(block.shape[-1] for block in blocks)
    rows: list[Array] = []
    start = 0
    for block in blocks:
        d = block.shape[-1]
        before = xp.zeros((*leading_shape, d, start), like.dtype)
        after = xp.zeros((*leading_shape, d, dim - start - d), like.dtype)
        rows.append(xp.concatenate([before, block, after], axis=-1))
        start += d
    return xp.concatenate(rows, axis=-2) if rows else xp.zeros((*leading_shape, 0, 0), like.dtype)
