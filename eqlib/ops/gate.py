"""Vectors times scalars that were kept for them."""

from typing import Any

import jax

from eqlib.arrays.combine import concatenate
from eqlib.errors import IrrepsError
from eqlib.keywords import also_named
from eqlib.ops._activations import Activation
from eqlib.ops._operands import as_inexact, takes_irreps
from eqlib.ops.scalar_activation import scalar_activation, soft_odd


@also_named(x="input")
@takes_irreps(1)
def gate(
    x: Any,
    even_act: Activation | None = jax.nn.gelu,
    odd_act: Activation | None = soft_odd,
    even_gate_act: Activation | None = jax.nn.sigmoid,
    odd_gate_act: Activation | None = jax.nn.tanh,
    normalize_act: bool = True,
) -> Any:
    """Activates scalars, and multiplies every other irrep by an activated scalar of its own.

    Of the scalars (0e, 0o), in their order, the last are the gates: one for each copy of an irrep of degree l > 0.

    Law:    gate(D(g) x) = D'(g) gate(x) for all g in O(3).
    Shape:  [..., irreps] -> [..., irreps'], the gates being used up. A gate that is odd after its activation changes
            the parity of what it multiplies. Irreps alone give irreps' alone.
    Scale:  component: the functions are normalised, see `normalize_function`, unless `normalize_act` is False.
    Order:  the scalars, then the gated irreps, each in the order of `x`, cut where its gates are cut; neither sorted
            nor merged.
    Raises: IrrepsError if there are fewer scalars than copies to gate, or if an odd scalar meets a function that is
            neither even nor odd, or what is given is no function, or not an elementwise one.
    Source: Weiler et al. (2018), arXiv:1807.02547, section 4.3.
    Example:
        >>> gate("12x0e + 3x0e + 2x1e + 2e"), gate("12x0e + 3x0o + 2x1e + 2e")
        (12x0e+2x1e+1x2e, 12x0e+2x1o+1x2o)
    """
    (x,) = as_inexact(x)
    scalars, vectors = x.filter(keep=["0e", "0o"]), x.filter(drop=["0e", "0o"])
    free = scalars.irreps.num_irreps - vectors.irreps.num_irreps
    if free < 0:
        raise IrrepsError(
            f"cannot gate {x.irreps}: it has {scalars.irreps.num_irreps} scalars for {vectors.irreps.num_irreps} "
            "copies of irreps of degree l > 0, and each needs a gate of its own.\n"
            f"  Give it {-free} more scalars: the layer before should have the output {-free}x0e + {x.irreps}."
        )
    plain = scalar_activation(
        scalars.slice_by_mul[:free], even_act=even_act, odd_act=odd_act, normalize_act=normalize_act
    )
    gates = scalar_activation(
        scalars.slice_by_mul[free:], even_act=even_gate_act, odd_act=odd_gate_act, normalize_act=normalize_act
    )
    return concatenate([plain, gates * vectors]) if vectors.irreps.num_irreps else plain
