"""The checker is checked: a planted fault, a vacuous proof and a crash each give a failed verdict and exit status 1."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import proofs.clebsch_gordan
import proofs.generators
import proofs.harmonics
import proofs.wigner
from eqlib.o3 import SurdTensor, exact_clebsch_gordan, exact_generators, exact_harmonics, exact_wigner
from proofs.__main__ import main
from proofs.certificate import THEOREMS, ProofFailed, Theorem, decide, theorem
from proofs.rounding import require_correctly_rounded

CACHED = (proofs.clebsch_gordan.scaled_clebsch_gordan, proofs.harmonics.scaled_harmonics, proofs.wigner.scaled_wigner)


@pytest.fixture(autouse=True)
def fresh_caches() -> Iterator[None]:
    """The proofs remember scaled tensors: forget those of a planted fault."""
    for function in CACHED:
        function.cache_clear()
    yield
    for function in CACHED:
        function.cache_clear()


def negate_one_entry(tensor: SurdTensor) -> SurdTensor:
    entries = dict(tensor.entries)
    last = max(entries, default=None)
    return tensor if last is None else SurdTensor.of(tensor.shape, {**entries, last: -entries[last]}, tensor.label)


def drop_one_entry(tensor: SurdTensor) -> SurdTensor:
    return SurdTensor(tensor.shape, tensor.entries[:-1], tensor.label)


def reverse_last_axis(tensor: SurdTensor) -> SurdTensor:
    size = tensor.shape[-1]
    turned = {(*index[:-1], size - 1 - index[-1]): value for index, value in tensor.entries}
    return SurdTensor.of(tensor.shape, turned, tensor.label)


def twice(tensor: SurdTensor) -> SurdTensor:
    return tensor.scaled(2)


def negate(tensor: SurdTensor) -> SurdTensor:
    return tensor.scaled(-1)


FAULTS = [
    (
        proofs.clebsch_gordan,
        "exact_clebsch_gordan",
        exact_clebsch_gordan,
        negate_one_entry,
        "clebsch_gordan_is_invariant",
    ),
    (
        proofs.clebsch_gordan,
        "exact_clebsch_gordan",
        exact_clebsch_gordan,
        drop_one_entry,
        "clebsch_gordan_is_orthonormal",
    ),
    (proofs.clebsch_gordan, "exact_clebsch_gordan", exact_clebsch_gordan, twice, "clebsch_gordan_is_orthonormal"),
    (
        proofs.clebsch_gordan,
        "exact_clebsch_gordan",
        exact_clebsch_gordan,
        reverse_last_axis,
        "clebsch_gordan_respects_reflections",
    ),
    (
        proofs.clebsch_gordan,
        "exact_clebsch_gordan",
        exact_clebsch_gordan,
        negate,
        "clebsch_gordan_follows_the_sign_convention",
    ),
    (
        proofs.clebsch_gordan,
        "exact_clebsch_gordan",
        exact_clebsch_gordan,
        drop_one_entry,
        "clebsch_gordan_is_correctly_rounded",
    ),
    (
        proofs.clebsch_gordan,
        "exact_clebsch_gordan",
        exact_clebsch_gordan,
        lambda tensor: SurdTensor.of(tensor.shape, {}),
        "clebsch_gordan_is_unique_by_weights",
    ),
    (proofs.clebsch_gordan, "_rank", proofs.clebsch_gordan._rank, lambda r: r - 1, "clebsch_gordan_is_unique_by_rank"),
    (proofs.generators, "exact_generators", exact_generators, negate, "generators_represent_so3"),
    (proofs.generators, "exact_generators", exact_generators, negate_one_entry, "generators_are_antisymmetric"),
    (proofs.generators, "exact_generators", exact_generators, twice, "generators_are_correctly_rounded"),
    (proofs.harmonics, "exact_harmonics", exact_harmonics, negate_one_entry, "harmonics_are_harmonic"),
    (proofs.harmonics, "exact_harmonics", exact_harmonics, reverse_last_axis, "harmonics_are_equivariant"),
    (proofs.harmonics, "exact_harmonics", exact_harmonics, twice, "harmonics_are_orthonormal"),
    (proofs.harmonics, "exact_harmonics", exact_harmonics, twice, "harmonics_satisfy_the_addition_theorem"),
    (proofs.harmonics, "exact_harmonics", exact_harmonics, negate, "harmonics_follow_the_sign_convention"),
    (proofs.harmonics, "exact_harmonics", exact_harmonics, negate, "harmonics_are_correctly_rounded"),
    (
        proofs.wigner,
        "exact_wigner",
        exact_wigner,
        lambda tensor: tensor.transpose((1, 0)),
        "wigner_acts_on_harmonics",
    ),
    (
        proofs.wigner,
        "exact_wigner",
        exact_wigner,
        lambda tensor: tensor.transpose((1, 0)),
        "wigner_is_multiplicative",
    ),
    (proofs.wigner, "exact_wigner", exact_wigner, twice, "wigner_is_orthogonal"),
]


@pytest.mark.parametrize(("module", "name", "right", "fault", "claim"), FAULTS, ids=[fault[-1] for fault in FAULTS])
def test_each_theorem_rejects_a_planted_fault(
    module: object, name: str, right: Callable, fault: Callable, claim: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert decide(THEOREMS[claim], 2).proved
    for function in CACHED:
        function.cache_clear()
    monkeypatch.setattr(module, name, lambda *arguments: fault(right(*arguments)))
    verdict = decide(THEOREMS[claim], 2)
    assert not verdict.proved and verdict.counterexample and "Error" not in verdict.counterexample


def test_every_theorem_of_o3_has_a_planted_fault() -> None:
    here = ("proofs.clebsch_gordan", "proofs.generators", "proofs.harmonics", "proofs.wigner")
    assert {name for name, t in THEOREMS.items() if t.prove.__module__ in here} == {fault[-1] for fault in FAULTS}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_neighbour_of_a_correctly_rounded_value_is_rejected(dtype: type) -> None:
    exact = exact_clebsch_gordan(2, 2, 2)
    for index, value in exact.entries:
        for end in (-np.inf, np.inf):
            table = exact.numpy(dtype)
            table[index] = np.nextafter(table[index], dtype(end))
            with pytest.raises(ProofFailed, match=r"is not the correctly rounded"):
                require_correctly_rounded(table, exact)
        assert value
    table = exact.numpy(dtype)
    table[0, 0, 0] = 1e-17
    with pytest.raises(ProofFailed, match="where the exact value is 0"):
        require_correctly_rounded(table, exact)
    with pytest.raises(ProofFailed, match="not finite"):
        require_correctly_rounded(np.full_like(table, np.nan), exact)


def claim_of(prove: Callable[[int], int], cap: int | None = None) -> Theorem:
    return Theorem("claim", "statement", "method", ("op",), "cases", "", cap, prove)


def test_a_vacuous_proof_and_a_crash_are_failures() -> None:
    assert decide(claim_of(lambda lmax: 0), 3).counterexample == "vacuous: no case was examined"
    assert decide(claim_of(lambda lmax: 1 // 0), 3).counterexample.startswith("ZeroDivisionError")
    assert decide(claim_of(lambda lmax: lmax, cap=2), 3).range == "l <= 2"


def test_two_theorems_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two theorems named generators_represent_so3"):
        theorem(statement="", method="", covers=(), counts="")(proofs.generators.generators_represent_so3)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_command_prints_and_writes_the_certificate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], jobs: str
) -> None:
    path = tmp_path / "certificate.json"
    assert main(["--lmax", "2", "--only", "generators", "--output", str(path), "--jobs", jobs]) == 0
    assert "3 of 3 theorems proved" in capsys.readouterr().out
    certificate = json.loads(path.read_text())
    assert [t["proved"] for t in certificate["theorems"]] == [True] * 3 and certificate["trusted_base"]


def test_the_command_fails_when_a_theorem_does(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(proofs.generators, "exact_generators", lambda l: exact_generators(l).scaled(-1))
    assert main(["--lmax", "1", "--only", "generators_represent"]) == 1
    assert "counterexample: l = 1" in capsys.readouterr().out


def test_no_process_at_all_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--jobs", "0"])
    assert "--jobs 0: at least one process has to do it" in capsys.readouterr().err
