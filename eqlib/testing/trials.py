"""What is tried of a program, in one precision after the other, and what it comes to."""

import dataclasses
import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from eqlib.testing import batches, black_boxes, gradients
from eqlib.testing.branches import never_taken
from eqlib.testing.cancellation import Conditioned, conditioned, lost_digits
from eqlib.testing.diagnosis import Suspect, diagnosed, named_by_precision
from eqlib.testing.elements import Element, permutations, translations
from eqlib.testing.integers import with_labels, with_one_alone
from eqlib.testing.loops import EndlessLoop
from eqlib.testing.motion import motion
from eqlib.testing.one_precision import raised, undecided
from eqlib.testing.operands import Field
from eqlib.testing.precision import Narrow, explain, narrow_operations
from eqlib.testing.profile import Profile
from eqlib.testing.program import Program
from eqlib.testing.report import Diagnosis, Finding, Report, Verdict
from eqlib.testing.sampling import DRAWN, adversities, at_scales
from eqlib.testing.symmetries import Case, Runner, judge
from eqlib.testing.thresholds import beside_thresholds
from eqlib.testing.widened import breaks_widened
from eqlib.testing.witness import witness


@dataclass
class Trials:
    """The trials of a program in a profile; `replayed` writes the line of code that compares a case once more.

    widest     the widest precision in which the function computes
    findings   of each law, in the order in which it was tried
    notes      what a reader should know beside them
    estimates  why bounds were estimated and not derived, where they were
    narrow     operations that lose digits
    diagnosis  what is wrong, told of the first refutation
    broken     the cases in which a law is broken, by law and dtype
    further    inputs beside those of the profile: other labels, a node alone, and beside thresholds of the program
    """

    program: Program
    profile: Profile
    widest: np.dtype
    seed: int
    replayed: Callable[[Runner, Case], str]
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    estimates: list[str] = field(default_factory=list)
    narrow: list[Narrow] = field(default_factory=list)
    diagnosis: Diagnosis | None = None
    further: dict[str, list[Any]] = field(default_factory=dict)
    broken: dict[tuple[str, str], list[Case]] = field(default_factory=dict)

    def in_float64(self, runner: Runner, differentiable: bool) -> Conditioned:
        """Every law but that of batches, in float64 or the widest precision that the function computes in.

        Returns what other precisions are compared with.

        Raises: EndlessLoop.
        """
        backward = gradients.begun(self.program, self.seed, runner.eps) if differentiable else None
        for x in adversities(self.program.operands, self.program.arrays, self.seed).values():
            runner(runner.cast(x))  # so that a loop without an end is met here, and not where nothing counts its rounds
        every = with_labels(self.program.operands, self.program.arrays, self.profile.labels)
        refused = [name for name, x in every.items() if not _takes(runner, x)]
        self.notes += [f"{name} were not tried: the function has no values for them" for name in refused]
        self.further = {name: x for name, x in every.items() if name not in refused}
        self.further |= with_one_alone(self.program.operands, self.program.arrays)
        self.further |= beside_thresholds(self.program, self.profile.thresholds)
        moved, notes = motion(runner, self.seed)
        inputs, laws = dict(self._inputs(runner, [self.seed])), self._laws([self.seed])
        exact, said, narrow = black_boxes.findings(runner, inputs, laws)
        suspects: dict[str, Suspect] = {}
        symmetries = list(self._symmetries(runner, suspects))
        backwards, reasons = gradients.findings(backward) if backward is not None else ([], [])
        self._add([moved, *symmetries, *exact, *backwards], suspects)
        self.notes += [*notes, *said, *reasons, *never_taken(self.program, self._tried(runner))]
        self.narrow += [*narrow_operations(runner), *narrow]
        self.estimates += runner.bounds.notes
        return conditioned(runner)

    def in_another(self, runner: Runner, truth: Conditioned) -> None:
        """The laws of the group and of batches, and the digits that are lost.

        Raises: EndlessLoop.
        """
        if (error := raised(runner)) is not None:
            self.findings.append(black_boxes.consumed(self.program) or undecided(error, runner.dtype))
            return
        runner.begin()
        suspects: dict[str, Suspect] = {}
        of_batches, unmapped = batches.findings(runner, self.seed, self.profile.unjitted)
        symmetries = self._symmetries(runner, suspects) if runner.dtype != self.widest else ()
        self._add([*symmetries, *of_batches], suspects)
        self.notes += unmapped
        if runner.dtype == self.widest:
            return
        self.estimates += runner.bounds.notes
        if runner.eps <= np.finfo(np.float32).eps:  # to narrower dtypes, weights are rounded by intent
            self.narrow += narrow_operations(runner)
            self.notes += lost_digits(truth, runner)

    def accepted(self) -> list[Any]:
        """The dtypes of the profile that the function takes, with a note for each that it does not."""
        taken, notes = black_boxes.accepted(self.program, self.profile.dtypes)
        for dtype in self.profile.if_accepted:
            runner = Runner(self.program, dtype)
            try:
                runner(runner.cast(self.program.arrays))
                taken.append(dtype)
            except (TypeError, ValueError, NotImplementedError) as error:
                notes.append(f"{runner.dtype} was not tried: {str(error).splitlines()[0]}")
        self.notes += notes
        return taken

    def report(self) -> Report:
        """The findings, of which each law that rounding hides in one dtype is as it is in another."""
        findings, lost = explain(_told_by_wider(self.findings), self.narrow, self._breaks_widened)
        notes = (*self._precision(), *self.notes, *self.program.unmoved, *lost, *dict.fromkeys(self.estimates))
        made, certified = self.program, not self.estimates
        report = Report(made.name, str(made), tuple(findings), notes, certified=certified, diagnosis=self.diagnosis)
        if not report.ok:
            report = dataclasses.replace(report, notes=(*notes, *made.guesses))
        return named_by_precision(report)

    def _precision(self) -> list[str]:
        """A note, if the function is said to compute in fewer digits than float64."""
        if self.widest == np.float64:
            return []
        return [f"it is said to compute in {self.widest}: that is what its bounds are of, and float64 was not tried"]

    def _breaks_widened(self, finding: Finding) -> bool | None:
        """Whether a law is broken although nothing in the program is narrow; None if that cannot be told."""
        cases = self.broken.get((finding.law, finding.mode), [])
        return breaks_widened(self.program, finding.law, cases, self.seed)

    def _add(self, findings: list[Finding], suspects: dict[str, Suspect]) -> None:
        self.broken |= {(law, str(one.runner.dtype)): one.broken for law, one in suspects.items()}
        if self.diagnosis is None:
            findings, self.diagnosis = diagnosed(findings, self.program, suspects, self.replayed)
        self.findings += findings

    def _symmetries(self, runner: Runner, suspects: dict[str, Suspect]) -> Iterator[Finding]:
        """A finding for each kind of element that acts on the operands; laws that are broken join the suspects."""
        seeds = self._seeds
        cast = [(name, runner.cast(x)) for name, x in self._inputs(runner, seeds)]
        arrays = [(name, x, runner.at_rest(x)) for name, x in cast]
        for law, elements in self._laws(seeds).items():
            cases: list[Case] = []
            for inputs, values, at_rest in arrays:
                some = self._some(elements, inputs)
                cases += filter(runner.is_in_range, (runner.compare(g, inputs, values, at_rest) for g in some))
            yield judge(law, str(runner.dtype), cases, functools.partial(_suspected, suspects, law, runner, cases))

    def _tried(self, runner: Runner) -> Iterator[Sequence[Any]]:
        """What the function was given: each of the inputs, and then what the elements make of them."""
        inputs = [(name, runner.cast(x)) for name, x in self._inputs(runner, self._seeds)]
        yield from (x for _, x in inputs)
        for elements in self._laws(self._seeds).values():
            yield from (runner.act(g, x) for name, x in inputs for g in self._some(elements, name))

    @property
    def _seeds(self) -> range:
        return range(self.seed, self.seed + self.profile.seeds)

    def _some(self, elements: list[Element], inputs: str) -> list[Element]:
        """Those of the elements that are tried on inputs of this name."""
        return elements if inputs in self.profile.thorough else elements[: self.profile.few]

    def _inputs(self, runner: Runner, seeds: Sequence[int]) -> Iterator[tuple[str, Any]]:
        """Those of the profile, by name, from each seed those that others have not; in float64, the further ones."""
        made, wide = self.program, self.profile
        for seed in seeds:
            for name, arrays in adversities(made.operands, made.arrays, seed).items():
                if name in wide.inputs and (seed == seeds[0] or name in DRAWN):
                    yield name, arrays
        yield from at_scales(made.operands, made.arrays, wide.scales).items()
        yield from self.further.items() if runner.dtype == self.widest else ()

    def _laws(self, seeds: Sequence[int]) -> dict[str, list[Element]]:
        """The elements of each kind; translations if there are positions, permutations of each set."""
        found: dict[str, list[Element]] = {}
        for g in self.profile.rotations:
            if g.kind != "identity":
                found.setdefault(g.kind, []).append(g)
        if any(isinstance(one, Field) and one.is_position for one in self.program.operands):
            found["translation"] = list(translations())
        for g in {str(g): g for seed in seeds for g in permutations(self.program.sizes, seed)}.values():
            found.setdefault(f"permutation of {next(iter(g.permutations))}s", []).append(g)
        return {law: elements for law, elements in found.items() if elements}


def _told_by_wider(findings: list[Finding]) -> list[Finding]:
    """A law of which rounding hides everything in one dtype is as it is in another, in which it was told."""
    told = {f.law for f in findings if f.verdict is Verdict.OK}
    return [
        dataclasses.replace(f, verdict=Verdict.OK) if f.verdict is Verdict.INCONCLUSIVE and f.law in told else f
        for f in findings
    ]


def _suspected(
    suspects: dict[str, Suspect], law: str, runner: Runner, cases: Sequence[Case], case: Case
) -> tuple[str, ...]:
    suspects[law] = Suspect(runner, case, cases)
    return witness(runner, case)


def _takes(runner: Runner, arrays: Sequence[Any]) -> bool:
    """Whether the function has values for its labels: where a table ends, it raises, or NaN is read.

    Raises: EndlessLoop.
    """
    try:
        return all(np.isfinite(z).all() for z in runner(runner.cast(arrays)))
    except EndlessLoop:
        raise
    except Exception:  # a foreign function may raise anything
        return False
