"""Many devices: atoms spread over them, each with its neighbours in view."""

from .decomposition import Decomposition as Decomposition
from .decomposition import decompose as decompose
from .hosts import mesh_of as mesh_of
from .prediction import Prediction as Prediction
from .prediction import predict as predict
from .sizes import RoomError as RoomError
from .sizes import Sizes as Sizes
