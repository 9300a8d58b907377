"""Every planted fault is found by the law or the theorem named for it, which finds nothing without the fault."""

from typing import Any

import pytest

from tests.meta.faults import FAULTS, Fault
from tests.meta.faults.proofs import PROOF_FAULTS, ProofFault, decided
from tests.meta.kill_matrix import RECORD, is_as_it_must, read, stale, text
from tests.meta.kills import BY_NAME, kills, refutes
from tests.meta.row import Row
from tests.meta.rows import COLUMNS, ROWS

PAIRS = {(str(fault.right), fault.killer): fault.right for fault in FAULTS}


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_each_fault_is_found_by_its_law(fault: Fault) -> None:
    assert kills(BY_NAME[fault.killer], fault.subject)


@pytest.mark.parametrize(("pair", "right"), PAIRS.items(), ids=["-".join(pair) for pair in PAIRS])
def test_no_law_finds_a_fault_where_there_is_none(pair: tuple[str, str], right: Any) -> None:
    BY_NAME[pair[1]](right)


def test_every_law_finds_some_fault() -> None:
    assert {fault.killer for fault in FAULTS} == set(BY_NAME)


@pytest.mark.parametrize("fault", PROOF_FAULTS, ids=[fault.name for fault in PROOF_FAULTS])
def test_each_fault_of_what_is_proved_is_refuted_by_its_theorem(fault: ProofFault) -> None:
    assert refutes(fault.killer, fault)


@pytest.mark.parametrize("claim", sorted({fault.killer for fault in PROOF_FAULTS}))
def test_no_theorem_is_refuted_where_there_is_no_fault(claim: str) -> None:
    assert decided(claim).proved


@pytest.mark.parametrize("row", [row for row in ROWS if row.group == "faults of D"], ids=lambda row: row.name)
def test_each_fault_of_D_is_found(row: Row) -> None:
    assert any(row.refusals().values())


def test_every_row_has_its_own_name() -> None:
    names = [(row.group, row.name) for row in ROWS]
    assert len(names) == len(set(names))
    assert sum(not row.right for row in ROWS) >= 40 and sum(row.right for row in ROWS) >= 15


def test_what_is_named_for_a_fault_has_a_column() -> None:
    assert {name for row in ROWS for name in row.named} <= set(COLUMNS)


def test_the_record_is_of_the_faults_that_are_planted() -> None:
    assert stale(RECORD.read_text()) == []


@pytest.mark.deep
@pytest.mark.parametrize("row", ROWS, ids=[f"{row.group}: {row.name}" for row in ROWS])
def test_every_row_anew(row: Row) -> None:
    assert is_as_it_must(row, row.refusals())


def a_row(name: str, named: tuple[str, ...] = (), right: bool = False) -> Row:
    return Row("right" if right else "wrong", name, dict, named, right)


def test_a_record_is_read_as_it_was_written() -> None:
    law, motion, prove = COLUMNS[0], "check: motion", "prove"
    rows = {
        a_row("found", (law,)): {law: True, motion: False, prove: True},
        a_row("alone"): {motion: False, prove: True},
        a_row("right", right=True): {motion: False, prove: False},
    }
    record = text(rows)
    assert read(record) == {
        ("wrong", "found"): {law: "#", motion: ".", prove: "x"},
        ("wrong", "alone"): {motion: ".", prove: "#"},
        ("right", "right"): {motion: ".", prove: "."},
    }
    assert [line.endswith("only") for line in record.splitlines() if line.startswith("  alone")] == [True]
    assert stale(record, rows) == []


def test_a_stale_record_is_told() -> None:
    law, prove = COLUMNS[0], "prove"
    record = text({a_row("found", (law,)): {law: True}, a_row("passes", right=True): {prove: False}})
    assert stale(record, [a_row("found", (law,)), a_row("new", (law,))]) == [
        "right: passes is no longer planted",
        "wrong: new is not in the record",
    ]
    found_by_another = text({a_row("found"): {prove: True}, a_row("passes", right=True): {prove: True}})
    assert stale(found_by_another, [a_row("found", (law,)), a_row("passes", right=True)]) == [
        "right: passes is recorded as refused",
        "wrong: found is recorded as not found",
    ]
