"""The law of the rooms: each planted gap between the ops and their rooms is reported, and a whole tree is silent."""

from pathlib import Path

import pytest

from ci.names import problems

PROOF = "@theorem(covers={covers})\ndef law(lmax): ...\n"
RADIAL_PROOF = """
from eqlib.ops.radial import bessel, sus
CASES = (sus, 0.0)
@theorem(covers=("eqlib.bessel",), statement="sus")
def first(lmax): require(bessel)
@theorem(covers=("sus",))
def second(lmax): [require(f) for f, _ in CASES]
"""
RADIAL_TEST = """
import spec.radial
from eqlib import bessel
from eqlib.ops.radial import sus
def named(op, f, specified): return Subject(op, lambda x: f(x), (), specified)
def step(label):
    def in_spec(x): return spec.radial.sus(x)
    return Subject("sus", sus, (), in_spec, label)
test_conforms = conforms(named("bessel", bessel, getattr(spec.radial, bessel.__name__)), step("of 1"))
"""
GATE_TEST = "from eqlib import gate\nimport spec.gate\ntest_c = conforms(Subject('gate', gate, (), spec.gate.gate))\n"
ROTATION_PROOF = """
from proofs.rotation.conversions import convert
@theorem(covers=("angles_to_matrix",))
def law(lmax): return convert("angles", "matrix")
"""

PROGRAMS = """
import eqlib
from eqlib import gate
def radial(x): return [eqlib.bessel(x), eqlib.sus(x)]
PROGRAMS = (Program("gate", gate, ("0e",)), Program(("bessel", "sus"), radial, ("0e",)))
OTHERS = (Program("nn.Dense", eqlib.nn.Dense(), ("0e",)), Program("flax.Dense", eqlib.flax.Dense(), ("0e",)))
WITHOUT = ByTheoremAlone(("angles_to_matrix",), "why")
"""

WHOLE = {
    "eqlib/__init__.py": "from .ops.gate import gate as gate\nfrom eqlib.ops.radial import bessel, sus\n",
    "eqlib/o3/generators.py": "def generators(l): ...\n",
    "proofs/generators.py": "@theorem(covers=('generators', 'gate'))\ndef law(lmax): ...\n",
    "eqlib/ops/__init__.py": "",
    "eqlib/ops/_pairs.py": "def pairs(): ...\n",
    "eqlib/ops/gate.py": "def gate(x): ...\ndef plan_gate(irreps): ...\n",
    "eqlib/ops/radial.py": "def bessel(x): ...\ndef sus(x): ...\n",
    "eqlib/rotation/__init__.py": (
        "from .angles import angles_to_matrix as angles_to_matrix\n__all__ = ['angles_to_matrix']\n"
    ),
    "eqlib/rotation/angles.py": "def angles_to_matrix(a, b, c): ...\n",
    "eqlib/nn/__init__.py": "from .dense import Dense as Dense\nfrom .layer import Layer as Layer\n",
    "eqlib/nn/layer.py": "class Layer: ...\n",
    "eqlib/nn/dense.py": "class Dense(Layer): ...\nclass Part: ...\n",
    "eqlib/nn/linen.py": "Dense = adapt(dense.Dense)\n",
    "eqlib/models/net.py": "class Net(Model): ...\nclass _Part(Model): ...\nclass Graph: ...\n",
    "proofs/programs/__init__.py": "",
    "proofs/programs/models.py": (
        "from eqlib.models.net import Net\ndef of(size): return Program('models.Net', Net(size).apply, ())\n"
    ),
    "proofs/programs/ops.py": PROGRAMS,
    "spec/gate.py": "def gate(x): return half(x)\ndef half(x): ...\nLAWS = {'gate': ['equivariant']}\n",
    "spec/radial.py": "def bessel(x): ...\ndef sus(x): ...\nLAWS = {'bessel': ['smooth'], 'sus': ['smooth']}\n",
    "spec/rotation/__init__.py": (
        "from .matrix import angles_to_matrix as angles_to_matrix\nLAWS = {'angles_to_matrix': ['rotation']}\n"
    ),
    "spec/rotation/matrix.py": "def angles_to_matrix(a, b, c): ...\n",
    "proofs/gate.py": (
        "from eqlib.ops.gate import plan_gate\n@theorem(covers=('gate',))\ndef law(lmax): _each(lmax)\n"
        "def _each(lmax): plan_gate(lmax)\n"
    ),
    "proofs/radial.py": RADIAL_PROOF,
    "proofs/rotation/__init__.py": "from . import forms as forms\n",
    "proofs/rotation/forms.py": ROTATION_PROOF,
    "proofs/rotation/conversions.py": (
        "from spec import rotation as spec\ndef convert(a, b): return getattr(spec, f'{a}_to_{b}')\n"
    ),
    "tests/ops/gate_test.py": GATE_TEST,
    "tests/ops/gate_errors_test.py": "def test_that_it_refuses(): ...\n",
    "tests/ops/radial_test.py": RADIAL_TEST,
    "tests/rotation/samples.py": "from eqlib import rotation\nNAMES = sorted(rotation.__all__)\n",
    "tests/rotation/spec_test.py": "from tests.rotation.samples import NAMES\nfor name in NAMES: check(name)\n",
    "tests/rotation/transformations_test.py": "from eqlib import rotation\nrotation.angles_to_matrix(0, 0, 0)\n",
    "bench/gate.py": "def run(lib, x): return lib.gate(x)\nWORKLOADS = (Workload('gate', 'of 64', 1, run),)\n",
    "bench/radial.py": (
        "def forward(op, run): return Workload(op, 'edges', 1, run)\n"
        "WORKLOADS = (forward('bessel', lambda lib, x: lib.bessel(x)), forward('sus', lambda lib, x: lib.sus(x)))\n"
    ),
    "bench/rotation.py": "WORKLOADS = [Workload('angles_to_matrix', '', 1, lambda lib, x: lib.angles_to_matrix(x))]\n",
}

NO_FILE = {
    "no proof": ("proofs/gate.py", "eqlib/ops/gate.py has no proof: write proofs/gate.py"),
    "no spec": ("spec/gate.py", "eqlib/ops/gate.py has no specification: write spec/gate.py"),
    "no test": ("tests/ops/gate_test.py", "eqlib/ops/gate.py has no test: write tests/ops/gate_test.py"),
    "no bench": ("bench/rotation.py", "eqlib/rotation has no benchmark: write bench/rotation.py"),
}

NO_OP = {
    "a proof of nothing": (
        "proofs/cross.py",
        "",
        "proofs/cross.py has no op: eqlib/__init__.py exports nothing from eqlib/ops/cross.py",
    ),
    "a package of nothing": (
        "spec/cross/__init__.py",
        "",
        "spec/cross.py has no op: eqlib/__init__.py exports nothing from eqlib/ops/cross.py",
    ),
    "a test of nothing": (
        "tests/ops/cross_test.py",
        "",
        "tests/ops/cross_test.py has no op: eqlib/__init__.py exports nothing from eqlib/ops/cross.py",
    ),
    "a subject beside the test of its namesake": (
        "tests/ops/gate_squared_test.py",
        "test_conforms = conforms(Subject('gate_squared', gate))",
        "tests/ops/gate_squared_test.py has no op: eqlib/__init__.py exports nothing from eqlib/ops/gate_squared.py",
    ),
    "an op that is not exported": (
        "eqlib/ops/cross.py",
        "def cross(): ...",
        "eqlib/ops/cross.py is not public: export it from eqlib/__init__.py, or call it eqlib/ops/_cross.py",
    ),
    "a specification of no function": (
        "spec/gate.py",
        "def gate(x): ...\ndef half(x): ...\nLAWS = {'gate': ['equivariant']}\n",
        "spec/gate.py defines half, which is not a public function of eqlib/ops/gate.py, and nothing uses it",
    ),
    "a law without a function": (
        "spec/gate.py",
        "def gate(x): ...\nLAWS = {'gate': [], 'gates': []}",
        "spec/gate.py covers gates, which is not a public function of eqlib/ops/gate.py",
    ),
    "a theorem about no function": (
        "proofs/gate.py",
        WHOLE["proofs/gate.py"] + PROOF.format(covers=("gates",)),
        "proofs/gate.py covers gates, which is not a public function of eqlib/ops/gate.py",
    ),
    "a theorem about nothing of the core": (
        "proofs/generators.py",
        PROOF.format(covers=("generator",)),
        "proofs/generators.py covers generator, which is no function of eqlib/o3 and no op",
    ),
    "a subject of no function": (
        "tests/ops/radial_test.py",
        RADIAL_TEST.replace('step("of 1")', 'step("of 1"), named("steps", sus, spec.radial.sus)'),
        "tests/ops/radial_test.py covers steps, which is not a public function of eqlib/ops/radial.py",
    ),
    "a workload of no function": (
        "bench/gate.py",
        WHOLE["bench/gate.py"].replace("1, run),", "1, run), Workload('gates', 'of 64', 1, run)"),
        "bench/gate.py covers gates, which is not a public function of eqlib/ops/gate.py",
    ),
}

NOT_COVERED = {
    "a function without a theorem": (
        "proofs/radial.py",
        RADIAL_PROOF.replace('covers=("sus",)', 'covers=("bessel",)'),
        'proofs/radial.py does not cover sus: name "sus" in the `covers` of a theorem',
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
    "a function without a specification in a package": (
        "spec/rotation/matrix.py",
        "def _angles_to_matrix(a, b, c): ...",
        'spec/rotation does not cover angles_to_matrix: define "angles_to_matrix"',
    ),
    "a function outside the conformance suite": (
        "tests/ops/radial_test.py",
        RADIAL_TEST.replace(', step("of 1"))', ')  # Subject("sus", sus, (), spec.radial.sus)'),
        'tests/ops/radial_test.py does not cover sus: hand Subject("sus", ...) to `conforms`',
    ),
    "a suite that pytest does not collect": (
        "tests/ops/gate_test.py",
        GATE_TEST.replace("test_c", "conformity"),
        'tests/ops/gate_test.py does not cover gate: hand Subject("gate", ...) to `conforms`',
    ),
    "a function of a package outside its samples": (
        "tests/rotation/samples.py",
        "from eqlib import rotation\nNAMES = sorted(rotation.ALL)\n",
        'tests/rotation/spec_test.py does not cover angles_to_matrix: use "angles_to_matrix", or all of '
        "eqlib.rotation.__all__",
    ),
    "a function of a package without a test that stands in": (
        "tests/rotation/transformations_test.py",
        "from eqlib import rotation\ngetattr(rotation, name)",
        'tests/rotation/transformations_test.py does not cover angles_to_matrix: use "angles_to_matrix", or all of '
        "eqlib.rotation.__all__",
    ),
    "a function without a workload": (
        "bench/radial.py",
        "WORKLOADS = (Workload('bessel', 'sus', 1, lambda lib, x: lib.bessel(x)),)",
        'bench/radial.py does not cover sus: write Workload("sus", ...) in WORKLOADS',
    ),
}

VERDICTS = {
    "an op without a verdict": (
        "proofs/programs/ops.py",
        PROGRAMS.replace('("bessel", "sus")', '"bessel"'),
        'sus has no verdict: write Program("sus", eqlib.sus, ("0e + 1o",)) in proofs/programs',
    ),
    "a layer without a verdict": (
        "eqlib/nn/dense.py",
        WHOLE["eqlib/nn/dense.py"].replace("Part", "Layer"),
        'nn.Layer has no verdict: write Program("nn.Layer", eqlib.nn.Layer, ("0e + 1o",)) in proofs/programs',
    ),
    "a layer of a framework without a verdict": (
        "eqlib/nn/nnx.py",
        "Dense = adapt(dense.Dense)\n",
        'nnx.Dense has no verdict: write Program("nnx.Dense", eqlib.nnx.Dense, ("0e + 1o",)) in proofs/programs',
    ),
    "a model without a verdict": (
        "eqlib/models/other.py",
        "class Other(Model): ...\n",
        'models.Other has no verdict: write Program("models.Other", eqlib.models.Other, ("0e + 1o",)) in '
        "proofs/programs",
    ),
    "a verdict on another function": (
        "proofs/programs/ops.py",
        PROGRAMS.replace("eqlib.sus(x)", "eqlib.bessel(x)"),
        "proofs.programs.ops: the program of sus does not run eqlib.sus",
    ),
    "a verdict on nothing public": (
        "proofs/programs/ops.py",
        PROGRAMS.replace('"angles_to_matrix"', '"angles_to_matrix", "angles"'),
        "proofs/programs covers angles, which is not public",
    ),
}

ABOUT_SOMETHING_ELSE = {
    "a theorem that does not use the plan": (
        "proofs/gate.py",
        WHOLE["proofs/gate.py"].replace("plan_gate(lmax)", "gate(lmax)"),
        "proofs/gate.py proves nothing about gate: no theorem that covers it uses eqlib.ops.gate.plan_gate",
    ),
    "a theorem that uses a plan of its own": (
        "proofs/gate.py",
        WHOLE["proofs/gate.py"].replace("from eqlib.ops.gate", "from proofs.plans"),
        "proofs/gate.py proves nothing about gate: no theorem that covers it uses eqlib.ops.gate.plan_gate",
    ),
    "a theorem beside the one that uses the function": (
        "proofs/radial.py",
        RADIAL_PROOF.replace("CASES = (sus,", "CASES = (bessel,"),
        "proofs/radial.py proves nothing about sus: no theorem that covers it uses eqlib.ops.radial.sus",
    ),
    "a theorem that does not run the specification": (
        "proofs/rotation/conversions.py",
        "from spec import rotation as spec\ndef convert(a, b): return getattr(spec, f'{a}_from_{b}')\n",
        "proofs/rotation proves nothing about angles_to_matrix: no theorem that covers it uses "
        "spec.rotation.angles_to_matrix",
    ),
    "a subject that runs another function": (
        "tests/ops/gate_test.py",
        GATE_TEST.replace("from eqlib import gate", "from spec.gate import gate"),
        'tests/ops/gate_test.py: Subject("gate", ...) does not run eqlib.ops.gate.gate',
    ),
    "a subject that is compared with itself": (
        "tests/ops/radial_test.py",
        RADIAL_TEST.replace("return spec.radial.sus(x)", "return sus(x)"),
        'tests/ops/radial_test.py: Subject("sus", ...) is not compared with spec.radial.sus',
    ),
    "a workload that runs another function": (
        "bench/radial.py",
        WHOLE["bench/radial.py"].replace("lib.sus(x)", "lib.bessel(x)"),
        'bench/radial.py: Workload("sus", ...) does not run lib.sus',
    ),
}

GAPS = {**NO_OP, **NOT_COVERED, **VERDICTS, **ABOUT_SOMETHING_ELSE}


def plant(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_a_whole_tree_has_no_gap(tmp_path: Path) -> None:
    plant(tmp_path, WHOLE)
    assert problems(tmp_path) == []


@pytest.mark.parametrize("gap", NO_FILE)
def test_a_missing_file_is_reported(tmp_path: Path, gap: str) -> None:
    name, message = NO_FILE[gap]
    plant(tmp_path, {path: text for path, text in WHOLE.items() if path != name})
    assert problems(tmp_path) == [message]


@pytest.mark.parametrize("gap", GAPS)
def test_a_planted_gap_is_the_one_reported(tmp_path: Path, gap: str) -> None:
    name, text, message = GAPS[gap]
    assert text != WHOLE.get(name)
    plant(tmp_path, {**WHOLE, name: text})
    assert problems(tmp_path) == [message]


def test_the_house_is_read_at_all() -> None:
    assert problems.__defaults__ is not None
    root = problems.__defaults__[0]
    assert (root / "eqlib").is_dir()
    assert (root / "pyproject.toml").is_file()
