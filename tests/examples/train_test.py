"""The main job in small: it learns, it reports, it tells a sound model from a broken one, and refuses bad input."""

import io
import subprocess
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import jax
import numpy as np
import pytest

from eqlib.testing.equivariance import overall
from eqlib.testing.report import Verdict
from eqlib.training.units import HARTREE
from examples.ethanol.equivariance import comparisons
from examples.ethanol.frames import ETHANOL, read_splits
from examples.ethanol.potential import Errors, Targets
from examples.ethanol.train import CLEARLY, TITLES, _conclusion, main

RUN = Path(__file__).resolve().parents[2] / "examples" / "ethanol" / "run"
FRAMES = read_splits()
TEST = Targets.of(FRAMES["test"], FRAMES["training"])


# Training


@pytest.fixture(scope="module")
def small_run(tmp_path_factory) -> tuple[int, str, Path]:
    """Exit status, printed text and plot of a training of forty steps, in 32 bits as a user has it."""
    plot, told = tmp_path_factory.mktemp("train") / "new" / "ethanol.png", io.StringIO()
    with redirect_stdout(told), redirect_stderr(told), jax.enable_x64(False):
        status = main(["--steps", "40", "--lmax", "1", "--features", "4", "--layers", "2", "--output", str(plot)])
    return status, told.getvalue(), plot


def test_training_lowers_the_error(small_run):
    _, text, _ = small_run
    errors = [float(line.split("validation ")[1].split()[0]) for line in text.splitlines() if "lmax=1 [" in line]
    assert errors[-1] < 0.75 * errors[0]


def test_report_has_the_errors_of_both_models(small_run):
    _, text, _ = small_run
    rows = {
        line.split()[0]: line.split()[1:] for line in text.splitlines() if line.startswith("lmax=") and "[" not in line
    }
    rows = {name: list(map(float, row)) for name, row in rows.items() if len(row) == 5}
    assert set(rows) == {"lmax=0", "lmax=1"}
    assert rows["lmax=1"][0] <= rows["lmax=0"][0] < 1.15 * rows["lmax=1"][0]  # of the same size
    for _, test_energy, test_force, md_energy, md_force in rows.values():
        assert 0 < test_energy < 30 and 0 < md_energy < 30  # the deviation of the energies is 17 meV/atom
        assert (
            0 < test_force < 800 and 0 < md_force < 800
        )  # the mean size of a component of a force is 740 meV/angstrom


def test_report_has_every_symmetry_and_the_verdict(small_run):
    status, text, _ = small_run
    for symmetry in ("rotation", "inversion", "translation", "permutation"):
        for dtype in ("float64", "float32"):
            for output in ("energies", "forces"):
                (row,) = [line for line in text.splitlines() if line.startswith(f"{symmetry}, {dtype}, {output}")]
                assert row.endswith("  ok")
    better = "not clearly better" if status else "clearly better"
    verdict = "failed" if status else "ok"
    assert text.splitlines()[-1] == f"verdict: {verdict} (equivariance: ok; {better} than lmax=0)"


@pytest.mark.parametrize("is_equivariant", [True, False])
@pytest.mark.parametrize("ratio, is_better", [(CLEARLY + 0.01, True), (CLEARLY, False), (float("nan"), False)])
def test_the_last_line_and_the_exit_status_cover_both_conditions(is_equivariant, ratio, is_better, capsys):
    energies_and_forces, verdict = PLANTED["springs" if is_equivariant else "tilted"]
    reached = {name: dict.fromkeys(TITLES, Errors(1.0, force)) for name, force in (("lmax=0", ratio), ("lmax=2", 1.0))}
    status = _conclusion(list(comparisons(energies_and_forces, {}, TEST, seed=0)), reached, lmax=2)
    assert status == (0 if is_equivariant and is_better else 1)
    assert capsys.readouterr().out.splitlines()[-1] == (
        f"verdict: {'failed' if status else 'ok'} "
        f"(equivariance: {verdict}; {'' if is_better else 'not '}clearly better than lmax=0)"
    )


def test_plot_is_written_where_it_says(small_run):
    _, text, plot = small_run
    assert f"learning curves: {plot}" in text
    assert plot.read_bytes().startswith(b"\x89PNG")


# The verdict on planted models


def springs(scale: float = 1.0, tilt: float = 0.0, exponent: float = 2.0):
    """Energies and forces of springs between all atoms; a tilt makes one axis special, as no molecule has it."""

    def energies_and_forces(params, x, species):
        def energy(x):
            d = x[:, None] - x[None, :]
            return scale * ((d**2).sum() ** (exponent / 2) + tilt * (d[..., 0] ** 2).sum())

        value, gradient = jax.vmap(jax.value_and_grad(energy))(x)
        return value, -gradient

    return jax.jit(energies_and_forces)


PLANTED = {
    "springs": (springs(), Verdict.OK),
    "weak springs": (springs(scale=1e-6), Verdict.OK),
    "tilted": (springs(tilt=0.01), Verdict.NOT_EQUIVARIANT),
    "tilted by less than float32 can tell": (springs(tilt=1e-7), Verdict.NOT_EQUIVARIANT),
    "weak and tilted": (springs(scale=1e-6, tilt=0.01), Verdict.NOT_EQUIVARIANT),
    "constant": (springs(scale=0.0), Verdict.VACUOUS),
    "not a number": (springs(scale=float("nan")), Verdict.NON_FINITE),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_verdict_on_planted_model(planted: str):
    energies_and_forces, verdict = PLANTED[planted]
    assert overall(comparisons(energies_and_forces, {}, TEST, seed=0)).verdict is verdict


def test_verdict_names_the_symmetry_that_is_broken():
    def anchored(params, x, species):
        return (x**2).sum((1, 2)), -2 * x

    broken = {f.name for f in comparisons(anchored, {}, TEST, seed=0) if f.verdict is not Verdict.OK}
    assert broken == {f"translation, {dtype}, {z}" for dtype in ("float64", "float32") for z in ("energies", "forces")}


# Bad input


def changed(path: Path, **fields) -> Path:
    """The data set with other fields."""
    with np.load(ETHANOL) as stored:
        np.savez(path, **({name: stored[name] for name in stored.files} | fields))
    return path


def written_empty(path: Path) -> Path:
    path.touch()
    return path


def stored(field: str) -> np.ndarray:
    with np.load(ETHANOL) as fields:
        return fields[field].copy()


def positions_with(value) -> np.ndarray:
    """The stored positions with another place of atom 1 in frame 3."""
    positions = stored("positions")
    positions[3, 1] = positions[3, 0] if value is None else value
    return positions


def numbers_with(number: int) -> np.ndarray:
    """The stored numbers of every frame, with another of the last atom in frame 5."""
    numbers = np.tile(stored("numbers"), (700, 1))
    numbers[5, 8] = number
    return numbers


BAD = {
    "missing": (lambda path: path, "no such file"),
    "empty": (written_empty, "is empty"),
    "unknown element": (lambda path: changed(path, numbers=np.array(["C", "C", "Xx", *"HHHHHH"])), "no element 'Xx'"),
    "another molecule": (
        lambda path: changed(path, numbers=numbers_with(9)),
        "frame 5 has the atoms [6, 6, 8, 1, 1, 1, 1, 1, 9], and frame 0 [6, 6, 8, 1, 1, 1, 1, 1, 1]: here a model",
    ),
    "NaN": (lambda path: changed(path, positions=positions_with(np.nan)), "frame 3, atom 1 (C): positions is nan"),
    "on top": (lambda path: changed(path, positions=positions_with(None)), "are 0.000 angstrom apart"),
    "no split": (
        lambda path: changed(path, split=np.full(700, "training")),
        "no frame is in the split 'validation': the field split has training.",
    ),
    "no forces": (
        lambda path: changed(path, forces=np.zeros((700, 9, 3))),
        "training: every component of the forces is 0: there is nothing to learn.",
    ),
    "units": (
        lambda path: changed(path, energies=stored("energies") / HARTREE),
        "It seems that the energies are in hartree.",
    ),
}


@pytest.mark.parametrize("bad", BAD)
def test_bad_data_is_refused(bad: str, tmp_path: Path, capsys):
    make, message = BAD[bad]
    assert main(["--data", str(make(tmp_path / "bad.npz")), "--output", str(tmp_path / "plot.png")]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error: ") and message in told.err.splitlines()[0]
    assert not (tmp_path / "plot.png").exists()


def test_output_that_cannot_be_written_is_refused_before_training(tmp_path: Path, capsys):
    assert main(["--output", str(tmp_path)]) == 2
    assert "Is a directory" in capsys.readouterr().err


WRONG_ARGUMENTS = {
    "--steps 0": "argument --steps: 0 is not in [1, 4294967296)",
    "--steps many": "argument --steps: 'many' is not an integer",
    "--lmax -1": "argument --lmax: -1 is not in [1, 4294967296)",
    "--seed -1": "argument --seed: -1 is not in [0, 4294967296)",
    "--seed 4294967296": "argument --seed: 4294967296 is not in [0, 4294967296)",
    "--colour red": "unrecognized arguments: --colour red",
}


@pytest.mark.parametrize("arguments", WRONG_ARGUMENTS)
def test_wrong_arguments_are_refused(arguments: str, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments.split())
    assert stopped.value.code == 2
    assert WRONG_ARGUMENTS[arguments] in capsys.readouterr().err


def test_run_is_a_command():
    assert RUN.stat().st_mode & 0o111
    subprocess.run(["bash", "-n", RUN], check=True)
