"""in_order(x): an array that lies in memory in the order of its axes.

It is a primitive, and stands inside of the lowerings alone: it is never differentiated or batched. In a program that is
exported it is nothing, since jax.export guarantees of no constraint of layout that another version will read it.
"""

from typing import Any

import jax
from jax.experimental.layout import Layout, with_layout_constraint
from jax.extend.core import Primitive
from jax.interpreters import mlir

from eqlib.array_types import Inexact

in_order_p = Primitive("in_order")


def in_order(x: Inexact[jax.Array, "*axes"]) -> Inexact[jax.Array, "*axes"]:
    """`x`, in memory in the order of its axes: XLA would rather leave it transposed, or transpose it twice.

    Without this XLA for CPU transposed 4 to 8 times more slowly where a reshape followed, and turned matrix products
    into such as it has no fast code for (jaxlib 0.10.2).
    """
    return in_order_p.bind(x)


def _constrained(x: Inexact[jax.Array, "*axes"]) -> Inexact[jax.Array, "*axes"]:
    return with_layout_constraint(x, Layout(tuple(range(x.ndim))))


_lower_constrained = mlir.lower_fun(_constrained, multiple_results=False)


def _lower(context: Any, x: Any) -> Any:
    return [x] if context.module_context.lowering_parameters.for_export else _lower_constrained(context, x)


in_order_p.def_impl(_constrained)
in_order_p.def_abstract_eval(lambda x: x)
mlir.register_lowering(in_order_p, _lower)
