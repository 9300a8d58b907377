"""One call that checks a function, a layer or a model: does it commute with the group, to derived bounds?"""

import functools
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from eqlib.testing import black_boxes
from eqlib.testing.arithmetic import double_precision
from eqlib.testing.loops import EndlessLoop
from eqlib.testing.one_precision import in_single_precision, undecided
from eqlib.testing.profile import Profile, profile_of
from eqlib.testing.program import program
from eqlib.testing.promotion import promoted_where_it_must_be
from eqlib.testing.replaying import replay_line
from eqlib.testing.report import Finding, NotEquivariant, Report, Verdict
from eqlib.testing.settings import own_settings
from eqlib.testing.symmetries import Runner
from eqlib.testing.trials import Trials


@own_settings()
def check(
    fn: Any,
    in_: Any,
    out: Any = None,
    *,
    example: tuple[Any, ...] | None = None,
    sizes: Mapping[str, int] | None = None,
    as_plain_arrays: bool | None = None,
    dtypes: Iterable[Any] | None = None,
    differentiable: bool = True,
    computes_in: Any = np.float64,
    profile: str | Profile = "ci",
    name: str | None = None,
    seed: int = 0,
) -> Report:
    """Checks that a function commutes with rotations, inversion, and what else acts on its inputs.

    in_              what it takes: a description for each argument (see `eqlib.testing.operands`), or a pytree of them
    out              what it returns, described likewise; may be left out if it returns IrrepsArrays
    example          values for the arguments, None for those to be drawn; real ones test more than random ones
    sizes            the numbers of nodes, of edges, ..., where no example tells them
    as_plain_arrays  whether it takes plain arrays in the place of IrrepsArrays; by default, what it accepts
    dtypes           the precisions to run in beside float64; by default, those of the profile
    differentiable   whether its gradient must be that of the function, and finite everywhere
    computes_in      float32 for a layer that casts what it is given to float32 by design: it is held to what that
                     rounds. In a layer that computes in float64, such a cast is a fault of precision
    profile          how much is tried: "quick", "ci" or "deep"

    A module with `init` and `apply` (flax linen, haiku, a layer of eqlib) is given parameters from its initialisation;
    one that holds its own (flax nnx, equinox) is called, and one of torch is copied in each dtype. Parameters are moved
    away from zeros and ones, which hide faults: see `eqlib.testing.parameters`.
    What JAX cannot trace is run on NumPy arrays, or on tensors of torch, and is tested and not certified.

    Law:    the verdict is ok only if |f(g x) - g f(x)| is within the bound that a running error analysis of the program
            gives, for every element and input tried, and the output moves by more than it; see Report for the others.
    Shape:  fields [*sets, irreps], for one sample; batches are made by vmap.
    Raises: IrrepsError or LayoutError if the descriptions do not fit the function; ValueError if there is no such
            profile, or for another `computes_in`; what the function raises.
    Source: Higham, Accuracy and Stability of Numerical Algorithms, section 3.3, for the bounds.
    Example:
        >>> import jax.numpy as jnp
        >>> report = check(lambda x: x * jnp.sum(x**2), "1o", "1o", name="square")
        >>> report.verdict, report.ok
        (<Verdict.OK: 'ok'>, True)
        >>> print(check(lambda x: x + 1e-9, "1o", "1o").verdict)
        not equivariant
    """
    wide, widest = profile_of(profile), _widest(computes_in)
    described = {"example": example, "sizes": sizes, "as_plain_arrays": as_plain_arrays}
    with promoted_where_it_must_be(fn, in_, out, **described, name=name, seed=seed) as notes:
        try:
            with double_precision():
                made = program(fn, in_, out, **described, name=name, seed=seed)
        except Exception:
            if (found := in_single_precision(fn, in_, out, **described, name=name, seed=seed)) is None:
                raise
            return Report(found[0].name, str(found[0]), (undecided(found[1], np.float64),), certified=False)
        trials = Trials(made, wide, widest, seed, functools.partial(replay_line, in_=in_, out=out, **described))
        trials.notes += notes
        return _tried(trials, differentiable, dtypes)


def _tried(trials: Trials, differentiable: bool, dtypes: Iterable[Any] | None) -> Report:
    """The report of all trials, in the widest precision first."""
    made, runner = trials.program, Runner(trials.program, trials.widest)
    try:
        with double_precision():
            if (unsteady := black_boxes.repetition(runner)) is not None:
                return Report(made.name, str(made), (unsteady,), certified=False)
            truth = trials.in_float64(runner, differentiable)
        for dtype in trials.accepted() if dtypes is None else dtypes:
            runner = Runner(made, dtype)
            trials.in_another(runner, truth)
    except EndlessLoop as error:
        why = (f"{error}.", "Write a limit of its rounds into its condition: inputs may be zeros, and in float32.")
        trials.findings.append(Finding("loop", str(runner.dtype), Verdict.INCONCLUSIVE, 0, witness=why))
    return trials.report()


def _widest(computes_in: Any) -> np.dtype:
    if computes_in not in ("float32", "float64", np.float32, np.float64, np.dtype("float32"), np.dtype("float64")):
        raise ValueError(
            f"computes_in is {computes_in!r}: a function computes in what it is given, which is float64, or by design "
            'in float32.\n  Write computes_in="float32", or leave it out.'
        )
    return np.dtype(computes_in)


def assert_equivariant(fn: Any, in_: Any, out: Any = None, **options: Any) -> Report:
    """As `check`, and raises NotEquivariant unless the verdict is ok.

    Raises: NotEquivariant, an AssertionError, with the report.
    Example:
        >>> import eqlib
        >>> assert_equivariant(eqlib.norm, "2x1o", "2x0e").ok
        True
    """
    report = check(fn, in_, out, **options)
    if not report.ok:
        raise NotEquivariant(report)
    return report
