"""What a layer is: the parameters that it needs, as data, and a pure function of parameters and inputs.

A layer is a frozen dataclass; its fields are its options. It knows of no framework. The adapters `linen`, `nnx`, `eqx`
and `haiku` turn any layer into a class of their framework, which holds the parameters. Parameters are nested mappings
from names to arrays, one level per layer inside the layer, such as {"Dense_0": {"kernel": ...}}.

A layer of layers is a `Model`: it is written once, as the forward pass, and its parameters are found by running that
pass on shapes.

    @dataclass(frozen=True)
    class Block(Model):
        irreps: str

        def forward(self, call, x):
            return call("down", Linear("8x0e"), gate(call("up", Linear(self.irreps), x)))

    params = Block("16x0e + 8x1o").init(key, x)        {"up": {"w[0,0] ...": ...}, "down": {...}}
    z = Block("16x0e + 8x1o").apply(params, x)
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from eqlib.array_types import Inexact, RandomKey


class Param(NamedTuple):
    """A parameter as data: its shape, `init(key, shape, dtype)`, its dtype."""

    shape: tuple[int, ...]
    init: Callable[..., Any]
    dtype: Any = jnp.float32


class Layer:
    """The base of all layers. A subclass is a frozen dataclass with `params` and `apply`, and `inputs` if it can."""

    def params(self, *inputs: Any) -> dict[str, Any]:
        """The parameters for inputs of these irreps, shapes and dtypes, by name, in the order of their keys.

        Only what is static is read of the inputs: `jax.ShapeDtypeStruct` may stand in an array's place. The values are
        `Param`s, or such dicts of the layers inside.
        """
        raise NotImplementedError(f"{type(self).__name__} does not say what parameters it has.")

    def apply(self, params: Mapping[str, Any], *inputs: Any) -> Any:
        """The output: a pure function of arrays, named and nested as `params` says, and of inputs."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it computes.")

    def inputs(self) -> tuple[Any, ...]:
        """Inputs without data, made from the fields alone: for frameworks that make parameters before any input.

        Raises: ValueError if a field is missing for that.
        """
        raise NotImplementedError(
            f"{type(self).__name__} does not say what it is applied to before it is applied.\n"
            "  Write its method `inputs`, or use eqlib.flax or eqlib.haiku, which read the first input."
        )

    def init(self, key: RandomKey, *inputs: Any) -> dict[str, Any]:
        """Arrays for `params(*inputs)`; each takes the first half of a key, and leaves the other half to the next."""
        specs = self.params(*inputs)
        keys = {}
        for path in paths_of(specs):
            keys[path], key = jax.random.split(key)
        return map_params(lambda path, p: p.init(keys[path], p.shape, p.dtype), specs)

    def _record(self, *inputs: Any) -> tuple[dict[str, Any], Any]:
        """The parameters, and an output of the right irreps, shape and dtype, in one pass."""
        specs = self.params(*inputs)
        return specs, self.apply(map_params(lambda _, p: jnp.zeros(p.shape, p.dtype), specs), *inputs)


class Model(Layer):
    """A layer of layers, written as its forward pass alone.

    `forward(call, *inputs)` applies a layer inside by `call(name, layer, *inputs)`, and reads a parameter of its own by
    `call(name, Param(shape, init))`. A name that is called again is the same layer with the same parameters.
    """

    def forward(self, call: Callable[..., Any], *inputs: Any) -> Any:
        """The output, by `call`."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it computes.")

    def params(self, *inputs: Any) -> dict[str, Any]:
        """The parameters of every layer that the forward pass calls; nothing is computed."""
        found: dict[str, Any] = {}

        def record(*xs: Any) -> None:
            found.update(self._record(*xs)[0])

        jax.eval_shape(record, *inputs)
        return found

    def _record(self, *inputs: Any) -> tuple[dict[str, Any], Any]:
        found: dict[str, Any] = {}

        def call(name: str, layer: Any, *xs: Any) -> Any:
            is_param = isinstance(layer, Param)
            specs, z = (layer, jnp.zeros(layer.shape, layer.dtype)) if is_param else layer._record(*xs)
            if name in found and shapes_of(found[name]) != shapes_of(specs):
                raise ValueError(
                    f"{type(self).__name__} calls {name!r} twice with different parameters: {shapes_of(found[name])} "
                    f"and {shapes_of(specs)}.\n  Give the second layer another name."
                )
            found.setdefault(name, specs)
            return z

        z = self.forward(call, *inputs)
        return found, z

    def apply(self, params: Mapping[str, Any], *inputs: Any) -> Any:
        """The forward pass with these parameters."""

        def call(name: str, layer: Any, *xs: Any) -> Any:
            return params[name] if isinstance(layer, Param) else layer.apply(params[name], *xs)

        return self.forward(call, *inputs)


def map_params(function: Callable[[tuple[str, ...], Param], Any], specs: Mapping[str, Any]) -> dict[str, Any]:
    """The same nested dict with `function(path, param)` in the place of every parameter."""

    def descend(path: tuple[str, ...], node: Any) -> Any:
        if isinstance(node, Param):
            return function(path, node)
        return {name: descend((*path, name), inner) for name, inner in node.items()}

    return descend((), specs)


def paths_of(specs: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """The path of names to every parameter, in order."""
    found: list[tuple[str, ...]] = []
    map_params(lambda path, _: found.append(path), specs)
    return found


def shapes_of(specs: Any) -> Any:
    """The shapes and dtypes alone, to compare and to print."""
    if isinstance(specs, Param):
        return specs.shape, jnp.dtype(specs.dtype).name
    return map_params(lambda _, p: shapes_of(p), specs)


def signature_of(layer: type[Layer], *more: str, **optional: Any) -> inspect.Signature:
    """The arguments of a layer, and keywords that its framework adds: without a default, and with one."""
    kind = inspect.Parameter.KEYWORD_ONLY
    extra = [inspect.Parameter(name, kind) for name in more]
    extra += [inspect.Parameter(name, kind, default=default) for name, default in optional.items()]
    return inspect.Signature([*inspect.signature(layer).parameters.values(), *extra])


def sign(init: Any, signature: inspect.Signature) -> None:
    """Gives a method `__init__` the signature of its class: equinox and haiku read it there, and only there."""
    own = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
    init.__signature__ = signature.replace(parameters=[own, *signature.parameters.values()])


def qualify(layer: type[Layer], *methods: Any) -> None:
    """Gives methods the names that they have in the class of the layer, by which Python's own errors call them."""
    for method in methods:
        method.__qualname__ = f"{layer.__name__}.{method.__name__}"


def needs(layer: type[Layer], argument: str) -> TypeError:
    """The error for a module that is made without what its parameters are drawn from."""
    return TypeError(
        f"{layer.__name__} needs {argument}: its parameters are drawn when it is made.\n"
        f"  Write {layer.__name__}(..., {argument})."
    )


def docstring_of(layer: type[Layer]) -> str:
    """What a layer says of itself, without the example, in which it is used without a framework."""
    return str(inspect.getdoc(layer)).partition("\nExample:")[0] + "\n"


def normal_over(count: int | None, exponent: float, std: float = 1.0) -> Callable[..., Any]:
    """Normal weights of deviation `std` count^(-exponent / 2), rounded where e3nn-jax rounds: keys give its values."""

    def init(key: RandomKey, shape: tuple[int, ...], dtype: Any) -> Inexact[jax.Array, "..."]:
        scale = std if count is None else jnp.sqrt(1 / max(count, 1)) ** exponent * std
        return jax.nn.initializers.normal(scale)(key, shape, dtype)

    return init
