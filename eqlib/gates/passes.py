"""What of a function is compiled: its values, its gradient, and the gradient of that, as training on forces does."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

PASSES = ("forward", "gradient", "second gradient")

Compiled = tuple[Callable[..., Any], tuple[Any, ...]]


def passed(function: Callable[..., Any], inputs: Sequence[Any], kind: str) -> Compiled:
    """A pass of a function as another function, and what that takes: the inputs, and cotangents of what it pulls back.

    Law:    forward          f(*inputs)
            gradient         (f(*inputs), the pullback of cotangents of f)
            second gradient  the pullback of cotangents of the gradients alone
    Shape:  inputs are pytrees of arrays or of their shapes; cotangents are shapes. Only floating numbers are
            differentiated, and only they have cotangents.
    Raises: ValueError if a gradient is asked of a function without floating inputs or outputs.

    Cotangents are inputs, and not ones: of constants, XLA would compute in advance what a program computes at run time.
    """
    if kind == "forward":
        return function, tuple(inputs)
    if kind == "gradient":
        return _with_cotangents(function, inputs, with_values=True)
    return _with_cotangents(*_with_cotangents(function, inputs, with_values=False), with_values=False)


def _with_cotangents(function: Callable[..., Any], inputs: Sequence[Any], *, with_values: bool) -> Compiled:
    leaves = jax.tree.leaves(tuple(inputs))
    cotangents = _floating(jax.eval_shape(function, *inputs))
    if not cotangents or not _floating(leaves):
        missing = "inputs" if cotangents else "outputs"
        raise ValueError(f'it has no floating {missing}, so no gradient.\n  Write passes = ["forward"].')
    return pullback(function, inputs, with_values=with_values), (*leaves, *cotangents)


def pullback(function: Callable[..., Any], inputs: Sequence[Any], *, with_values: bool = True) -> Callable[..., Any]:
    """From the leaves of inputs like these, and cotangents of the floating outputs, to the gradients of the floating
    inputs; `with_values`, to the outputs and them.
    """
    leaves, tree = jax.tree.flatten(tuple(inputs))
    positions = [n for n, leaf in enumerate(leaves) if _is_floating(leaf)]

    def run(*values: Any) -> Any:
        given, cotangents = list(values[: len(leaves)]), list(values[len(leaves) :])

        def of_floats(*floats: Any) -> tuple[list[Any], Any]:
            placed = dict(zip(positions, floats, strict=True))
            outputs = function(*jax.tree.unflatten(tree, [placed.get(n, leaf) for n, leaf in enumerate(given)]))
            return _floating(outputs), outputs

        _, pull, outputs = jax.vjp(of_floats, *(given[n] for n in positions), has_aux=True)
        return (outputs, pull(cotangents)) if with_values else pull(cotangents)

    return run


def _floating(outputs: Any) -> list[Any]:
    return [leaf for leaf in jax.tree.leaves(outputs) if _is_floating(leaf)]


def _is_floating(leaf: Any) -> bool:
    return jnp.issubdtype(jnp.result_type(leaf), jnp.inexact)
