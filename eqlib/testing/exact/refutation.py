"""The witness of a broken law: the simplest element, the irreps that fail, and where the program goes wrong."""

from collections.abc import Iterator, Sequence
from typing import Any

import jax
import numpy as np

from eqlib.testing.elements import Element
from eqlib.testing.exact.action import action, generating_permutations
from eqlib.testing.exact.constants import Reading
from eqlib.testing.exact.diagnosis import first_fault
from eqlib.testing.exact.field_check import Checked, Point
from eqlib.testing.exact.proof import Verdict
from eqlib.testing.exact.traced import Traced
from eqlib.testing.operands import Field

_TURNS = ((1, 0, 1, 0), (1, 0, 0, 1), (1, 1, 0, 0), (1, 1, 1, 1), (1, 2, -3, 1))
_SHIFTS = ((1.0, 0.0, 0.0), (0.5, -1.0, 2.0))
# A difference in float64 by so much more than its rounding is a difference, whatever its constants stand for.
_ROUNDINGS = 2.0**10


def refutation(checked: Checked, reading: Reading) -> tuple[Verdict, float, list[str], list[str]]:
    """The verdict on a law that is broken, with its witness in lines.

    If constants stand for no root of a small fraction, the law may be broken by their rounding alone: then what float64
    shows, or a constant that almost is such a root, decides.
    """
    point = checked.point
    tried = _elements(point.traced)
    found = {kind: _first_that_breaks(point, elements) for kind, elements in tried.items()}
    broken = [kind for kind, element in found.items() if element is not None]
    if not broken:
        return Verdict.REFUTED, 0.0, ["g:      a random improper rotation; no small one breaks the law"], []
    element = found[broken[0]] or Element()
    held = ", ".join(kind for kind in found if kind not in broken) or "none"
    lines = [f"broken: {', '.join(broken)}; kept: {held}", f"g:      {element}", *_failing_irreps(point, element)]
    general = _first_that_breaks(point, tried[broken[0]][::-1]) or element
    error = max(float_error(point.traced, g) for g in (element, general))
    misprints = reading.misprints()
    shown = error > _ROUNDINGS * np.finfo(np.float64).eps
    lines.append(f"error:  {error:.1e} of the output in float64{'' if shown else ': not to be seen at random inputs'}")
    if reading.unread and not misprints and not shown:
        some = ", ".join(map(repr, list(reading.unread)[:3]))
        reason = f"it fails by what could be the rounding of constants that are no roots of small fractions: {some}"
        return Verdict.NOT_DECIDED, 0.0, [reason, *lines], []
    return Verdict.REFUTED, 0.0, [*lines, first_fault(point.traced, general, reading)], misprints


def _elements(traced: Traced) -> dict[str, list[Element]]:
    """Elements of each kind, the simplest first and a general one last."""
    found = {"rotation": [Element(q) for q in _TURNS], "inversion": [Element(inverts=True)]}
    if any(isinstance(one, Field) and one.is_position for one in traced.operands):
        found["translation"] = [Element(translation=shift) for shift in _SHIFTS]
    for element in generating_permutations(dict(traced.program.sizes)):
        found.setdefault("permutation", []).append(element)
    return found


def _first_that_breaks(point: Point, elements: Sequence[Element]) -> Element | None:
    return next((g for g in elements if any(d.any() for d in _certain(point, g))), None)


def _certain(point: Point, element: Element) -> list[np.ndarray]:
    """Where f(g x) and g f(x) differ, in the slots in which all roots exist."""
    differences = point.differences(action(point.domain, element))
    return [d[~point.domain.twisted] for d in differences]


def _failing_irreps(point: Point, element: Element) -> Iterator[str]:
    for (path, one), d in zip(point.traced.outputs, _certain(point, element), strict=True):
        columns = zip(one.irreps, one.irreps.slices(), strict=True)
        failing = [str(mul_ir) for mul_ir, s in columns if d[..., s].any()]
        if failing:
            yield f"out:    {path}{' + '.join(failing)}"


def float_error(traced: Traced, element: Element) -> float:
    """The greatest difference between f(g x) and g f(x) in float64, relative to the size of each output."""
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=shape) for shape in traced.weights]
    arrays = list(traced.program.arrays)
    moved = [element.act(one, x) for one, x in zip(traced.operands, arrays, strict=True)]
    evaluate: Any = jax.jit(traced.evaluate)
    worst = 0.0
    for (_, one), got, y in zip(traced.outputs, evaluate(weights, *moved), evaluate(weights, *arrays), strict=True):
        want = element.act(one, np.asarray(y, np.float64))
        size = np.max(np.abs(want), initial=0.0)
        worst = max(worst, float(np.max(np.abs(np.asarray(got) - want), initial=0.0) / size) if size else 0.0)
    return worst
