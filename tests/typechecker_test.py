"""The law of the annotations: each function of eqlib is checked against its own at every call of the suite."""

import importlib
import pkgutil

import pytest
from beartype.roar import BeartypeCallHintViolation
from jaxtyping import TypeCheckError

import eqlib
from eqlib.cli import build_parser
from tests.typechecker import UNCHECKED, typechecked


def test_every_annotation_can_be_checked() -> None:
    for module in pkgutil.walk_packages(eqlib.__path__, "eqlib."):
        importlib.import_module(module.name)
    assert not UNCHECKED, "\n\n".join(f"{name}: {reason}" for name, reason in UNCHECKED.items())


def test_the_suite_checks_the_library() -> None:
    with pytest.raises((TypeCheckError, BeartypeCallHintViolation)):
        build_parser(3)


def test_an_annotation_that_cannot_be_checked_is_recorded() -> None:
    def unsound(x: 3) -> None: ...

    name = f"{unsound.__module__}.{unsound.__qualname__}"
    assert typechecked(unsound) is unsound
    assert UNCHECKED.pop(name).strip()
