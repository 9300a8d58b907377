"""Every planted fault is found by the law or the theorem named for it, which finds nothing without the fault."""

from typing import Any

import pytest

import proofs.tensor_product
import proofs.wigner
from eqlib.o3 import exact_wigner
from proofs.certificate import THEOREMS, decide
from tests.meta.faults import FAULTS, Fault, off_by_a_trillionth
from tests.meta.kill_matrix import BY_NAME, kills

PAIRS = {(str(fault.right), fault.killer): fault.right for fault in FAULTS}


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_each_fault_is_found_by_its_law(fault: Fault) -> None:
    assert kills(BY_NAME[fault.killer], fault.subject)


@pytest.mark.parametrize(("pair", "right"), PAIRS.items(), ids=["-".join(pair) for pair in PAIRS])
def test_no_law_finds_a_fault_where_there_is_none(pair: tuple[str, str], right: Any) -> None:
    BY_NAME[pair[1]](right)


def test_every_law_finds_some_fault() -> None:
    assert {fault.killer for fault in FAULTS} == set(BY_NAME)


PROOFS = (
    (proofs.tensor_product, "plan_tensor_product", off_by_a_trillionth, "tensor_product_is_equivariant"),
    (proofs.wigner, "exact_wigner", lambda D: D.transpose((1, 0)), "wigner_acts_on_harmonics"),
)


@pytest.mark.parametrize(("module", "name", "fault", "claim"), PROOFS, ids=["off by 1e-12", "transposed D"])
def test_what_no_measurement_need_see_is_found_by_a_theorem(
    module: Any, name: str, fault: Any, claim: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    proofs.wigner.scaled_wigner.cache_clear()
    right = getattr(module, name)
    assert right is not exact_wigner or decide(THEOREMS[claim], 1).proved
    proofs.wigner.scaled_wigner.cache_clear()
    monkeypatch.setattr(module, name, lambda *arguments: fault(right(*arguments)))
    verdict = decide(THEOREMS[claim], 1)
    proofs.wigner.scaled_wigner.cache_clear()
    assert not verdict.proved and "Error:" not in verdict.counterexample


def test_there_are_at_least_twenty_faults() -> None:
    assert len({fault.name for fault in FAULTS}) + len(PROOFS) >= 20
