"""The linear maps that commute with the group.

By Schur's lemma they mix the copies of an irrep among themselves, and nothing else: for every input segment i and
output segment o of the same irrep there is one matrix of weights, the same for each component k.

    z[o w]_k  =  sum over i  a  sum_u  w[i, o]_uw  x[i u]_k        + b[o]_w  where the irrep is 0e

*Normalisation.*  Inputs of variance 1 give outputs of variance 1 when each weight has standard deviation s, and

    a^2 s^2 = A,    1 / A = mul_i^q  sum over i' into o of  mul_i'^(1-q)            (A = 1 where no copy comes in)

q is `path_normalization`: 0 ("element") gives each copy, 1 ("path") each segment an equal share of the variance.
g is `gradient_normalization`: a = A^(g/2) stands in the formula, s = A^((1-g)/2) in the initialisation.  With g = 1
("path") the weights are of size 1, with g = 0 ("element") they carry the whole scale.

*Weights* are a dict of arrays, named by their segments, counted after simplification:

    "w[i,o] 3x0e,2x0e": [mul_i, mul_o]            "b[o] 2x0e": [mul_o]

Weights may differ from sample to sample: call `linear` with those of the sample, given directly, or picked from a table
(`indexed_weights`), or mixed (`mixed_weights`).
"""

from collections import namedtuple
from math import sqrt

import numpy as np

from spec.o3 import assemble, dim, regroup, segments, show, simplify

# The functions below it are options of `linear`, and obey the same laws.
LAWS = {"linear": ("equivariant", "linear", "component_normalised")}

LinearPath = namedtuple("LinearPath", "name i_in i_out shape path_weight weight_std")


def linear(
    irreps,
    x,
    weights,
    irreps_out,
    *,
    force_irreps_out=False,
    simplify_irreps_internally=True,
    biases=False,
    **options,
):
    """(irreps_out, z).  Of `irreps_out`, simplified, the output has the segments that an input or a bias reaches.

    `force_irreps_out`: the output has exactly `irreps_out`, and 0 where nothing reaches.
    `simplify_irreps_internally`: the input is regrouped, `irreps_out` simplified.   `options`: see `linear_paths`.
    """
    inputs, outputs = segments(irreps, x), zeros(irreps_out)
    if simplify_irreps_internally:
        inputs, outputs = regroup(inputs), simplify(outputs)
    if not force_irreps_out:
        reached = [ir for ir, _ in inputs] + ([(0, 1)] if biases is True else [])
        outputs = [(ir, z) for ir, z in outputs if ir in reached]
    paths = linear_paths(assemble(inputs)[0], assemble(outputs)[0], biases=biases, **options)
    assert sorted(weights) == sorted(path.name for path in paths), f"the weights are {[path.name for path in paths]}"
    for path in paths:
        w, (_, z) = np.asarray(weights[path.name]), outputs[path.i_out]
        assert w.shape == path.shape, f"{path.name} is {path.shape}, not {w.shape}"
        if path.i_in is None:
            z += w[:, None]
        else:
            z += path.path_weight * np.einsum("uw,ui->wi", w, inputs[path.i_in][1])
    irreps_reached, z = assemble(outputs)
    return (irreps_out if force_irreps_out else irreps_reached), z


def linear_paths(
    irreps_in, irreps_out, *, instructions=None, biases=False, path_normalization=0.0, gradient_normalization=1.0
):
    """The paths (name, i_in or None, i_out, shape, path_weight a, weight_std s) of all matrices, then of all biases.

    `instructions`: the pairs (i_in, i_out) to connect; by default all of equal irrep, in order.
    `biases`: True for all outputs 0e, or a list of booleans.
    """
    q, g = ({"element": 0.0, "path": 1.0}.get(n, n) for n in (path_normalization, gradient_normalization))
    if instructions is None:
        pairs = np.ndindex(len(irreps_in), len(irreps_out))
        instructions = [(i, o) for i, o in pairs if irreps_in[i][1:] == irreps_out[o][1:]]
    if isinstance(biases, bool):
        biases = [biases and (l, p) == (0, 1) for _, l, p in irreps_out]
    assert all(irreps_in[i][1:] == irreps_out[o][1:] for i, o in instructions), "Schur's lemma"
    assert all(irreps_out[o][1:] == (0, 1) for o, bias in enumerate(biases) if bias), "only 0e takes a bias"
    found = []
    for i, o in instructions:
        siblings = [irreps_in[i2][0] for i2, o2 in instructions if o2 == o]
        mul_in, mul_out = irreps_in[i][0], irreps_out[o][0]
        inverse = mul_in**q * sum(mul ** (1 - q) for mul in siblings)
        A = 1 / inverse if inverse > 0 else 1.0
        name = f"w[{i},{o}] {show([irreps_in[i]])},{show([irreps_out[o]])}"
        found.append(LinearPath(name, i, o, (mul_in, mul_out), sqrt(A) ** g, sqrt(A) ** (1 - g)))
    for o, bias in enumerate(biases):
        if bias:
            found.append(LinearPath(f"b[{o}] {show([irreps_out[o]])}", None, o, (irreps_out[o][0],), 1.0, 0.0))
    return found


def indexed_weights(weights, index):
    """Entry `index` of a table of weights, each array having one more axis in front."""
    return {name: np.asarray(w)[index] for name, w in weights.items()}


def mixed_weights(weights, mixing, *, gradient_normalization=1.0):
    """d^(-g/2) sum_d mixing[d] w[d, ...]: the weights are a linear function of d features of the sample.

    Normalised as another layer: s is to be multiplied by d^(-(1-g)/2).
    """
    g = {"element": 0.0, "path": 1.0}.get(gradient_normalization, gradient_normalization)
    scale = sqrt(1 / len(mixing)) ** g
    return {name: scale * np.einsum("d,d...->...", mixing, w) for name, w in weights.items()}


def linear_channels(irreps, x, weights, irreps_out, *, channel_out, simplify_irreps_internally=True, **options):
    """(irreps_out, z[channel_out, dim]) of x[channels, dim]: the channels are mixed as if they were further copies.

    The copies are numbered (channel, u) and (channel_out, w).
    """
    channels = [segments(irreps, row) for row in x]
    if simplify_irreps_internally:
        channels = [regroup(row) for row in channels]
    folded = [(parts[0][0], np.concatenate([part for _, part in parts])) for parts in zip(*channels, strict=True)]
    irreps_z, z = linear(
        *assemble(folded),
        weights,
        [(channel_out * mul, l, p) for mul, l, p in irreps_out],
        simplify_irreps_internally=simplify_irreps_internally,
        **options,
    )
    unfolded = [part.reshape(channel_out, -1) for _, part in segments(irreps_z, z)]
    irreps_z = [(mul // channel_out, l, p) for mul, l, p in irreps_z]
    return irreps_z, np.concatenate([np.zeros((channel_out, 0)), *unfolded], axis=1)


def linear_per_channel(irreps, x, weights, irreps_out, **options):
    """(irreps_out, z[channels, dim]) of x[channels, dim]: each channel has its weights, arrays of [channels, ...]."""
    outputs = [linear(irreps, row, indexed_weights(weights, n), irreps_out, **options) for n, row in enumerate(x)]
    return outputs[0][0], np.array([z for _, z in outputs])


def zeros(irreps):
    """The segments of the zero vector."""
    return segments(irreps, np.zeros(dim(irreps)))
