"""Layers: parameters as data and a pure function that uses them; one adapter for each framework."""

from .functional_linear import FunctionalLinear as FunctionalLinear
from .layer import Layer as Layer
from .layer import Model as Model
from .layer import Param as Param
from .linear import Linear as Linear
from .multi_layer_perceptron import MultiLayerPerceptron as MultiLayerPerceptron
