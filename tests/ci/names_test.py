"""The law of the rooms: each planted gap between the ops and their rooms is reported, and a whole tree is silent."""

from pathlib import Path

import pytest

from ci.names import problems

WHOLE = {
    "eqlib/__init__.py": "from .ops.gate import gate as gate\nfrom eqlib.ops.radial import bessel, sus\n",
    "eqlib/o3/generators.py": "def generators(l): ...\n",
    "proofs/generators.py": "",
    "eqlib/ops/__init__.py": "",
    "eqlib/ops/_pairs.py": "def pairs(): ...\n",
    "eqlib/ops/gate.py": "def gate(x): ...\ndef plan_gate(irreps): ...\n",
    "eqlib/ops/radial.py": "def bessel(x): ...\ndef sus(x): ...\n",
    "eqlib/rotation/__init__.py": "from .angles import angles_to_matrix as angles_to_matrix\n",
    "eqlib/rotation/angles.py": "def angles_to_matrix(a, b, c): ...\n",
}
for stem, functions in {"gate": ["gate"], "radial": ["bessel", "sus"], "rotation": ["angles_to_matrix"]}.items():
    definitions = "".join(f"def {f}(x): ...\n" for f in functions)
    WHOLE[f"spec/{stem}.py"] = f"{definitions}LAWS = { ({f: ['equivariant'] for f in functions}) }\n"
    WHOLE[f"proofs/{stem}.py"] = f"@theorem(covers={tuple(f'eqlib.{f}' for f in functions)})\ndef law(lmax): ...\n"
    WHOLE[f"tests/ops/{stem}_test.py"] = f"SUBJECTS = [{', '.join(f'Subject({f!r})' for f in functions)}]\n"
    WHOLE[f"bench/{stem}.py"] = f"WORKLOADS: list = {[(f, 1) for f in functions]}\n"

WHOLE["tests/rotation/angles_test.py"] = "from eqlib import rotation\nrotation.angles_to_matrix(0, 0, 0)\n"
del WHOLE["tests/ops/rotation_test.py"]

GAPS = {
    "no proof": ("proofs/gate.py", None, "eqlib/ops/gate.py has no proof: write proofs/gate.py"),
    "no spec": ("spec/gate.py", None, "eqlib/ops/gate.py has no specification: write spec/gate.py"),
    "no test": ("tests/ops/gate_test.py", None, "eqlib/ops/gate.py has no test: write tests/ops/gate_test.py"),
    "no bench": ("bench/rotation.py", None, "eqlib/rotation has no benchmark: write bench/rotation.py"),
    "a package without tests": (
        "tests/rotation/angles_test.py",
        "from eqlib import rotation",
        'tests/rotation does not cover angles_to_matrix: use "angles_to_matrix"',
    ),
    "a function without a theorem": (
        "proofs/radial.py",
        "@theorem(covers=('plan_bessel',), statement='sus')\ndef law(lmax): ...",
        'proofs/radial.py does not cover sus: name "sus" in the `covers` of a theorem',
    ),
    "a proof of nothing": (
        "proofs/cross.py",
        "",
        "proofs/cross.py has no op: eqlib/__init__.py exports nothing from eqlib/ops/cross.py",
    ),
    "a test of nothing": (
        "tests/ops/cross_test.py",
        "",
        "tests/ops/cross_test.py has no op: eqlib/__init__.py exports nothing from eqlib/ops/cross.py",
    ),
    "an op that is not exported": (
        "eqlib/ops/cross.py",
        "def cross(): ...",
        "eqlib/ops/cross.py is not public: export it from eqlib/__init__.py, or call it eqlib/ops/_cross.py",
    ),
    "a function without a law": (
        "spec/radial.py",
        "def bessel(x): ...\ndef sus(x): ...\nLAWS = {'bessel': ['smooth']}",
        'spec/radial.py does not cover sus: list "sus" in LAWS',
    ),
    "a law that names the function only in its text": (
        "spec/radial.py",
        "def bessel(x): ...\ndef sus(x): ...\nLAWS = {'bessel': ['sus']}",
        'spec/radial.py does not cover sus: list "sus" in LAWS',
    ),
    "a function without a specification": (
        "spec/radial.py",
        "def bessel(x): ...\nLAWS = {'bessel': [], 'sus': []}",
        'spec/radial.py does not cover sus: define "sus"',
    ),
    "a law without a function": (
        "spec/gate.py",
        "def gate(x): ...\nLAWS = {'gate': [], 'gates': []}",
        "spec/gate.py covers gates, which is not a public function of eqlib/ops/gate.py",
    ),
    "a function outside the conformance suite": (
        "tests/ops/radial_test.py",
        "SUBJECTS = [Subject('bessel')]\n# Subject('sus')",
        'tests/ops/radial_test.py does not cover sus: write Subject("sus", ...)',
    ),
    "a function without a workload": (
        "bench/radial.py",
        "WORKLOADS = {'bessel': 'sus'}",
        'bench/radial.py does not cover sus: name "sus" in WORKLOADS',
    ),
}


def plant(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_a_whole_tree_has_no_gap(tmp_path: Path) -> None:
    plant(tmp_path, WHOLE)
    assert problems(tmp_path) == []


def test_a_package_tested_through_the_table_of_its_laws_is_covered(tmp_path: Path) -> None:
    plant(tmp_path, {**WHOLE, "tests/rotation/angles_test.py": "for name in LAWS: check(name)"})
    assert problems(tmp_path) == []


@pytest.mark.parametrize("gap", GAPS)
def test_a_planted_gap_is_the_one_reported(tmp_path: Path, gap: str) -> None:
    name, text, message = GAPS[gap]
    plant(tmp_path, WHOLE)
    if text is None:
        (tmp_path / name).unlink()
    else:
        plant(tmp_path, {name: text})
    assert problems(tmp_path) == [message]


def test_the_house_is_read_at_all() -> None:
    assert problems.__defaults__ is not None
    root = problems.__defaults__[0]
    assert (root / "eqlib").is_dir()
    assert (root / "pyproject.toml").is_file()
