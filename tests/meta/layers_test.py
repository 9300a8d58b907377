"""Every wrong layer is refused by the law named for its fault, and no right one is, however nasty."""

import re
from pathlib import Path

import pytest

from eqlib.testing.checking import check
from eqlib.testing.report import Verdict
from tests.meta.layers import DIAGNOSES, FAULTS, RIGHT, LayerCase


@pytest.mark.parametrize("case", FAULTS, ids=[case.name for case in FAULTS])
def test_each_fault_is_found_by_its_law(case: LayerCase) -> None:
    report = check(case.fn, case.in_, case.out)
    assert not report.ok
    assert {f.law for f in report.findings if f.verdict is not Verdict.OK} & set(case.found_by), str(report)
    fault, operation, text = DIAGNOSES[case.name]
    assert report.diagnosis is not None
    assert report.diagnosis.fault == fault, str(report)
    assert report.diagnosis.first.startswith(operation) and bool(operation) == bool(report.diagnosis.first), str(report)
    assert text in named_line(report.diagnosis.first), str(report)


def named_line(first: str) -> str:
    """The text of the line of source that a diagnosis names; nothing if it names none."""
    named = re.search(r" at (\S+\.py):(\d+) ", first)
    return Path(named[1]).read_text().splitlines()[int(named[2]) - 1] if named else ""


@pytest.mark.parametrize("case", RIGHT, ids=[case.name for case in RIGHT])
def test_no_right_layer_is_refused(case: LayerCase) -> None:
    report = check(case.fn, case.in_, case.out)
    assert report.ok, str(report)


def test_every_law_of_the_check_finds_some_fault() -> None:
    laws = {f.law for f in check(RIGHT[0].fn, RIGHT[0].in_, RIGHT[0].out).findings}
    assert laws <= {law for case in FAULTS for law in case.found_by}
