"""Draws the learning curve: force error against the number of training frames, for l = 0, 1, 2 at equal channels.

Exit status: 0 if the error of l = 0 is so much greater as is asked for, and ever more so with more frames; 1 if not.
"""

import argparse
import csv
import dataclasses
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from examples.learning_curve.report import plot, ratios, table
from examples.learning_curve.trainings import Curve, measure

ASKED = 1.3  # of the ratio of force errors, l = 0 over l = 2, at 200 frames


def main(arguments: Sequence[str] | None = None) -> int:
    """Trains, writes the table and the drawing, and says whether they show what they should; the exit status."""
    options = _options(arguments)
    curve = Curve(**{field.name: getattr(options, field.name) for field in dataclasses.fields(Curve)})
    options.output.mkdir(parents=True, exist_ok=True)
    start, rows = time.process_time(), []
    for row in measure(curve, options.trainings, sys.stderr):
        rows.append(row)
    with (options.output / "learning_curve.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    plot(options.output / "learning_curve.png", rows)
    print(table(rows))
    print(f"{options.output / 'learning_curve.png'}: {time.process_time() - start:.0f} CPU s")
    return _conclusion(ratios(rows))


def _conclusion(found: dict[int, float]) -> int:
    """Whether the ratio is what is asked for at about 200 frames, and grows from the least number to the most."""
    sizes = sorted(found)
    at = min(sizes, key=lambda size: abs(size - 200))
    is_ok = found[at] >= ASKED and (len(sizes) == 1 or found[sizes[-1]] > found[sizes[0]])
    told = ", ".join(f"{found[size]:.2f} at {size}" for size in sizes)
    print(f"force error of the least degree over that of the greatest, where {ASKED} is asked at {at} frames: {told}")
    print(f"verdict: {'ok' if is_ok else 'failed'}")
    return 0 if is_ok else 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m examples.learning_curve", description=__doc__.splitlines()[0])
    default = Curve()
    for name in ("degrees", "sizes", "seeds"):
        parser.add_argument(f"--{name}", type=int, nargs="+", default=getattr(default, name))
    for name in ("features", "layers", "steps"):
        parser.add_argument(f"--{name}", type=int, default=getattr(default, name))
    parser.add_argument("--learning-rate", type=float, default=default.learning_rate)
    parser.add_argument("--output", type=Path, default=Path("build/learning_curve"), help="the table and the drawing")
    parser.add_argument("--trainings", type=Path, default=Path("build/learning_curve"), help="of each training")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
