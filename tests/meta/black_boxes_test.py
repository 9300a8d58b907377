"""Every wrong function that JAX cannot trace is refused by a law named for its fault, and no right one is."""

import pytest

from eqlib.testing.checking import check
from eqlib.testing.elements import rotations
from eqlib.testing.profile import Profile
from eqlib.testing.report import Verdict
from tests.meta.black_boxes import RIGHT, WRONG
from tests.meta.layers import LayerCase

FEW = Profile("few", inputs=("as given", "huge"), thorough=("as given",), few=1, rotations=tuple(rotations())[:5])


@pytest.mark.parametrize("case", WRONG, ids=[case.name for case in WRONG])
def test_each_fault_is_found_by_its_law(case: LayerCase) -> None:
    report = check(case.fn, case.in_, case.out, profile=FEW, dtypes=[])
    assert not report.ok and not report.certified
    assert {f.law for f in report.findings if f.verdict is not Verdict.OK} & set(case.found_by), str(report)


@pytest.mark.parametrize("case", RIGHT, ids=[case.name for case in RIGHT])
def test_no_right_function_is_refused(case: LayerCase) -> None:
    report = check(case.fn, case.in_, case.out, profile=FEW)
    assert report.ok and not report.certified, str(report)
