"""The witness of a broken law: the simplest element, the irreps that fail, and where the program goes wrong."""

from collections.abc import Iterator, Sequence

import numpy as np

from eqlib.array_types import Shaped
from eqlib.testing.elements import Element
from eqlib.testing.exact.action import action, generating_permutations
from eqlib.testing.exact.constants import Reading
from eqlib.testing.exact.diagnosis import exact_fault
from eqlib.testing.exact.field_check import Checked
from eqlib.testing.exact.float_witness import FloatWitness
from eqlib.testing.exact.proof import Decision
from eqlib.testing.exact.traced import Traced
from eqlib.testing.first_fault import LINEAR
from eqlib.testing.operands import Field

_TURNS = ((1, 0, 1, 0), (1, 0, 0, 1), (1, 1, 0, 0), (1, 1, 1, 1), (1, 2, -3, 1))
_SHIFTS = ((1.0, 0.0, 0.0), (0.5, -1.0, 2.0))


def refutation(checked: Checked, reading: Reading) -> tuple[Decision, float, list[str], list[str]]:
    """The verdict on a law that is broken, with its witness in lines.

    If it is broken for unknown functions it may yet hold for those of the program, and if constants stand for no roots
    of small fractions it may be broken by their rounding alone. Then float64 must show it.
    """
    traced, floats, misprints = checked.point.traced, FloatWitness(checked.point.traced), reading.misprints()
    doubt = "" if misprints else _doubt(checked, reading)
    tried = _elements(traced)
    found = {kind: [g for g in elements if _breaks(checked, g)] for kind, elements in tried.items()}
    shown = {kind: [g for g in broken if not doubt or floats.shows(g)] for kind, broken in found.items()}
    certain = any(shown.values())
    broken = {kind: elements for kind, elements in (shown if certain else found).items() if elements}
    if not broken:
        verdict = Decision.NOT_DECIDED if doubt else Decision.REFUTED
        return verdict, 0.0, [doubt] * bool(doubt) + ["g:      a random improper rotation, and no small one"], misprints
    simplest, *_, general = (elements := next(iter(broken.values())))[0], elements[-1]
    kept = ", ".join(kind for kind in found if kind not in broken) or "none"
    lines = [f"broken: {', '.join(broken)}; kept: {kept}", f"g:      {simplest}", *_failing_irreps(checked, simplest)]
    if not certain:
        return Decision.NOT_DECIDED, 0.0, [doubt, *lines], misprints
    return (
        Decision.REFUTED,
        0.0,
        [*lines, floats.describe([simplest, general]), f"first:  {exact_fault(traced, general, reading) or LINEAR}"],
        misprints,
    )


def _doubt(checked: Checked, reading: Reading) -> str:
    """Why what fails in exact numbers may not fail in real ones; nothing, if there is no reason."""
    if not checked.certain:
        return "it fails, but only at points where some root does not exist, and not visibly in float64"
    if reading.unread:
        some = ", ".join(map(repr, list(reading.unread)[:3]))
        return f"it fails by what could be the rounding of constants that are no roots of small fractions: {some}"
    if checked.point.domain.unknown:
        names = ", ".join(sorted(checked.point.domain.unknown))
        return f"it fails for some functions in the place of {names}, and not visibly in float64 for these"
    return ""


def _elements(traced: Traced) -> dict[str, list[Element]]:
    """Elements of each kind, the simplest first and a general one last."""
    found = {"rotation": [Element(q) for q in _TURNS], "inversion": [Element(inverts=True)]}
    if any(isinstance(one, Field) and one.is_position for one in traced.operands):
        found["translation"] = [Element(translation=shift) for shift in _SHIFTS]
    for element in generating_permutations(dict(traced.program.sizes)):
        found.setdefault("permutation", []).append(element)
    return found


def _breaks(checked: Checked, element: Element) -> bool:
    return any(d.any() for d in _differences(checked, element))


def _differences(checked: Checked, element: Element) -> Sequence[Shaped[np.ndarray, "..."]]:
    """Where f(g x) and g f(x) differ, in slots in which all roots exist, if there are such."""
    domain, before = checked.point.domain, checked.point.domain.twisted
    domain.twisted = np.zeros_like(before)
    differences = checked.point.differences(action(domain, element))
    rooted = checked.slots & ~domain.twisted
    domain.twisted = before
    return [d[rooted if rooted.any() else checked.slots] for d in differences]


def _failing_irreps(checked: Checked, element: Element) -> Iterator[str]:
    for (path, one), d in zip(checked.point.traced.outputs, _differences(checked, element), strict=True):
        columns = zip(one.irreps, one.irreps.slices(), strict=True)
        failing = [str(mul_ir) for mul_ir, s in columns if d[..., s].any()]
        if failing:
            yield f"out:    {path}{' + '.join(failing)}"
