"""Drawings of a training: how the errors fell, and predictions against labels."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from eqlib import _atomic
from eqlib.array_types import Real
from eqlib.training.evaluation import MILLI, Evaluation

PANEL = (4.4, 4.0)  # inches


def plot_learning(path: Path, history: Sequence[Mapping[str, float]]) -> None:
    """Mean absolute force and energy errors on the validation frames against the step, as PNG."""
    figure = _figure(2)
    steps = [row["step"] for row in history]
    for axes, name, unit in zip(figure.axes, ("force", "energy"), ("meV/Å", "meV/atom"), strict=True):
        errors = [row[f"validation_{name}_mae"] for row in history]
        axes.plot(steps, errors, "o-", markersize=3, clip_on=False)
        axes.set(xlabel="step", ylabel=f"validation {name} error ({unit})", yscale="log")
        axes.set_xlim(left=0)
        logarithmic(axes.yaxis)
    write_png(path, figure)


def plot_parity(path: Path, evaluation: Evaluation, split: str) -> None:
    """Predictions against labels, of energies and of the components of forces, as PNG."""
    figure = _figure(2)
    errors = evaluation.errors()
    energies = tuple(MILLI * values for values in evaluation.energies)
    for axes, pair, name, unit, error_unit in (
        (figure.axes[0], evaluation.forces, "force", "eV/Å", "meV/Å"),
        (figure.axes[1], energies, "energy", "meV/atom", "meV/atom"),
    ):
        predicted, labels = pair
        ends = _ends(labels)
        axes.plot(ends, ends, color="0.7", linewidth=1)
        axes.plot(labels, predicted, ".", markersize=2, rasterized=True)
        axes.set(xlabel=f"{name} label ({unit})", ylabel=f"{name} predicted ({unit})", aspect="equal")
        axes.set_title(f"{split}: {errors[f'{name}_mae']:.3g} {error_unit}", fontsize="medium")
    write_png(path, figure)


def logarithmic(axis: Any) -> None:
    """A few ticks in every decade, written as plain numbers."""
    axis.set_major_locator(LogLocator(subs=(1, 2, 3, 5, 7)))
    axis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axis.set_minor_formatter(NullFormatter())


def write_png(path: Path, figure: Figure) -> None:
    """A figure as a file, whole at any moment."""
    for axes in figure.axes:
        axes.grid(which="major", color="0.9")
        axes.spines[["top", "right"]].set_visible(False)
    drawn = io.BytesIO()
    FigureCanvasAgg(figure).print_png(drawn)
    _atomic.write(path, drawn.getvalue())


def _figure(panels: int) -> Figure:
    figure = Figure(figsize=(PANEL[0] * panels, PANEL[1]), dpi=150, layout="constrained")
    figure.subplots(1, panels)
    return figure


def _ends(values: Real[np.ndarray, " values"]) -> tuple[float, float]:
    return float(values.min()), float(values.max())
