"""The parameters of a module under check, away from the zeros and ones at which they begin.

A bias of zeros on vectors, or a scale of ones for each component, is equivariant until it is trained. So each entry of
a parameter is moved: a zero to a small number, any other by a factor, so that what is positive stays so.

What is a parameter, is for the framework to say: `init` does of flax linen, haiku and eqlib, and nnx.Param of flax nnx.
What is no parameter, such as running statistics, is left alone. In other pytrees, such as a module of equinox, arrays
of weights and of constants look alike. There an array of JAX whose entries are all the same is taken for a parameter
that is not yet trained, and all others for what they are.

flax is not imported here: whoever has a module of nnx has imported it.
"""

import inspect
import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.testing.effort import jit_with_least_effort

Call = Callable[..., Any]

# The deviation of what zeros become, and of the logarithm of the factor of other entries.
_SPREAD = 0.3


class Held(NamedTuple):
    """A module as a function of the parameters that it holds.

    values       the parameters
    with_values  the module that holds others
    guessed      where those are that are taken for parameters by their looks
    """

    values: list[Any]
    with_values: Callable[[Sequence[Any]], Call]
    guessed: tuple[str, ...] = ()


def held(fn: Any) -> Held | None:
    """The parameters that a module of nnx, or another that is a pytree, holds; None if there are none."""
    found = _of_nnx(fn) if _is_of("flax.nnx", fn) else _of_pytree(fn)
    return found if found.values else None


def has_init(fn: Any) -> bool:
    """Whether a module makes its parameters by `init`, and takes them in `apply`."""
    return hasattr(fn, "init") and hasattr(fn, "apply")


def with_parameters(fn: Any) -> Call:
    """A function of inputs alone, with parameters that are not those of an initialisation."""
    if not has_init(fn):
        holds = held(fn)
        return fn if holds is None else holds.with_values(_moved(holds.values))
    key, apply = jax.random.key(0), apply_of(fn)
    made: list[Any] = []

    def call(*inputs: Any) -> Any:
        if not made:
            with jax.ensure_compile_time_eval():
                made.append(_parameters(fn, key, inputs))
        return apply(made[0], *inputs)

    return call


def guesses(fn: Any) -> tuple[str, ...]:
    """A note, if arrays of a module were taken for parameters by their looks."""
    holds = None if has_init(fn) else held(fn)
    if holds is None or not holds.guessed:
        return ()
    return (
        f"all entries are the same in {', '.join(holds.guessed)}, and were moved, as training does; "
        "hold what is constant as an array of NumPy",
    )


def apply_of(module: Any) -> Call:
    """A module as a function of parameters and inputs: haiku's takes a key, too, but for hk.without_apply_rng."""
    takes_key = [*inspect.signature(module.apply).parameters][1:2] == ["rng"]
    return (lambda params, *inputs: module.apply(params, None, *inputs)) if takes_key else module.apply


def is_floating(leaf: Any) -> bool:
    """Whether a leaf is an array of real numbers, and no integers or keys."""
    return hasattr(leaf, "dtype") and jnp.issubdtype(leaf.dtype, jnp.floating)


def _parameters(fn: Any, key: Any, inputs: tuple[Any, ...]) -> Any:
    """Parameters for inputs of these shapes, made in float32 as training makes them, and used in every dtype."""

    def standing_for(x: Any) -> Any:
        if not hasattr(x, "dtype"):
            return x
        return jnp.ones(x.shape, np.float32 if jnp.issubdtype(x.dtype, jnp.floating) else x.dtype)

    made = jit_with_least_effort(fn.init)(key, *jax.tree.map(standing_for, inputs))
    if _is_of("flax.linen", fn):  # whose other collections are state
        return {name: _moved(leaves) if name == "params" else leaves for name, leaves in made.items()}
    return _moved(made)


def _moved(tree: Any) -> Any:
    """The tree with other entries in its arrays of real numbers, the same at each call."""
    rng = np.random.default_rng(0)

    def moved(x: Any) -> Any:
        values, normal = np.asarray(x, np.float64), _SPREAD * rng.standard_normal(np.shape(x))
        return jnp.asarray(np.where(values == 0, normal, values * np.exp(normal)), x.dtype)

    return jax.tree.map(lambda x: moved(x) if is_floating(x) else x, tree)


def _is_of(framework: str, fn: Any) -> bool:
    return framework in sys.modules and isinstance(fn, sys.modules[framework].Module)


def _of_nnx(fn: Any) -> Held:
    nnx = sys.modules["flax.nnx"]
    graph, parameters, rest = nnx.split(fn, nnx.Param, ...)
    values, treedef = jax.tree.flatten(parameters)
    return Held(values, lambda values: nnx.merge(graph, jax.tree.unflatten(treedef, values), rest))


def _of_pytree(fn: Any) -> Held:
    """A function is a leaf of its own, without parameters."""
    paths, treedef = jax.tree_util.tree_flatten_with_path(fn)
    leaves = [leaf for _, leaf in paths]
    untrained = [n for n, leaf in enumerate(leaves) if _is_untrained(leaf)]

    def with_values(values: Sequence[Any]) -> Call:
        given = dict(zip(untrained, values, strict=True))
        return jax.tree.unflatten(treedef, [given.get(n, leaf) for n, leaf in enumerate(leaves)])

    names = tuple(jax.tree_util.keystr(paths[n][0]) for n in untrained)
    return Held([leaves[n] for n in untrained], with_values, names)


def _is_untrained(leaf: Any) -> bool:
    if not (isinstance(leaf, jax.Array) and is_floating(leaf)) or isinstance(leaf, jax.core.Tracer):
        return False
    values = np.asarray(leaf, np.float64)
    return values.size > 0 and bool(np.all(values == values.flat[0]))
