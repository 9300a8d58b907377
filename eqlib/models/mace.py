"""MACE: an interatomic potential of few rounds of messages, each a polynomial of many neighbours at once."""

import dataclasses
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from eqlib.array_types import Array, Float, Integer
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.graph import Graph
from eqlib.models.atom_graph import atom_graph
from eqlib.models.energies import scale_and_shift
from eqlib.models.graph import one_edge, one_hot
from eqlib.models.options import read_options
from eqlib.models.radial import radial_basis
from eqlib.nn.layer import Model, Param
from eqlib.nn.linear import Linear
from eqlib.nn.multi_layer_perceptron import MultiLayerPerceptron
from eqlib.o3 import Irreps, symmetric_contraction_paths
from eqlib.ops.conv import conv
from eqlib.ops.symmetric_contraction import symmetric_contraction
from eqlib.ops.tensor_product import tensor_product

# The power with which the cutoff leaves 1, as in the paper.
_P = 5


@dataclasses.dataclass(frozen=True)
class MACE(Model):
    """The energy of every atom from the positions and species of its neighbours, of up to `correlation` at once.

    num_species     the number of kinds of atoms; species are integers below it
    cutoff          the distance beyond which atoms do not see each other, in the unit of the positions
    lmax            the greatest degree of the spherical harmonics, and of the sums over neighbours (the paper's l_max)
    message_lmax    the greatest degree of the features between the rounds (the paper's L); 0 makes messages invariant
    features        the number of channels, copies of each irrep (the paper's k)
    correlation     the greatest degree of the polynomials: `correlation` neighbours are seen at once (the paper's nu)
    num_layers      the number of rounds of messages
    radial_basis    the number of Bessel functions of the distance
    radial_neurons  the hidden layers of the perceptron that turns them into the weights of a message
    num_neighbors   the mean number of neighbours, by which the sum of messages is divided
    readout         the hidden scalars of the perceptron that reads the last features
    energy_scale    multiplies the energy of every atom, by species; or one for all: a typical force times a length
    energy_shift    added to the energy of every atom, by species, such as that of the atom alone; or one for all

    Positions are to be finite and distinct, which is not checked; what becomes of others is said at NequIP.

    Law:    the sum of the energies is invariant under rotations, inversions, translations and permutations of atoms.
    Shape:  forward(call, positions [atoms, 3], species [atoms], senders [edges], receivers [edges], shifts=None)
            -> [atoms] energies as an IrrepsArray [atoms, 0e]. An edge sends from the atom senders[e] to receivers[e],
            or to its image in a periodic cell that is displaced by shifts[e], [edges, 3]. Edges longer than the cutoff
            contribute nothing, so such edges may pad; one from an atom to itself has length 0, and does.
    Units:  those of `cutoff` and `energy_scale`.
    Raises: ValueError if an option makes no sense; LayoutError if the shapes do not fit, or if a species is not below
            num_species or an edge ends at no atom: under jit, where that is not known, the atom of that species has the
            energy NaN, and for such an edge all atoms have.
    Source: Batatia et al. (2022), Advances in Neural Information Processing Systems 35; arXiv:2206.07697.
    Example:
        >>> model = MACE(num_species=2, cutoff=4.0, lmax=1, features=4, correlation=2)
        >>> positions, species = jnp.array([[0.0, 0.0, 0.0], [0.0, 0.0, 1.0]]), jnp.array([0, 1])
        >>> edges = jnp.array([0, 1]), jnp.array([1, 0])
        >>> params = jax.jit(model.init)(jax.random.key(0), positions, species, *edges)
        >>> jax.jit(model.apply)(params, positions, species, *edges).shape
        (2, 1)
    """

    num_species: int
    cutoff: float
    lmax: int = 3
    message_lmax: int = 1
    features: int = 128
    correlation: int = 3
    num_layers: int = 2
    radial_basis: int = 8
    radial_neurons: Sequence[int] = (64, 64, 64)
    num_neighbors: float = 8.0
    readout: int = 16
    energy_scale: float | Sequence[float] = 1.0
    energy_shift: float | Sequence[float] = 0.0

    def __post_init__(self) -> None:
        sizes = dict.fromkeys(("num_species", "features", "correlation", "num_layers", "radial_basis", "readout"), 1)
        read_options(
            self,
            least={"lmax": 0, "message_lmax": 0} | sizes,
            positive=("cutoff", "num_neighbors"),
            neurons=("radial_neurons",),
        )
        if self.message_lmax > self.lmax:
            raise ValueError(
                f"MACE: message_lmax is {self.message_lmax} and lmax is {self.lmax}: messages are made of sums over "
                f"neighbours, which have no greater degree than lmax.\n  Write message_lmax={self.lmax}."
            )

    def forward(
        self,
        call: Callable[..., Any],
        positions: Float[Array, "atoms 3"],
        species: Integer[Array, " atoms"],
        senders: Integer[Array, " edges"],
        receivers: Integer[Array, " edges"],
        shifts: Float[Array, "edges 3"] | None = None,
    ) -> IrrepsArray:
        """The energy of each atom: an embedding, and rounds of messages, each of which is read."""
        given = positions, species, senders, receivers, shifts
        atoms = atom_graph("MACE", *given, num_species=self.num_species, lmax=self.lmax)
        radial = radial_basis(atoms.lengths, self.radial_basis, self.cutoff, _P)
        x = call("embedding", Linear(self._irreps(0)), one_hot(atoms.species, self.num_species, positions.dtype))
        of_round = atoms.species, atoms.harmonics, radial, atoms.graph  # by which eqlib.sharding knows a round
        energies: Any = 0.0
        for n in range(self.num_layers):
            is_last = n == self.num_layers - 1
            wanted = self._irreps(0 if is_last else self.message_lmax)
            x = call(f"interaction_{n}", _Interaction(self, wanted), x, *of_round)
            last = MultiLayerPerceptron((self.readout, 1), jax.nn.silu, output_activation=False)
            energies += call(f"readout_{n}", last if is_last else Linear("0e"), x).array
        energies = scale_and_shift(energies, atoms.species, self.num_species, self.energy_scale, self.energy_shift)
        return IrrepsArray("0e", atoms.one * energies)

    def inputs(self) -> tuple[Any, ...]:
        """Two atoms and an edge: the parameters are the same for every graph."""
        return one_edge()

    def _irreps(self, lmax: int) -> Irreps:
        """The channels of every degree up to lmax, each with the parity of its harmonics."""
        return Irreps([(self.features, ir) for _, ir in Irreps.spherical_harmonics(lmax)])


@dataclasses.dataclass(frozen=True)
class _Interaction(Model):
    """One round: a sum over neighbours, its polynomials in each channel, mixed, and added to the atom's own features.

    The equations of the paper: 8, the sums A; 10 and 11, their polynomials B with weights of the species; 12, the sum
    with the features of before.
    """

    model: MACE
    wanted: Irreps

    def forward(
        self,
        call: Callable[..., Any],
        x: IrrepsArray,
        species: Integer[Array, " atoms"],
        harmonics: IrrepsArray,
        radial: Float[Array, "edges radial_basis"],
        graph: Graph,
    ) -> IrrepsArray:
        """The features after the round, as `wanted`."""
        model = self.model
        sums = model._irreps(model.lmax)
        kept = [ir for _, ir in sums]
        up = call("up", Linear(x.irreps), x)
        messages = tensor_product(up.irreps, harmonics.irreps, filter_ir_out=kept)
        perceptron = MultiLayerPerceptron(
            (*model.radial_neurons, messages.num_irreps), jax.nn.silu, output_activation=False
        )
        weights = call("radial", perceptron, radial)
        incoming = conv(up, harmonics, weights, graph, filter_ir_out=kept) / model.num_neighbors
        incoming = call("down", Linear(sums), incoming)
        products = call("products", _Products(model, self.wanted), incoming, species)
        message = call("message", Linear(self.wanted), products)
        own = Linear(self.wanted, num_indexed_weights=model.num_species, force_irreps_out=True)
        return (message + call("self", own, species, x)) / 2**0.5


@dataclasses.dataclass(frozen=True)
class _Products(Model):
    """The polynomials of the sums over neighbours, with weights for every species, path and channel."""

    model: MACE
    wanted: Irreps

    def forward(self, call: Callable[..., Any], sums: IrrepsArray, species: Integer[Array, " atoms"]) -> IrrepsArray:
        """Of unit variance if the paths are independent: their weights are of size 1, and each has its share."""
        degree = self.model.correlation
        paths = symmetric_contraction_paths(sums.irreps, self.wanted, degree=degree)
        shape = (self.model.num_species, len(paths), self.model.features)
        weights = call("weights", Param(shape, jax.nn.initializers.normal(1.0), sums.dtype))
        counts = Counter(path.ir_out for path in paths)
        shares = jnp.array([[counts[path.ir_out] ** -0.5] for path in paths], weights.dtype)
        return symmetric_contraction(sums, shares * weights, self.wanted, degree=degree, index=species)
