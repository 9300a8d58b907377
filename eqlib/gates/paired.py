"""Two programs, timed in turns: the ratio of each pair of samples, and what their median says."""

import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

# A pair is made within a fraction of a second, so what slows the machine slows both. CPU time counts the work of the
# process alone, on a machine that other processes share.
LIMIT = 1.05
ROUNDS, MOST_ROUNDS = 15, 60
CONFIDENCE = 0.95

Sampler = Callable[[], float]


class Verdict(Enum):
    """What a comparison of times says."""

    PASSED = "passed"
    SLOWER = "slower"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Comparison:
    """The ratios of head to base, one of each pair of samples."""

    ratios: tuple[float, ...]
    limit: float = LIMIT

    @property
    def median(self) -> float:
        """Of the ratios: half of the pairs lie on each side, however far."""
        return statistics.median(self.ratios)

    @property
    def interval(self) -> tuple[float, float]:
        """Between which ratios the median of all pairs lies, with a probability of CONFIDENCE at least.

        By the order of the ratios alone: the number of samples below the true median is binomial, of any distribution.
        """
        n, ordered = len(self.ratios), sorted(self.ratios)
        tail, k = 0.0, 0
        while (tail := tail + math.comb(n, k) / 2**n) <= (1 - CONFIDENCE) / 2:
            k += 1
        return (ordered[k - 1], ordered[n - k]) if k else (0.0, math.inf)

    @property
    def verdict(self) -> Verdict:
        """Slower if the median is over the limit and chance does not explain that; undecided if it may."""
        if self.median <= self.limit:
            return Verdict.PASSED
        return Verdict.SLOWER if self.interval[0] > 1 else Verdict.UNDECIDED

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.median:.3f} [{low:.3f}, {high:.3f}] of {len(self.ratios)} pairs: {self.verdict.value}"


def compare(base: Sampler, head: Sampler, limit: float = LIMIT) -> Comparison:
    """Samples in turns, base first and head first by turns, until the verdict is decided or the rounds are spent."""
    ratios: list[float] = []
    while True:
        for n in range(ROUNDS):
            if n % 2:
                after, before = head(), base()
            else:
                before, after = base(), head()
            ratios.append(after / before)
        found = Comparison(tuple(ratios), limit)
        if found.verdict is not Verdict.UNDECIDED or len(ratios) >= MOST_ROUNDS:
            return found
