"""`eqlib prove`: what it prints, and its exit status."""

import json

import pytest

from eqlib.cli import main

LAYERS = """
import jax
import jax.numpy as jnp
import eqlib

right = eqlib.cross
wrong = lambda x: x * jnp.array([1.0, 1.0, -1.0])
still = lambda x: 0.0 * x
untraced = lambda x: x if x[0] > 0 else -x
opaque = lambda x: x * jnp.linalg.svd(jnp.outer(x, x), compute_uv=False)[0]
rounds = lambda x: jax.lax.scan(lambda c, _: (c * jnp.sum(c * c), None), x, None, length=60)[0]
def raises(x):
    raise RuntimeError("out of order")
"""


@pytest.fixture
def prove(tmp_path, capsys):
    path = tmp_path / "layers.py"
    path.write_text(LAYERS)

    def run(name, *arguments):
        status = main(["prove", f"{path}:{name}", *arguments])
        return status, *(text.replace(str(path), "layers.py") for text in capsys.readouterr())

    return run


def test_a_proof(prove):
    status, out, _ = prove("right", "--in", "1o", "--in", "1o")
    assert status == 0 and out.startswith("layers.py:right: proved\n  in: 1x1o, 1x1o; out: 1x1e")


def test_a_refutation(prove):
    status, out, _ = prove("wrong", "--in", "1o", "--out", "1o", "--json")
    (proof,) = json.loads(out)  # a list, as that of `eqlib check`, which may be of several targets
    assert status == 1 and proof["verdict"] == "refuted"


def test_what_cannot_be_tried_says_why(prove):
    status, out, err = prove("raises", "--in", "1o", "--json")
    (told,) = json.loads(out)
    assert status == 2 and (told["verdict"], told["ok"]) == ("not tried", False)
    assert "out of order" in told["error"] and "out of order" in err


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("still", "vacuous"),
        ("opaque", "not decided"),
        ("untraced", "JAX cannot trace the function (TracerBoolConversionError at layers.py:9)"),
        ("rounds", "Prove one round of its loop, or one layer"),
    ],
)
def test_nothing_is_decided(prove, name, said):
    status, out, _ = prove(name, "--in", "1o", "--out", "1o")
    assert status == 2 and said in out


def test_what_cannot_be_tried(prove):
    status, _, err = prove("right")
    assert status == 2 and err == (
        "eqlib prove: nothing says what layers.py:right takes: x and y.\n"
        '  Write eqlib prove layers.py:right --in "8x0e + 8x1o" --in "8x0e + 8x1o", with the irreps of each argument.\n'
    )
    status, _, err = prove("raises", "--in", "1o")
    assert status == 2 and "raises RuntimeError at" in err and "out of order" in err
    assert prove("still", "--in", "1o", "--plain")[2] == (
        "eqlib prove: layers.py:still cannot be proved: the function returns a plain array of shape (3,), and nothing "
        'says which irreps it has.\n  Write --out "1o", for instance; for the three coordinates of a vector.\n'
    )
