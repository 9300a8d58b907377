"""Is an error rounding? Then it falls from float32 to float64 as the unit of rounding does, and a fault does not."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from eqlib.testing.elements import Element
from eqlib.testing.report import Finding, Verdict
from eqlib.testing.symmetries import Runner

# By how much an error must fall to be rounding. The units of rounding differ by 2^29. Of this, 2^9 is left to a
# function that computes in float64 whatever it is given, which rounds in float32 only what it takes and returns, and
# in float64 all that it does; and to the luck of a few samples.
FALL = 2.0**20


def precision_ladder(
    wide: Runner, narrow: Runner, inputs: Iterable[Sequence[Any]], elements: Sequence[Element]
) -> tuple[Finding, list[str]]:
    """Compares the errors of f(g x) = g f(x) in two precisions, on the same x: the finding, and a note of the fall.

    Law:    error in float64 <= 2^-20 max(error in float32, 2^-23), each relative to the size of its output, and the
            greatest over the elements and inputs. An error of a part d of the output, which is no rounding, is found
            once d is above 2^-20 of what float32 rounds, that is some 1e-13.
    """
    tried, errors = 0, []
    for x in inputs:
        given = narrow.cast(x)
        tried += len(elements)
        errors += [[_errors(runner, given, elements) for runner in (wide, narrow)]]
    at64, at32 = np.max(np.array(errors), axis=0)
    floor = np.maximum(at32, np.finfo(np.float32).eps)
    worst = int(np.argmax(at64 / floor))
    ratio = float(at64[worst] / floor[worst])
    fall = f"from {at32[worst]:.1e} of the output in float32 to {at64[worst]:.1e} in float64"
    if not ratio * FALL > 1:
        how = f", by 2^{-np.log2(ratio):.0f}" if ratio else ""
        return Finding("precision ladder", "float64", Verdict.OK, tried), [f"f(g x) - g f(x) falls {fall}{how}"]
    path, one = wide.program.outputs[worst]
    goes = f"f(g x) - g f(x) goes {fall}, and rounding would fall by 2^29"
    why = (
        f"out:    {path}{one}",
        f"{goes}:",
        "a small fault, or digits that are lost whatever the dtype, by a cast to float32 or a tolerance of 1e-6.",
    )
    return Finding("precision ladder", "float64", Verdict.NOT_EQUIVARIANT, tried, ratio * FALL, witness=why), [goes]


def _errors(runner: Runner, x: Sequence[Any], elements: Sequence[Element]) -> list[float]:
    """For each output the greatest difference of f(g x) and g f(x), relative to its size."""
    x = runner.cast(x)
    z = runner(x)
    worst = [0.0] * len(z)
    for g in elements:
        got = runner(runner.act(g, x))
        for k, (one, a, z0) in enumerate(zip((one for _, one in runner.program.outputs), got, z, strict=True)):
            want = g.act(one, z0)
            with np.errstate(invalid="ignore"):
                error = np.max(np.abs(a - want), initial=0.0) / (np.max(np.abs(want), initial=0.0) or 1.0)
            worst[k] = max(worst[k], float(np.nan_to_num(error, nan=0.0)))  # what is not finite, other laws find
    return worst
