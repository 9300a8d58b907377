"""A perceptron on scalars."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from math import sqrt
from typing import Any

import jax
import jax.numpy as jnp

from eqlib.array_types import Array, Inexact
from eqlib.arrays.create import as_irreps_array
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.errors import IrrepsError
from eqlib.nn.layer import Layer, Param, normal_over
from eqlib.nn.options import function, whole, wholes
from eqlib.ops._linear_paths import exponent
from eqlib.ops._operands import as_inexact
from eqlib.ops.linear import scalars
from eqlib.ops.scalar_activation import normalize_function


@dataclasses.dataclass(frozen=True)
class MultiLayerPerceptron(Layer):
    """Dense layers with a normalised activation after each, on scalars or on a plain array.

    list_neurons            the length of every layer's output
    act                     the activation; None for none
    gradient_normalization  "path" (default): weights of size 1; "element": weights carry the whole scale; or between
    output_activation       True for `act` after the last layer too, False for none there, or a function
    with_bias               a constant in every layer
    input_size, input_dtype  what the input will be, for frameworks that make parameters before any input
    precision               of matrix products

    Law:    invariant: only 0e go in, and only 0e come out.
    Shape:  [..., n] -> [..., list_neurons[-1]]; an IrrepsArray gives one, an array an array.
    Scale:  component: each layer keeps unit variance at initialisation; activations have unit mean square.
    Raises: IrrepsError if the input has another irrep than 0e; ValueError if an option makes no sense.
    Source: the names, shapes and initial values of the weights are those of e3nn-jax.
    Example:
        >>> layer = MultiLayerPerceptron((8, 1), jax.nn.silu)
        >>> layer.apply(layer.init(jax.random.key(0), jnp.ones(4)), jnp.ones(4)).shape
        (1,)
    """

    list_neurons: Sequence[int]
    act: Callable[[Any], Any] | None = None
    gradient_normalization: str | float | None = None
    output_activation: bool | Callable[[Any], Any] = True
    with_bias: bool = False
    input_size: int | None = None
    input_dtype: Any = jnp.float32
    precision: Any = jax.lax.Precision.HIGHEST

    def __post_init__(self) -> None:
        object.__setattr__(self, "list_neurons", wholes("MultiLayerPerceptron: list_neurons", self.list_neurons, 0))
        if self.input_size is not None:
            whole("MultiLayerPerceptron: input_size", self.input_size, 0)
        function("MultiLayerPerceptron: act", self.act)
        if not isinstance(self.output_activation, bool):
            function("MultiLayerPerceptron: output_activation", self.output_activation)

    def params(self, *inputs: Any) -> dict[str, Any]:
        """A kernel [in, out], and a bias if asked for, of every layer."""
        x = jax.eval_shape(_read, *inputs)
        g = exponent(self.gradient_normalization, "path")
        found: dict[str, Any] = {}
        for n, (fan_in, h) in enumerate(zip((x.shape[-1], *self.list_neurons), self.list_neurons, strict=False)):
            found[f"Dense_{n}"] = {"kernel": Param((fan_in, h), normal_over(fan_in, 1.0 - g), x.dtype)}
            if self.with_bias:
                found[f"Dense_{n}"]["bias"] = Param((h,), jax.nn.initializers.zeros, x.dtype)
        return found

    def apply(self, params: Mapping[str, Any], *inputs: Any) -> Any:
        """The layers in turn."""
        x = _read(*inputs)
        g = exponent(self.gradient_normalization, "path")
        last = {True: self.act, False: None}.get(self.output_activation, self.output_activation)  # type: ignore[arg-type]
        for n in range(len(self.list_neurons)):
            layer = params[f"Dense_{n}"]
            scale = sqrt(1 / max(x.shape[-1], 1)) ** g
            x = jnp.matmul(x, layer["kernel"], precision=self.precision)
            x = scale * (x + layer["bias"] if self.with_bias else x)
            act = self.act if n < len(self.list_neurons) - 1 else last
            x = x if act is None else normalize_function(act)(x)
        return as_irreps_array(x) if isinstance(inputs[0], IrrepsArray) else x

    def inputs(self) -> tuple[Any, ...]:
        """An array of `input_size` numbers."""
        if self.input_size is None:
            raise IrrepsError(
                "MultiLayerPerceptron needs input_size, for its parameters are made before it sees an input.\n"
                "  Write MultiLayerPerceptron((64, 64), act, input_size=x.shape[-1])."
            )
        return (jax.ShapeDtypeStruct((self.input_size,), self.input_dtype),)


def _read(x: Any) -> Inexact[Array, "... neurons"]:
    """The input as a floating array."""
    return as_inexact(scalars(x, "the input"))[0].array
