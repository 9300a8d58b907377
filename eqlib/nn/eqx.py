"""The layers as modules of equinox: parameters are made with the module, so the input must be described to it.

Example:
    >>> import eqlib, jax
    >>> x = eqlib.normal("3x0e + 2x1o", jax.random.key(0), (7,))
    >>> lin = eqlib.equinox.Linear("1o + 3x0e + 1o", irreps_in=x.irreps, key=jax.random.key(1))
    >>> lin(x).irreps
    1x1o+3x0e+1x1o
"""

from typing import Any

import equinox as eqx

from eqlib.array_types import RandomKey
from eqlib.nn import linear, multi_layer_perceptron
from eqlib.nn.layer import Layer, docstring_of, needs, qualify, sign, signature_of


def adapt(layer: type[Layer]) -> type[eqx.Module]:
    """The module of a layer: the same arguments, and `key`; called with the inputs."""

    def __init__(self: Any, *args: Any, key: RandomKey | None = None, **options: Any) -> None:
        if key is None:
            raise needs(layer, "key=jax.random.key(0)")
        self.layer = layer(*args, **options)
        self._weights = self.layer.init(key, *self.layer.inputs())

    def __call__(self: Any, *inputs: Any) -> Any:
        return self.layer.apply(self._weights, *inputs)

    qualify(layer, __init__, __call__)
    sign(__init__, signature_of(layer, "key"))
    body = {"__init__": __init__, "__call__": __call__, "__doc__": docstring_of(layer), "__module__": __name__}
    fields = {"__annotations__": {"layer": Any, "_weights": dict}, "layer": eqx.field(static=True)}
    return type(layer.__name__, (eqx.Module,), body | fields)


Linear = adapt(linear.Linear)
MultiLayerPerceptron = adapt(multi_layer_perceptron.MultiLayerPerceptron)
