"""A part of a README that a command makes, between two marks."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Generated:
    """What it is called, its marks, and the command that makes it."""

    name: str
    begin: str
    end: str
    command: str

    def within(self, text: str) -> str:
        """The part of a text between the marks."""
        return text.partition(self.begin)[2].partition(self.end)[0]

    def put(self, text: str, part: str) -> str:
        """The text with this part between its marks.

        Raises: ValueError if it has no marks.
        """
        if problem := self._without_marks(text):
            raise ValueError(problem)
        before, _, rest = text.partition(self.begin)
        return before + self.begin + part + self.end + rest.partition(self.end)[2]

    def stale(self, text: str, part: str) -> Iterator[str]:
        """Whether the text lacks the part, or has another."""
        if problem := self._without_marks(text):
            yield problem
        elif self.within(text) != part:
            yield f"README.md has a {self.name} that is out of date: {self.command}"

    def _without_marks(self, text: str) -> str | None:
        if self.begin in text and self.end in text:
            return None
        return f"README.md has no {self.name}: write {self.begin.strip()!r} and {self.end.strip()!r} where it is to be"
