"""Training of interatomic potentials: from frames with energies and forces to a model that predicts them.

`train` and `Result` are loaded when they are first used: they need optax.
"""

from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from .config import Config as Config
from .config import Data as Data
from .config import Loss as Loss
from .config import Optimizer as Optimizer
from .errors import CheckpointError as CheckpointError
from .errors import ConfigError as ConfigError
from .errors import DataError as DataError
from .errors import TrainingError as TrainingError
from .frames import Frames as Frames
from .frames import frames_of as frames_of
from .frames import read_frames as read_frames
from .optional import load_part as _load_part
from .potential import Potential as Potential
from .potential import load_potential as load_potential
from .potential import save_potential as save_potential
from .reading import config_of as config_of
from .reading import read_config as read_config

if _TYPE_CHECKING:
    from .run import Result as Result
    from .run import train as train

_OF_RUN = ("Result", "train")


def __getattr__(name: str) -> _Any:
    """Loads what trains, when it is first used."""
    if name in _OF_RUN:
        return getattr(_load_part("run"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """The names that can be asked for."""
    return sorted({*globals(), *_OF_RUN})
