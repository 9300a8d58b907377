"""The action of O(3) on an IrrepsArray."""

from typing import Any, Self

import jax
import jax.numpy as jnp

from eqlib.array_types import Array, ArrayLike, Float, Inexact
from eqlib.arrays.arith import broadcast_leading
from eqlib.arrays.base import IrrepsArrayBase
from eqlib.dtypes import at_least_float32
from eqlib.o3 import (
    matrix_from_angles,
    matrix_from_axis_angle,
    matrix_from_log_coordinates,
    matrix_from_quaternion,
    namespace,
)
from eqlib.o3.representation import invert, matrices_of, orthogonal


class Transformation(IrrepsArrayBase):
    """The methods that rotate and invert. Rotations have leading axes of their own, which broadcast with the array's.

    The dtype of the array is kept; integers become the floating dtype of the rotation. `k` counts inversions.
    """

    def transform_by_matrix(self, R: ArrayLike) -> Self:
        """Acts with the orthogonal matrix `R`; det R = -1 is a rotation times the inversion.

        Law:    x.transform_by_matrix(S).transform_by_matrix(R) == x.transform_by_matrix(R @ S).
        Shape:  x [..., irreps], R [..., 3, 3] -> [..., irreps]; leading axes broadcast.
        Raises: LayoutError if the leading axes do not broadcast; ValueError if R is not orthogonal. Under jit, where
                that is not known, the result is NaN.
        Source: Varshalovich et al. (1988), chapter 4; the matrices are real, see eqlib.o3.basis.
        Example:
            >>> import numpy as np
            >>> from eqlib import IrrepsArray
            >>> IrrepsArray("0o + 1e", np.array([1.0, 1.0, 2.0, 3.0])).transform_by_matrix(-np.eye(3))
            1x0o+1x1e [-1.  1.  2.  3.]
        """
        R = _floating(orthogonal(R), self.dtype)
        what = f"cannot transform {self.irreps} by matrices"
        leading_shape = broadcast_leading(what, self.shape[:-1], R.shape[:-2])
        dtype = self.dtype if jnp.issubdtype(self.dtype, jnp.inexact) else R.dtype
        if isinstance(R, jax.Array):
            dtype = jax.dtypes.canonicalize_dtype(dtype)
        labels = tuple(sorted({ir for _, ir in self.irreps}))
        D = _compiled_matrices_of(labels, R) if isinstance(R, jax.Array) else matrices_of(labels, R)
        xp = namespace(self.array, R)
        parts = [
            _matmul(chunk.astype(dtype), D[mul_ir.ir].swapaxes(-1, -2).astype(dtype)).reshape(
                (*leading_shape, mul_ir.dim)
            )
            for mul_ir, chunk in zip(self.irreps, self.chunks, strict=True)
        ]
        return self._new(self.irreps, xp.concatenate(parts or [xp.zeros((*leading_shape, 0), dtype)], axis=-1))

    def transform_by_angles(
        self, alpha: ArrayLike, beta: ArrayLike, gamma: ArrayLike, k: ArrayLike = 0, inverse: bool = False
    ) -> Self:
        """Acts with (-1)^k Ry(alpha) Rx(beta) Ry(gamma), or with its inverse.

        Law:    x.transform_by_angles(*r).transform_by_angles(*r, inverse=True) == x.
        Shape:  x [..., irreps], angles and k [...] -> [..., irreps]; leading axes broadcast.
        Units:  radians.
        Raises: ValueError if the leading axes do not broadcast; TypeError if k is no integer.
        Source: as of transform_by_matrix; the order of the angles is that of `eqlib.angles_to_matrix`.
        Example: a quarter turn about the x axis takes y to z
            >>> import numpy as np
            >>> from eqlib import IrrepsArray
            >>> y = IrrepsArray("1e", np.array([0.0, 1.0, 0.0]))
            >>> print(y.transform_by_angles(0.0, np.pi / 2, 0.0).array.round(3) + 0.0)
            [0. 0. 1.]
        """
        R = invert(matrix_from_angles(alpha, beta, gamma), k)
        return self.transform_by_matrix(R.swapaxes(-1, -2) if inverse else R)

    def transform_by_quaternion(self, q: ArrayLike, k: ArrayLike = 0) -> Self:
        """Acts with (-1)^k times the rotation of the quaternion `q` = (w, x, y, z), of any length but 0.

        Law:    x.transform_by_quaternion(q) == x.transform_by_matrix(quaternion_to_matrix(q)).
        Shape:  x [..., irreps], q [..., 4], k [...] -> [..., irreps]; leading axes broadcast.
        Raises: ValueError if the leading axes do not broadcast or q has length 0; TypeError if k is no integer.
        Source: as of transform_by_matrix.
        Example: half a turn about the x axis, and the inversion
            >>> import numpy as np
            >>> from eqlib import IrrepsArray
            >>> x = IrrepsArray("1o", np.array([1.0, 2.0, 3.0]))
            >>> print(x.transform_by_quaternion(np.array([0.0, 1.0, 0.0, 0.0]), k=1).array)
            [-1.  2.  3.]
        """
        return self.transform_by_matrix(invert(matrix_from_quaternion(q), k))

    def transform_by_axis_angle(self, axis: ArrayLike, angle: ArrayLike, k: ArrayLike = 0) -> Self:
        """Acts with (-1)^k times the rotation about `axis`, of any length but 0, by `angle`.

        Law:    x.transform_by_axis_angle(n, a).transform_by_axis_angle(n, b) == x.transform_by_axis_angle(n, a + b).
        Shape:  x [..., irreps], axis [..., 3], angle and k [...] -> [..., irreps]; leading axes broadcast.
        Scale:  the length of the axis does not matter, as in axis_angle_to_matrix; e3nn-jax turns by |axis| times the
                angle here, and by the angle there.
        Units:  radians.
        Raises: ValueError if the leading axes do not broadcast or the axis has length 0; TypeError if k is no integer.
        Source: as of transform_by_matrix.
        Example: a quarter turn about the x axis takes y to z
            >>> import numpy as np
            >>> from eqlib import IrrepsArray
            >>> y = IrrepsArray("1e", np.array([0.0, 1.0, 0.0]))
            >>> print(y.transform_by_axis_angle(np.array([1.0, 0.0, 0.0]), np.pi / 2).array.round(3) + 0.0)
            [0. 0. 1.]
        """
        return self.transform_by_matrix(invert(matrix_from_axis_angle(axis, angle), k))

    def transform_by_log_coordinates(self, log_coordinates: ArrayLike, k: ArrayLike = 0) -> Self:
        """Acts with (-1)^k times the rotation about w by |w|, w the log coordinates.

        Law:    x.transform_by_log_coordinates(-w) undoes x.transform_by_log_coordinates(w).
        Shape:  x [..., irreps], log_coordinates [..., 3], k [...] -> [..., irreps]; leading axes broadcast.
        Units:  radians.
        Raises: ValueError if the leading axes do not broadcast; TypeError if k is no integer.
        Source: as of transform_by_matrix.
        Example: a quarter turn about the x axis takes y to z
            >>> import numpy as np
            >>> from eqlib import IrrepsArray
            >>> y = IrrepsArray("1e", np.array([0.0, 1.0, 0.0]))
            >>> print(y.transform_by_log_coordinates(np.array([np.pi / 2, 0.0, 0.0])).array.round(3) + 0.0)
            [0. 0. 1.]
        """
        return self.transform_by_matrix(invert(matrix_from_log_coordinates(log_coordinates), k))


# Outside of jit: one compilation in place of one for each of the many small steps of the recursion.
_compiled_matrices_of = jax.jit(matrices_of, static_argnums=0)


def _floating(R: Float[Array, "*batch 3 3"], dtype: Any) -> Float[Array, "*batch 3 3"]:
    """`R` in a floating dtype that holds at least the digits of `dtype`, so that D^l is not the less precise part."""
    xp = namespace(R)
    R = xp.asarray(R)
    if not jnp.issubdtype(R.dtype, jnp.floating):
        R = R * 1.0
    real = jnp.finfo(dtype).dtype if jnp.issubdtype(dtype, jnp.inexact) else R.dtype
    dtype = at_least_float32(jnp.promote_types(R.dtype, real))
    return R.astype(jax.dtypes.canonicalize_dtype(dtype) if isinstance(R, jax.Array) else dtype)


def _matmul(
    x: Inexact[Array, "*#batch mul dim"], D: Inexact[Array, "*#batch dim dim"]
) -> Inexact[Array, "*batch mul dim"]:
    """x @ D, rounded as its dtype and not to TF32."""
    if isinstance(x, jax.Array) or isinstance(D, jax.Array):
        return jnp.matmul(x, D, precision=jax.lax.Precision.HIGHEST)
    return x @ D
