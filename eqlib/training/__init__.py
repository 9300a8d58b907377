"""Training of interatomic potentials: from frames with energies and forces to a model that predicts them."""

try:
    from .run import Result as Result
    from .run import TrainingError as TrainingError
    from .run import train as train
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] != "optax":
        raise
    raise ImportError("eqlib.training needs optax, which is not installed: pip install eqlib[train]") from None
from .checkpoint import CheckpointError as CheckpointError
from .config import Config as Config
from .config import Data as Data
from .config import Loss as Loss
from .config import Optimizer as Optimizer
from .frames import DataError as DataError
from .frames import Frames as Frames
from .frames import frames_of as frames_of
from .frames import read_frames as read_frames
from .options import ConfigError as ConfigError
from .potential import Potential as Potential
from .potential import load_potential as load_potential
from .potential import save_potential as save_potential
from .reading import config_of as config_of
from .reading import read_config as read_config
