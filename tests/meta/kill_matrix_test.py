"""Every planted fault is found by the law or the theorem named for it, which finds nothing without the fault."""

from typing import Any

import pytest

from tests.meta.faults import FAULTS, Fault
from tests.meta.faults.proofs import PROOF_FAULTS, ProofFault, decided
from tests.meta.kill_matrix import BY_NAME, kills, refutes

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


def test_every_fault_has_its_own_name() -> None:
    names = [fault.name for fault in (*FAULTS, *PROOF_FAULTS)]
    assert len(names) == len(set(names)) >= 50
