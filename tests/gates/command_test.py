"""`eqlib gate`: the status says what is known, the messages what to do."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from eqlib.gates import conditions
from tests.gates.project import GatedProject

ROOT = Path(__file__).resolve().parents[2]

DOUBLE = """
def step(x):
    return 2 * x
"""
TWICE = """
def step(x):
    return x @ (x @ x)
"""
BROKEN = """
def step(x):
    raise RuntimeError("out of order")
"""


@pytest.fixture
def recorded(project: GatedProject) -> GatedProject:
    """A project whose record is that of its function."""
    project.write(DOUBLE)
    project.name("float32[4, 4]")
    assert project.gate("record")[0] == 0
    return project


def test_what_is_as_recorded_passes(recorded: GatedProject) -> None:
    status, out, err = recorded.gate("check")
    assert (status, err) == (0, "")
    assert out.endswith(f": as recorded for {conditions.key()}\n")


def test_a_missing_record_is_an_error(project: GatedProject) -> None:
    project.write(DOUBLE)
    project.name("float32[4, 4]")
    status, out, err = project.gate("check")
    key = conditions.key()
    assert (status, out) == (2, "")
    message = (
        f"nothing was recorded for {key}: gates has nothing.\n  Run eqlib gate record, and commit gates/{key}.json."
    )
    assert err == f"eqlib gate: {message}\n"
    assert json.loads(project.gate("check", "--json")[1]) == {"errors": [message]}


def test_another_version_of_jaxlib_has_no_record(recorded: GatedProject, monkeypatch: pytest.MonkeyPatch) -> None:
    before = conditions.key()
    monkeypatch.setattr(conditions, "key", lambda: "linux-x86_64-jaxlib-9.9.9")
    status, _, err = recorded.gate("check")
    assert status == 2
    assert f"nothing was recorded for linux-x86_64-jaxlib-9.9.9: gates has {before}.\n" in err


def test_a_record_with_the_marks_of_a_merge_is_an_error(recorded: GatedProject) -> None:
    name = f"gates/{conditions.key()}.json"
    path = recorded.folder / name
    path.write_text(f"<<<<<<< HEAD\n{path.read_text()}")
    status, _, err = recorded.gate("check")
    assert status == 2
    assert err == (
        f"eqlib gate: {name} cannot be read: Expecting value: line 1 column 1 (char 0).\n"
        "  Delete it, and run eqlib gate record.\n"
    )


def test_a_function_without_floating_inputs_has_no_gradient(project: GatedProject) -> None:
    project.write(DOUBLE)
    project.name("int32[4]", passes=("gradient",))
    status, _, err = project.gate("record")
    assert status == 2
    assert err == (
        "eqlib gate: gated:step, gradient cannot be measured: ValueError: it has no floating outputs, so no gradient.\n"
        '  Write passes = ["forward"].\n'
    )


def test_a_case_without_a_record_and_a_record_without_a_case_are_errors(recorded: GatedProject) -> None:
    recorded.name("float32[4, 4]", passes=("gradient",))
    status, _, err = recorded.gate("check")
    assert status == 2
    assert err == (
        "eqlib gate: nothing was recorded for gated:step, gradient.\n  Run eqlib gate record.\n"
        "eqlib gate: gated:step, forward was recorded, and is no more.\n  Run eqlib gate record.\n"
    )


def test_a_regression_counts_more_than_what_was_not_measured(recorded: GatedProject) -> None:
    recorded.write(TWICE)
    recorded.name("float32[4, 4]", passes=("forward", "gradient"))
    status, out, err = recorded.gate("check")
    assert status == 1
    assert "over its limit: gated:step, forward: dots 0 -> 2 (from none; limit 1.00)\n" in out
    assert "nothing was recorded for gated:step, gradient." in err


def test_a_function_that_raises_is_not_measured(recorded: GatedProject) -> None:
    recorded.write(BROKEN)
    status, _, err = recorded.gate("check")
    assert status == 2
    assert err == "eqlib gate: gated:step, forward cannot be measured: RuntimeError at gated.py:3: out of order\n"
    assert recorded.gate("record")[0] == 2


def test_a_limit_of_the_project_is_the_one_that_holds(recorded: GatedProject) -> None:
    recorded.write("def step(x):\n    return 2 * x + x * x\n")
    strict, loose = (f"[tool.eqlib.gate.limits]\nflops = {limit}\n" for limit in (1.0, 9.0))
    recorded.name("float32[4, 4]", before=strict)
    assert ": flops " in recorded.gate("check")[1]
    recorded.name("float32[4, 4]", before=loose)
    assert ": flops " not in recorded.gate("check")[1]


def test_diff_prints_what_fell_and_check_says_that_something_did(recorded: GatedProject) -> None:
    recorded.write("def step(x):\n    return x\n")
    status, out, _ = recorded.gate("diff")
    assert status == 0
    assert "gated:step, forward: flops 16 -> 0 (0.00 times; limit 1.02)\n" in out
    status, out, _ = recorded.gate("check")
    assert status == 0
    assert "figures changed within their limits" in out


def test_json_has_all_that_was_found(recorded: GatedProject) -> None:
    recorded.write(TWICE)
    status, out, _ = recorded.gate("check", "--json")
    found = json.loads(out)
    assert status == 1
    assert found["key"] == conditions.key()
    assert found["figures"]["gated:step, forward"]["dots"] == 2
    (dots,) = (change for change in found["changes"] if change["figure"] == "dots")
    assert dots == {
        "case": "gated:step, forward",
        "figure": "dots",
        "old": 0,
        "new": 2,
        "limit": 1.0,
        "is_regression": True,
    }


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("", "names no functions.\n  Write in pyproject.toml, for each function:\n"),
        ("[tool.eqlib.gate]\ncases = ['a:b']\nlimit = 1\n", "[tool.eqlib.gate] has limit, which means nothing.\n"),
        ("[[tool.eqlib.gate.function]]\ntarget = 'gated:step'\n", "has target alone.\n"),
        ("[tool.eqlib.gate]\ncases = 'a:b'\n", "[tool.eqlib.gate] has cases = 'a:b'.\n  Write cases = [\"mypackage."),
        ("[tool.eqlib.gate]\ncases = ['a:b']\nlimits.flop = 1\n", "has flop, which means nothing.\n  Write flops, "),
    ],
)
def test_a_table_that_is_not_understood(table: str, message: str, project: GatedProject) -> None:
    (project.folder / "pyproject.toml").write_text(table)
    status, _, err = project.gate("check")
    assert status == 2
    assert message in err


@pytest.mark.parametrize("inputs", ["float33[4]", "8x0f", "float32[4", "float32[a]"])
def test_inputs_that_are_not_understood(inputs: str, project: GatedProject) -> None:
    project.write(DOUBLE)
    project.name(inputs)
    status, _, err = project.gate("record")
    assert status == 2
    assert err.startswith(f'eqlib gate: "{inputs}" is no input.\n  Write "float32[40, 3]", or irreps')


def test_some_cases_by_the_beginning_of_their_name(recorded: GatedProject) -> None:
    assert recorded.gate("check", "gated")[0] == 0
    status, _, err = recorded.gate("check", "norm")
    assert status == 2
    assert err == 'eqlib gate: no case begins with "norm".\n  There are gated:step.\n'


UNDER_CONDITIONS = """
import os
import jax

def step(x):
    assert jax.device_count() == 1, "the flags that were there before"
    assert "JAX_LOG_COMPILES" not in os.environ, "the variables that were there before"
    assert os.environ["NPROC"] == "1"
    return 2 * x
"""


def test_the_command_starts_itself_again_under_the_conditions(project: GatedProject) -> None:
    project.write(UNDER_CONDITIONS)
    project.name("float32[4, 4]")
    program = "import sys; from eqlib.cli import main; sys.exit(main(['gate', 'record', '--json']))"
    variables = {"XLA_FLAGS": "--xla_force_host_platform_device_count=2", "JAX_LOG_COMPILES": "0", "NPROC": "2"}
    environment = {**os.environ, **variables, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["figures"]["gated:step, forward"]["flops"] == 16
    assert (project.folder / "gates" / f"{conditions.key()}.json").exists()


def test_no_import_of_eqlib_loads_the_gates() -> None:
    program = "import sys, eqlib, eqlib.cli; sys.exit('eqlib.gates' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
