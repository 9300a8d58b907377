"""The layers as modules of flax.nnx: parameters are made with the module, so the input must be described to it.

Example:
    >>> import eqlib, jax
    >>> x = eqlib.normal("3x0e + 2x1o", jax.random.key(0), (7,))
    >>> lin = eqlib.nnx.Linear("1o + 3x0e + 1o", irreps_in=x.irreps, rngs=nnx.Rngs(1))
    >>> lin(x).irreps
    1x1o+3x0e+1x1o
"""

from typing import Any

import jax
from flax import nnx

from eqlib.nn import linear, multi_layer_perceptron
from eqlib.nn.layer import Layer, docstring_of, map_params, needs, qualify, signature_of


def adapt(layer: type[Layer]) -> type[nnx.Module]:
    """The module of a layer: the same arguments, and `rngs`; called with the inputs."""

    def __init__(self: Any, *args: Any, rngs: nnx.Rngs | None = None, **options: Any) -> None:
        if rngs is None:
            raise needs(layer, "rngs=nnx.Rngs(0)")
        self.layer = layer(*args, **options)
        specs = self.layer.params(*self.layer.inputs())
        self.params = nnx.data(map_params(lambda _, p: nnx.Param(p.init(rngs.params(), p.shape, p.dtype)), specs))

    def __call__(self: Any, *inputs: Any) -> Any:
        values = jax.tree.map(lambda p: p[...], self.params, is_leaf=lambda p: isinstance(p, nnx.Variable))
        return self.layer.apply(values, *inputs)

    qualify(layer, __init__, __call__)
    body = {"__init__": __init__, "__call__": __call__, "__doc__": docstring_of(layer), "__module__": __name__}
    return type(layer.__name__, (nnx.Module,), body | {"__signature__": signature_of(layer, "rngs")})


Linear = adapt(linear.Linear)
MultiLayerPerceptron = adapt(multi_layer_perceptron.MultiLayerPerceptron)
