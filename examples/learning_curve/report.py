"""What the trainings of the learning curve say, as a table and as a drawing."""

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.figure import Figure

from eqlib.training.plots import logarithmic, write_png

Rows = Sequence[Mapping[str, float]]


def force_errors(rows: Rows) -> dict[int, dict[int, list[float]]]:
    """The force errors of every seed, by degree and number of frames."""
    found: dict[int, dict[int, list[float]]] = {}
    for row in rows:
        found.setdefault(int(row["l"]), {}).setdefault(int(row["frames"]), []).append(row["force_mae"])
    return found


def ratios(rows: Rows) -> dict[int, float]:
    """For each number of frames, the mean force error of the least degree over that of the greatest."""
    found = force_errors(rows)
    first, last = found[min(found)], found[max(found)]
    return {size: statistics.mean(first[size]) / statistics.mean(last[size]) for size in first}


def table(rows: Rows) -> str:
    """Force errors in meV/angstrom: a row for each number of frames, mean and spread of the seeds; then the ratios."""
    found, quotient = force_errors(rows), ratios(rows)
    degrees = sorted(found)
    head = [*(f"l = {l}" for l in degrees), f"l = {degrees[0]} / l = {degrees[-1]}"]
    lines = [f"| frames | {' | '.join(head)} |", "|---" * (len(head) + 1) + "|"]
    for size in sorted(quotient):
        cells = [" ".join([f"{statistics.mean(e):.1f}", _spread(e)]).strip() for e in (found[l][size] for l in degrees)]
        lines.append(f"| {size} | {' | '.join(cells)} | {quotient[size]:.2f} |")
    return "\n".join(lines)


def _spread(errors: Sequence[float]) -> str:
    """How far the seeds are from their mean."""
    return f"± {(max(errors) - min(errors)) / 2:.1f}" if len(errors) > 1 else ""


def plot(path: Path, rows: Rows) -> None:
    """Force error against the number of training frames, both logarithmic, a curve for each degree, as PNG."""
    figure = Figure(figsize=(5.5, 4.5), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    axes.set(xscale="log", yscale="log", xlabel="training frames", ylabel="force error on test frames (meV/Å)")
    for l, errors in sorted(force_errors(rows).items()):
        sizes = sorted(errors)
        means = [statistics.mean(errors[size]) for size in sizes]
        (line,) = axes.plot(sizes, means, linewidth=1.8, label="l = 0, invariant" if l == 0 else f"l ≤ {l}")
        axes.plot(*zip(*((size, e) for size in sizes for e in errors[size]), strict=True), ".", color=line.get_color())
    axes.set_xticks(sizes, [str(size) for size in sizes], minor=False)
    axes.set_xticks([], minor=True)
    logarithmic(axes.yaxis)
    axes.legend(frameon=False)
    write_png(path, figure)
