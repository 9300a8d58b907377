"""Draws the learning curves of several models."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

History = Sequence[Mapping[str, float]]


def plot_learning(histories: Mapping[str, History], path: str | Path) -> None:
    """Writes a PNG of the validation force error against the training step, one curve for each named model.

    Units:  every record has `step` and `force_mae`, in meV/angstrom
    Raises: ValueError if there is no model, or a model without records.
    """
    if not histories or not all(histories.values()):
        raise ValueError(f"nothing to plot: { ({name: len(history) for name, history in histories.items()}) } records")
    figure = Figure(figsize=(6, 4), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    for name, history in histories.items():
        steps, errors = zip(*((record["step"], record["force_mae"]) for record in history), strict=True)
        (line,) = axes.plot(steps, errors, linewidth=1.8, label=f"{name}: {errors[-1]:.1f} meV/Å")
        axes.plot(steps[-1], errors[-1], "o", color=line.get_color(), clip_on=False)
    axes.set(xlabel="training step", ylabel="validation force error (meV/Å, mean absolute)", yscale="log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_xlim(left=0)
    axes.grid(which="major", color="0.9")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    FigureCanvasAgg(figure).print_png(str(path))
