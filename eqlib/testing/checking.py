"""One call that checks a function, a layer or a model: does it commute with the group, to derived bounds?"""

import dataclasses
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from eqlib.testing import batches, black_boxes, gradients
from eqlib.testing.arithmetic import double_precision
from eqlib.testing.cancellation import conditioned, lost_digits
from eqlib.testing.diagnosis import Suspect, diagnosed, named_by_precision
from eqlib.testing.elements import Element, permutations, translations
from eqlib.testing.motion import motion
from eqlib.testing.operands import Field
from eqlib.testing.precision import explain, narrow_operations
from eqlib.testing.profile import Profile, profile_of
from eqlib.testing.program import Program, program
from eqlib.testing.replaying import replay_line
from eqlib.testing.report import Finding, NotEquivariant, Report, Verdict
from eqlib.testing.sampling import DRAWN, adversities
from eqlib.testing.symmetries import Case, Runner, judge
from eqlib.testing.witness import witness


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
    profile          how much is tried: "quick", "ci" or "deep"

    A module with `init` and `apply` (flax linen, haiku, a layer of eqlib) is given parameters from its initialisation;
    one that holds its own (flax nnx, equinox) is called, and one of torch is copied in each dtype.
    What JAX cannot trace is run on NumPy arrays, or on tensors of torch, and is tested and not certified.

    Law:    the verdict is ok only if |f(g x) - g f(x)| is within the bound that a running error analysis of the program
            gives, for every element and input tried, and the output moves by more than it; see Report for the others.
    Shape:  fields [*sets, irreps], for one sample; batches are made by vmap.
    Raises: IrrepsError or LayoutError if the descriptions do not fit the function; ValueError if there is no such
            profile; what the function raises.
    Source: Higham, Accuracy and Stability of Numerical Algorithms, section 3.3, for the bounds.
    Example:
        >>> import jax.numpy as jnp
        >>> report = check(lambda x: x * jnp.sum(x**2), "1o", "1o", name="square")
        >>> report.verdict, report.ok
        (<Verdict.OK: 'ok'>, True)
        >>> print(check(lambda x: x + 1e-9, "1o", "1o").verdict)
        not equivariant
    """
    wide = profile_of(profile)
    described = {"example": example, "sizes": sizes, "as_plain_arrays": as_plain_arrays}
    replayed = functools.partial(replay_line, in_=in_, out=out, **described)
    with double_precision():
        made = program(fn, in_, out, **described, name=name, seed=seed)
        runner = Runner(made, np.float64)
        if (unsteady := black_boxes.repetition(runner)) is not None:
            return Report(made.name, str(made), (unsteady,), certified=False)
        moved, notes = motion(runner, seed)
        backwards, reasons = gradients.findings(made, seed) if differentiable else ([], [])
        exact, said = black_boxes.findings(runner, dict(_inputs(made, wide, [seed])), _laws(made, wide, [seed]))
        suspects: dict[str, Suspect] = {}
        found = [moved, *_symmetries(runner, wide, seed, suspects), *exact, *backwards]
        found, diagnosis = diagnosed(found, made, suspects, replayed)
        narrow, told, truth = narrow_operations(runner), [*runner.bounds.notes], conditioned(runner)
    accepted, refused = _accepted(made, wide) if dtypes is None else (tuple(dtypes), [])
    for dtype in accepted:
        runner = Runner(made, dtype)
        of_batches, unmapped = batches.findings(runner, seed, wide.unjitted)
        suspects = {}
        narrower = [*_symmetries(runner, wide, seed, suspects), *of_batches]
        if diagnosis is None:
            narrower, diagnosis = diagnosed(narrower, made, suspects, replayed)
        found += narrower
        told += runner.bounds.notes
        refused += unmapped
        if runner.eps <= np.finfo(np.float32).eps:  # to narrower dtypes, weights are rounded by intent
            narrow += narrow_operations(runner)
            notes = (*notes, *lost_digits(truth, runner))
    findings, lost = explain(_told_by_wider(found), narrow)
    notes = (*notes, *said, *reasons, *refused, *lost, *dict.fromkeys(told))
    report = Report(made.name, str(made), tuple(findings), notes, certified=not told, diagnosis=diagnosis)
    return named_by_precision(report)


def _told_by_wider(findings: list[Finding]) -> list[Finding]:
    """A law of which rounding hides everything in one dtype is as it is in another, in which it was told."""
    told = {f.law for f in findings if f.verdict is Verdict.OK}
    return [
        dataclasses.replace(f, verdict=Verdict.OK) if f.verdict is Verdict.INCONCLUSIVE and f.law in told else f
        for f in findings
    ]


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


def _accepted(made: Program, wide: Profile) -> tuple[tuple[Any, ...], list[str]]:
    """The dtypes of a profile that the function takes, and a note for each that it does not."""
    taken, notes = black_boxes.accepted(made, wide.dtypes)
    for dtype in wide.if_accepted:
        runner = Runner(made, dtype)
        try:
            runner(runner.cast(made.arrays))
            taken.append(dtype)
        except (TypeError, ValueError, NotImplementedError) as error:
            notes.append(f"{runner.dtype} was not tried: {str(error).splitlines()[0]}")
    return tuple(taken), notes


def _symmetries(runner: Runner, wide: Profile, seed: int, suspects: dict[str, Suspect]) -> Iterator[Finding]:
    """A finding for each kind of element that acts on the operands; laws that are broken join the suspects."""
    seeds = range(seed, seed + wide.seeds)
    cast = [(name, runner.cast(x)) for name, x in _inputs(runner.program, wide, seeds)]
    arrays = [(name, x, runner.at_rest(x)) for name, x in cast]
    for law, elements in _laws(runner.program, wide, seeds).items():
        cases: list[Case] = []
        for inputs, values, at_rest in arrays:
            some = elements if inputs in wide.thorough else elements[: wide.few]
            cases += filter(runner.is_in_range, (runner.compare(g, inputs, values, at_rest) for g in some))
        yield judge(law, str(runner.dtype), cases, functools.partial(_suspected, suspects, law, runner, cases))


def _suspected(
    suspects: dict[str, Suspect], law: str, runner: Runner, cases: Sequence[Case], case: Case
) -> tuple[str, ...]:
    suspects[law] = Suspect(runner, case, cases)
    return witness(runner, case)


def _inputs(made: Program, wide: Profile, seeds: Sequence[int]) -> Iterator[tuple[str, Any]]:
    """The inputs of the profile, by name: from each seed, those that are not as they were."""
    for seed in seeds:
        for name, arrays in adversities(made.operands, made.arrays, seed).items():
            if name in wide.inputs and (seed == seeds[0] or name in DRAWN):
                yield name, arrays


def _laws(made: Program, wide: Profile, seeds: Sequence[int]) -> dict[str, list[Element]]:
    """The elements of each kind; translations if there are positions, permutations of each set."""
    found: dict[str, list[Element]] = {}
    for g in wide.rotations:
        if g.kind != "identity":
            found.setdefault(g.kind, []).append(g)
    if any(isinstance(one, Field) and one.is_position for one in made.operands):
        found["translation"] = list(translations())
    for g in {str(g): g for seed in seeds for g in permutations(made.sizes, seed)}.values():
        found.setdefault(f"permutation of {next(iter(g.permutations))}s", []).append(g)
    return {law: elements for law, elements in found.items() if elements}
