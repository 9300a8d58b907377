"""The fixed sizes of what each device holds: a program is compiled for them, and serves while they hold."""

import dataclasses
import math

Step = tuple[int, ...]


class RoomError(ValueError):
    """There are more atoms, edges or atoms to send than the sizes have room for."""


@dataclasses.dataclass(frozen=True)
class Sizes:
    """How much room each device has.

    owned  for atoms of its own
    edges  for edges
    sends  for atoms in a message, by the step in the grid of devices from sender to receiver

    Example:
        >>> sizes = Sizes(owned=10, edges=100, sends=(((1,), 3), ((-1,), 4)))
        >>> sizes.halo, sizes.with_room(1.5).owned
        (7, 15)
    """

    owned: int
    edges: int
    sends: tuple[tuple[Step, int], ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "sends", tuple(sorted(dict(self.sends).items())))

    @property
    def halo(self) -> int:
        """Room for atoms of others."""
        return sum(number for _, number in self.sends)

    @property
    def local(self) -> int:
        """Room for atoms, its own and others."""
        return self.owned + self.halo

    def with_room(self, factor: float) -> "Sizes":
        """Sizes that are greater by a factor: atoms that move change their numbers.

        Raises: ValueError if the factor is less than 1.
        """
        if not factor >= 1:
            raise ValueError(f"with_room: factor is {factor}, and must be 1 or more.\n  Write with_room(1.2).")
        sends = tuple((step, math.ceil(factor * number)) for step, number in self.sends)
        return Sizes(math.ceil(factor * self.owned), math.ceil(factor * self.edges), sends)

    def require(self, needed: "Sizes") -> None:
        """Raises: RoomError if there is room for less than what is needed."""
        room = dict(self.sends)
        counts = [("atoms of its own", needed.owned, self.owned), ("edges", needed.edges, self.edges)]
        counts += [(f"atoms to send by {step}", number, room.get(step, 0)) for step, number in needed.sends]
        for what, count, limit in counts:
            if count > limit:
                raise RoomError(
                    f"decompose: a device has {count} {what}, and sizes has room for {limit}.\n"
                    "  Write sizes=None and room=1.2: the program is compiled again, and has room for more."
                )
