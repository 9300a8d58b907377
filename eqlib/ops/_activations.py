"""Functions that users pass to be applied to scalars: what they are called, their values now, and whether they fit."""

import functools
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Float, Shape
from eqlib.errors import IrrepsError
from eqlib.explain import one_per_segment
from eqlib.o3 import Irreps

Activation = Callable[[Any], Any]

F = TypeVar("F", bound=Callable[..., Any])

# Primitives that act on each entry by itself. What is not among them is not refused, but tried out.
_ELEMENTWISE = (
    "abs acos acosh add and asin asinh atan atan2 atanh bessel_i0e bessel_i1e broadcast_in_dim cbrt ceil clamp "
    "convert_element_type copy copy_p cos cosh digamma div eq erf erf_inv erfc exp exp2 expm1 floor ge gt imag "
    "integer_pow is_finite le lgamma log log1p logistic lt max min mul ne neg nextafter not or pow real "
    "reduce_precision rem round rsqrt select_n sign sin sinh sqrt square stop_gradient sub tan tanh xor"
)
# Those that apply a program of their own.
_CALLS = "checkpoint closed_call core_call custom_jvp_call custom_vjp_call jit pjit remat remat2"
# The shape on which a function is tried out, for it may mix along any axis. A function may also have constants of its
# own, one for each copy [..., mul, 1]: the axis of copies has a length that no multiplicity has.
_SHAPE = (4, 61, 3)


def remembered(measure: F) -> F:
    """Measures each function once; one that cannot be hashed, as a module with arrays, each time."""
    cached = functools.lru_cache(maxsize=256)(measure)

    @functools.wraps(measure)
    def remembering(phi: Activation) -> Any:
        try:
            hash(phi)
        except TypeError:
            return measure(phi)
        return cached(phi)

    return remembering  # type: ignore[return-value]


def name_of(function: Any) -> str:
    """How a message calls a function that the user passed."""
    return getattr(function, "__name__", repr(function))


def one_for_each(op: str, acts: Any, irreps: Irreps) -> list[Activation | None]:
    """The functions for the segments of the irreps.

    Raises: IrrepsError if they are no list, too few or too many, or if one is no function.
    """
    if not isinstance(acts, Iterable) or isinstance(acts, str | Mapping):
        raise IrrepsError(
            f"{op} was given {name_of(acts)} for {irreps}, and takes a list: one function, or None, for each segment.\n"
            "  Write [act] * len(x.irreps) for one function on every segment."
        )
    acts = list(acts)
    if len(acts) != len(irreps):
        hint = one_per_segment("acts", len(acts), len(irreps), " to leave the last as they are")
        raise IrrepsError(
            f"{op} was given {len(acts)} functions for the {len(irreps)} segments of {irreps}: each has one, or None.\n"
            f"  Write {hint}."
        )
    for act in acts:
        if act is not None and not callable(act):
            raise IrrepsError(
                f"{act!r} is no function, and was to be applied to scalars of {irreps}.\n"
                "  Write a function of one number, such as jax.numpy.tanh, or None to leave them as they are."
            )
    return acts


def require_elementwise(act: Activation, irreps: Irreps) -> None:
    """Refuses a function that mixes the numbers to which it is applied, where that can be known.

    Raises: IrrepsError if it does.
    """
    if not is_elementwise(act):
        raise IrrepsError(
            f"cannot apply {name_of(act)} to scalars of {irreps}: it is not elementwise, so that each value would "
            "depend on the other copies and on the other rows.\n"
            "  Write a function of one number, such as jax.numpy.tanh; act(x.filter('0e').array) for all 0e together."
        )


def require_shape(act: Activation, shape: Shape, wanted: Shape) -> None:
    """Refuses what a function made of an array of the shape `wanted`.

    Raises: IrrepsError if it has another shape.
    """
    if shape != wanted:
        raise IrrepsError(
            f"{name_of(act)} made an array of shape {shape} from one of shape {wanted}, so it is not elementwise.\n"
            "  Write a function of one number, such as jax.numpy.tanh; jax.numpy.vectorize makes it elementwise."
        )


@remembered
def is_elementwise(phi: Activation) -> bool:
    """Whether each value of a function depends on one number, as far as it can be known: else it is taken to.

    Most functions are elementwise by their primitives, and are traced once, for about a millisecond. The others are
    evaluated among numbers of two kinds: the values of those that stay must stay.

    Example:
        >>> is_elementwise(jax.nn.gelu), is_elementwise(jax.nn.softmax)
        (True, False)
    """
    return _has_elementwise_program(phi) or _acts_elementwise(phi)


def _has_elementwise_program(phi: Activation) -> bool:
    try:
        program = jax.make_jaxpr(phi)(jax.ShapeDtypeStruct(_SHAPE, np.float32))
    except Exception:  # a function of the user's, which may fail in any way where it is not made for a tracer
        return False
    return len(program.out_avals) == 1 and _is_elementwise_program(program.jaxpr)


def _is_elementwise_program(program: Any) -> bool:
    """Whether every number in it is a constant or has the shape of the input, and every step is elementwise."""
    variables = [*program.constvars, *program.outvars]
    for step in program.eqns:
        variables += [*step.invars, *step.outvars]
        if step.primitive.name in _CALLS.split():
            inner = [getattr(p, "jaxpr", p) for p in step.params.values() if hasattr(getattr(p, "jaxpr", p), "eqns")]
            if not inner or not all(map(_is_elementwise_program, inner)):
                return False
        elif step.primitive.name not in _ELEMENTWISE.split():
            return False
    return all(variable.aval.shape in ((), _SHAPE) for variable in variables)


def _acts_elementwise(phi: Activation) -> bool:
    """Half of the numbers move to other places among others; their values must move with them."""
    size = math.prod(_SHAPE)
    first = np.modf(np.arange(1, size + 1) * (np.sqrt(5) - 1) / 2)[0] * 3  # spread over [0, 3], where lengths are
    second = first + 1.7
    second[1::2] = first[0::2][::-1]
    try:
        with jax.ensure_compile_time_eval(), jax.enable_x64(True):
            values = [phi(jnp.asarray(x.reshape(_SHAPE), np.float64)) for x in (first, second)]
        if any(isinstance(value, jax.core.Tracer) for value in values):
            return True
        a, b = (np.asarray(value, np.float64) for value in values)
    except Exception:  # not made for this shape, or for one of the numbers
        return True
    if a.shape != _SHAPE or b.shape != _SHAPE:
        return a.size > size  # constants of its own may have a shape of their own, which only adds numbers
    a, b = a.reshape(-1)[0::2], b.reshape(-1)[1::2][::-1]
    size_of_values = np.max(np.abs(a), where=np.isfinite(a), initial=0.0)
    return bool(np.allclose(a, b, rtol=1e-5, atol=1e-6 * size_of_values, equal_nan=True))


def evaluate(phi: Activation, x: Float[np.ndarray, " points"]) -> Float[np.ndarray, " points"]:
    """phi(x) in float64, now, also while JAX is tracing and where 64-bit types are otherwise disabled.

    Raises: IrrepsError if it depends on values that are being traced.
    """
    with jax.ensure_compile_time_eval(), jax.enable_x64(True):
        values = phi(jnp.asarray(x, np.float64))
        if isinstance(values, jax.core.Tracer):
            raise IrrepsError(
                f"{name_of(phi)} depends on values that are being traced (by jit, vmap or grad), so neither its mean "
                "square nor its parity can be measured.\n"
                "  Pass normalize_act=False and apply it to even scalars (0e) only; or let it depend on constants."
            )
        return np.broadcast_to(np.asarray(values, np.float64), x.shape)
