"""A generated part of a README is noticed where it is old, or has no place."""

import pytest

from ci.docs import VERDICTS
from ci.generated import Generated

PART = Generated("list of ops", "<!-- ops -->\n", "<!-- end -->\n", "python -m ops")
TEXT = "# eqlib\n<!-- ops -->\n- dot\n<!-- end -->\nmore\n"


def test_what_is_as_it_is_made_is_not_stale() -> None:
    assert PART.within(TEXT) == "- dot\n"
    assert list(PART.stale(TEXT, "- dot\n")) == []


def test_what_is_old_names_the_command() -> None:
    assert list(PART.stale(TEXT, "- gate\n")) == ["README.md has a list of ops that is out of date: python -m ops"]
    assert PART.put(TEXT, "- gate\n") == TEXT.replace("dot", "gate")


@pytest.mark.parametrize("text", ["# eqlib\n", "<!-- ops -->\n"])
def test_without_marks_there_is_no_place(text: str) -> None:
    message = "README.md has no list of ops: write '<!-- ops -->' and '<!-- end -->' where it is to be"
    assert list(PART.stale(text, "- dot\n")) == [message]
    with pytest.raises(ValueError, match="has no list of ops"):
        PART.put(text, "- dot\n")


def test_the_table_of_verdicts_is_one() -> None:
    (problem,) = VERDICTS.stale("# eqlib\n", "| dot | proved |\n")
    assert problem.startswith("README.md has no table of verdicts")
