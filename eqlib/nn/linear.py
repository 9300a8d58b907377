"""The linear layer: weights for `eqlib.linear`, shared, from a table, or mixed."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from eqlib.array_types import Array, Shaped
from eqlib.arrays.create import as_irreps_array
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.errors import IrrepsError, LayoutError
from eqlib.nn.layer import Layer, Param, normal_over
from eqlib.nn.options import whole
from eqlib.o3 import Irreps, quoted
from eqlib.ops._linear_paths import exponent, linear_irreps, linear_paths
from eqlib.ops._operands import as_inexact, reading
from eqlib.ops.linear import linear, scalars

LINEAR_TYPES = ("vanilla", "indexed", "mixed", "mixed_per_channel")


@dataclasses.dataclass(frozen=True)
class Linear(Layer):
    """Mixes the copies of each irrep of its input, by weights that it learns.

    Called with `(x)`; with `(index, x)` if there are `num_indexed_weights`, and each sample has the weights of its
    index; or with `(features, x)`, and they are a linear function of its features [..., weights_dim].

    irreps_out              the output; what nothing reaches is left out
    irreps_in               the input; else it is read from the first input, where the framework allows
    channel_out             mixes the axis before the irreps too, and gives it this length
    gradient_normalization  "path" (default): weights of size 1; "element": weights carry the whole scale; or between
    path_normalization      "element" (default): copies share the variance equally; "path": segments do; or between
    biases                  a constant on every 0e
    parameter_initializer   a function that returns a JAX initializer, for all weights
    instructions            the pairs of segments (i_in, i_out) to connect, with simplify_irreps_internally=False
    num_indexed_weights     the number of entries of the table of weights
    weights_per_channel     the weights are different in every channel [..., channel, irreps]
    force_irreps_out        zeros where nothing reaches
    simplify_irreps_internally  the input is regrouped, irreps_out simplified, and the weights named after that
    channel_in, weights_dim, input_dtype  what the input will be, for frameworks that make parameters before any input
    linear_type             "vanilla", "indexed", "mixed" or "mixed_per_channel": another way to say which it is
    precision               of matrix products

    Law:    Linear(D1(g) x) = D3(g) Linear(x) for all g in O(3).
    Scale:  component: inputs of unit variance give outputs of unit variance at initialisation.
    Order:  that of irreps_out.
    Raises: IrrepsError if the output is not reached or the input has other irreps than irreps_in; LayoutError if index,
            features or channels are not those for which the layer was made; ValueError if a length is no length.
    Source: Schur's lemma; the names, shapes and initial values of the weights are those of e3nn-jax.
    Example:
        >>> x = IrrepsArray("2x0e + 1o", jnp.ones(5))
        >>> layer = Linear("0e + 4x1o + 2e")
        >>> {name: param.shape for name, param in layer.params(x).items()}
        {'w[0,0] 2x0e,1x0e': (2, 1), 'w[1,1] 1x1o,4x1o': (1, 4)}
        >>> layer.apply(layer.init(jax.random.key(0), x), x).irreps
        1x0e+4x1o
    """

    irreps_out: Any
    irreps_in: Any = None
    channel_out: int | None = None
    gradient_normalization: str | float | None = None
    path_normalization: str | float | None = None
    biases: bool | Iterable[bool] = False
    parameter_initializer: Callable[[], Callable[..., Any]] | None = None
    instructions: Iterable[Sequence[int]] | None = None
    num_indexed_weights: int | None = None
    weights_per_channel: bool = False
    force_irreps_out: bool = False
    simplify_irreps_internally: bool = True
    channel_in: int | None = None
    weights_dim: int | None = None
    linear_type: str | None = None
    input_dtype: Any = jnp.float32
    precision: Any = jax.lax.Precision.HIGHEST

    def __post_init__(self) -> None:
        if self.linear_type not in (None, *LINEAR_TYPES):
            raise IrrepsError(f"there is no linear_type {self.linear_type!r}.\n  Write one of {LINEAR_TYPES}.")
        for name, least in (("num_indexed_weights", 1), ("channel_out", 0), ("channel_in", 0), ("weights_dim", 0)):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, whole(f"Linear: {name}", getattr(self, name), least))
        irreps_in = None if self.irreps_in is None else Irreps(self.irreps_in)
        pairs = None if self.instructions is None else tuple((int(i), int(o)) for i, o in self.instructions)
        biases = self.biases if isinstance(self.biases, bool) else tuple(self.biases)
        per_channel = self.weights_per_channel or self.linear_type == "mixed_per_channel"
        if per_channel and self.channel_out is not None:
            raise LayoutError(
                "channel_out mixes the channels, weights_per_channel keeps them apart.\n  Leave one of the two out."
            )
        frozen = {"irreps_out": Irreps(self.irreps_out), "irreps_in": irreps_in, "instructions": pairs}
        for name, value in (frozen | {"biases": biases, "weights_per_channel": per_channel}).items():
            object.__setattr__(self, name, value)

    def params(self, *inputs: Any) -> dict[str, Any]:
        """A matrix for every pair of segments of equal irrep, then the biases."""
        weights, x = jax.eval_shape(lambda *xs: self._read(xs), *inputs)
        extent = {name: getattr(self, name) for name in ("force_irreps_out", "simplify_irreps_internally")}
        options: Any = {"biases": self.biases, "instructions": self.instructions}
        channels = None if self.channel_out is None else (x.shape[-2], self.channel_out)
        with reading(inputs[-1]):
            irreps = linear_irreps(x.irreps, self.irreps_out, channels=channels, **extent, **options)
        g = exponent(self.gradient_normalization, "path")
        q = exponent(self.path_normalization, "element")
        d = weights.shape[-1] if weights is not None and not self._is_indexed else None
        table = (self.num_indexed_weights,) if self._is_indexed else () if d is None else (d,)
        axes = (*table, x.shape[-2]) if self.weights_per_channel else table
        found = linear_paths(*irreps, path_normalization=q, gradient_normalization=g, **options)
        made = None if self.parameter_initializer is None else self.parameter_initializer()
        return {
            path.name: Param((*axes, *path.shape), made or normal_over(d, 1.0 - g, path.weight_std), x.dtype)
            for path in found
        }

    def apply(self, params: Mapping[str, Any], *inputs: Any) -> IrrepsArray:
        """`eqlib.linear` with these weights."""
        weights, x = self._read(inputs)
        names = ("channel_out", "biases", "instructions", "path_normalization", "gradient_normalization")
        names = (*names, "force_irreps_out", "simplify_irreps_internally", "precision")
        options: Any = {name: getattr(self, name) for name in names}
        if self._is_indexed:
            options["index"] = weights
        elif weights is not None:
            mixing = weights[..., None, :] if self.weights_per_channel else weights
            options["mixing"] = mixing.astype(x.dtype)
        with reading(inputs[-1]):
            return linear(x, params, self.irreps_out, **options)

    def inputs(self) -> tuple[Any, ...]:
        """Inputs of the shapes that the fields tell."""
        needed = {"irreps_in": True, "channel_in": self.weights_per_channel or self.channel_out is not None}
        needed["weights_dim"] = self.linear_type in ("mixed", "mixed_per_channel")
        needed["num_indexed_weights"] = self.linear_type == "indexed"
        missing = [name for name, is_needed in needed.items() if is_needed and getattr(self, name) is None]
        if missing:
            raise IrrepsError(
                f"Linear needs {' and '.join(missing)}, for its parameters are made before it sees an input.\n"
                '  Write Linear("2x0e + 1o", irreps_in="0e + 1o", ...).'
            )
        leading = (self.channel_in,) if needed["channel_in"] else ()
        x = IrrepsArray(self.irreps_in, jax.ShapeDtypeStruct((*leading, self.irreps_in.dim), self.input_dtype))
        if self._is_indexed:
            return jax.ShapeDtypeStruct((), jnp.int32), x
        if self.weights_dim is not None:
            return jax.ShapeDtypeStruct((self.weights_dim,), self.input_dtype), x
        return (x,)

    @property
    def _is_indexed(self) -> bool:
        return self.num_indexed_weights is not None

    def _read(self, inputs: tuple[Any, ...]) -> tuple[Any, IrrepsArray]:
        """The index or features, or None, and x in the dtype of the computation, once they are what they must be."""
        self._check_number(len(inputs))
        x = as_irreps_array(inputs[-1])
        with reading(inputs[-1]):
            self._check_input(x)
        weights = scalars(inputs[0], "the weights") if len(inputs) == 2 else None
        if weights is not None:
            self._check_weights(weights)
        is_mixed = weights is not None and not self._is_indexed
        dtype = jnp.result_type(x.dtype, weights.dtype) if is_mixed else x.dtype
        # As in e3nn-jax integers make parameters of float32, also where JAX has float64.
        return weights, *as_inexact(x.astype(dtype if jnp.issubdtype(dtype, jnp.inexact) else jnp.float32))

    def _check_number(self, given: int) -> None:
        """One input, or before it what tells the weights of each sample, as the options ask."""
        options = {name: getattr(self, name) for name in ("num_indexed_weights", "weights_dim", "linear_type")}
        said = " and ".join(f"{name}={value!r}" for name, value in options.items() if value is not None)
        is_shared = self.linear_type == "vanilla"
        if is_shared and len(said.split(" and ")) > 1:
            raise LayoutError(
                f"Linear has {said}: {self.linear_type!r} is for weights that all samples share, and the rest for "
                "weights of each sample.\n  Leave one of the two out."
            )
        needs_two = said != "" and not is_shared
        if 1 + needs_two <= given <= (1 if is_shared else 2):
            return
        first = "index" if self._is_indexed or self.linear_type == "indexed" else "features"
        if needs_two:
            why, call = f"has {said}, so every sample needs its {first}", f"layer({first}, x)"
        elif is_shared:
            why, call = f"has {said}, so all samples share the weights", "layer(x)"
        else:
            why, call = "takes x, and before it at most the features of each sample", "layer(x), or layer(features, x)"
        called = f"{given} input" + ("s" if given != 1 else "")
        raise LayoutError(f"Linear {why}, and was called with {called}.\n  Write {call}.")

    def _check_input(self, x: IrrepsArray) -> None:
        is_numbered = self.instructions is not None
        if self.irreps_in is None and is_numbered:
            raise IrrepsError("instructions number the segments of irreps_in.\n  Write irreps_in=x.irreps.")
        is_right = x.irreps == self.irreps_in if is_numbered else _same(x.irreps, self.irreps_in)
        if not is_right:
            raise IrrepsError(
                f"Linear was made for {self.irreps_in} and called with {x.irreps}: another representation.\n"
                f"  Write irreps_in={quoted(x.irreps)}, or leave it out where the framework reads it from the input."
            )
        has_channels = self.weights_per_channel or self.channel_out is not None
        if has_channels and (x.ndim < 2 or self.channel_in not in (None, x.shape[-2])):
            raise LayoutError(
                f"Linear was made for inputs of shape [..., {self.channel_in or 'channel'}, {x.irreps.dim}] and called "
                f"with {x.shape}.\n  Write channel_in=x.shape[-2], or x[..., None, :] for a single channel."
            )

    def _check_weights(self, weights: Shaped[Array, "..."]) -> None:
        kind = jnp.integer if self._is_indexed else jnp.inexact
        if not jnp.issubdtype(weights.dtype, kind):
            raise LayoutError(
                f"the weights of a sample are {weights.dtype}: an integer is the index of an entry of a table, and a "
                "float is a feature.\n  Write num_indexed_weights=n for the first, and leave it out for the second."
            )
        if not self._is_indexed and (weights.ndim == 0 or self.weights_dim not in (None, weights.shape[-1])):
            raise LayoutError(
                f"Linear was made for features of shape [..., {self.weights_dim or 'd'}] and called with "
                f"{weights.shape}.\n  Write weights_dim=features.shape[-1]."
            )


def _same(irreps: Irreps, expected: Irreps | None) -> bool:
    """Whether these are the same irreps in any order."""
    return expected is None or irreps.regroup() == expected.regroup()
