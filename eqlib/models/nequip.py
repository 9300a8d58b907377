"""NequIP: an interatomic potential by equivariant message passing."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import jax

from eqlib.array_types import Array, Float, Integer
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.graph import Graph
from eqlib.models.atom_graph import atom_graph
from eqlib.models.energies import scale_and_shift
from eqlib.models.graph import one_edge, one_hot
from eqlib.models.options import read_options
from eqlib.models.radial import radial_basis
from eqlib.nn.layer import Model
from eqlib.nn.linear import Linear
from eqlib.nn.multi_layer_perceptron import MultiLayerPerceptron
from eqlib.o3 import Irrep, Irreps
from eqlib.ops.conv import conv
from eqlib.ops.gate import gate
from eqlib.ops.tensor_product import tensor_product


@dataclasses.dataclass(frozen=True)
class NequIP(Model):
    """The energy of every atom from the positions and species of its neighbours.

    num_species     the number of kinds of atoms; species are integers below it
    cutoff          the distance beyond which atoms do not see each other, in the unit of the positions
    lmax            the greatest degree of features and spherical harmonics; 0 gives an invariant model
    features        the multiplicity of each irrep (the paper's "features")
    num_layers      the number of rounds of messages
    radial_basis    the number of Bessel functions of the distance
    radial_neurons  the hidden layers of the perceptron that turns them into the weights of a message
    num_neighbors   the mean number of neighbours, by which the sum of messages is divided
    readout         the number of scalars between the last features and the energy
    energy_scale    multiplies the energy of every atom, by species; or one for all: a typical force times a length
    energy_shift    added to the energy of every atom, by species; or one number for all

    Positions are to be finite and distinct, which is not checked. From an atom at NaN or infinity every edge leads to
    NaN, in energies and forces. Of two atoms at one place the energy is finite and invariant, but not continuous: the
    edge has no direction, so that its harmonics of degree l > 0 are 0, which at the least distance they are not.

    Law:    the sum of the energies is invariant under rotations, inversions, translations and permutations of atoms.
    Shape:  forward(call, positions [atoms, 3], species [atoms], senders [edges], receivers [edges], shifts=None)
            -> [atoms] energies as an IrrepsArray [atoms, 0e]. An edge sends from the atom senders[e] to receivers[e],
            or to its image in a periodic cell that is displaced by shifts[e], [edges, 3]. Edges longer than the cutoff
            contribute nothing, so such edges may pad; one from an atom to itself has length 0, and does.
    Units:  those of `cutoff` and `energy_scale`.
    Raises: ValueError if an option makes no sense; LayoutError if the shapes do not fit, or if a species is not below
            num_species or an edge ends at no atom: under jit, where that is not known, the atom of that species has the
            energy NaN, and for such an edge all atoms have.
    Source: Batzner et al. (2022), Nature Communications 13, 2453; arXiv:2101.03164.
    Example:
        >>> import jax.numpy as jnp
        >>> model = NequIP(num_species=2, cutoff=4.0, lmax=1, features=4, num_layers=1)
        >>> positions, species = jnp.array([[0.0, 0.0, 0.0], [0.0, 0.0, 1.0]]), jnp.array([0, 1])
        >>> edges = jnp.array([0, 1]), jnp.array([1, 0])
        >>> params = jax.jit(model.init)(jax.random.key(0), positions, species, *edges)
        >>> jax.jit(model.apply)(params, positions, species, *edges).shape
        (2, 1)
    """

    num_species: int
    cutoff: float
    lmax: int = 2
    features: int = 16
    num_layers: int = 3
    radial_basis: int = 8
    radial_neurons: Sequence[int] = (64,)
    num_neighbors: float = 8.0
    readout: int = 16
    energy_scale: float | Sequence[float] = 1.0
    energy_shift: float | Sequence[float] = 0.0

    def __post_init__(self) -> None:
        sizes = dict.fromkeys(("num_species", "features", "num_layers", "radial_basis", "readout"), 1)
        read_options(self, least={"lmax": 0} | sizes, positive=("cutoff", "num_neighbors"), neurons=("radial_neurons",))

    def forward(
        self,
        call: Callable[..., Any],
        positions: Float[Array, "atoms 3"],
        species: Integer[Array, " atoms"],
        senders: Integer[Array, " edges"],
        receivers: Integer[Array, " edges"],
        shifts: Float[Array, "edges 3"] | None = None,
    ) -> IrrepsArray:
        """The energy of each atom: an embedding, rounds of messages, a readout."""
        given = positions, species, senders, receivers, shifts
        atoms = atom_graph("NequIP", *given, num_species=self.num_species, lmax=self.lmax)
        radial = radial_basis(atoms.lengths, self.radial_basis, self.cutoff)
        x = one_hot(atoms.species, self.num_species, positions.dtype)
        x = call("embedding", Linear(f"{self.features}x0e"), x)
        of_round = atoms.species, atoms.harmonics, radial, atoms.graph  # by which eqlib.sharding knows a round
        for n in range(self.num_layers):
            wanted = self._irreps if n < self.num_layers - 1 else (Irrep("0e"),)
            x = call(f"interaction_{n}", _Interaction(self, wanted), x, *of_round)
        x = call("readout", Linear(f"{self.readout}x0e"), x)
        energies = call("energy", Linear("0e"), x)
        energies = scale_and_shift(
            energies.array, atoms.species, self.num_species, self.energy_scale, self.energy_shift
        )
        return IrrepsArray("0e", atoms.one * energies)

    def inputs(self) -> tuple[Any, ...]:
        """Two atoms and an edge: the parameters are the same for every graph."""
        return one_edge()

    @property
    def _irreps(self) -> tuple[Irrep, ...]:
        """The irreps of the features: every degree up to lmax with both parities."""
        return tuple(Irrep(l, p) for l in range(self.lmax + 1) for p in (1, -1))


@dataclasses.dataclass(frozen=True)
class _Interaction(Model):
    """One round of messages: the features of the neighbours, turned by the edges, added to one's own, and gated."""

    model: NequIP
    wanted: tuple[Irrep, ...]

    def forward(
        self,
        call: Callable[..., Any],
        x: IrrepsArray,
        species: Integer[Array, " atoms"],
        harmonics: IrrepsArray,
        radial: Float[Array, "edges radial_basis"],
        graph: Graph,
    ) -> IrrepsArray:
        """The features after the round, as `wanted` and as the messages can reach."""
        model = self.model
        up = call("up", Linear(x.irreps), x)
        messages = tensor_product(up.irreps, harmonics.irreps, filter_ir_out=self.wanted)
        perceptron = MultiLayerPerceptron(
            (*model.radial_neurons, messages.num_irreps), jax.nn.silu, output_activation=False
        )
        weights = call("radial", perceptron, radial)
        # Neighbours send like messages, whose sum grows as their number; divided by its root, as in the paper, training
        # began with energies far too large, and ended with greater errors.
        incoming = conv(up, harmonics, weights, graph, filter_ir_out=self.wanted) / model.num_neighbors
        gated = self._before_gate(incoming.irreps)
        down = call("down", Linear(gated, force_irreps_out=True), incoming)
        own = call("self", Linear(gated, num_indexed_weights=model.num_species, force_irreps_out=True), species, x)
        return gate((down + own) / 2**0.5, even_act=jax.nn.silu, odd_act=jax.nn.tanh, even_gate_act=jax.nn.silu)

    def _before_gate(self, reached: Irreps) -> Irreps:
        """The features that the messages reach, with a scalar more for each that is none."""
        irreps = [ir for ir in self.wanted if ir in reached]
        scalars = [(self.model.features, ir) for ir in irreps if ir.l == 0]
        others = [(self.model.features, ir) for ir in irreps if ir.l > 0]
        gates = [(self.model.features * len(others), "0e")] if others else []
        return Irreps([*scalars, *gates, *others])
