"""Exact tests of a function that is not analysed: elements and scales by which a computer multiplies without rounding.

The eight diagonal matrices of signs act on every component of every irrep by a sign, and rounding to nearest commutes
with signs. Powers of two commute with rounding as well, short of overflow.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from eqlib.array_types import Real
from eqlib.testing.elements import Element, reflections
from eqlib.testing.operands import Field
from eqlib.testing.report import Finding, Verdict
from eqlib.testing.symmetries import Case, Runner, judge

Arrays = Sequence[Any]

_SIGNS = tuple(reflections())[1:]

# Powers of two by which inputs are scaled: they find a branch that the usual inputs do not reach.
_POWERS = (-7, -3, 3, 7)


def signs(
    runner: Runner, inputs: Mapping[str, Arrays], witness: Callable[[Case], tuple[str, ...]]
) -> tuple[Finding, list[str]]:
    """f(g x) = g f(x) for the matrices of signs g: the finding, and a note of how often it is not so to the last bit.

    Law:    within the bound; and bitwise, if every number that the program computes changes by a sign alone, as it does
            in sums, in any order, and in products, quotients and roots of components of such. It need not in a program
            that adds components of unlike signs, as one does that turns into a frame: so a difference within the
            bound is a note and refutes nothing. Equal bits everywhere also bound what no tolerance can: a coefficient
            that should be zero, and is 1e-17.
    """
    given = runner.cast(runner.program.arrays)
    scaled = {f"scaled by 2^{k}": _scaled(runner, given, k) for k in _POWERS}
    cases, tried, unlike = [], 0, 0
    for name, x in (*inputs.items(), *scaled.items()):
        differences = _differences(runner, runner.cast(x))
        tried += len(differences)
        unlike += sum(d > 0 for _, d in differences)
        g, greatest = max(differences, key=lambda pair: pair[1])
        cases += [runner.compare(g, name, runner.cast(x))] if greatest else []
    broken = [case for case in cases if case.error > 1 and runner.is_in_range(case)]
    if broken:
        finding = judge("signs", str(runner.dtype), broken, witness)
        return dataclasses.replace(finding, tried=tried), []
    how = "are equal to the last bit" if not unlike else f"differ in the last bits {unlike} times of {tried}"
    note = f"f(g x) and g f(x) {how} for the eight matrices of signs g"
    return Finding("signs", str(runner.dtype), Verdict.OK, tried), [note]


def _differences(runner: Runner, x: Arrays) -> list[tuple[Element, float]]:
    """For each matrix of signs g but the identity, by how much f(g x) and g f(x) differ; 0 if no bit does."""
    z, found = runner(x), []
    for g in _SIGNS:
        got = runner(runner.act(g, x))
        want = [g.act(one, z0) for (_, one), z0 in zip(runner.program.outputs, z, strict=True)]
        same = all(np.array_equal(a, b, equal_nan=True) for a, b in zip(got, want, strict=True))
        with np.errstate(invalid="ignore"):
            found.append((g, 0.0 if same else max(_finite_or_huge(a - b) for a, b in zip(got, want, strict=True))))
    return found


def _finite_or_huge(difference: Real[np.ndarray, "..."]) -> float:
    return float(np.max(np.nan_to_num(np.abs(difference), nan=np.inf), initial=0.0))


def degree(runner: Runner) -> list[str]:
    """A note if f(2^k x) = 2^(d k) f(x) to the last bit, for all that is given scaled at once: f has the degree d.

    Law:    none of symmetry, and none is refuted: where the degree changes with the scale, a branch, a clip or a
            constant with a unit sets in, and the note says between which scales.
    """
    given = runner.cast(runner.program.arrays)
    rest = runner(given)
    at = {k: runner(_scaled(runner, given, k)) for k in (-1, 1, *_POWERS)}
    degrees = [_degree(z, z0) for z, z0 in zip(at[1], rest, strict=True)]
    if None in degrees:
        return []
    holds = {
        k: all(np.array_equal(z, z0 * 2.0 ** (k * d)) for z, z0, d in zip(values, rest, degrees, strict=True))
        for k, values in sorted(at.items())
    }
    said = f"f(2^k x) = 2^({' or '.join(sorted({f'{d} k' for d in degrees}))}) f(x) to the last bit"
    if all(holds.values()):
        return [f"{said} for k from {min(holds)} to {max(holds)}"]
    no = [k for k, held in holds.items() if not held]
    return [f"{said} for k = 1, and not for k = {', '.join(map(str, no))}: a branch or a clip lies between"]


def _degree(z: Real[np.ndarray, "*shape"], z0: Real[np.ndarray, "*shape"]) -> int | None:
    """The degree for which doubling the inputs gives these results; None if there is none, or nothing to tell it by."""
    moved = np.flatnonzero(z0)
    if not len(moved):
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        power = np.log2(np.abs(z.flat[moved[0]] / z0.flat[moved[0]]))
    if not np.isfinite(power) or power != round(power):
        return None
    return round(power) if np.array_equal(z, z0 * 2.0**power) else None


def _scaled(runner: Runner, arrays: Arrays, k: int) -> list[Any]:
    fields = [isinstance(one, Field) for one in runner.program.operands]
    return [(x * 2.0**k).astype(x.dtype) if is_field else x for x, is_field in zip(arrays, fields, strict=True)]
