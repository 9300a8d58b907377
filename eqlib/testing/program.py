"""A function under check as a program of arrays, however it is written and whatever it takes and returns."""

import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import numpy as np

from eqlib.array_types import Float
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.errors import IrrepsError, LayoutError
from eqlib.o3 import Irreps, quoted
from eqlib.testing.calling import first_that_runs, plain_array
from eqlib.testing.held import renewed
from eqlib.testing.operands import Field, Fixed, Index, Label, Operand, arguments, outputs, plain, read_sizes
from eqlib.testing.parameters import guesses, unmoved, with_parameters
from eqlib.testing.sampling import draw
from eqlib.testing.settings import settings_of_user
from eqlib.testing.torch_functions import results_and_gradients

Arrays = Sequence[Any]


@dataclasses.dataclass(frozen=True)
class Program:
    """A function of arrays, one for each operand that is not left alone, that returns arrays, one for each output.

    name      what it is called
    operands  what the arrays are, in the order of the arguments
    outputs   what the results are, with the path of each in what the function returns
    sizes     the number of members of each set
    arrays    one value of the operands, in float64
    call      the function
    traced    whether JAX can trace it
    wrapped   whether it takes IrrepsArrays, whose leading axes are samples; a plain array is one sample
    backward  of what JAX cannot trace, its own backward pass if it has one: (numbers of the fields, cotangents of the
              results, arrays) -> results and gradients in the fields
    untraced  why JAX cannot trace it; empty if it can
    guesses   notes on what was taken for parameters
    unmoved   notes on parameters that were not moved from where they begin
    """

    name: str
    operands: tuple[Operand, ...]
    outputs: tuple[tuple[str, Field], ...]
    sizes: Mapping[str, int]
    arrays: tuple[Any, ...]
    call: Callable[..., list[Any]]
    traced: bool = True
    wrapped: bool = True
    backward: Callable[..., list[Float[np.ndarray, "..."]]] | None = None
    untraced: str = ""
    guesses: tuple[str, ...] = ()
    unmoved: tuple[str, ...] = ()

    @functools.cached_property
    def jitted(self) -> Callable[..., list[Any]]:
        """The function, which JAX traces once for each dtype, whoever calls it."""
        return jax.jit(self.call)

    def cast(self, arrays: Arrays, dtype: Any) -> list[Any]:
        """The fields in a dtype; integers as they are."""
        fields = [isinstance(one, Field) for one in self.operands]
        return [np.asarray(x, dtype) if is_field else x for is_field, x in zip(fields, arrays, strict=True)]

    def traced_in(self, dtype: Any) -> jax.stages.Traced:
        """The program of the function in a dtype."""
        return self.jitted.trace(*self.cast(self.arrays, dtype))

    def __str__(self) -> str:
        given = ", ".join(map(str, self.operands))
        return f"in: {given}; out: {', '.join(f'{path}{one}' for path, one in self.outputs)}"


def program(
    fn: Any,
    in_: Any,
    out: Any = None,
    *,
    example: tuple[Any, ...] | None = None,
    sizes: Mapping[str, int] | None = None,
    as_plain_arrays: bool | None = None,
    name: str | None = None,
    seed: int = 0,
) -> Program:
    """Reads what a function takes and gives; see `eqlib.testing.check` for the arguments.

    Raises: IrrepsError if it returns other irreps than `out`; LayoutError if `example` does not fit `in_`, or a plain
            array is returned and `out` does not say what it is; what the function raises, if it cannot be called.
    """
    trees = arguments(in_)
    operands, treedef = jax.tree.flatten(trees)
    values = [None] * len(operands) if example is None else _values(treedef, trees, example)
    operands = [
        dataclasses.replace(one, is_given=True) if isinstance(one, Label | Index) and value is not None else one
        for one, value in zip(operands, values, strict=True)
    ]
    found = read_sizes(operands, values, sizes or {})
    values = draw(operands, found, values, np.random.default_rng(seed))
    moving = [n for n, one in enumerate(operands) if not isinstance(one, Fixed)]
    title = name or getattr(fn, "__name__", None) or type(fn).__name__

    def build(fn: Callable[..., Any], wrap: Callable[[Operand, Any], Any]) -> Callable[..., Any]:
        def call(*arrays: Any) -> Any:
            every = list(map(renewed, values))
            for n, array in zip(moving, arrays, strict=True):
                every[n] = wrap(operands[n], array)
            with settings_of_user():
                return fn(*jax.tree.unflatten(treedef, every))

        return call

    arrays = tuple(values[n] for n in moving)
    way = first_that_runs(with_parameters(fn), build, _wrappings(as_plain_arrays), arrays)
    described = _describe(outputs(out) if out is not None else None, way.result, found)
    flat = functools.partial(_flat, described=[one for _, one in described])
    backward = way.of_tensors and functools.partial(results_and_gradients, flat(way.of_tensors))
    kept = tuple(operands[n] for n in moving)
    wrapped = way.wrap is not plain_array
    call = flat(way.call)
    return Program(
        title,
        kept,
        described,
        found,
        arrays,
        call,
        way.traced,
        wrapped,
        backward,
        way.untraced,
        guesses(fn),
        unmoved(fn),
    )


def _values(treedef: Any, trees: Any, example: tuple[Any, ...]) -> list[Any]:
    try:
        return [plain(value) for value in treedef.flatten_up_to(tuple(example))]
    except ValueError as error:
        raise LayoutError(
            f"the example has another structure than in_, which describes {len(trees)} arguments.\n"
            f"  Give one value for each, None for what is to be drawn. ({error})"
        ) from None


def _irreps(one: Operand, array: Any) -> Any:
    return IrrepsArray(one.irreps, array) if isinstance(one, Field) and not one.is_position else array


def _every(one: Operand, array: Any) -> Any:
    return IrrepsArray(one.irreps, array) if isinstance(one, Field) else array


def _wrappings(as_plain_arrays: bool | None) -> list[Callable[[Operand, Any], Any]]:
    """How fields are given to the function: IrrepsArrays, with positions as plain arrays or not; or all plain."""
    return {None: [_irreps, plain_array, _every], True: [plain_array], False: [_irreps, _every]}[as_plain_arrays]


def _describe(out: Any, result: Any, sizes: Mapping[str, int]) -> tuple[tuple[str, Field], ...]:
    is_leaf = lambda x: isinstance(x, IrrepsArray)  # noqa: E731
    paths = jax.tree_util.tree_flatten_with_path(result, is_leaf=is_leaf)[0]
    told = [None] * len(paths) if out is None else jax.tree.leaves(out)
    if len(told) != len(paths):
        raise LayoutError(
            f"out describes {len(told)} arrays, and the function returns {len(paths)}.\n"
            "  Give out the structure of what is returned."
        )
    return tuple(
        (f"{name}: " if (name := jax.tree_util.keystr(path)) else "", _output(one, value, sizes))
        for one, (path, value) in zip(told, paths, strict=True)
    )


def _output(one: Operand | None, value: Any, sizes: Mapping[str, int]) -> Field:
    given = value.irreps if isinstance(value, IrrepsArray) else None
    if not hasattr(plain(value), "shape") and not isinstance(value, int | float):
        advice = "If it makes a layer, give that layer." if callable(value) else "Return arrays."
        raise LayoutError(f"the function returns a {type(value).__name__}, which is no array.\n  {advice}")
    shape = tuple(np.shape(plain(value)))
    if one is None:
        if given is None:
            raise LayoutError(
                f"the function returns a plain array of shape {shape}, and nothing says which irreps it has.\n"
                '  Write out="1o", for instance; for the three coordinates of a vector.'
            )
        over = [name for name, size in sizes.items() if shape[:-1] == (size,)]
        return Field(given, tuple(over[:1]))
    if not isinstance(one, Field):
        raise LayoutError(f"out says {one}, and only irreps are compared.\n  Return what transforms, and no integers.")
    if given is not None and given != one.irreps:
        raise IrrepsError(
            f"the function returns {given}, and out says {one.irreps}.\n  Write out={quoted(given)}, or leave it out."
        )
    expected = (*(sizes.get(name) for name in one.over), one.irreps.dim)
    if not _fits(shape, expected) and not (one.irreps.dim == 1 and _fits(shape, expected[:-1])):
        raise LayoutError(f"the function returns an array of shape {shape}, and out says {one}: {expected}.")
    return one


def _fits(shape: tuple[int, ...], expected: tuple[int | None, ...]) -> bool:
    """Whether a shape is the expected one; None stands for any length, that of a set which only the output has."""
    return len(shape) == len(expected) and all(e in (None, n) for n, e in zip(shape, expected, strict=True))


def _flat(call: Callable[..., Any], described: Sequence[Field]) -> Callable[..., list[Any]]:
    """Results as a list of arrays whose last axis has the irreps, also where a single scalar came without an axis."""

    def flat(*arrays: Any) -> list[Any]:
        results = [x if hasattr(x, "ndim") else np.asarray(x) for x in jax.tree.leaves(call(*arrays))]
        return [x[..., None] if x.ndim == len(one.over) else x for x, one in zip(results, described, strict=True)]

    return flat


def irreps_of(one: Operand) -> Irreps:
    """The irreps of a field; none of what is no field."""
    return one.irreps if isinstance(one, Field) else Irreps()
