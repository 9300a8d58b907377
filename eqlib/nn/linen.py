"""The layers as modules of flax.linen: parameters are made at the first input.

Example:
    >>> import eqlib, jax
    >>> x = eqlib.normal("3x0e + 2x1o", jax.random.key(0), (7,))
    >>> lin = eqlib.flax.Linear("1o + 3x0e + 1o")
    >>> w = lin.init(jax.random.key(1), x)
    >>> lin.apply(w, x).irreps
    1x1o+3x0e+1x1o
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import flax.linen as nn

from eqlib._e3nn_jax_names import explain
from eqlib.nn import linear, multi_layer_perceptron
from eqlib.nn.layer import Layer, Param, docstring_of, qualify


class _Inside(nn.Module):
    """The parameters of a layer inside a layer, under its name."""

    @nn.compact
    def __call__(self, specs: Mapping[str, Any]) -> dict[str, Any]:
        return _values(self, specs)


def _values(module: nn.Module, specs: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: module.param(name, p.init, p.shape, p.dtype) if isinstance(p, Param) else _Inside(name=name)(p)
        for name, p in specs.items()
    }


def adapt(layer: type[Layer]) -> type[nn.Module]:
    """The module of a layer: the same arguments; `init` and `apply` as every linen module has."""

    fields: Any = dataclasses.fields(layer)  # type: ignore[arg-type]

    @nn.compact
    def __call__(self: Any, *inputs: Any) -> Any:
        bound = layer(**{f.name: getattr(self, f.name) for f in fields})
        # Only where parameters are made, or flax is to say that there are none, is their description worth its trace.
        is_given = not self.is_initializing() and "params" in self.variables
        params = self.variables["params"] if is_given else _values(self, bound.params(*inputs))
        return bound.apply(params, *inputs)

    qualify(layer, __call__)
    annotations = {f.name: f.type for f in fields}
    defaults = {f.name: f.default for f in fields if f.default is not dataclasses.MISSING}
    for f in fields:
        if f.default_factory is not dataclasses.MISSING:
            defaults[f.name] = dataclasses.field(default_factory=f.default_factory)
    body = {
        "__annotations__": annotations,
        "__call__": __call__,
        "__doc__": docstring_of(layer),
        "__module__": __name__,
    }
    return type(layer.__name__, (nn.Module,), body | defaults)


Linear = adapt(linear.Linear)
MultiLayerPerceptron = adapt(multi_layer_perceptron.MultiLayerPerceptron)


def __getattr__(name: str) -> Any:
    """Of a layer of e3nn-jax that is not here, the error says why, and what to write instead."""
    raise AttributeError(explain(name, "eqlib.flax"))
