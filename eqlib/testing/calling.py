"""Ways of calling a function under check: traced by JAX, on NumPy arrays, or on tensors of torch."""

import traceback
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import jax
import numpy as np

from eqlib.errors import IrrepsError, LayoutError
from eqlib.gates.figures import equations
from eqlib.testing import torch_functions
from eqlib.testing.hints import hint
from eqlib.testing.parameters import moved_module
from eqlib.testing.targets import line_in_user_code

Call = Callable[..., Any]


# What is noted on the error of a function that wants tensors of torch, and fails on those of float64.
HAND_OVER = "A check runs in float64 too: give a module itself, which is copied in each dtype."

_TRACED = "Traced by JAX"
_UNTRACEABLE = (
    jax.errors.ConcretizationTypeError,
    jax.errors.TracerArrayConversionError,
    jax.errors.TracerIntegerConversionError,
)


class Way(NamedTuple):
    """A way of calling a function that works.

    call       from arrays to a pytree of arrays
    result     what it returned; if it is traced, the shapes of that
    wrap       how fields are given to the function
    traced     whether JAX can trace it
    of_tensors from tensors of torch to a pytree of them, or None
    untraced   why JAX cannot trace it, and where; empty if it can
    """

    call: Call
    result: Any
    wrap: Call
    traced: bool
    of_tensors: Call | None = None
    untraced: str = ""


def first_that_runs(fn: Any, build: Callable[[Any, Call], Call], wraps: Sequence[Call], arrays: Sequence[Any]) -> Way:
    """The first way that works: traced before untraced, arrays before tensors.

    build    from the function and a wrapping, a function of arrays
    wraps    the wrappings that are tried, in order

    Raises: what the function raises first, but that JAX cannot trace it; where an IrrepsArray was all that was wrong
            with that, what it raises on plain arrays; if it wants tensors, what it raises on those; with notes of
            what else it raises. Where an op of eqlib refuses irreps, that: it would take plain arrays for
            scalars, and the function would be another.
    """
    failures: list[_Failure] = []
    for kind, way in _ways(fn, build, wraps):
        try:
            result = _shapes(way.call, arrays) if way.traced else way.call(*arrays)
        except Exception as error:
            if _is_of_an_op(error):
                raise
            failures.append(_Failure(kind, way.wrap is not plain_array, error))
        else:
            if way.of_tensors is not None or not any(map(torch_functions.is_tensor, jax.tree.leaves(result))):
                return way._replace(result=result, untraced="" if way.traced else _untraced(failures))
    # torch's own words for what is no tensor: "argument 'input' must be Tensor, not ..."
    wants_tensors = torch_functions.is_loaded() and "Tensor" in str(failures[0].error)
    told = [one for one in failures if not isinstance(one.error, _UNTRACEABLE)] or failures[:1]
    raised = told[-1].error if wants_tensors else _first_cause(told)
    if wants_tensors:
        raised.add_note(HAND_OVER)
    if told_more := hint(raised):
        raised.add_note(told_more)
    for words, one in {one.words: one for one in reversed(failures)}.items():
        if words != _words(raised):
            raised.add_note(f"{one.given}, it raises {words}")
    raise raised


def _shapes(call: Call, arrays: Sequence[Any]) -> Any:
    """What a traced function returns, in shapes; one that calls back functions of the host is run, which may raise.

    Raises: RuntimeError with the words of such a function, which the runtime gives at the end of a traceback.
    """
    jaxpr, result = jax.make_jaxpr(call, return_shape=True)(*arrays)
    if any(is_callback(eqn.primitive) for eqn in equations(jaxpr.jaxpr)):
        try:
            jax.block_until_ready(jax.jit(call)(*arrays))
        except jax.errors.JaxRuntimeError as error:
            *_, words = str(error).strip().splitlines()
            raise RuntimeError(f"a function that it calls back raises {words}") from error
    return result


def is_callback(primitive: Any) -> bool:
    """Whether a primitive runs a function of Python, on the host."""
    return primitive.name in ("pure_callback", "io_callback")


class _Failure(NamedTuple):
    """What a function raises, called in a way of this kind, and whether it was given IrrepsArrays."""

    kind: str
    wrapped: bool
    error: Exception

    @property
    def given(self) -> str:
        return f"{self.kind}, given IrrepsArrays" if self.wrapped else self.kind

    @property
    def words(self) -> str:
        return _words(self.error)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"


def _first_cause(told: Sequence[_Failure]) -> Exception:
    """What is raised first, or what is for plain arrays, if an IrrepsArray was all that was wrong at first."""
    first = told[0].error
    plain = next((one.error for one in told if not one.wrapped), first)
    return plain if _is_of_irreps_array(first) and not _wants_irreps_array(plain) else first


def _is_of_irreps_array(error: Exception) -> bool:
    """Whether an IrrepsArray refused what an array allows, such as a shape or an index, or JAX refused it."""
    if isinstance(error, IrrepsError):
        return False
    return "IrrepsArray" in str(error) or any(name.startswith("eqlib.arrays.") for name in _where(error)[-1:])


def _wants_irreps_array(error: Exception) -> bool:
    """Whether a plain array lacks what an IrrepsArray has, or is refused by eqlib."""
    in_eqlib = any(name.startswith("eqlib.") for name in _where(error)[-1:])
    return isinstance(error, AttributeError) or (in_eqlib and not isinstance(error, LayoutError))


def _where(error: Exception) -> list[str]:
    """The modules through which an error passed, but for JAX."""
    names = [frame.f_globals.get("__name__", "") for frame, _ in traceback.walk_tb(error.__traceback__)]
    return [name for name in names if not name.startswith("jax.")]


def notes_of(error: BaseException) -> list[str]:
    """The notes on an error, but for what JAX says of its traceback."""
    return [note for note in getattr(error, "__notes__", ()) if "JAX has removed its internal frames" not in note]


def _is_of_an_op(error: Exception) -> bool:
    """Whether an op refused irreps; what refuses arithmetic, or an index, may be given a plain array instead."""
    of_eqlib = [name for name in _where(error) if name.startswith("eqlib.")]
    return isinstance(error, IrrepsError) and any(name.startswith("eqlib.ops.") for name in of_eqlib[-1:])


def _untraced(failures: Sequence[_Failure]) -> str:
    """What stopped JAX, and where: a module of torch it is not given at all."""
    errors = [one.error for one in failures if one.kind == _TRACED]
    if not errors:
        return "it is a module of torch"
    error = next((error for error in errors if isinstance(error, _UNTRACEABLE)), errors[0])
    at = line_in_user_code(error)
    return f"{type(error).__name__}{f' at {at}' if at else ''}"


def _ways(fn: Any, build: Callable[[Any, Call], Call], wraps: Sequence[Call]) -> Iterator[tuple[str, Way]]:
    is_module = torch_functions.is_module(fn)
    if not is_module:
        for wrap in wraps:
            yield _TRACED, Way(build(fn, wrap), None, wrap, traced=True)
        for wrap in wraps:
            yield "On NumPy arrays in float64", Way(_on_copies(build(fn, wrap)), None, wrap, traced=False)
    if torch_functions.is_loaded():
        call = build(moved_module(fn) if is_module else fn, plain_array)
        on_arrays = torch_functions.on_arrays(call)
        yield "On tensors of torch in float64", Way(on_arrays, None, plain_array, traced=False, of_tensors=call)


def plain_array(_: Any, array: Any) -> Any:
    """A field as it is."""
    return array


def _on_copies(call: Call) -> Call:
    """The function cannot overwrite what it is given, and a list of numbers of Python that it returns is an array."""

    def run(*arrays: Any) -> Any:
        result = call(*map(np.array, arrays))
        is_list = isinstance(result, list) and all(isinstance(x, int | float) for x in jax.tree.leaves(result))
        return np.asarray(result) if is_list else result

    return run
