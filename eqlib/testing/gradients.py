"""Is the backward pass finite, the derivative of the function, and that of an equivariant one? In float64."""

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Float
from eqlib.testing.bounds import ROUNDINGS
from eqlib.testing.effort import unless_refused
from eqlib.testing.integers import with_one_alone
from eqlib.testing.lie import EPS, generators, residual
from eqlib.testing.operands import Field
from eqlib.testing.program import Program
from eqlib.testing.report import Finding, Verdict, worst_of
from eqlib.testing.rounding import with_rounding_each
from eqlib.testing.sampling import adversities, is_extreme
from eqlib.testing.symmetries import has_all_digits

_INPUTS = ("as given", "random")


# By how much inputs are moved for differences of the function, the first of which does where two slopes agree so well.
_STEPS, _AGREE = [2.0**-k for k in range(13, 35, 3)], 2.0**-10

# What there may be no gradient for: torch raises the first, JAX the others.
_Refusals = (RuntimeError, TypeError, ValueError)
# How JAX begins what it says of a rule of custom_vjp or custom_jvp that does not fit its function.
_BY_HAND = ("Custom VJP", "Custom JVP")


def begun(made: Program, seed: int, eps: float = EPS) -> "Backward | str":
    """The backward pass, which begins to be compiled in the background, or why there is none.

    eps   the unit of rounding in which the function computes, though it is given float64
    """
    if not made.traced and made.backward is None:
        return "JAX cannot trace the function"
    try:
        return Backward(made, seed, eps)
    except _Refusals as error:
        return str(error).splitlines()[0]


def findings(backward: "Backward | str") -> tuple[list[Finding], list[str]]:
    """What was found of the gradient, or a note that says why it was not checked."""
    if isinstance(backward, str):
        return _unchecked(backward)
    try:
        return list(_findings(backward)), []
    except _Refusals as error:
        return _unchecked(str(error).splitlines()[0])


def _unchecked(why: str) -> tuple[list[Finding], list[str]]:
    """A note; but of a derivative that is written by hand, and that JAX refuses, nobody can make use."""
    if why.startswith(_BY_HAND):
        witness = ("the derivative that is written by hand is refused by JAX:", why)
        return [Finding("gradient", "float64", Verdict.INCONCLUSIVE, 0, witness=witness)], []
    return [], [f"the gradient was not checked: {why}"]


class Backward:
    """The backward pass of a program for fixed cotangents of its results."""

    def __init__(self, made: Program, seed: int, eps: float = EPS) -> None:
        self.eps, self.cut = eps, eps if eps > EPS else 0.0  # what is given, and cotangents, may be cut to its digits
        self.made, rng = made, np.random.default_rng(seed)
        self.inputs = adversities(made.operands, made.arrays, seed) | with_one_alone(made.operands, made.arrays)
        self.numbers = [n for n, one in enumerate(made.operands) if isinstance(one, Field)]
        self.fields = [one for one in made.operands if isinstance(one, Field)]
        self.outputs = [one for _, one in made.outputs]
        results = made.traced_in(np.float64).out_info if made.traced else made.call(*made.arrays)
        self.cotangents = [rng.normal(size=np.shape(z)) for z in results]
        self.direction = [rng.normal(size=np.shape(made.arrays[n])) for n in self.numbers]
        run = _backward_pass(made, self.numbers, self.cotangents)
        bounds = functools.partial(_with_bounds, run, self.numbers, self.eps, self.cut)
        self._run = _compiled(run, made) if made.traced else run
        self._bounds = _compiled(bounds, made) if made.traced else _no_bounds

    def __call__(self, arrays: Sequence[Any]) -> tuple[list[Float[np.ndarray, "..."]], list[Float[np.ndarray, "..."]]]:
        """The results, and the gradient in each field."""
        found = [np.asarray(x, np.float64) for x in self._run(arrays)]
        return found[: len(self.outputs)], found[len(self.outputs) :]

    def is_finite(self, inputs: str, arrays: Sequence[Any]) -> bool:
        """Whether results and gradients are; or, at an extreme scale, the results have left the range of float64."""
        results, gradients = self(arrays)
        if is_extreme(inputs) and not has_all_digits(self.outputs, np.float64, results):
            return True
        return all(np.isfinite(x).all() for x in (*results, *gradients))

    def bounds(self, arrays: Sequence[Any]) -> tuple[list[Float[np.ndarray, "..."]], list[Float[np.ndarray, "..."]]]:
        """Bounds on the rounding of both; some roundings of their greatest entries where an operation has no rule."""
        try:
            found = [np.asarray(x) for x in self._bounds(arrays)]
        except NotImplementedError:
            found = [np.full_like(x, ROUNDINGS * self.eps * np.max(np.abs(x), initial=0.0)) for x in self._run(arrays)]
        return found[: len(self.outputs)], found[len(self.outputs) :]

    def moved(self, arrays: Sequence[Any], step: float) -> list[Any]:
        """The inputs, a step along a direction further on."""
        found = list(arrays)
        for n, direction in zip(self.numbers, self.direction, strict=True):
            found[n] = arrays[n] + step * direction
        return found

    def paired(self, results: Sequence[Float[np.ndarray, "..."]]) -> float:
        """<v, f(x)>."""
        return sum(float(np.sum(v * z)) for v, z in zip(self.cotangents, results, strict=True))


def _backward_pass(made: Program, numbers: Sequence[int], cotangents: Any) -> Callable[..., Any]:
    """From arrays to results and gradients: its own backward pass, for a function that JAX does not trace."""
    if made.backward is not None:
        return lambda arrays: made.backward(numbers, cotangents, arrays)
    return functools.partial(results_and_pullback, made.jitted, numbers, cotangents)


def results_and_pullback(call: Callable[..., Any], numbers: Sequence[int], cotangents: Any, arrays: Any) -> list[Any]:
    """The results of a function that JAX traces, and what its backward pass makes of cotangents in those fields."""

    def of_fields(*xs: Any) -> list[Any]:
        every = list(arrays)
        for n, x in zip(numbers, xs, strict=True):
            every[n] = x
        return call(*every)

    results, pullback = jax.vjp(of_fields, *(jnp.asarray(arrays[n]) for n in numbers))
    return [*results, *pullback([jnp.asarray(v, z.dtype) for v, z in zip(cotangents, results, strict=True)])]


def _compiled(f: Callable[..., Any], made: Program) -> Callable[..., Any]:
    """The function of the fields, compiled in the background; if an operation has no rule, what says so."""
    return unless_refused(f, made.cast(made.arrays, np.float64))[0] or _no_bounds


def _no_bounds(arrays: Any) -> Any:
    raise NotImplementedError("there are no derived bounds")


def _with_bounds(run: Callable[..., Any], numbers: Sequence[int], eps: float, cut: float, arrays: Any) -> list[Any]:
    errors = [cut * jnp.abs(x) if n in numbers else None for n, x in enumerate(arrays)]
    return [bound + cut * jnp.abs(z) for z, bound in with_rounding_each(lambda *xs: run(xs), arrays, errors, eps)]


def _findings(backward: Backward) -> Iterator[Finding]:
    inputs = backward.inputs
    broken = [name for name, x in inputs.items() if not backward.is_finite(name, x)]
    why = (f"the gradient is not finite for inputs that are {broken[0]}.",) if broken else ()
    yield Finding("finite gradient", "float64", Verdict.NON_FINITE if broken else Verdict.OK, len(inputs), witness=why)
    smooth = [inputs[name] for name in _INPUTS if name not in broken]
    if smooth:
        yield worst_of("derivative", [_derivative(backward, x) for x in smooth])
        yield worst_of("gradient", [finding for x in smooth for finding in _lie(backward, x)])


def _lie(backward: Backward, arrays: Sequence[Any]) -> Iterator[Finding]:
    (values, gradients), (of_values, of_gradients) = backward(arrays), backward.bounds(arrays)
    given = backward.fields, [np.asarray(arrays[n]) for n in backward.numbers], gradients, of_gradients
    returned = backward.outputs, backward.cotangents, values, of_values
    for X in generators([*backward.fields, *backward.outputs]):
        error, allowed = residual(X, given, returned)
        why = (
            f"the backward pass does not commute with the infinitesimal {X.name}, as the derivative of an equivariant",
            "function does: the function is not equivariant, or its derivative is written by hand, and wrong.",
        )
        yield _judge("gradient", error, allowed, why)


def _derivative(backward: Backward, arrays: Sequence[Any]) -> Finding:
    """The slope of <v, f> along a direction, by the gradient and by differences of the function."""
    values, gradients = backward(arrays)
    slope = sum(float(np.sum(g * d)) for g, d in zip(gradients, backward.direction, strict=True))
    (at_values, _), size = backward.bounds(arrays), sum(float(np.sum(np.abs(z))) for z in values)
    rounding = sum(float(np.sum(np.abs(v) * b)) for v, b in zip(backward.cotangents, at_values, strict=True))
    found = _differences(backward, arrays, slope, 4 * (rounding + backward.eps * size))
    why = (
        f"the gradient along a direction is {slope:.6g}, and differences of the function give {found.slope:.6g}: a",
        "part of it is detached, or its derivative is written by hand, and wrong.",
    )
    return _judge("derivative", abs(slope - found.slope), found.apart + found.rounding, why)


class _Difference(NamedTuple):
    """The slope of a function by differences, how far that of twice the step is from it, and what rounding adds.

    Of two steps, the smaller is off by a third of their difference; four times that allows for terms beyond the first.
    Where the function has a kink they differ by much.
    """

    slope: float
    apart: float
    rounding: float


def _differences(backward: Backward, arrays: Sequence[Any], slope: float, rounding: float) -> _Difference:
    """The best of some steps: of the first, if those of it and of its double agree; else of one that the next confirms.

    Where the function has many waves in a step, the slopes of two steps differ by no less for a step that is finer.
    """

    def difference(h: float) -> float:
        ahead, behind = (backward.paired(backward(backward.moved(arrays, sign * h))[0]) for sign in (1.0, -1.0))
        return (ahead - behind) / (2 * h)

    def at(step: float) -> _Difference:
        wide, narrow = difference(2 * step), difference(step)
        return _Difference(narrow, 4 * abs(wide - narrow), rounding / step)

    tried = [at(_STEPS[0])]
    if tried[0].apart <= _AGREE * max(abs(slope), abs(tried[0].slope)):
        return tried[0]
    for step in _STEPS[1:]:
        if not tried[-1].apart > tried[-1].rounding:
            break
        tried.append(at(step))
    confirmed = [a for a, b in itertools.pairwise(tried) if b.apart <= a.apart / 2 + 2 * b.rounding]
    confirmed += [] if tried[-1].apart > tried[-1].rounding else tried[-1:]
    unknown = _Difference(tried[0].slope, np.inf, 0.0)
    return min(confirmed, key=lambda one: one.apart + one.rounding, default=unknown)


def _judge(law: str, error: float, allowed: float, why: tuple[str, ...]) -> Finding:
    unbounded = np.isfinite(error) and not np.isfinite(allowed)
    ratio = 0.0 if error == 0 or unbounded else error / allowed if allowed else np.inf
    verdict = Verdict.OK if ratio <= 1 else Verdict.NOT_EQUIVARIANT
    return Finding(law, "float64", verdict, 1, ratio, witness=() if ratio <= 1 else why)
