"""The layers as modules of haiku: parameters are made at the first input; names inside are those that haiku gives.

Example:
    >>> import eqlib
    >>> x = eqlib.normal("3x0e + 2x1o", jax.random.key(0), (7,))
    >>> lin = hk.without_apply_rng(hk.transform(lambda x: eqlib.haiku.Linear("1o + 3x0e + 1o")(x)))
    >>> w = lin.init(jax.random.key(1), x)
    >>> lin.apply(w, x).irreps
    1x1o+3x0e+1x1o
"""

import re
from collections.abc import Mapping
from typing import Any

import haiku as hk
import jax

from eqlib._e3nn_jax_names import explain
from eqlib.array_types import Inexact
from eqlib.nn import linear, multi_layer_perceptron
from eqlib.nn.layer import Layer, Param, docstring_of, qualify, sign, signature_of

_NAMES = {"kernel": "w", "bias": "b"}


def _renamed(name: str) -> str:
    """haiku's name of a parameter or of a dense layer."""
    return _NAMES.get(name, re.sub(r"^Dense_(\d+)$", r"linear_\1", name))


class _Inside(hk.Module):
    """The parameters of a layer inside a layer, under its name."""

    def __call__(self, specs: Mapping[str, Any]) -> dict[str, Any]:
        return _values(specs)


def _values(specs: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _parameter(name, p) if isinstance(p, Param) else _Inside(name=_renamed(name))(p)
        for name, p in specs.items()
    }


def _parameter(name: str, p: Param) -> Inexact[jax.Array, "..."]:
    def init(shape: Any, dtype: Any) -> Inexact[jax.Array, "..."]:
        # haiku's constants take no key, and the keys of what comes after depend on it.
        return p.init(None if p.init is jax.nn.initializers.zeros else hk.next_rng_key(), tuple(shape), dtype)

    return hk.get_parameter(_renamed(name), p.shape, p.dtype, init=init)


def adapt(layer: type[Layer]) -> type[hk.Module]:
    """The module of a layer: the same arguments, and `name`; called with the inputs inside `hk.transform`."""

    def __init__(self: Any, *args: Any, name: str | None = None, **options: Any) -> None:
        hk.Module.__init__(self, name=name)
        self.layer = layer(*args, **options)

    def __call__(self: Any, *inputs: Any) -> Any:
        return self.layer.apply(_values(self.layer.params(*inputs)), *inputs)

    qualify(layer, __init__, __call__)
    sign(__init__, signature_of(layer, name=None))
    body = {"__init__": __init__, "__call__": __call__, "__doc__": docstring_of(layer), "__module__": __name__}
    return type(layer.__name__, (hk.Module,), body | {"__repr__": lambda self: repr(self.layer)})


Linear = adapt(linear.Linear)
MultiLayerPerceptron = adapt(multi_layer_perceptron.MultiLayerPerceptron)


def __getattr__(name: str) -> Any:
    """Of a layer of e3nn-jax that is not here, the error says why, and what to write instead."""
    raise AttributeError(explain(name, "eqlib.haiku"))
