"""The witness of a broken law: the simplest element, the irreps that fail, and where the program goes wrong."""

from collections.abc import Iterator, Sequence
from typing import Any

import jax
import numpy as np

from eqlib.testing.elements import Element
from eqlib.testing.exact.action import action, generating_permutations
from eqlib.testing.exact.constants import Reading
from eqlib.testing.exact.diagnosis import first_fault
from eqlib.testing.exact.field_check import Checked
from eqlib.testing.exact.proof import Verdict
from eqlib.testing.exact.traced import Traced
from eqlib.testing.operands import Field

_TURNS = ((1, 0, 1, 0), (1, 0, 0, 1), (1, 1, 0, 0), (1, 1, 1, 1), (1, 2, -3, 1))
_SHIFTS = ((1.0, 0.0, 0.0), (0.5, -1.0, 2.0))
# A difference in float64 by so much more than its rounding is a difference, whatever its constants stand for.
_SHOWN = 2.0**10 * float(np.finfo(np.float64).eps)


def refutation(checked: Checked, reading: Reading) -> tuple[Verdict, float, list[str], list[str]]:
    """The verdict on a law that is broken, with its witness in lines.

    If constants stand for no root of a small fraction, the law may be broken by their rounding alone: then what float64
    shows, or a constant that almost is such a root, decides.
    """
    point = checked.point
    tried = _elements(point.traced)
    found = {kind: _first_that_breaks(checked, elements) for kind, elements in tried.items()}
    broken = [kind for kind, element in found.items() if element is not None]
    if not broken:
        verdict = Verdict.REFUTED if checked.certain and not reading.unread else Verdict.NOT_DECIDED
        return verdict, 0.0, ["g:      a random improper rotation; no small one breaks the law"], []
    element = found[broken[0]] or Element()
    held = ", ".join(kind for kind in found if kind not in broken) or "none"
    lines = [f"broken: {', '.join(broken)}; kept: {held}", f"g:      {element}", *_failing_irreps(checked, element)]
    general = _first_that_breaks(checked, tried[broken[0]][::-1]) or element
    error = max(float_error(point.traced, g) for g in (element, general))
    misprints = reading.misprints()
    shown = error > _SHOWN
    lines.append(f"error:  {error:.1e} of the output in float64{'' if shown else ': not to be seen at random inputs'}")
    doubt = _doubt(checked, reading)
    if doubt and not misprints and not shown:
        return Verdict.NOT_DECIDED, 0.0, [doubt, *lines], []
    return Verdict.REFUTED, 0.0, [*lines, first_fault(point.traced, general, reading)], misprints


def _doubt(checked: Checked, reading: Reading) -> str:
    """Why a difference in exact numbers may be none in real ones; nothing, if there is no reason."""
    if not checked.certain:
        return "it fails, but only at points where some root does not exist; none was found where all do"
    if reading.unread:
        some = ", ".join(map(repr, list(reading.unread)[:3]))
        return f"it fails by what could be the rounding of constants that are no roots of small fractions: {some}"
    return ""


def _elements(traced: Traced) -> dict[str, list[Element]]:
    """Elements of each kind, the simplest first and a general one last."""
    found = {"rotation": [Element(q) for q in _TURNS], "inversion": [Element(inverts=True)]}
    if any(isinstance(one, Field) and one.is_position for one in traced.operands):
        found["translation"] = [Element(translation=shift) for shift in _SHIFTS]
    for element in generating_permutations(dict(traced.program.sizes)):
        found.setdefault("permutation", []).append(element)
    return found


def _first_that_breaks(checked: Checked, elements: Sequence[Element]) -> Element | None:
    """Of those whose difference is seen where all roots exist, else in float64."""
    exactly = (g for g in elements if any(d.any() for d in _differences(checked, g)))
    visibly = (g for g in elements if float_error(checked.point.traced, g) > _SHOWN)
    return next(exactly, None) or next(visibly, None)


def _differences(checked: Checked, element: Element) -> list[np.ndarray]:
    """Where f(g x) and g f(x) differ, in slots in which all roots exist, if they do in those of the outcome."""
    domain, before = checked.point.domain, checked.point.domain.twisted
    domain.twisted = np.zeros_like(before)
    differences = checked.point.differences(action(domain, element))
    slots = checked.slots & ~domain.twisted if checked.certain else checked.slots
    domain.twisted = before
    return [d[slots] for d in differences]


def _failing_irreps(checked: Checked, element: Element) -> Iterator[str]:
    for (path, one), d in zip(checked.point.traced.outputs, _differences(checked, element), strict=True):
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
