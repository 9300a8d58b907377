"""What a plan means, in NumPy and loops: the reference that every lowering is held to."""

import numpy as np


def evaluate(plan, *inputs):
    """The meaning of a plan, by loops over its exact coefficients: what every lowering must compute."""
    chunks = []
    for x, operand in zip(inputs, plan.operands[:-1], strict=True):
        ends = np.cumsum([s.size for s in operand])
        pieces = [x[e - s.size : e].reshape(*s.extents, s.dim) for e, s in zip(ends, operand, strict=True)]
        chunks.append(pieces)
    out = [np.zeros((*s.extents, s.dim)) for s in plan.operands[-1]]
    for path in plan.paths:
        extents = plan.extents(path)
        for values in np.ndindex(*extents.values()):
            at = dict(zip(extents, values, strict=True))
            channels = [tuple(at[c] for c in mode) for mode in path.modes]
            for index, coefficient in path.coefficients.entries:
                term = float(coefficient * path.scale)
                for n, s, channel, i in zip(plan.slots, path.segments, channels, index, strict=False):
                    term *= chunks[n][s][(*channel, i)]
                out[path.segments[-1]][(*channels[-1], index[-1])] += term
    return np.concatenate([np.zeros(0), *(o.reshape(-1) for o in out)])


def evaluate_indexed(plan, inputs, ids, rows):
    """The meaning of a plan over edges: ids[k][e] is the row of edge e in index k, which has rows[k] of them."""
    edges = len(ids[0])
    counts = [edges if operand.at is None else rows[operand.at] for operand in plan.outputs]
    outputs = [np.zeros((count, operand.size)) for count, operand in zip(counts, plan.outputs, strict=True)]
    for e in range(edges):
        if not all(0 <= ids[k][e] < rows[k] for k in plan.indices):
            continue
        for term in plan.terms:
            read = [inputs[n][e if plan.inputs[n].at is None else ids[plan.inputs[n].at][e]] for n in term.reads]
            to = plan.outputs[term.writes].at
            outputs[term.writes][e if to is None else ids[to][e]] += evaluate(term.plan, *read)
    return outputs
