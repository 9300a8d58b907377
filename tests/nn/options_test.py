"""What layers and modules of layers take as options, and what they say when they are made without what they need."""

import json
import subprocess
import sys

import jax
import numpy as np
import pytest

import eqlib
from eqlib.models.nequip import NequIP
from eqlib.nn import MultiLayerPerceptron
from eqlib.nn.options import finite, whole, wholes


def test_equal_options_are_equal_layers():
    """A list is a tuple and an integer of NumPy is an integer, so that layers compare and hash by what they say."""
    left, right = MultiLayerPerceptron([4, 3]), MultiLayerPerceptron((4, 3))
    assert left == right and hash(left) == hash(right) and repr(left) == repr(right)
    left, right = (NequIP(2, 4.0, radial_neurons=n, energy_shift=e) for n, e in (([8], [1.0, 2.0]), ((8,), (1.0, 2.0))))
    assert left == right and hash(left) == hash(right) and repr(left) == repr(right)
    assert type(whole("length", np.int8(3), 0)) is int and wholes("lengths", np.array([3, 4]), 0) == (3, 4)


@pytest.mark.parametrize("value", [True, 2.0, "2", None, np.float32(2), [2], 1j])
def test_only_integers_are_whole(value):
    with pytest.raises(ValueError, match="must be an integer, 0 or more"):
        whole("length", value, 0)


@pytest.mark.parametrize("value", ["2", None, [2.0, 3.0], float("nan"), float("inf"), 1j])
def test_only_finite_numbers_are_finite(value):
    with pytest.raises(ValueError, match="must be a finite number"):
        finite("length", value)


@pytest.mark.parametrize("values", ["12", None, 2, np.array(2)])
def test_only_sequences_have_lengths(values):
    with pytest.raises(ValueError, match="must be a sequence of integers"):
        wholes("lengths", values, 0)


@pytest.mark.parametrize("framework, argument", [("equinox", "key=jax.random.key(0)"), ("nnx", "rngs=nnx.Rngs(0)")])
@pytest.mark.parametrize("arguments", ["'1o', irreps_in='1o'", "'1o', irreps_in='1o', {}=None"])
def test_a_module_made_without_random_numbers_says_what_it_needs(framework, argument, arguments):
    nnx = pytest.importorskip("flax.nnx")
    pytest.importorskip("equinox")
    names = {"Linear": getattr(eqlib, framework).Linear, "jax": jax, "nnx": nnx}
    with pytest.raises(TypeError) as caught:
        eval(f"Linear({arguments.format(argument.partition('=')[0])})", names)
    assert str(caught.value) == (
        f"Linear needs {argument}: its parameters are drawn when it is made.\n  Write Linear(..., {argument})."
    )
    assert eval(f"Linear('1o', irreps_in='1o', {argument})", names)(eqlib.IrrepsArray("1o", np.ones(3))).irreps == "1o"


@pytest.mark.parametrize("framework", ["flax", "nnx", "equinox", "haiku"])
def test_methods_are_named_for_their_class(framework):
    """Python names a method by its `__qualname__` where a call does not fit it: that of a user's class, not of ours."""
    pytest.importorskip(framework if framework != "nnx" else "flax")
    module = getattr(eqlib, framework).MultiLayerPerceptron
    for method in (module.__init__, module.__call__):
        assert "<locals>" not in method.__qualname__


# What no annotation allows, and what it says to a program that runs no type checker.
UNTYPED = {
    "Linear('1o', num_indexed_weights=2.5)": (
        "Linear: num_indexed_weights is 2.5, and must be an integer, 1 or more.\n  Write num_indexed_weights=2."
    ),
    "Linear('1o', weights_dim='4')": (
        "Linear: weights_dim is '4', and must be an integer, 0 or more.\n  Write weights_dim=2."
    ),
    "MultiLayerPerceptron(4)": (
        "MultiLayerPerceptron: list_neurons is 4, and must be a sequence of integers.\n"
        "  Write list_neurons=(64,) for one layer of 64."
    ),
    "MultiLayerPerceptron((4,), input_size=2.5)": (
        "MultiLayerPerceptron: input_size is 2.5, and must be an integer, 0 or more.\n  Write input_size=2."
    ),
    "MultiLayerPerceptron((4,), act='tanh')": (
        "MultiLayerPerceptron: act is 'tanh', and must be a function, or None.\n  Write act=jax.nn.tanh."
    ),
    "MultiLayerPerceptron((4,), output_activation='swoosh')": (
        "MultiLayerPerceptron: output_activation is 'swoosh', and must be a function, or None.\n"
        "  Write output_activation=jax.nn.silu."
    ),
    "NequIP(2.5, 4.0)": ("NequIP: num_species is 2.5, and must be an integer, 1 or more.\n  Write num_species=2."),
    "NequIP(2, 4.0, lmax=1.5)": ("NequIP: lmax is 1.5, and must be an integer, 0 or more.\n  Write lmax=2."),
    "NequIP(2, 'far')": ("NequIP: cutoff is 'far', and must be a finite number greater than 0.\n  Write cutoff=1.0."),
    "NequIP(2, 4.0, radial_neurons=64)": (
        "NequIP: radial_neurons is 64, and must be a sequence of integers.\n"
        "  Write radial_neurons=(64,) for one layer of 64."
    ),
    "NequIP(2, 4.0, energy_shift='0')": (
        "NequIP: energy_shift is '0', and must be a finite number.\n  Write energy_shift=1.0."
    ),
}


def test_what_an_annotation_forbids_is_refused_without_a_type_checker():
    """In an interpreter of its own: this one checks every annotation first."""
    code = (
        "import json, sys\n"
        "from eqlib.models.nequip import NequIP\n"
        "from eqlib.nn import Linear, MultiLayerPerceptron\n"
        "def told(wrong):\n"
        "    try: return repr(eval(wrong))\n"
        "    except ValueError as error: return str(error)\n"
        "print(json.dumps({wrong: told(wrong) for wrong in json.loads(sys.argv[1])}))"
    )
    command = [sys.executable, "-c", code, json.dumps(list(UNTYPED))]
    assert json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout) == UNTYPED
