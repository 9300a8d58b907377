"""A function applied to scalars; vectors pass unchanged.

An even scalar (0e) may go through any function phi: it does not change under the group.  The sign of an odd scalar (0o)
changes under the inversion, so phi must have a parity: an even phi gives a 0e, an odd phi a 0o.

`normalize_function`:  phi / c,  with  c^2 = integral of phi(x)^2 exp(-x^2 / 2) / sqrt(2 pi) dx,  so that a Gaussian
input of variance 1 gives an output of mean square 1.
"""

from math import pi

import numpy as np

from spec.o3 import assemble, segments

LAWS = {
    "scalar_activation": ("equivariant", "component_normalised"),
    "normalize_function": ("component_normalised", "idempotent"),
    "soft_odd": ("odd",),
}


def gelu(x):
    """x Phi(x) in the approximation that jax.nn.gelu takes: x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2."""
    return x * (1 + np.tanh(np.sqrt(2 / pi) * (x + 0.044715 * x**3))) / 2


def soft_odd(x):
    """x (1 - exp(-x^2)): smooth and odd, the identity at large x."""
    return x * -np.expm1(-(x**2))


def scalar_activation(irreps, x, acts=None, *, even_act=gelu, odd_act=soft_odd, normalize_act=True):
    """(irreps_out, z).  `acts`: a function per segment, None to leave it; by default even_act on 0e, odd_act on 0o."""
    if acts is None:
        acts = [{1: even_act, -1: odd_act}[p] if l == 0 else None for _, l, p in irreps]
    activated = []
    for ((l, p), x1), act in zip(segments(irreps, x), acts, strict=True):
        if act is not None:
            assert l == 0, "an activation acts on scalars"
            p = parity(act) if p == -1 else 1
            x1 = np.asarray((normalize_function(act) if normalize_act else act)(x1))
        activated.append(((l, p), x1))
    return assemble(activated)


def parity(phi):
    """+1 if phi(-x) = phi(x), -1 if phi(-x) = -phi(x), on a grid; anything else cannot act on an odd scalar."""
    x = np.linspace(0, 10, 256)
    left, right = np.asarray(phi(-x)), np.asarray(phi(x))
    tolerance = 1e-6 * np.abs(right).max()
    if np.abs(left - right).max() <= tolerance:
        return 1
    assert np.abs(left + right).max() <= tolerance, (
        "an odd scalar through a function neither even nor odd has no parity"
    )
    return -1


def normalize_function(phi):
    """phi / c.  The integral by Gauss-Legendre, 32 points in each interval of length 1: exact with a kink at 0."""
    nodes, weights = np.polynomial.legendre.leggauss(32)
    x = np.add.outer(np.arange(-14, 14), (nodes + 1) / 2)
    density = np.exp(-(x**2) / 2) / np.sqrt(2 * pi)
    c = np.sqrt(np.sum(weights / 2 * density * np.asarray(phi(x)) ** 2))
    return lambda x: phi(x) / c
