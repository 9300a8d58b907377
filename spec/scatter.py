"""Sum, mean and maximum over the rows of an array that share a destination.

    sum    z[n] = sum of x[i] over the rows i with dst[i] = n
    mean   z[n] = that sum divided by the number of such rows; 0 if there is none
    max    z[n] = the largest x[i] of them, and not below `initial`

Here x is [rows, dim(irreps)].  Each component is treated alike, so the sum and the mean are equivariant; the maximum
is so for invariants (0e) only.

Destinations are given by `dst`, one per row: with `output_size` rows in z, a row that is sent elsewhere being dropped;
or by `nel`, the numbers of rows that go to 0, to 1, ... in turn: a row after the last of these goes nowhere.

`map_back`: each row i is given z[dst[i]]; a row that goes nowhere is given what no rows yield (0, or `initial`).
"""

import numpy as np

LAWS = {
    "scatter_sum": ("equivariant", "linear", "permutation_invariant"),
    "scatter_mean": ("equivariant", "linear", "permutation_invariant"),
    "scatter_max": ("equivariant", "permutation_invariant"),
}

NOWHERE = None


def scatter_sum(irreps, x, *, dst=None, nel=None, output_size=None, map_back=False):
    """(irreps, z): sums."""
    return irreps, scatter(lambda rows: np.sum(rows, axis=0), x, dst, nel, output_size, map_back)


def scatter_mean(irreps, x, *, dst=None, nel=None, output_size=None, map_back=False):
    """(irreps, z): means."""
    return irreps, scatter(lambda rows: np.sum(rows, axis=0) / max(1, len(rows)), x, dst, nel, output_size, map_back)


def scatter_max(irreps, x, *, dst=None, nel=None, initial=-np.inf, output_size=None, map_back=False):
    """(irreps, z): maxima, component by component, of invariants."""
    assert all((l, p) == (0, 1) for _, l, p in irreps), "the maximum of the components of a vector is not equivariant"
    return irreps, scatter(lambda rows: np.max(rows, axis=0, initial=initial), x, dst, nel, output_size, map_back)


def scatter(reduce, x, dst, nel, output_size, map_back):
    """reduce(the rows of n), for each destination n; or, mapped back, for the destination of each row."""
    x = 1.0 * np.asarray(x)
    assert (dst is None) != (nel is None), "either dst or nel"
    if nel is not None:
        assert output_size is None, "nel has the output size"
        dst = [n for n, count in enumerate(nel) for _ in range(count)][: len(x)]
        dst += [NOWHERE] * (len(x) - len(dst))
        destinations = dst if map_back else range(len(nel))
    else:
        assert len(dst) == len(x), "one destination per row"
        assert map_back == (output_size is None), "output_size, or map_back"
        destinations = dst if map_back else range(output_size)

    def rows(n):
        return [i for i in range(len(x)) if n is not NOWHERE and dst[i] == n]

    return np.reshape([reduce(x[rows(n), :]) for n in destinations], (len(destinations), x.shape[1]))
