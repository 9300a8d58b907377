"""Allegro: a strictly local interatomic potential, which learns of pairs of atoms and passes no messages on."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from eqlib.array_types import Array, Float, Integer
from eqlib.arrays.create import ones
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.graph import Graph
from eqlib.models.atom_graph import atom_graph
from eqlib.models.energies import scale_and_shift
from eqlib.models.graph import one_edge, one_hot
from eqlib.models.options import read_options
from eqlib.models.radial import cutoff_envelope, radial_basis
from eqlib.nn.layer import Model, Param
from eqlib.nn.linear import Linear
from eqlib.nn.multi_layer_perceptron import MultiLayerPerceptron
from eqlib.o3 import Irrep, Irreps
from eqlib.ops.conv import conv
from eqlib.ops.scatter import scatter_sum
from eqlib.ops.tensor_product import tensor_product

# How much a layer adds to the scalars of a pair, beside what they were: the alpha of the paper, and its value there.
_ALPHA = 0.5


@dataclasses.dataclass(frozen=True)
class Allegro(Model):
    """The energy of every atom as a sum over pairs, each with the neighbours of the atom in view, and no others.

    num_species       the number of kinds of atoms; species are integers below it
    cutoff            the distance beyond which atoms do not see each other, in the unit of the positions
    lmax              the greatest degree of the tensors of a pair and of the spherical harmonics (the paper's l_max)
    features          the number of channels, copies of each irrep of these tensors (the paper's n)
    latent            the number of scalars of a pair
    num_layers        the number of products with the neighbours: 1 sees angles, and each more one atom more at once
    radial_basis      the number of Bessel functions of the distance
    two_body_neurons  the hidden layers of the perceptron that makes the first scalars, of two species and a distance
    latent_neurons    the hidden layers of those that make further scalars after each product
    num_neighbors     the mean number of neighbours, by which sums over them are divided
    readout           the number of scalars between the last ones of a pair and its energy
    energy_scale      multiplies the energy of every atom, by species; or one for all: a typical force times a length
    energy_shift      added to the energy of every atom, by species; or one number for all

    The energy of an atom is the sum of those of its pairs, each times a parameter of the two species in their order, 1
    at first. A layer makes of the scalars x of a pair (x + alpha u x') / (1 + alpha^2)^(1/2), of unit variance if x and
    x' are, with alpha = 1/2 and the envelope u of the distance. All that is the paper's; it differs that sums over
    neighbours are divided by their mean number, and not by its root. Divided by the root, the loss of a small model on
    ethanol was 13 to 25 times as much in the first 100 steps, and its force errors 2.6 times as much after 600.

    An atom sees what sends to it within the cutoff, and its energy does not depend on anything else: atoms may be
    spread over devices, each with a copy of what is within one cutoff of its own.
    Positions are to be finite and distinct, which is not checked; what becomes of others is said at NequIP.

    Law:    the sum of the energies is invariant under rotations, inversions, translations and permutations of atoms; an
            atom's energy has no derivative in the position of one beyond the cutoff.
    Shape:  forward(call, positions [atoms, 3], species [atoms], senders [edges], receivers [edges], shifts=None)
            -> [atoms] energies as an IrrepsArray [atoms, 0e]. An edge sends from the atom senders[e] to receivers[e],
            or to its image in a periodic cell that is displaced by shifts[e], [edges, 3]. Edges longer than the cutoff
            contribute nothing, so such edges may pad; one from an atom to itself has length 0, and does.
    Units:  those of `cutoff` and `energy_scale`.
    Raises: ValueError if an option makes no sense; LayoutError if the shapes do not fit, or if a species is not below
            num_species or an edge ends at no atom: under jit, where that is not known, the atom of that species has the
            energy NaN, and for such an edge all atoms have.
    Source: Musaelian et al. (2023), Nature Communications 14, 579; arXiv:2204.05249.
    Example:
        >>> model = Allegro(num_species=2, cutoff=4.0, lmax=1, features=4, latent=8, num_layers=1)
        >>> positions, species = jnp.array([[0.0, 0.0, 0.0], [0.0, 0.0, 1.0]]), jnp.array([0, 1])
        >>> edges = jnp.array([0, 1]), jnp.array([1, 0])
        >>> params = jax.jit(model.init)(jax.random.key(0), positions, species, *edges)
        >>> jax.jit(model.apply)(params, positions, species, *edges).shape
        (2, 1)
    """

    num_species: int
    cutoff: float
    lmax: int = 2
    features: int = 32
    latent: int = 64
    num_layers: int = 2
    radial_basis: int = 8
    two_body_neurons: Sequence[int] = (32, 64)
    latent_neurons: Sequence[int] = (64,)
    num_neighbors: float = 8.0
    readout: int = 32
    energy_scale: float | Sequence[float] = 1.0
    energy_shift: float | Sequence[float] = 0.0

    def __post_init__(self) -> None:
        sizes = dict.fromkeys(("num_species", "features", "latent", "num_layers", "radial_basis", "readout"), 1)
        read_options(
            self,
            least={"lmax": 0} | sizes,
            positive=("cutoff", "num_neighbors"),
            neurons=("two_body_neurons", "latent_neurons"),
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
        """The energy of each atom: scalars and tensors of each pair, products with the neighbours, a sum of pairs."""
        given = positions, species, senders, receivers, shifts
        atoms = atom_graph("Allegro", *given, num_species=self.num_species, lmax=self.lmax)
        pairs = _Pairs(atoms.harmonics, cutoff_envelope(atoms.lengths, self.cutoff)[:, None], atoms.graph)
        radial = radial_basis(atoms.lengths, self.radial_basis, self.cutoff)
        species, kinds = atoms.species, one_hot(atoms.species, self.num_species, positions.dtype).array
        x = jnp.concatenate([kinds[receivers], kinds[senders], radial], axis=-1)
        x = pairs.envelope * call("two_body", _perceptron(*self.two_body_neurons, self.latent), x)
        tensors = pairs.weighted(call("tensors", _perceptron(self.features * (self.lmax + 1)), x))
        for n, kept in enumerate(self._kept()):
            x, tensors = call(f"layer_{n}", _Layer(self, kept, n == self.num_layers - 1), x, tensors, pairs)
        energies = call("energy", MultiLayerPerceptron((self.readout, 1), output_activation=False), x)
        scales = call("pair_scale", Param((self.num_species,) * 2, jax.nn.initializers.ones, x.dtype))
        scales = jnp.asarray(scales).at[species[receivers], species[senders], None].get(mode="fill", fill_value=jnp.nan)
        sums = scatter_sum(scales * energies, dst=receivers, output_size=positions.shape[0]) / self.num_neighbors
        energies = scale_and_shift(sums, species, self.num_species, self.energy_scale, self.energy_shift)
        return IrrepsArray("0e", atoms.one * energies)

    def inputs(self) -> tuple[Any, ...]:
        """Two atoms and an edge: the parameters are the same for every graph."""
        return one_edge()

    def _kept(self) -> list[tuple[Irrep, ...]]:
        """The irreps of the tensors after each product: those from which the products that follow can make 0e."""
        harmonics = [ir for _, ir in Irreps.spherical_harmonics(self.lmax)]
        kept: list[tuple[Irrep, ...]] = [(Irrep("0e"),)]
        for _ in range(self.num_layers - 1):
            makes = {ir for after in kept[0] for by in harmonics for ir in after * by if ir.l <= self.lmax}
            kept.insert(0, tuple(sorted(makes)))
        return kept


@dataclasses.dataclass(frozen=True)
class _Pairs:
    """What is known of each pair from the start: harmonics [edges, 0e + 1o + ...], envelope [edges, 1], the graph."""

    harmonics: IrrepsArray
    envelope: Float[Array, "edges 1"]
    graph: Graph

    def weighted(self, weights: Float[Array, "edges weights"]) -> IrrepsArray:
        """The harmonics with weights for each irrep and channel, in this order: [edges, channels, 0e + 1o + ...]."""
        degrees = len(self.harmonics.irreps)
        by_channel = jnp.swapaxes(weights.reshape(weights.shape[0], degrees, -1), 1, 2)
        return self.harmonics[:, None] * IrrepsArray(f"{degrees}x0e", by_channel)

    def around(self, weights: Float[Array, "edges weights"], channels: int) -> IrrepsArray:
        """The sums of these over the pairs of every atom, [atoms, channels, 0e + 1o + ...]."""
        number = self.graph.num_nodes
        return conv(ones(f"{channels}x0e", (number,), weights.dtype), self.harmonics, weights, self.graph).mul_to_axis(
            channels
        )


@dataclasses.dataclass(frozen=True)
class _Layer(Model):
    """One product of the tensors of each pair with the neighbours of its receiver, channel by channel.

    The equations of the paper, 15 to 18: a sum over neighbours with weights from the scalars; the product; the scalars
    that it makes, with those of before, into further scalars; its other irreps, mixed, into the next tensors.
    """

    model: Allegro
    kept: tuple[Irrep, ...]
    is_last: bool

    def forward(
        self, call: Callable[..., Any], x: Float[Array, "edges latent"], tensors: IrrepsArray, pairs: _Pairs
    ) -> tuple[Float[Array, "edges latent"], IrrepsArray]:
        """The scalars of each pair, and its tensors, [edges, channels, irreps], after the product."""
        model = self.model
        weights = call("environment", _perceptron(model.features * (model.lmax + 1)), x)
        around = pairs.around(weights, model.features) / model.num_neighbors
        products = tensor_product(tensors, around[pairs.graph.receivers], filter_ir_out=self.kept)
        scalars = products.filter("0e").array.reshape(x.shape[0], -1)
        new = call("latent", _perceptron(*model.latent_neurons, model.latent), jnp.concatenate([x, scalars], axis=-1))
        x = (x + _ALPHA * pairs.envelope * new) / (1 + _ALPHA**2) ** 0.5
        if not self.is_last:
            mixed = Linear([(model.features, ir) for ir in self.kept])
            tensors = call("mixed", mixed, products.axis_to_mul()).mul_to_axis(model.features)
        return x, tensors


def _perceptron(*neurons: int) -> MultiLayerPerceptron:
    """Without activation after the last layer; of a single one, a matrix."""
    return MultiLayerPerceptron(neurons, jax.nn.silu, output_activation=False)
