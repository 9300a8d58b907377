"""What every op does with its arguments before it plans: irreps alone, plain arrays, dtypes, filters."""

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Extent
from eqlib.arrays.arith import broadcast_leading, is_number
from eqlib.arrays.create import as_irreps_array
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.errors import IrrepsError, LayoutError
from eqlib.o3 import Irrep, Irreps, MulIrrep

F = TypeVar("F", bound=Callable[..., Any])

_IRREPS = (str, Irrep, MulIrrep, Irreps)


def takes_irreps(count: int) -> Callable[[F], F]:
    """Lets the first `count` arguments of an op be irreps without arrays; the op then returns the output's irreps.

    They may be given by position, by name, or some by each. Nothing is computed: the op is evaluated on shapes alone,
    so both answers come from the same code.
    """

    def decorate(op: F) -> F:
        names = tuple(inspect.signature(op).parameters)[:count]

        @functools.wraps(op)
        def wrapped(*args: Any, **keywords: Any) -> Any:
            placed, named = args[:count], {name: keywords[name] for name in names if name in keywords}
            without = [isinstance(x, _IRREPS) for x in (*placed, *named.values())]
            if not any(without):
                return op(*args, **keywords)
            if not all(without):
                raise IrrepsError(
                    f"{op.__name__} was given irreps for some operands and arrays for others.\n"
                    f"  Write {op.__name__}(x.irreps, y.irreps) for the irreps of the product, or give only arrays."
                )
            shapes = (
                [_shape_only(Irreps(x)) for x in placed],
                {name: _shape_only(Irreps(x)) for name, x in named.items()},
            )
            return jax.eval_shape(lambda xs, ys: op(*xs, *args[count:], **keywords | ys), *shapes).irreps

        return wrapped  # type: ignore[return-value]

    return decorate


def _shape_only(irreps: Irreps) -> Any:
    return IrrepsArray(irreps, jax.ShapeDtypeStruct((irreps.dim,), jnp.float32))


def as_inexact(*operands: Any, keeps_numpy: bool = False) -> tuple[IrrepsArray, ...]:
    """The operands as IrrepsArrays of JAX arrays of one common floating dtype; a plain array is read as scalars.

    With `keeps_numpy` they stay NumPy's if they all are: norm, dot and cross of e3nn-jax keep them.

    Raises: LayoutError if their leading axes do not broadcast, or one is a number and has no axis to be read along.
    """
    _require_axes(operands)
    arrays = [as_irreps_array(x) for x in operands]
    what = f"cannot combine {' and '.join(str(x.irreps) for x in arrays)}"
    broadcast_leading(what, *(x.shape[:-1] for x in arrays))
    xp: Any = np if keeps_numpy and all(isinstance(x.array, np.ndarray) for x in arrays) else jnp
    dtype = xp.result_type(*(x.array for x in arrays))
    if not jnp.issubdtype(dtype, jnp.inexact):
        dtype = xp.result_type(float)
    return tuple(IrrepsArray(x.irreps, xp.asarray(x.array, dtype)) for x in arrays)


def _require_axes(operands: tuple[Any, ...]) -> None:
    """Refuses numbers, and arrays without axes, by the names that they have in the op."""
    what = [str(x.irreps) if isinstance(x, IrrepsArray) else _number(x) for x in operands]
    for name, x in zip("xy", operands, strict=False):
        if not isinstance(x, IrrepsArray) and is_number(x) and np.ndim(x) == 0:
            code = _number(x) if isinstance(x, int | float | complex) else name
            others = [other for other in "xy"[: len(operands)] if other != name]
            multiple = f"{code} * {others[0]} for a multiple of {others[0]}, " if others else ""
            verb = "combine" if others else "read"
            raise LayoutError(
                f"cannot {verb} {' and '.join(what)}: a plain array is read as scalars, one for each entry of its last "
                f"axis, and a number has no axis.\n  Write {multiple}jnp.reshape({code}, 1) for one scalar."
            )


def _number(x: Any) -> str:
    """How a message calls an operand that is no IrrepsArray."""
    return str(x) if isinstance(x, int | float | complex) else f"an array of shape {np.shape(x)}"


@contextlib.contextmanager
def reading(x: Any) -> Iterator[None]:
    """Adds to an error about irreps that `x`, if it is a plain array, was read as scalars: that may be the mistake."""
    try:
        yield
    except IrrepsError as error:
        if isinstance(x, IrrepsArray):
            raise
        raise IrrepsError(
            f"{error}\n  The input is a plain array, read as {np.shape(x)[-1]}x0e: if it is anything else, write "
            "IrrepsArray(irreps, x)."
        ) from None


def require_in_range(name: str, index: Any, low: Extent, high: Extent, advice: str) -> None:
    """Refuses an index outside of low <= index < high where its values are known.

    Raises: LayoutError with the first such value; under jit it is for the caller to answer with NaN.
    """
    if isinstance(index, jax.core.Tracer):
        return
    values = np.asarray(index)
    outside = values[(values < low) | (values >= high)]
    if outside.size:
        raise LayoutError(f"{name} has the value {outside[0]}, and must be in [{low}, {high}).\n  {advice}")


def irrep_filter(filter_ir_out: Any) -> tuple[Irrep, ...] | None:
    """The irreps that a caller wants to keep, from any of the forms in which they can be named; None keeps all."""
    if filter_ir_out is None:
        return None
    if isinstance(filter_ir_out, str):
        return tuple(dict.fromkeys(ir for _, ir in Irreps(filter_ir_out)))
    if isinstance(filter_ir_out, Irrep):
        return (filter_ir_out,)
    if not isinstance(filter_ir_out, Iterable):
        raise IrrepsError(
            f"filter_ir_out={filter_ir_out!r} names no irreps.\n"
            "  Write filter_ir_out='0e + 1o', or a list of irreps: filter_ir_out=['0e', '1o']."
        )
    return tuple(dict.fromkeys(Irrep(ir) for ir in filter_ir_out))
