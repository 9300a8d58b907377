"""Is an error rounding? Then it falls from float32 to float64 as the unit of rounding does, and a fault does not."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from eqlib.testing.condition import greatest, nearby
from eqlib.testing.elements import Element
from eqlib.testing.report import Finding, Verdict
from eqlib.testing.symmetries import Runner

# By how much an error must fall to be rounding. The units of rounding differ by 2^29. Of this, 2^9 is left to a
# function that computes in float64 whatever it is given, which rounds in float32 only what it takes and returns, and
# in float64 all that it does; and to the luck of a few samples.
FALL = 2.0**20

# Inputs this far apart, relative to their size, are neighbours in float32, and not in float64; so many directions.
_STEP, _DIRECTIONS = 2.0**-24, 8
# An error that is no more than this many times the unevenness of f is made by that.
_EXPLAINED = 16.0


def precision_ladder(
    wide: Runner, narrow: Runner, inputs: Iterable[Sequence[Any]], elements: Sequence[Element]
) -> tuple[Finding, float, list[str]]:
    """Compares the errors of f(g x) = g f(x) in two precisions, on the same x.

    Returns the finding, the error in float64 relative to the size of the output, and a note of the fall.

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
        note = f"f(g x) - g f(x) falls {fall}{how}"
        return Finding("precision ladder", "float64", Verdict.OK, tried), float(at64[worst]), [note]
    path, one = wide.program.outputs[worst]
    goes = f"f(g x) - g f(x) goes {fall}, and rounding would fall by 2^29"
    why = (
        f"out:    {path}{one}",
        f"{goes}:",
        "a small fault, or digits that are lost whatever the dtype, by a cast to float32 or a tolerance of 1e-6.",
    )
    broken = Finding("precision ladder", "float64", Verdict.NOT_EQUIVARIANT, tried, ratio * FALL, witness=why)
    return broken, float(at64[worst]), [goes]


def is_uneven(wide: Runner, inputs: Iterable[Sequence[Any]], error: float) -> bool:
    """Whether f in float64 has steps that explain an error, relative to the size of the output: digits are lost.

    Law:    |f(x + 2h) - 2 f(x + h) + f(x)| is of the size of h^2 for a function that is smooth, faulty or not, and of
            that of the steps for one that casts to float32, whose results are as far apart as the numbers of that.
    """
    found = 0.0
    for x in inputs:
        z = wide(x)
        for seed in range(_DIRECTIONS):
            near, far = (arrays for h in (1, 2) for _, arrays in nearby(wide.program.operands, x, [h * _STEP], seed))
            for a, b, c in zip(z, wide(near), wide(far), strict=True):
                found = max(found, greatest(a - 2 * b + c) / (greatest(a) or 1.0))
    return error <= _EXPLAINED * found


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
