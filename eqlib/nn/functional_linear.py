"""The linear map without a dict of names: e3nn-jax's FunctionalLinear."""

import dataclasses
import math
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Array, Bool, Inexact, Num
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.errors import IrrepsError
from eqlib.o3 import Irreps
from eqlib.ops._linear_paths import exponent, linear_paths
from eqlib.ops.linear import linear


class Instruction(NamedTuple):
    """Weights from segment `i_in`, or -1 for a bias, to segment `i_out`."""

    i_in: int
    i_out: int
    path_shape: tuple[int, ...]
    path_weight: float
    weight_std: float


@dataclasses.dataclass(frozen=True)
class FunctionalLinear:
    """A linear map between given irreps, with zeros where nothing reaches: a value, without weights of its own.

    Law:    f(ws, D1(g) x) = D3(g) f(ws, x) for all g in O(3).
    Shape:  weights as a list of arrays, or flat; [..., irreps_in] -> [..., irreps_out]; leading axes broadcast.
    Scale:  as `eqlib.linear`, for weights of the deviations `weight_std` in `instructions`.
    Order:  that of irreps_out; nothing is simplified.
    Raises: IrrepsError if an instruction or a bias is not equivariant, or the input cannot be cut into irreps_in.
    Source: Schur's lemma; the interface of e3nn-jax.
    Example:
        >>> f = FunctionalLinear("2x0e + 1o", "0e + 3x1o")
        >>> f
        FunctionalLinear(2x0e+1x1o -> 1x0e+3x1o, 2 instructions, 5 weights)
        >>> f(jnp.ones(5), IrrepsArray("2x0e + 1o", jnp.ones(5))).irreps
        1x0e+3x1o
    """

    irreps_in: Any
    irreps_out: Any
    instructions: Any = None
    biases: Any = None
    path_normalization: str | float | None = None
    gradient_normalization: str | float | None = None

    def __post_init__(self) -> None:
        q, g = exponent(self.path_normalization, "element"), exponent(self.gradient_normalization, "path")
        irreps = {"irreps_in": Irreps(self.irreps_in), "irreps_out": Irreps(self.irreps_out)}
        biases = bool(self.biases) if self.biases is None or isinstance(self.biases, bool) else tuple(self.biases)
        pairs = None if self.instructions is None else tuple((int(i), int(o)) for i, o in self.instructions)
        found = linear_paths(
            *irreps.values(), instructions=pairs, biases=biases, path_normalization=q, gradient_normalization=g
        )
        read = tuple(
            Instruction(
                -1 if path.i_in is None else path.i_in, path.i_out, path.shape, float(path.path_weight), path.weight_std
            )
            for path in found
        )
        frozen = {**irreps, "instructions": read, "biases": biases}
        for name, value in (frozen | {"path_normalization": q, "gradient_normalization": g}).items():
            object.__setattr__(self, name, value)

    @property
    def num_weights(self) -> int:
        """The number of all weights."""
        return sum(math.prod(instruction.path_shape) for instruction in self.instructions)

    @property
    def output_mask(self) -> Bool[np.ndarray, " {self.irreps_out.dim}"]:
        """For every component of the output, whether a weight reaches it."""
        reached = {instruction.i_out for instruction in self.instructions if 0 not in instruction.path_shape}
        parts = [np.full(mul_ir.dim, o in reached) for o, mul_ir in enumerate(self.irreps_out)]
        return np.concatenate([np.zeros(0, bool), *parts])

    def split_weights(self, weights: Num[Array, "... {self.num_weights}"]) -> list[Num[jax.Array, "..."]]:
        """Flat weights [..., num_weights] as one array [..., *path_shape] for every instruction."""
        sizes = [math.prod(instruction.path_shape) for instruction in self.instructions]
        parts = jnp.split(weights, np.cumsum(sizes)[:-1].tolist(), axis=-1) if sizes else []
        return [
            part.reshape(*weights.shape[:-1], *instruction.path_shape)
            for part, instruction in zip(parts, self.instructions, strict=True)
        ]

    def __call__(self, ws: Any, input: IrrepsArray) -> IrrepsArray:
        """The map with these weights."""
        return linear(
            input.rechunk(self.irreps_in),
            ws,
            self.irreps_out,
            biases=self.biases,
            instructions=[(i, o) for i, o, *_ in self.instructions if i >= 0],
            path_normalization=self.path_normalization,
            gradient_normalization=self.gradient_normalization,
            force_irreps_out=True,
            simplify_irreps_internally=False,
        )

    def matrix(self, ws: Any) -> Inexact[jax.Array, "{self.irreps_in.dim} {self.irreps_out.dim}"]:
        """The matrix M [irreps_in, irreps_out] of the map: f(ws, x) = x M.

        Raises: IrrepsError if there are biases, for then the map is not linear.
        """
        if any(instruction.i_in == -1 for instruction in self.instructions):
            raise IrrepsError("a map with biases is affine and has no matrix.\n  Write biases=False.")
        dtype = jnp.result_type(float, *ws) if isinstance(ws, list | tuple) else jnp.asarray(ws).dtype
        return self(ws, IrrepsArray(self.irreps_in, jnp.eye(self.irreps_in.dim, dtype=dtype))).array

    def __repr__(self) -> str:
        return (
            f"FunctionalLinear({self.irreps_in} -> {self.irreps_out}, "
            f"{len(self.instructions)} instructions, {self.num_weights} weights)"
        )
