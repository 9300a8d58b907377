"""A sample does not know of the others: one by one, all together, and compiled or not, the results agree."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.testing.bounds import in_bounds, relative_bound
from eqlib.testing.effort import in_background, jit_with_least_effort
from eqlib.testing.operands import Field
from eqlib.testing.report import Finding, Verdict, worst_of
from eqlib.testing.sampling import adversities
from eqlib.testing.symmetries import Runner

SAMPLES = ("as given", "random", "sparse")


def findings(runner: Runner, seed: int, unjitted: bool) -> tuple[list[Finding], list[str]]:
    """The same numbers by vmap of one and of several, with leading axes if the function takes them, and without jit.

    A note says so if there is no vmap, as of a foreign function that has no rule for it.

    Raises: EndlessLoop.
    """
    if not runner.program.traced:
        return [], []
    every = adversities(runner.program.operands, runner.program.arrays, seed)
    samples = [runner.cast(every[name]) for name in SAMPLES]
    fields = tuple(0 if isinstance(one, Field) else None for one in runner.program.operands)
    several = [np.stack(x) if axis == 0 else x[0] for axis, x in zip(fields, zip(*samples, strict=True), strict=True)]
    one = [x[:1] if axis == 0 else x for axis, x in zip(fields, several, strict=True)]
    # A batch is a matter of what the function does; what the compiler does of it is seen in single samples.
    mapped = jit_with_least_effort(jax.vmap(runner.program.jitted, in_axes=fields))
    batches, notes = {"vmap of one": (one, 1), "vmap of three": (several, 3)}, []
    try:
        compiled = {way: in_background(mapped.lower(*given)) for way, (given, _) in batches.items()}
    except NotImplementedError as error:
        compiled = {}
        notes.append(f"vmap was not tried: {str(error).splitlines()[0]}")
    single = [runner(x) for x in samples]  # first, since nothing counts the rounds of loops in what follows
    ways: dict[str, Any] = {}
    if unjitted:
        ways["without jit"] = [runner.program.call(*map(jnp.asarray, samples[0]))]
    ways |= {way: _rows(run(*batches[way][0]), batches[way][1]) for way, run in compiled.items()}
    if runner.program.wrapped and not runner.program.sizes and all(axis == 0 for axis in fields):
        ways["leading axes"] = _with_leading_axes(runner, several)
    bounds = [runner.bounds(x, {}) for x in samples]
    compared = [_compare(runner, way, rows, single, bounds) for way, rows in ways.items() if rows is not None]
    return [worst_of("batch", compared)] if compared else [], notes


def _rows(results: list[Any], count: int) -> list[list[Any]]:
    every = [np.asarray(z) for z in results]
    return [[z[n] for z in every] for n in range(count)]


def _with_leading_axes(runner: Runner, several: list[Any]) -> list[list[Any]] | None:
    """None if the function takes one sample at a time."""
    try:
        results = jit_with_least_effort(runner.program.call)(*several)
    except Exception:
        return None
    expected = [(len(SAMPLES), one.irreps.dim) for _, one in runner.program.outputs]
    return _rows(results, len(SAMPLES)) if [np.shape(z) for z in results] == expected else None


def _compare(runner: Runner, way: str, rows: Any, single: Any, bounds: Any) -> Finding:
    worst, relative, witness = 0.0, 0.0, ()
    for n, row in enumerate(rows):
        for got, want, bound in zip(row, single[n], bounds[n], strict=True):
            ratio = in_bounds(np.asarray(got, np.float64), want, 2 * bound)
            if ratio > max(worst, 1.0):
                witness = (
                    f"{way}, a sample has another result than alone: it depends on the others, or on how it is run.",
                    f"alone:  {want.reshape(-1)[:8]}",
                    f"here:   {np.asarray(got).reshape(-1)[:8]}",
                )
            worst, relative = max(worst, ratio), max(relative, relative_bound(2 * bound, want))
    verdict = Verdict.NOT_EQUIVARIANT if worst > 1 else Verdict.OK
    return Finding(f"batch: {way}", str(runner.dtype), verdict, len(rows), worst, relative, witness)
