"""Trains NequIP on ethanol, beside an invariant model of the same size, and checks that it is equivariant.

Exit status: 0 if the model is equivariant and clearly better than the invariant one, 1 if not, 2 if it cannot start.
"""

import argparse
import dataclasses
import math
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from eqlib.models.nequip import NequIP
from eqlib.testing.equivariance import Comparison, overall
from eqlib.testing.report import Verdict
from eqlib.training import DataError, Frames
from examples.ethanol.equivariance import comparisons
from examples.ethanol.fit import Fit, fit, num_params
from examples.ethanol.frames import CUTOFF, ETHANOL, read_splits
from examples.ethanol.plot import plot_learning
from examples.ethanol.potential import Errors, Targets, errors, potential

# The ratio of force errors that is asked for. In README.md's three trainings it is 1.88 to 2.50, and differs between
# seeds with a deviation of an eighth: of two models that are alike, about one training in twenty would be above 1.2.
CLEARLY = 1.2
TITLES = {"test": "normal modes", "md": "MD, 500 K"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Reads, trains, reports; the exit status."""
    options = _options(arguments)
    try:
        frames = _read(options.data)
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.open("ab").close()  # better no plot now than after the training
    except (DataError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    start = time.monotonic()
    targets = {split: Targets.of(frames[split], frames["training"]) for split in frames}
    equivariant = _model(options.lmax, options.features, frames["training"], options)
    models = {"lmax=0": _invariant_like(equivariant, targets["training"]), f"lmax={options.lmax}": equivariant}
    fits = {
        name: fit(model, targets["training"], targets["validation"], options.steps, options.seed, name)
        for name, model in models.items()
    }
    reached = {name: _errors(found, targets) for name, found in fits.items()}
    print(_table(fits, reached, len(targets["training"].positions)))
    best = fits[f"lmax={options.lmax}"]
    found = list(comparisons(potential(best.model), best.params, targets["test"], options.seed))
    print("\n".join(_verdicts(found)))
    plot_learning({name: fitted.history for name, fitted in fits.items()}, options.output)
    print(f"learning curves: {options.output}")
    print(f"time: {time.monotonic() - start:.0f} s")
    return _conclusion(found, reached, options.lmax)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="examples/ethanol/run", description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=ETHANOL, metavar="FILE", help="an npz file like ethanol.npz")
    parser.add_argument("--steps", type=_positive, default=2000, help="of training (default: %(default)s)")
    parser.add_argument("--lmax", type=_positive, default=2, help="of the equivariant model (default: %(default)s)")
    parser.add_argument("--features", type=_positive, default=16, help="copies of each irrep (default: %(default)s)")
    parser.add_argument("--layers", type=_positive, default=3, help="rounds of messages (default: %(default)s)")
    parser.add_argument("--seed", type=_seed, default=0, help="of parameters and batches (default: %(default)s)")
    parser.add_argument("--output", type=Path, default=Path("build/ethanol.png"), metavar="PNG", help="the plot")
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    return _integer(text, 1)


def _seed(text: str) -> int:
    return _integer(text, 0)


def _integer(text: str, least: int) -> int:
    """An integer that also fits the random numbers of JAX; what is none is told as such, by argparse."""
    try:
        value = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not an integer") from None
    if not least <= value < 2**32:
        raise argparse.ArgumentTypeError(f"{value} is not in [{least}, {2**32})")
    return value


def _read(path: Path) -> dict[str, Frames]:
    frames = read_splits(path)
    if len(frames["test"]) < 2:
        raise DataError(f"{path}: one test frame cannot show whether a prediction moves.\n  Give two or more.")
    return frames


def _model(lmax: int, features: int, training: Frames, options: argparse.Namespace) -> NequIP:
    return NequIP(
        num_species=len(np.unique(training.numbers)),
        cutoff=CUTOFF,
        lmax=lmax,
        features=features,
        num_layers=options.layers,
        num_neighbors=training.numbers.shape[1] - 1,
        energy_scale=float(np.std(training.forces)),
    )


def _invariant_like(model: NequIP, training: Targets) -> NequIP:
    """The model with lmax = 0 and just enough more features that it has as many parameters as `model`, or more."""
    wanted, invariant = num_params(model, training), dataclasses.replace(model, lmax=0)
    while (found := num_params(invariant, training)) < wanted:
        # The number grows at most as the square of the features, so this guess falls short or meets it.
        features = max(invariant.features + 1, int(invariant.features * math.sqrt(wanted / found)))
        invariant = dataclasses.replace(invariant, features=features)
    return invariant


def _errors(fitted: Fit, targets: Mapping[str, Targets]) -> dict[str, Errors]:
    return {split: errors(fitted.model, fitted.params, targets[split]) for split in TITLES}


def _table(fits: Mapping[str, Fit], reached: Mapping[str, Mapping[str, Errors]], num_frames: int) -> str:
    """Mean absolute errors, a row for each model."""
    lines = [
        f"mean absolute errors after {num_frames} training frames: energy in meV/atom, force in meV/angstrom",
        f"{'':8}{'parameters':>12}" + "".join(f"{title + ':  energy':>22}{'force':>8}" for title in TITLES.values()),
    ]
    for name, fitted in fits.items():
        numbers = [f"{reached[name][split].energy:>22.2f}{reached[name][split].force:>8.1f}" for split in TITLES]
        lines.append(f"{name:8}{fitted.num_params:>12}" + "".join(numbers))
    return "\n".join(lines)


def _verdicts(found: Sequence[Comparison]) -> list[str]:
    """A row for each comparison."""
    head = f"{'equivariance of the trained model':34}{'worst error':>12}{'bound':>10}  verdict"
    return [head, *(f"{f.name:34}{f.error:>12.1e}{f.bound:>10.1e}  {f.verdict}" for f in found)]


def _conclusion(found: Sequence[Comparison], reached: Mapping[str, Mapping[str, Errors]], lmax: int) -> int:
    """Says what came out, and in the last line whether it is what must come out, of both conditions."""
    worst = overall(found)
    ratios = {split: reached["lmax=0"][split].force / reached[f"lmax={lmax}"][split].force for split in TITLES}
    is_better = all(ratio > CLEARLY for ratio in ratios.values())
    is_ok = worst.verdict is Verdict.OK and is_better
    told = ", ".join(f"{ratio:.2f} ({TITLES[split]})" for split, ratio in ratios.items())
    better = f"{'' if is_better else 'not '}clearly better than lmax=0"
    print(f"force error of lmax=0 over that of lmax={lmax}, of which {CLEARLY} is asked: {told}")
    print(f"the worst of equivariance: {worst}")
    print(f"verdict: {'ok' if is_ok else 'failed'} (equivariance: {worst.verdict}; {better})")
    return 0 if is_ok else 1


if __name__ == "__main__":
    sys.exit(main())
