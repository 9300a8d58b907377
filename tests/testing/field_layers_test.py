"""Layers of the field, as users write them, get the verdicts that they deserve: from `check` and from `prove`."""

import re

import jax.numpy as jnp
import pytest

from eqlib.testing import check, prove
from eqlib.testing.exact import interpreter
from eqlib.testing.rounding_rules import COVERED
from tests.testing.field_layer import FieldLayer
from tests.testing.field_networks import NETWORKS
from tests.testing.field_pieces import PIECES
from tests.testing.field_wrong import WRONG
from tests.testing.pytest_project import ROOT

LAYERS = {layer.name: layer for layer in (*NETWORKS, *PIECES, *WRONG)}
# What no other test checks: complex numbers, shards, sorting, the number of rounds.
CHECKED = ("shard_map", "fourier transform of channels", "sorted components", "until all components are small")
# Those that take more than half a second, but for one with sorting and one with the softmax of neighbours.
SLOW = {layer.name for layer in NETWORKS} - {
    "sorted distances",
    "gvp in equinox",
    "cormorant",
    "se3 transformer attention",
}
SLOW |= {"stress", "layers by scan, checkpointed", "edge frame by angles", "the dipole of a charge"}
PROVED_HERE = [name for name in LAYERS if name not in SLOW]


def is_checked_as_it_deserves(layer: FieldLayer) -> None:
    options = {"sizes": layer.sizes, "example": layer.example, "name": layer.name}
    report = check(layer.fn, layer.in_, layer.out, profile="quick", **options)
    assert report.verdict == layer.check, str(report)
    # Every operation that these layers do has a rule, but for svd and a singular matrix.
    assert report.certified or layer.name == "polar decomposition by svd", str(report)


def is_proved_as_it_deserves(layer: FieldLayer) -> None:
    proof = prove(layer.fn, layer.in_, layer.out, sizes=layer.sizes, example=layer.example, name=layer.name)
    assert proof.verdict == layer.prove, str(proof)


@pytest.mark.parametrize("name", CHECKED)
def test_its_check(name: str) -> None:
    is_checked_as_it_deserves(LAYERS[name])


@pytest.mark.parametrize("name", PROVED_HERE)
def test_its_proof(name: str) -> None:
    is_proved_as_it_deserves(LAYERS[name])


@pytest.mark.deep
@pytest.mark.parametrize("name", [name for name in LAYERS if name not in CHECKED])
def test_its_check_takes_long(name: str) -> None:
    is_checked_as_it_deserves(LAYERS[name])


@pytest.mark.deep
@pytest.mark.parametrize("name", sorted(SLOW))
def test_its_proof_takes_long(name: str) -> None:
    is_proved_as_it_deserves(LAYERS[name])


def named_in(section: str) -> dict[str, set[str]]:
    """The primitives that a table of the how-to names, by the first cell of their row."""
    rows = re.findall(r"^\| ([^|`]+) \|(.*)\|$", section, re.MULTILINE)
    return {what.strip(): set(re.findall(r"`([^`]+)`", cells)) for what, cells in rows}


def test_the_how_to_names_the_operations_that_have_rules() -> None:
    text = (ROOT / "eqlib/testing/README.md").read_text()
    named = named_in(text.partition("## What is covered")[2].partition("\n## ")[0])
    exact = interpreter.COVERED
    assert named["both"] == COVERED & exact
    assert named["bounds alone"] == COVERED - exact
    assert named["exact numbers alone"] == exact - COVERED
    assert not named["neither"] & (COVERED | exact)


def test_complex_numbers_are_not_taken_for_their_real_parts() -> None:
    proof = prove(lambda v: jnp.abs(v + 1j * jnp.sum(v**2)) * v, "1o", "1o")
    assert proof.verdict == "not decided" and "of complex numbers" in str(proof)


def test_no_fault_is_taken_for_right_by_both() -> None:
    assert all(wrong.check != "ok" for wrong in WRONG) and len(WRONG) >= 8
