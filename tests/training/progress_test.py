"""A log has a line for every tenth, from wherever the count begins."""

import io

from eqlib.training.progress import progress


def test_progress_writes_ten_lines_to_a_log():
    log = io.StringIO()
    assert list(progress(1000, "lmax = 0", {"loss": "0.5"}, stream=log)) == list(range(1000))
    lines = log.getvalue().splitlines()
    assert len(lines) == 10
    assert lines[0].startswith("lmax = 0 [##......................] 100/1000 ")
    assert lines[-1].endswith(" s  loss 0.5")


def test_progress_that_goes_on_begins_where_it_was():
    log = io.StringIO()
    assert list(progress(100, "NequIP", {}, first=55, stream=log)) == list(range(55, 100))
    assert log.getvalue().splitlines()[0].startswith("NequIP [##############..........] 60/100 ")
    assert list(progress(100, "NequIP", {}, first=100, stream=log)) == []
