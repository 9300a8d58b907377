"""What eqlib uses on itself, for its users: `check` and its reports, subjects, laws, the conformance suite."""

from eqlib.testing.checking import assert_equivariant as assert_equivariant
from eqlib.testing.checking import check as check
from eqlib.testing.report import Finding as Finding
from eqlib.testing.report import NotEquivariant as NotEquivariant
from eqlib.testing.report import Report as Report
from eqlib.testing.report import Verdict as Verdict
