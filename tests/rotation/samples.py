"""Rotations in every form, and the arguments that each public function of eqlib.rotation takes."""

import inspect

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import strategies as st

from eqlib import rotation

FORMS = ("matrix", "angles", "quaternion", "axis_angle", "log_coordinates")
RANDOM = sorted(name for name in rotation.__all__ if name.startswith("rand_"))
IDENTITIES = sorted(name for name in rotation.__all__ if name.startswith("identity_"))
FUNCTIONS = sorted(set(rotation.__all__) - set(RANDOM) - set(IDENTITIES))


def as_tuple(x):
    return x if isinstance(x, tuple) else (x,)


def call(name, *arguments):
    """The outputs of a public function, always as a tuple."""
    return as_tuple(getattr(rotation, name)(*arguments))


def convert(source, target, arguments):
    """A rotation in the form `source` (a tuple of arrays) in the form `target`."""
    return arguments if source == target else call(f"{source}_to_{target}", *arguments)


def to_matrix(form, arguments):
    return convert(form, "matrix", arguments)[0]


def parameters(name):
    return list(inspect.signature(getattr(rotation, name)).parameters)


def arguments(name, shape=(), dtype=jnp.float64, seed=0):
    """Random arguments for a public function; the names of its parameters say which form they have."""
    numbers = np.random.default_rng([seed, *name.encode()])
    values = []
    for parameter in parameters(name):
        q = numbers.normal(size=(*shape, 4))
        q = q / np.linalg.norm(q, axis=-1, keepdims=True)
        values.append(jnp.asarray(_of_quaternion(parameter.rstrip("12"), q, numbers, shape), dtype))
    return values


def _of_quaternion(parameter, q, numbers, shape):
    match parameter:
        case "q":
            return q
        case "axis":
            return q[..., 1:] / np.linalg.norm(q[..., 1:], axis=-1, keepdims=True)
        case "log" | "log_coordinates" | "xyz":
            return 3 * q[..., 1:]
        case "R":
            return np.asarray(rotation.quaternion_to_matrix(q))
        case "angle" | "alpha" | "beta" | "gamma":
            return numbers.uniform(0.1, 3.0, size=shape)
    raise ValueError(parameter)


def trailing_ndim(parameter):
    return {"R": 2, "angle": 0, "alpha": 0, "beta": 0, "gamma": 0}.get(parameter.rstrip("12"), 1)


# Rational rotations, eight at a time: half turns, quarter turns, gimbal lock and the identity are common among them.
_integer_quaternion = st.tuples(*[st.integers(-2, 2)] * 4).filter(any)
integer_quaternions = st.lists(_integer_quaternion, min_size=8, max_size=8).map(lambda q: jnp.array(q, jnp.float64))

keys = st.integers(0, 2**31 - 1).map(jax.random.key)
