"""One call that checks a function, a layer or a model: does it commute with the group, to derived bounds?"""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from eqlib.testing import batches, gradients
from eqlib.testing.arithmetic import double_precision
from eqlib.testing.elements import Element, permutations, rotations, translations
from eqlib.testing.motion import motion
from eqlib.testing.operands import Field
from eqlib.testing.precision import explain, narrow_operations
from eqlib.testing.program import Program, program
from eqlib.testing.report import Finding, NotEquivariant, Report, Verdict
from eqlib.testing.sampling import adversities
from eqlib.testing.symmetries import Case, Runner, judge
from eqlib.testing.witness import witness

# The inputs on which every element is tried; on the others, a few.
_THOROUGH, _FEW = ("as given", "random"), 4


def check(
    fn: Any,
    in_: Any,
    out: Any = None,
    *,
    example: tuple[Any, ...] | None = None,
    sizes: Mapping[str, int] | None = None,
    as_plain_arrays: bool | None = None,
    dtypes: Iterable[Any] = (np.float32,),
    differentiable: bool = True,
    name: str | None = None,
    seed: int = 0,
) -> Report:
    """Checks that a function commutes with rotations, inversion, and what else acts on its inputs.

    in_              what it takes: a description for each argument (see `eqlib.testing.operands`), or a pytree of them
    out              what it returns, described likewise; may be left out if it returns IrrepsArrays
    example          values for the arguments, None for those to be drawn; real ones test more than random ones
    sizes            the numbers of nodes, of edges, ..., where no example tells them
    as_plain_arrays  whether it takes plain arrays in the place of IrrepsArrays; by default, what it accepts
    dtypes           the precisions to run in beside float64
    differentiable   whether its gradient must be that of the function, and finite everywhere

    A module with `init` and `apply` (flax linen, haiku, a layer of eqlib) is given parameters from its initialisation;
    one that holds its own (flax nnx, equinox) is called.

    Law:    the verdict is ok only if |f(g x) - g f(x)| is within the bound that a running error analysis of the program
            gives, for every element and input tried, and the output moves by more than it; see Report for the others.
    Shape:  fields [*sets, irreps], for one sample; batches are made by vmap.
    Raises: IrrepsError or LayoutError if the descriptions do not fit the function; what the function raises.
    Source: Higham, Accuracy and Stability of Numerical Algorithms, section 3.3, for the bounds.
    Example:
        >>> import jax.numpy as jnp
        >>> report = check(lambda x: x * jnp.sum(x**2), "1o", "1o", name="square")
        >>> report.verdict, report.ok
        (<Verdict.OK: 'ok'>, True)
        >>> print(check(lambda x: x + 1e-9, "1o", "1o").verdict)
        not equivariant
    """
    with double_precision():
        options = {"example": example, "sizes": sizes, "as_plain_arrays": as_plain_arrays, "name": name, "seed": seed}
        made = program(fn, in_, out, **options)
        runner = Runner(made, np.float64)
        moved, notes = motion(runner, seed)
        backwards, reasons = gradients.findings(made, seed) if differentiable else ([], [])
        found = [moved, *_symmetries(runner, seed), *backwards]
        narrow, missing = narrow_operations(runner), [runner.bounds.missing]
    for dtype in dtypes:
        runner = Runner(made, dtype)
        found += [*_symmetries(runner, seed), *batches.findings(runner, seed)]
        narrow, missing = [*narrow, *narrow_operations(runner)], [*missing, runner.bounds.missing]
    findings, lost = explain(_told_by_wider(found), narrow)
    estimated = [f"bounds were estimated and not derived: {why}" for why in dict.fromkeys(missing) if why]
    notes = (*notes, *reasons, *lost, *estimated)
    return Report(made.name, str(made), tuple(findings), notes, certified=made.traced)


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


def _symmetries(runner: Runner, seed: int) -> Iterator[Finding]:
    """A finding for each kind of element that acts on the operands."""
    arrays = {name: runner.cast(x) for name, x in _inputs(runner.program, seed).items()}
    for law, elements in _laws(runner.program, seed).items():
        cases: list[Case] = []
        for inputs, values in arrays.items():
            some = elements if inputs in _THOROUGH else elements[:_FEW]
            cases += filter(runner.is_in_range, (runner.compare(g, inputs, values) for g in some))
        yield judge(law, str(runner.dtype), cases, lambda case: witness(runner, case))


def _inputs(made: Program, seed: int) -> dict[str, Any]:
    return adversities(made.operands, made.arrays, seed)


def _laws(made: Program, seed: int) -> dict[str, list[Element]]:
    """The elements of each kind; translations if there are positions, permutations of each set."""
    found: dict[str, list[Element]] = {}
    for g in rotations():
        if g.kind != "identity":
            found.setdefault(g.kind, []).append(g)
    if any(isinstance(one, Field) and one.is_position for one in made.operands):
        found["translation"] = list(translations())
    for g in permutations(made.sizes, seed):
        found.setdefault(f"permutation of {next(iter(g.permutations))}s", []).append(g)
    return {law: elements for law, elements in found.items() if elements}
