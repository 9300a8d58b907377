"""A function as a jaxpr of its weights and of what the group moves, traced once for all inputs of these shapes."""

import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.testing import torch_functions
from eqlib.testing.held import held, is_floating
from eqlib.testing.operands import Field, Operand
from eqlib.testing.parameters import apply_of, has_init, split
from eqlib.testing.program import Program, program
from eqlib.testing.retracing import AnotherProgram, retraced


@dataclasses.dataclass(frozen=True)
class Traced:
    """A jaxpr that takes the weights, then an array for each operand of `program`, if JAX can trace that.

    weights   the shapes of what is left alone by the group and is not constant
    jaxpr     the closed jaxpr, in float64; None if the program cannot be traced, or not once more
    raised    what the function raised when it was traced once more; else empty
    """

    program: Program
    weights: tuple[tuple[int, ...], ...]
    jaxpr: Any
    evaluate: Callable[..., Any]
    raised: str = ""

    def again(self) -> Any:
        """The jaxpr of another trace: a function of its own, since JAX remembers the traces of one that it has seen."""
        weights = [jax.ShapeDtypeStruct(shape, np.float64) for shape in self.weights]
        fn = lambda weights, *arrays: self.evaluate(weights, *arrays)  # noqa: E731
        return jax.make_jaxpr(fn)(weights, *map(_wide, self.program.arrays))

    def with_arrays(self, arrays: Sequence[Any]) -> "Traced":
        """The same program, for other values of its operands."""
        return dataclasses.replace(self, program=dataclasses.replace(self.program, arrays=tuple(arrays)))

    @property
    def operands(self) -> tuple[Operand, ...]:
        """What the arrays after the weights are."""
        return self.program.operands

    @property
    def outputs(self) -> tuple[tuple[str, Field], ...]:
        """What is returned, each with its path."""
        return self.program.outputs


def trace(
    fn: Any,
    in_: Any,
    out: Any,
    *,
    example: tuple[Any, ...] | None,
    sizes: Mapping[str, int] | None,
    as_plain_arrays: bool | None,
    name: str | None,
    seed: int,
) -> Traced:
    """Traces a function, and with it the arrays of floating-point numbers among the arguments that are left alone.

    So it does with the parameters of a module, which it makes by `init`, or which the module holds.
    """
    in_ = jax.tree.map(lambda words: None if _is_word(words, "weights") else words, in_, is_leaf=_is_description)
    title = name or getattr(fn, "__name__", None) or type(fn).__name__
    kept, call = _with_weights(fn, in_ if isinstance(in_, tuple) else (in_,))
    made = program(call, in_, out, example=example, sizes=sizes, as_plain_arrays=as_plain_arrays, name=title, seed=seed)
    if not made.traced:
        return Traced(made, (), None, made.call)
    numbers = [np.shape(w) for w in kept.weights]

    def with_weights(weights: Any, *arrays: Any) -> Any:
        before, kept.weights = kept.weights, weights
        try:
            return made.call(*arrays)
        finally:
            kept.weights = before

    shapes = [jax.ShapeDtypeStruct(shape, np.float64) for shape in numbers]
    arrays = [_wide(x) for x in made.arrays]
    try:
        jaxpr = retraced(lambda: jax.make_jaxpr(with_weights)(shapes, *arrays))
    except AnotherProgram as error:
        return Traced(made, (), None, made.call, str(error))
    return Traced(made, tuple(numbers), jaxpr, with_weights)


def _wide(x: Any) -> Any:
    return x.astype(np.float64) if np.issubdtype(np.asarray(x).dtype, np.floating) else x


def _with_weights(fn: Any, in_: tuple[Any, ...]) -> tuple[Any, Callable[..., Any]]:
    """What keeps the weights of a function, and the function of inputs that takes them from there."""
    if has_init(fn):
        kept = _Module(fn)
        return kept, kept.call
    if (holds := held(fn)) is not None:
        kept = _Arguments(lambda values, *inputs: holds.with_values(values)(*inputs), (None, *in_))
        return kept, functools.partial(kept.call, holds.values)
    kept = _Arguments(fn, in_)
    return kept, fn if torch_functions.is_module(fn) else kept.call


class _Arguments:
    """A function whose arguments that are left alone come from `weights`, as far as they are arrays of floats."""

    def __init__(self, fn: Callable[..., Any], in_: tuple[Any, ...]) -> None:
        self.fn, self.weights = fn, list[Any]()
        self.described, self.treedef = jax.tree.flatten(in_, is_leaf=_is_description)

    def call(self, *arguments: Any) -> Any:
        parts = self.treedef.flatten_up_to(arguments)
        fixed = [x for x, words in zip(parts, self.described, strict=True) if words is None]
        leaves, treedef = jax.tree.flatten(fixed)
        floating = [n for n, leaf in enumerate(leaves) if is_floating(leaf)]
        if not self.weights:
            self.weights = [leaves[n] for n in floating]
        for n, weight in zip(floating, self.weights, strict=True):
            leaves[n] = weight
        replaced = iter(jax.tree.unflatten(treedef, leaves))
        parts = [next(replaced) if words is None else x for x, words in zip(parts, self.described, strict=True)]
        return self.fn(*jax.tree.unflatten(self.treedef, parts))


def _is_word(x: Any, word: str) -> bool:
    return isinstance(x, str) and x == word


def _is_description(x: Any) -> bool:
    """Anything but the containers in which descriptions may be."""
    return not isinstance(x, dict | list | tuple)


class _Module:
    """A module whose parameters come from `weights`; the first call makes some, for their shapes."""

    def __init__(self, module: Any) -> None:
        self.module, self.apply, self.weights = module, apply_of(module), list[Any]()
        self.treedef: Any = None
        self.whole: Callable[[Any], Any] = lambda weights: weights

    def call(self, *inputs: Any) -> Any:
        if self.treedef is None:
            with jax.ensure_compile_time_eval():
                concrete = jax.tree.map(lambda x: jnp.ones(x.shape, x.dtype) if hasattr(x, "dtype") else x, inputs)
                made = jax.jit(self.module.init)(jax.random.key(0), *concrete)
            weights, self.whole = split(self.module, made)
            self.weights, self.treedef = jax.tree.flatten(weights)
        return self.apply(self.whole(jax.tree.unflatten(self.treedef, self.weights)), *inputs)
