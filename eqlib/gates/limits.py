"""Which changes of a figure are regressions, and what is said of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Record = Mapping[str, Mapping[str, int]]
"""Figures by their name, by case and pass: "linear mace128, gradient"."""

# Over these ratios to what was recorded, a figure fails. What XLA decides varies a little with small edits; the number
# of products and the operations in float64 do not.
LIMITS = {
    "flops": 1.02,
    "bytes_accessed": 1.05,
    "temp_bytes": 1.05,
    "hlo_ops": 1.10,
    "dots": 1.0,
    "fusions": 1.10,
    "jaxpr_equations": 1.10,
    "float64_ops": 1.0,
    "constant_bytes": 1.10,
}


@dataclass(frozen=True)
class Change:
    """A figure of a case that is another than was recorded."""

    case: str
    figure: str
    old: int
    new: int
    limit: float

    @property
    def is_regression(self) -> bool:
        """Whether it has risen over its limit."""
        return self.new > self.limit * self.old

    def __str__(self) -> str:
        ratio = f"{self.new / self.old:.2f} times" if self.old else "from none"
        return f"{self.case}: {self.figure} {self.old:,} -> {self.new:,} ({ratio}; limit {self.limit:.2f})"


def changes(old: Record, new: Record, limits: Mapping[str, float]) -> list[Change]:
    """The figures that changed, of the cases and figures in both records."""
    return [
        Change(case, figure, old[case][figure], value, limits[figure])
        for case, figures in new.items()
        if case in old
        for figure, value in figures.items()
        if figure in old[case] and old[case][figure] != value
    ]


def without_counterpart(old: Record, new: Record) -> tuple[Sequence[str], Sequence[str]]:
    """The cases of `new` that were not recorded with all their figures, and the recorded ones that are no more."""
    missing = [case for case, figures in new.items() if not set(figures) <= set(old.get(case, ()))]
    return missing, [case for case in old if case not in new]
