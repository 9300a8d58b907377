"""`eqlib check`: the status says what is known, the messages what to write."""
# ruff: noqa: E501  (messages as they are printed)

import json
import sys

import pytest

from eqlib.cli import main
from eqlib.testing.targets import load

LAYERS = """
import jax.numpy as jnp

def cube(x):
    return x * jnp.sum(x * x)

def nothing(x):
    return x

def shifted(x):
    return x + 1e-9

def still(x):
    return 0.0 * x

def pulled(x, points, weight):
    return x * jnp.sum((points - jnp.mean(points, axis=0)) ** 2)

def raises(x):
    raise RuntimeError("out of order")

def reshapes(x):
    if x.reshape(2, 3).shape:
        raise RuntimeError("out of order")

class Double:
    def __call__(self, x):
        return 2.0 * x

class Scaled(Double):
    def __init__(self, factor):
        self.factor = factor

def factory():
    return cube

def factory_of(x):
    return cube

def leaves(x):
    raise SystemExit(1)

def both(x):
    return x, jnp.sum(x * x)

number = 3
"""


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """A folder with layers.py, which is the current one."""
    (tmp_path / "layers.py").write_text(LAYERS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield tmp_path
    for name in ("layers", "checked_layers", "broken", "needy", "layered", "layered.inner", "layered.outer"):
        sys.modules.pop(name, None)


def run(capsys, *words):
    status = main(["check", *words])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


QUICK = ("--profile", "quick")
VECTORS = ("--in", "1o", "--out", "1o", *QUICK)


def test_a_right_function_is_ok(capsys):
    status, out, err = run(capsys, "layers:cube", *VECTORS)
    assert (status, err) == (0, "")
    assert out.startswith("layers:cube: ok\n  in: 1x1o; out: 1x1o\n")


@pytest.mark.parametrize("where", ["layers", "layers.py", "./layers.py"])
def test_modules_and_files_have_the_same_names(where):
    assert load(f"{where}:cube").__name__ == "cube"
    assert load(f"{where}:Double")(3) == 6.0
    assert load(f"{where}:Double.__call__").__qualname__ == "Double.__call__"


def test_a_wrong_function_is_refuted(capsys):
    status, out, err = run(capsys, "layers:shifted", *VECTORS)
    assert (status, err) == (1, "")
    assert out.startswith("layers:shifted is not equivariant (inversion; float64).\n")


def test_what_shows_nothing_is_not_decided(capsys):
    status, out, _ = run(capsys, "layers:still", *VECTORS)
    assert status == 2
    assert out.startswith("layers:still is vacuous (motion; float64).\n")


def test_several_arguments_sizes_and_what_is_left_alone(capsys):
    words = ("--in", "1o", "--in", "points", "--in", "None", "--size", "node=3", "--out", "1o", "--plain", *QUICK)
    status, out, _ = run(capsys, "layers:pulled", *words)
    assert status == 0 and "in: 1x1o, points; out: 1x1o" in out


PROJECT = """
[[tool.eqlib.check]]
target = "layers:cube"
in = "1o"
out = "1o"
profile = "quick"

[[tool.eqlib.check]]
target = "layers.py:%s"
in = ["1o"]
out = "1o"
profile = "quick"
"""


def test_all_that_a_project_names_is_checked(capsys, project):
    (project / "pyproject.toml").write_text(PROJECT % "shifted")
    status, out, err = run(capsys, "--json")
    assert (status, err) == (1, "")
    verdicts = [(report["name"], report["verdict"]) for report in json.loads(out)]
    assert verdicts == [("layers:cube", "ok"), ("layers.py:shifted", "not equivariant")]


def test_one_that_raises_does_not_hide_the_others(capsys, project):
    (project / "pyproject.toml").write_text(PROJECT % "raises")
    status, out, err = run(capsys)
    assert status == 2 and out.startswith("layers:cube: ok\n")
    assert err == "eqlib check: layers.py:raises raises RuntimeError at layers.py:20: out of order\n"
    _, out, _ = run(capsys, "--json")
    right, wrong = json.loads(out)
    assert right["ok"] and not wrong["ok"] and err == f"eqlib check: {wrong['error']}\n"


def test_what_to_write_in_a_table_is_said_in_its_words(capsys, project):
    (project / "pyproject.toml").write_text('[[tool.eqlib.check]]\ntarget = "layers:cube"\nin = "1o"\n')
    assert 'Write out="1o", for instance' in run(capsys)[2]


def test_one_table_may_do(capsys, project):
    (project / "pyproject.toml").write_text('[tool.eqlib.check]\ntarget = "layers:cube"\nin = "1o"\nout = "1o"\n')
    status, out, _ = run(capsys, *QUICK)
    assert status == 0 and out.startswith("layers:cube: ok\n")


MESSAGES = {
    "no input": (
        ["layers:cube"],
        "nothing says what layers:cube takes: x.\n"
        '  Write eqlib check layers:cube --in "8x0e + 8x1o", with the irreps of each argument.',
    ),
    "no input of several": (
        ["layers:pulled"],
        "nothing says what layers:pulled takes: x, points and weight.\n"
        '  Write eqlib check layers:pulled --in "8x0e + 8x1o" --in "8x0e + 8x1o" --in "8x0e + 8x1o", with the irreps of '
        "each argument.",
    ),
    "no input of an object": (
        ["layers:Double"],
        "nothing says what layers:Double takes: x.\n"
        '  Write eqlib check layers:Double --in "8x0e + 8x1o", with the irreps of each argument.',
    ),
    "no input of what tells nothing": (
        ["layers:jnp.add"],
        "nothing says what layers:jnp.add takes.\n"
        '  Write eqlib check layers:jnp.add --in "8x0e + 8x1o", with the irreps of each argument, once for each.',
    ),
    "no name": (["layers", *VECTORS], "layers names no function.\n  Write module:name, such as mypackage.layers:gate."),
    "no module": (
        ["leyers:cube", *VECTORS],
        "there is no module leyers.\n  Write the name of a module here or of one that is installed, or path/to/file.py:name.",
    ),
    "no file": (["leyers.py:cube", *VECTORS], "there is no file leyers.py.\n  Write path/to/file.py:name."),
    "no such name": (
        ["layers:cubes", *VECTORS],
        "layers has no cubes.\n  It has Double, Scaled, both, cube, factory, factory_of, jnp, leaves, nothing, number, pulled, raises, reshapes, shifted, still.",
    ),
    "bad words": (
        ["layers:cube", "--in", "1q", *QUICK],
        "layers:cube cannot be checked: '1q' describes no operand.\n"
        '  Write irreps such as "8x0e + 1o", "8x0e + 1o per node", "points", "labels per node", "nodes per edge", or '
        "None for what the group leaves alone.",
    ),
    "no output": (
        ["layers:cube", "--in", "1o", *QUICK],
        "layers:cube cannot be checked: the function returns a plain array of shape (3,), and nothing says which irreps "
        'it has.\n  Write --out "1o", for instance; for the three coordinates of a vector.',
    ),
    "another output": (
        ["layers:nothing", "--in", "1o", "--out", "1e", *QUICK],
        "layers:nothing cannot be checked: the function returns 1x1o, and out says 1x1e.\n"
        "  Write --out '1x1o', or leave it out.",
    ),
    "a layer that raises": (
        ["layers:raises", *VECTORS],
        "layers:raises raises RuntimeError at layers.py:20: out of order",
    ),
    "a layer that raises for arrays alone": (
        ["layers:reshapes", "--in", "2x1o", "--out", "2x1o", *QUICK],
        "layers:reshapes raises RuntimeError at layers.py:24: out of order\n"
        "  Traced by JAX, given IrrepsArrays, it raises LayoutError: the shape (2, 3) does not fit 2x1o: its last entry "
        "must be -1 or 6, the dimension of the irreps.",
    ),
    "a class with arguments": (
        ["layers:Scaled", *VECTORS],
        "layers:Scaled is a class that cannot be made without arguments: Scaled.__init__() missing 1 required positional "
        "argument: 'factor'.\n  Name an instance: write layer = Scaled(...) there, and layers:layer here.",
    ),
    "a number": (
        ["layers:number", *VECTORS],
        "layers:number is of type int, which cannot be called.\n  Name a function or layer.",
    ),
    "a name of a name": (
        ["layers:Double.weights", *VECTORS],
        "layers:Double has no weights.\n  It has no public names.",
    ),
    "a dot for a colon": (
        ["layers.cube", *VECTORS],
        "layers.cube names no function.\n  Write module:name, such as layers:cube.",
    ),
    "a file alone": (
        ["layers.py", *VECTORS],
        "layers.py names no function.\n  Write layers.py:name, with the name of a function or layer that is in it.",
    ),
    "a path for a module": (
        ["./layers:cube", *VECTORS],
        "./layers is no name of a module.\n  Write ./layers.py:name, if it is a file.",
    ),
    "what makes a layer": (
        ["layers:factory", *VECTORS],
        "layers:factory takes no arguments, and 1 is described.\n"
        "  If it makes a layer, write layer = factory() there, and layers:layer here.",
    ),
    "what makes a layer of something": (
        ["layers:factory_of", *VECTORS],
        "layers:factory_of cannot be checked: the function returns a function, which is no array.\n"
        "  If it makes a layer, give that layer.",
    ),
    "too many inputs": (
        ["layers:cube", "--in", "1o", *VECTORS],
        "layers:cube takes x, and 2 are described.\n"
        "  Describe each argument once, and what the group leaves alone as None.",
    ),
    "too few outputs": (
        ["layers:both", *VECTORS],
        "layers:both cannot be checked: out describes 1 arrays, and the function returns 2.\n"
        "  Write --out once for each, in their order.",
    ),
    "what ends Python": (["layers:leaves", *VECTORS], "layers:leaves raises SystemExit at layers.py:41: 1"),
    "no target for what is described": (
        VECTORS,
        'no function is named that takes or gives this.\n  Write eqlib check module:layer --in "1o".',
    ),
    "a size of nothing": (
        ["layers:cube", *VECTORS, "--size", "node=0"],
        "--size node=0 is no size.\n  Write --size node=7.",
    ),
    "a size of no set": (
        ["layers:cube", *VECTORS, "--size", "edges=3"],
        "layers:cube is given a size of the set edges, and no argument is one for each of a set.\n  Leave the size out.",
    ),
    "a size of another set": (
        ["layers:cube", "--in", "1o per node", "--out", "1o per node", "--size", "nodes=3"],
        "layers:cube is given a size of the set nodes, and the sets of its arguments are node.\n"
        "  Write the size of one of these.",
    ),
    "a bad size": (["layers:cube", *VECTORS, "--size", "node"], "--size node is no size.\n  Write --size node=7."),
    "no target": (
        [],
        'no target, and no [[tool.eqlib.check]] in pyproject.toml.\n  Write eqlib check module:layer --in "8x0e + 8x1o".',
    ),
}


@pytest.mark.parametrize(("words", "message"), MESSAGES.values(), ids=MESSAGES)
def test_what_cannot_be_done_says_what_to_write(capsys, words, message):
    assert run(capsys, *words) == (2, "", f"eqlib check: {message}\n")


def test_a_module_that_fails_says_where(capsys, project):
    (project / "broken.py").write_text("import layers\n\nlayers.cube(1, 2)\n")
    status, _, err = run(capsys, "broken:f", *VECTORS)
    assert status == 2
    assert err == (
        "eqlib check: broken cannot be imported: TypeError at broken.py:3: cube() takes 1 positional argument but 2 were "
        "given\n"
    )
    (project / "needy.py").write_text("import nowhere_to_be_found\n")
    assert run(capsys, "needy:f", *VECTORS)[2] == (
        "eqlib check: needy cannot be imported: ModuleNotFoundError at needy.py:1: No module named 'nowhere_to_be_found'\n"
    )


def test_results_are_described_one_by_one(capsys):
    status, out, _ = run(capsys, "layers:both", "--in", "1o", "--out", "1o", "--out", "0e", "--plain", *QUICK)
    assert status == 0 and "out: [0]: 1x1o, [1]: 1x0e" in out


def test_a_module_of_a_package_and_one_that_ends_python(capsys, project):
    (project / "layered").mkdir()
    (project / "layered" / "__init__.py").write_text("")
    (project / "layered" / "inner.py").write_text("from .outer import cube\n")
    (project / "layered" / "outer.py").write_text(LAYERS)
    assert load("layered.inner:cube").__name__ == "cube"
    assert run(capsys, "layered/inner.py:cube", *VECTORS)[2].endswith(
        "at inner.py:1: attempted relative import with no known parent package\n"
        "  Write the name of the module, package.module:name, in the folder where its package is.\n"
    )
    (project / "broken.py").write_text("import sys\n\nsys.exit('no device')\n")
    status, _, err = run(capsys, "broken:f", *VECTORS)
    assert (status, err) == (2, "eqlib check: broken cannot be imported: SystemExit at broken.py:3: no device\n")


TABLE = 'target = "mypackage.layers:gate" and in = ["8x0e + 8x1o", "points"]'
TABLES = {
    'target = "layers:cube"\ninput = "1o"': "[[tool.eqlib.check]] in pyproject.toml has input, which means nothing.\n"
    "  Write target, in, out, sizes, plain, profile.",
    'target = "layers:cube"': f"[[tool.eqlib.check]] in pyproject.toml has no in.\n  Write {TABLE}.",
    "": f"[[tool.eqlib.check]] in pyproject.toml has no target.\n  Write {TABLE}.",
    "target = 3": '[[tool.eqlib.check]] in pyproject.toml has target = 3.\n  Write target = "mypackage.layers:gate".',
    'target = "layers:cube"\nin = "1o"\nsizes = { node = true }': (
        "[[tool.eqlib.check]] in pyproject.toml has sizes = {'node': True}.\n  Write sizes = { node = 7 }."
    ),
    'target = "layers:cube"\nin = "1o"\nsizes = { node = "x" }': (
        "[[tool.eqlib.check]] in pyproject.toml has sizes = {'node': 'x'}.\n  Write sizes = { node = 7 }."
    ),
    'target = "layers:cube"\nin = "1o"\nprofile = "slow"': (
        "layers:cube cannot be checked: there is no profile 'slow'.\n  Write one of 'quick', 'ci', 'deep'."
    ),
}


@pytest.mark.parametrize(("table", "message"), TABLES.items(), ids=TABLES)
def test_tables_are_read_strictly(capsys, project, table, message):
    (project / "pyproject.toml").write_text(f"[[tool.eqlib.check]]\n{table}\n")
    assert run(capsys)[::2] == (2, f"eqlib check: {message}\n")


FILES = {
    b"tool = ": "pyproject.toml cannot be read: Invalid value (at end of document).",
    b"\xff": "pyproject.toml cannot be read: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte.",
    b"tool = 3": "tool in pyproject.toml is 3, and no table.\n  Write [tool.eqlib].",
    b"tool.eqlib = 3": "eqlib in pyproject.toml is 3, and no table.\n  Write [tool.eqlib].",
    b"tool.eqlib.check = 3": f"check in [tool.eqlib] of pyproject.toml is 3.\n  Write [[tool.eqlib.check]], with {TABLE}.",
}


@pytest.mark.parametrize(("content", "message"), FILES.items(), ids=map(repr, FILES))
def test_a_file_without_tables_is_refused(capsys, project, content, message):
    (project / "pyproject.toml").write_bytes(content)
    assert run(capsys)[::2] == (2, f"eqlib check: {message}\n")


def test_a_profile_that_is_unknown_is_refused_with_the_known_ones(capsys):
    with pytest.raises(SystemExit, match=r"^2$"):
        main(["check", "layers:cube", *VECTORS[:-1], "slow"])
    assert "invalid choice: 'slow'" in capsys.readouterr().err
