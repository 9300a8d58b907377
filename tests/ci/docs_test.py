"""The law of explanation: a public name without words, an op without a section and a dead link are each reported."""

from pathlib import Path
from types import ModuleType

import pytest

from ci.docs import SECTIONS, incomplete, incomplete_methods, public_objects, readme, undocumented
from ci.names import Op

WHOLE = "\n".join(["Opens and closes.", "", *(f"{section}: words." for section in SECTIONS), "    >>> gate(x)"])
GATE = Op("gate", "eqlib/ops/gate.py", ("gate",))


def module_with(**names: object) -> ModuleType:
    module = ModuleType("house")
    for name, value in names.items():
        if hasattr(value, "__module__"):
            value.__module__ = "house"
        setattr(module, name, value)
    return module


def write_gate(root: Path, docstring: str) -> None:
    (root / "eqlib/ops").mkdir(parents=True)
    (root / "eqlib/ops/gate.py").write_text(f'def gate(x):\n    """{docstring}"""\n\n\ndef plan_gate(): ...\n')


def test_a_public_name_without_a_docstring_is_reported() -> None:
    def silent(): ...

    def spoken():
        """Speaks."""

    def _private(): ...

    class Array:
        """Holds."""

        def mute(self): ...

    module = module_with(silent=silent, spoken=spoken, _private=_private, Array=Array)
    assert list(undocumented(module)) == ["house.Array.mute has no docstring", "house.silent has no docstring"]


def test_names_of_other_packages_are_not_public() -> None:
    assert list(public_objects(module_with(Path=ModuleType("pathlib"), version="1"))) == []


def test_a_whole_docstring_is_silent(tmp_path: Path) -> None:
    write_gate(tmp_path, WHOLE)
    assert list(incomplete(tmp_path, GATE)) == []


@pytest.mark.parametrize("section", SECTIONS)
def test_a_missing_section_is_reported(tmp_path: Path, section: str) -> None:
    write_gate(tmp_path, WHOLE.replace(f"{section}:", ""))
    assert list(incomplete(tmp_path, GATE)) == [
        f"eqlib/ops/gate.py:1: the docstring of gate has no section `{section}:`"
    ]


def test_a_package_is_searched_file_by_file(tmp_path: Path) -> None:
    turn = Op("turn", "eqlib/turn", ("left", "right"))
    (tmp_path / "eqlib/turn").mkdir(parents=True)
    (tmp_path / "eqlib/turn/left.py").write_text(f'def left(x):\n    """{WHOLE}"""\n')
    (tmp_path / "eqlib/turn/right.py").write_text(
        f'def right(x):\n    """{WHOLE.replace("Law:", "")}"""\n\n\ndef inner(): ...\n'
    )
    assert list(incomplete(tmp_path, turn)) == ["eqlib/turn/right.py:1: the docstring of right has no section `Law:`"]


def test_methods_are_read_as_functions_are(tmp_path: Path) -> None:
    body = f'    def turn(self):\n        """{WHOLE.replace("Source:", "")}"""\n\n    def _inner(self): ...\n'
    (tmp_path / "array.py").write_text(f"class Array:\n{body}")
    assert list(incomplete_methods(tmp_path, "array.py")) == [
        "array.py:2: the docstring of turn has no section `Source:`"
    ]


def test_an_example_that_does_not_run_is_reported(tmp_path: Path) -> None:
    write_gate(tmp_path, WHOLE.replace(">>>", "..."))
    assert list(incomplete(tmp_path, GATE)) == [
        "eqlib/ops/gate.py:1: the example of gate has no line `>>> ...` that runs"
    ]


def test_the_readme_leads_somewhere(tmp_path: Path) -> None:
    assert list(readme(tmp_path)) == ["README.md is missing"]
    (tmp_path / "ci").mkdir()
    (tmp_path / "ci/test").write_text("")
    (tmp_path / "README.md").write_text(
        "[design](DESIGN.md) [jax](https://docs.jax.dev) [here](#use)\n"
        "```bash\n./ci/test\n./ci/gone  # the suite\npython -m proofs\n```\n"
        "```python\nimport eqlib\n```\n"
    )
    assert list(readme(tmp_path)) == [
        "README.md links to DESIGN.md, which does not exist",
        "README.md calls ./ci/test, which is not an executable file",
        "README.md calls ./ci/gone, which is not an executable file",
        "README.md calls python -m proofs, which does not exist",
        "README.md has Python that no test runs (write it with >>>): import eqlib",
    ]
    (tmp_path / "ci/test").chmod(0o755)
    assert "README.md calls ./ci/test, which is not an executable file" not in list(readme(tmp_path))
