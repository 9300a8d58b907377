"""Plans in their simplest form: no path that cannot contribute, no two paths that differ only by a factor."""

from dataclasses import replace

from eqlib.o3.surd import Surd
from eqlib.o3.surd_tensor import SurdTensor
from eqlib.plan.plan import Path, Plan

_Key = tuple[tuple[int, ...], tuple[str, ...], SurdTensor]


def simplify(plan: Plan) -> Plan:
    """The same map with empty paths dropped and equal paths merged; the order of the remaining paths is kept.

    Law: contract(simplify(plan), *x) = contract(plan, *x).
    """
    merged: dict[_Key, list[Surd]] = {}
    for path in plan.paths:
        if not path.scale or not path.coefficients.entries or any(not s.size for s in plan.path_segments(path)):
            continue
        path = _canonical(plan, path)
        scales = merged.setdefault((path.segments, path.modes, path.coefficients), [])
        _accumulate(scales, path.scale)
    paths = [Path(*key, scale) for key, scales in merged.items() for scale in scales]
    return Plan(plan.operands, plan.slots, tuple(paths))


def _accumulate(scales: list[Surd], new: Surd) -> None:
    """Adds `new` to the scale of which it is a rational multiple, if there is one: only then is the sum a surd."""
    for at, old in enumerate(scales):
        if (new / old).rational() is not None:
            scales[at] = old + new
            if not scales[at]:
                del scales[at]
            return
    scales.append(new)


def _canonical(plan: Plan, path: Path) -> Path:
    """Channel letters renamed in order of first appearance, and interchangeable slots sorted.

    Slots that read the same input may be exchanged together with the axes of the coefficients; sorting them by
    segment makes the paths of a symmetric plan equal instead of merely equivalent.
    """
    order = sorted(range(len(plan.slots)), key=lambda s: (plan.slots[s], path.segments[s], path.modes[s]))
    positions = sorted(range(len(plan.slots)), key=lambda s: plan.slots[s])
    target = [0] * len(plan.slots)
    for position, source in zip(positions, order, strict=True):
        target[position] = source
    path = path.permuted([*target, len(plan.slots)])
    names = dict(zip(path.letters, "uvwabcdefgh", strict=False))
    return replace(path, modes=tuple("".join(names[c] for c in mode) for mode in path.modes))
