"""The layers in all their forms, and as modules of each framework."""

import functools
from collections.abc import Callable
from typing import Any

import flax.nnx
import haiku
import jax
import numpy as np

import eqlib
import eqlib.equinox
import eqlib.flax
import eqlib.haiku
import eqlib.nnx
from eqlib import IrrepsArray
from proofs.programs.program import PROVED, Program

IN, OUT = "2x0e + 2x1o + 1e + 2e", "3x0e + 2x1o + 2e"
WIDE = "2x0e + 2x0o + 1o + 1e + 2x2e + 2o + 3o + 3e"
KEY = jax.random.key(0)
NODES = {"sizes": {"node": 3}}

FUNCTIONAL = eqlib.FunctionalLinear(IN, OUT)


def made_once(make: Callable[[], Callable[..., Any]]) -> Callable[..., Any]:
    """A function that is made, with its parameters, when it is first called: not all who read the table run it."""
    made = functools.cache(make)

    def call(*inputs: Any) -> Any:
        with jax.ensure_compile_time_eval():
            function = made()
        return function(*inputs)

    return call


def side_by_side(linear: Callable[..., Any], perceptron: Callable[..., Any]) -> Callable[[IrrepsArray], Any]:
    """The two layers on an input, and on its invariants."""
    return lambda x: (linear(x), perceptron(x.filter("0e")))


def with_parameters(module: Any, irreps: str) -> Callable[..., Any]:
    """A module of linen or haiku with parameters of its own."""
    parameters = module.init(KEY, eqlib.normal(irreps, KEY))
    return lambda x: module.apply(parameters, x)


def in_haiku(make: Callable[[], Any]) -> Any:
    return haiku.without_apply_rng(haiku.transform(lambda x: make()(x)))


def across_channels(layer: eqlib.nn.Linear) -> Callable[..., Any]:
    """A layer on two inputs side by side, as channels, of which no order is another's."""
    parameters = layer.init(KEY, eqlib.normal(IN, KEY, (2,)))
    return lambda x, y: layer.apply(parameters, eqlib.stack([x, y]))[0]


# The gradient is that of `eqlib.linear`, which is checked as such.
LINEAR = {"differentiable": False}
# The gradient is checked above: in every framework, outputs have the same bits.
SAME_BITS = {"differentiable": False}
SEEN = {"irreps_in": IN}
NEURONS = ((6, 4), jax.nn.silu)

PROGRAMS = (
    Program("nn.Linear", eqlib.nn.Linear(WIDE), (WIDE, IN), exact=PROVED, checked=IN),
    Program("nn.Linear", eqlib.nn.Linear(OUT, biases=True), (IN,), exact=PROVED, label="with biases"),
    Program(
        "nn.Linear",
        eqlib.nn.Linear(OUT, num_indexed_weights=3),
        (("labels per node", f"{IN} per node"),),
        exact=PROVED,
        label="with weights by index",
        check=LINEAR,
        options=NODES,
    ),
    Program(
        "nn.Linear",
        eqlib.nn.Linear(OUT, weights_dim=4),
        (("4x0e", IN),),
        exact=PROVED,
        label="with weights of features",
        check=LINEAR,
    ),
    Program(
        "nn.Linear",
        made_once(lambda: across_channels(eqlib.nn.Linear(OUT, channel_out=2))),
        ((IN, IN),),
        exact=PROVED,
        label="across channels",
        check=LINEAR,
    ),
    Program(
        "FunctionalLinear",
        FUNCTIONAL,
        ((None, IN),),
        exact=PROVED,
        options={"example": (np.linspace(-1.0, 2.0, FUNCTIONAL.num_weights), None)},
    ),
    Program("nn.MultiLayerPerceptron", eqlib.nn.MultiLayerPerceptron(*NEURONS, with_bias=True), ("3x0e",)),
    Program(
        ("flax.Linear", "flax.MultiLayerPerceptron"),
        made_once(
            lambda: side_by_side(
                with_parameters(eqlib.flax.Linear(OUT), IN),
                with_parameters(eqlib.flax.MultiLayerPerceptron(*NEURONS), "2x0e"),
            )
        ),
        (IN,),
        check=SAME_BITS,
    ),
    Program(
        ("nnx.Linear", "nnx.MultiLayerPerceptron"),
        made_once(
            lambda: side_by_side(
                eqlib.nnx.Linear(OUT, **SEEN, rngs=flax.nnx.Rngs(0)),
                eqlib.nnx.MultiLayerPerceptron(*NEURONS, input_size=2, rngs=flax.nnx.Rngs(0)),
            )
        ),
        (IN,),
        check=SAME_BITS,
    ),
    Program(
        ("equinox.Linear", "equinox.MultiLayerPerceptron"),
        made_once(
            lambda: side_by_side(
                eqlib.equinox.Linear(OUT, **SEEN, key=KEY),
                eqlib.equinox.MultiLayerPerceptron(*NEURONS, input_size=2, key=KEY),
            )
        ),
        (IN,),
        check=SAME_BITS,
    ),
    Program(
        ("haiku.Linear", "haiku.MultiLayerPerceptron"),
        made_once(
            lambda: side_by_side(
                with_parameters(in_haiku(lambda: eqlib.haiku.Linear(OUT)), IN),
                with_parameters(in_haiku(lambda: eqlib.haiku.MultiLayerPerceptron(*NEURONS)), "2x0e"),
            )
        ),
        (IN,),
        check=SAME_BITS,
    ),
)
