"""Positions for the explorer: each test says where its expectation comes from."""

import os
import subprocess
import sys

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy.sparse import coo_array, csr_array, csr_matrix
from scipy.spatial.distance import pdist, squareform

from partnergraph.views.explorer.layout import layout
from partnergraph.views.explorer.layout.columns import crossings
from partnergraph.views.explorer.layout.quality import neighbourhood_preservation, normalised_stress

RANDOM = nx.gnm_random_graph(60, 110, seed=4)  # some components, some isolates


def matrix(graph, weight=None):
    return nx.to_scipy_sparse_array(graph, weight=weight, format="csr", dtype=float)


def pictured(graph, **options):
    adjacency = matrix(graph)
    return adjacency, layout(adjacency, **options)


def least_gap(positions, radii):
    """Smallest distance between two discs; negative if they overlap."""
    gaps = squareform(pdist(positions)) - radii[:, None] - radii[None, :]
    np.fill_diagonal(gaps, np.inf)
    return gaps.min()


@st.composite
def networks(draw):
    count = draw(st.integers(0, 12))
    node = st.integers(0, max(count - 1, 0))
    tie = st.tuples(node, node, st.floats(1e-6, 1e6))
    ties = draw(st.lists(tie, max_size=24 if count else 0))
    row, col, strength = (np.array(part) for part in zip(*ties, strict=True)) if ties else ((),) * 3
    half = coo_array((np.asarray(strength, float), (row, col)), shape=(count, count)).tocsr()
    return (half + half.T).tocsr()


# --- The same every time -------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"mode": "linlog"}, {"mode": "ego", "ego": 3}])
def test_same_input_and_seed_give_the_same_bits(options):
    # promise of the docstring
    graph = matrix(RANDOM)
    first = layout(graph, seed=5, **options)
    assert first.tobytes() == layout(graph.copy(), seed=5, **options).tobytes()


def test_compiled_layout_does_not_depend_on_the_number_of_threads(monkeypatch):
    # promise of the docstring; 5 000 nodes are more than one block of forces.BLOCK
    graph = matrix(nx.barabasi_albert_graph(5000, 2, seed=1))
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    alone = layout(graph)
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    assert alone.tobytes() == layout(graph).tobytes()


def test_dense_layout_does_not_depend_on_blas_threads_and_compiles_nothing():
    # promise of the docstring: sums run outside BLAS, and numba stays unloaded for small networks
    code = (
        "import sys, hashlib, networkx as nx\n"
        "from partnergraph.views.explorer.layout import layout\n"
        "g = nx.to_scipy_sparse_array(nx.barabasi_albert_graph(600, 2, seed=1), format='csr')\n"
        "print(hashlib.sha256(layout(g).tobytes()).hexdigest(), 'numba' in sys.modules)"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads},
        ).stdout
        for threads in ("1", "2")
    }
    assert len(outputs) == 1
    assert outputs.pop().split()[1] == "False"


def test_kernels_compile_where_nothing_can_be_cached(monkeypatch):
    # numba raises RuntimeError when neither the package's nor the user's folder can be written
    import numba

    from partnergraph.views.explorer.layout import compiled

    def njit(cache=False, **options):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: ("compiled", function, options)

    monkeypatch.setattr(numba, "njit", njit)
    assert compiled.kernel(len)[:2] == ("compiled", len)


def test_seed_changes_the_picture_of_a_symmetric_network():
    # a clique has no preferred orientation, so only the seed decides it
    graph = matrix(nx.complete_graph(9))
    assert (layout(graph, seed=1) != layout(graph, seed=2)).any()


def test_both_sparse_kinds_and_the_diagonal_make_no_difference():
    # the docstring: csr_array or csr_matrix, diagonal ignored
    graph = matrix(nx.karate_club_graph())
    loops = csr_matrix(graph + csr_array(np.eye(34)))
    assert_array_equal(layout(graph), layout(loops))


def test_input_is_not_changed():
    graph = matrix(RANDOM)
    before = graph.copy()
    layout(graph)
    assert (graph != before).nnz == 0
    assert graph.data.tobytes() == before.data.tobytes()


@pytest.mark.parametrize("count", [500, 1500])
def test_order_of_nodes_does_not_change_the_quality(count):
    # a picture of the same network is as good; two runs of a local method differ by a few percent
    graph = matrix(nx.powerlaw_cluster_graph(count, 2, 0.5, seed=3))
    shuffled = np.random.default_rng(0).permutation(count)
    again = graph[shuffled][:, shuffled]
    assert normalised_stress(again, layout(again)) == pytest.approx(
        normalised_stress(graph, layout(graph)), rel=0.07
    )


@given(networks(), st.sampled_from(["force", "linlog"]), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_any_network_gets_finite_rounded_separate_places(graph, mode, seed):
    # the docstring: always finite, multiples of 0.1, radius 0.5 unless given
    count = graph.shape[0]
    x = layout(graph, mode=mode, seed=seed)
    assert x.shape == (count, 2)
    assert np.isfinite(x).all()
    assert_array_equal(x, np.round(x, 1))
    if count > 1:
        assert least_gap(x, np.full(count, 0.5)) >= 0


# --- Degenerate networks -------------------------------------------------------------------------


def test_no_node_one_node_and_one_tie():
    # the docstring for n = 0 and 1, and its spacing: a node's nearest is two units away
    assert layout(csr_array((0, 0))).shape == (0, 2)
    assert_array_equal(layout(csr_array((1, 1))), [[0, 0]])
    assert pdist(layout(matrix(nx.path_graph(2)))) == pytest.approx([2.0])


def test_nodes_without_ties_stand_in_rows():
    # the docstring: a grid; 60 nodes at aspect 1.5 fit 10 × 6 (to the nearest full row)
    x = layout(csr_array((60, 60)))
    columns, rows = len(np.unique(x[:, 0])), len(np.unique(x[:, 1]))
    assert columns * rows >= 60 > columns * (rows - 1)
    assert 1 <= columns / rows <= 2.2


@pytest.mark.parametrize(
    "graph",
    [
        nx.path_graph(5000),
        nx.complete_graph(120),
        nx.star_graph(2000),
        nx.disjoint_union_all([nx.path_graph(1 + k % 4) for k in range(200)]),
        nx.complete_bipartite_graph(3, 700),
    ],
    ids=["path", "clique", "star", "components", "bipartite"],
)
@pytest.mark.parametrize("mode", ["force", "linlog"])
def test_extreme_networks_get_finite_separate_places(graph, mode):
    # the docstring: always finite, discs of 0.5 do not overlap
    x = layout(matrix(graph), mode=mode)
    assert np.isfinite(x).all()
    assert least_gap(x, np.full(len(x), 0.5)) >= 0


def test_huge_range_of_strengths_stays_finite():
    # strengths only count against their median and within ¼ to 4 (the docstring)
    graph = nx.cycle_graph(30)
    for k, (_, _, tie) in enumerate(graph.edges(data=True)):
        tie["weight"] = 10.0 ** (20 * k - 290)  # from 1e-290 to 1e290: no overflow either
    assert np.isfinite(layout(matrix(graph, "weight"))).all()


# --- Known pictures ------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [50, 1000])
def test_a_path_is_drawn_straight(count):
    # the line is the exact picture of a path, with stress 0; 0.1 rounding leaves < 0.001
    assert normalised_stress(*pictured(nx.path_graph(count))) < 0.001


@pytest.mark.parametrize("side", [10, 30])
def test_a_grid_is_drawn_as_a_grid(side):
    # the square grid itself is close to the best picture: what is left is Euclid for Manhattan
    graph, x = pictured(nx.convert_node_labels_to_integers(nx.grid_2d_graph(side, side)))
    square = np.array([[k // side, k % side] for k in range(side * side)], dtype=float)
    assert normalised_stress(graph, x) < 1.1 * normalised_stress(graph, square)
    assert neighbourhood_preservation(graph, x) > 0.95


def test_a_cycle_is_drawn_round():
    # by symmetry the best picture is a circle: all distances from the middle are equal
    _, x = pictured(nx.cycle_graph(40))
    radius = np.hypot(*(x - x.mean(axis=0)).T)
    assert radius.std() / radius.mean() < 0.03


def test_leaves_of_a_star_are_spread_evenly():
    # 30 leaves round one hub: neighbours on the ellipse are 12° of its parameter apart
    _, x = pictured(nx.star_graph(30))
    around = (x[1:] - x[0]) / np.ptp(x, axis=0)
    steps = np.diff(np.sort(np.arctan2(around[:, 1], around[:, 0])))
    assert np.degrees(steps) == pytest.approx(12, abs=1.0)
    assert np.ptp(x[:, 0]) / np.ptp(x[:, 1]) == pytest.approx(1.3, abs=0.05)


def test_ties_between_leaves_of_a_star_join_neighbours():
    # disjoint pairs can all be drawn between neighbours on the ring
    graph = nx.star_graph(30)
    graph.add_edges_from([(1, 17), (5, 22), (9, 30)])
    _, x = pictured(graph)
    angle = np.arctan2(*(x[1:] - x[0]).T)
    rank = np.argsort(np.argsort(angle))
    for a, b in [(1, 17), (5, 22), (9, 30)]:
        assert abs(int(rank[a - 1]) - int(rank[b - 1])) in (1, 29)


def test_two_hubs_with_the_same_partners_are_not_drawn_as_a_star():
    # neither is the middle: the picture's own symmetry puts them at the same distance from it
    _, x = pictured(nx.complete_bipartite_graph(2, 20))
    first, second = np.hypot(*(x[:2] - x[2:].mean(axis=0)).T)
    assert first == pytest.approx(second, rel=0.35, abs=1)


def test_a_stronger_tie_is_drawn_shorter():
    # the docstring: larger draws closer
    graph = nx.path_graph(5)
    nx.set_edge_attributes(graph, dict.fromkeys(graph.edges, 1.0), "weight")
    graph[1][2]["weight"] = 9.0
    x = layout(matrix(graph, "weight"))
    length = np.hypot(*np.diff(x, axis=0).T)
    assert length[1] < min(length[0], length[2], length[3])


@pytest.mark.parametrize("mode", ["force", "linlog"])
def test_communities_are_drawn_together(mode):
    # planted groups with 30 times more ties inside: most of a node's nearest are of its group
    graph = nx.planted_partition_graph(5, 40, 0.3, 0.01, seed=2)
    _, x = pictured(graph, mode=mode)
    nearest = np.argsort(squareform(pdist(x)), axis=1)[:, 1:11]
    same = (nearest // 40 == np.arange(200)[:, None] // 40).mean()
    assert same > (0.85 if mode == "force" else 0.95)


def test_linlog_keeps_neighbourhoods_better_than_force():
    # Noack (2007): LinLog trades distances for clusters
    graph = matrix(nx.planted_partition_graph(12, 20, 0.35, 0.01, seed=2))
    force, linlog = (layout(graph, mode=mode) for mode in ("force", "linlog"))
    assert neighbourhood_preservation(graph, linlog) > neighbourhood_preservation(graph, force)
    assert normalised_stress(graph, linlog) > normalised_stress(graph, force)


def test_stress_is_not_above_that_of_networkx():
    # an independent Fruchterman–Reingold; within 10 % is what the layout is built for
    nx_graph = nx.powerlaw_cluster_graph(150, 2, 0.3, seed=1)
    graph, x = pictured(nx_graph)
    ours = normalised_stress(graph, x)
    spring = nx.spring_layout(nx_graph, seed=1, method="force")
    assert ours <= 1.1 * normalised_stress(graph, np.array(list(spring.values())))


# --- Room and frame ------------------------------------------------------------------------------


@pytest.mark.parametrize("graph", [RANDOM, nx.complete_graph(40), nx.star_graph(50)])
@pytest.mark.parametrize("options", [{}, {"mode": "linlog"}, {"mode": "ego", "ego": 1}])
def test_no_discs_overlap_with_radii(graph, options):
    # the docstring; radii from a point to four units, in one network
    radii = np.random.default_rng(0).choice([0.0, 0.3, 1.0, 4.0], len(graph))
    x = layout(matrix(graph), radii=radii, **options)
    assert least_gap(x, radii) >= 0


def test_no_discs_overlap_with_radii_in_a_large_network():
    # the same through the compiled kernel
    graph = matrix(nx.barabasi_albert_graph(1500, 2, seed=2))
    radii = 0.2 + 0.1 * np.sqrt(np.diff(graph.indptr))
    assert least_gap(layout(graph, radii=radii), radii) >= 0


def test_no_discs_overlap_in_columns():
    # the docstring holds for two columns too
    graph = nx.complete_bipartite_graph(7, 9)
    radii = np.linspace(0.1, 2, 16)
    sides = np.arange(16) >= 7
    assert least_gap(layout(matrix(graph), sides=sides, radii=radii), radii) >= 0


@pytest.mark.parametrize("aspect", [0.5, 1.0, 1.5, 2.5])
def test_components_fill_a_frame_of_the_wanted_shape(aspect):
    # 40 small components and 40 isolates can be packed to any shape: within a quarter, and the
    # components' own frames fill most of it
    parts = [nx.gnm_random_graph(8 + k, 12 + k, seed=k) for k in range(40)]
    graph = nx.disjoint_union_all([*parts, nx.empty_graph(40)])
    _, x = pictured(graph, aspect=aspect)
    width, height = np.ptp(x, axis=0)
    assert width / height == pytest.approx(aspect, rel=0.25)
    frames = [np.ptp(x[sorted(part)], axis=0) + 2 for part in nx.connected_components(graph)]
    assert sum(w * h for w, h in frames) > 0.7 * width * height


def test_frames_of_components_do_not_overlap():
    # the docstring: packed side by side
    graph = nx.disjoint_union_all([nx.gnm_random_graph(9, 14, seed=k) for k in range(30)])
    _, x = pictured(graph)
    boxes = [x[sorted(part)] for part in nx.connected_components(graph)]
    boxes = [(box.min(axis=0), box.max(axis=0)) for box in boxes]
    for k, (low, high) in enumerate(boxes):
        for other_low, other_high in boxes[:k]:
            assert ((low > other_high) | (high < other_low)).any()


def test_the_largest_component_comes_first():
    # the docstring's reading order: the giant starts in the top left corner, isolates end
    graph = nx.disjoint_union_all([nx.empty_graph(30), nx.gnm_random_graph(60, 150, seed=1)])
    _, x = pictured(graph)
    assert x[30:, 0].min() - x[:, 0].min() < 1
    assert x[30:, 1].max() >= x[:30, 1].max() - 1


# --- Rings and columns ---------------------------------------------------------------------------


def test_ego_rings_are_distances():
    # breadth-first distances from networkx; every node further in ties is further out
    graph = nx.karate_club_graph()
    x = layout(matrix(graph), mode="ego", ego=33)
    radius = np.hypot(*(x - x[33]).T)
    hops = nx.single_source_shortest_path_length(graph, 33)
    rings = [[radius[node] for node in graph if hops[node] == k] for k in range(4)]
    for inner, outer in zip(rings, rings[1:], strict=False):
        assert max(inner) < min(outer)


def test_ego_of_a_tree_has_no_crossing():
    # a tree can be drawn radially without crossings
    graph = nx.balanced_tree(3, 3)
    x = layout(matrix(graph), mode="ego", ego=0)
    ties = np.array(graph.edges)
    assert crossing_segments(x, ties) == 0


def crossing_segments(x, ties):
    def side(a, b, c):
        return np.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))

    total = 0
    for k, (a, b) in enumerate(ties):
        for c, d in ties[:k]:
            if len({a, b, c, d}) == 4:
                total += bool(
                    side(x[a], x[b], x[c]) * side(x[a], x[b], x[d]) < 0
                    and side(x[c], x[d], x[a]) * side(x[c], x[d], x[b]) < 0
                )
    return total


def test_sides_become_two_columns():
    # the docstring: side 0 on the left, side 1 on the right
    sides = np.array([0, 1, 1, 0, 1])
    graph = csr_array(([1.0, 1, 1, 1], ([0, 1, 3, 4], [1, 0, 4, 3])), shape=(5, 5))
    x = layout(graph, sides=sides)
    assert len(np.unique(x[sides == 0, 0])) == len(np.unique(x[sides == 1, 0])) == 1
    assert x[0, 0] < x[1, 0]


def test_columns_of_a_shuffled_caterpillar_do_not_cross():
    # a caterpillar (a path with leaves) is the tree that two columns can hold without a crossing
    name = np.random.default_rng(1).permutation(60)
    ties = [(k, k + 1) for k in range(29)] + [(k, k + 30) for k in range(30)]
    row, col = name[np.array(ties)].T
    sides = np.empty(60, dtype=int)
    sides[name] = np.r_[np.arange(30), np.arange(1, 31)] % 2
    half = csr_array((np.ones(len(ties)), (row, col)), shape=(60, 60))
    x = layout(half + half.T, sides=sides)
    left, right = np.where(sides[row] == 0, row, col), np.where(sides[row] == 0, col, row)
    assert crossings(x[left, 1], x[right, 1]) == 0


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=20))
def test_crossings_are_those_of_the_definition(ties):
    # two ties cross when their ends are in opposite order on the two sides
    expected = sum((a - c) * (b - d) < 0 for k, (a, b) in enumerate(ties) for c, d in ties[:k])
    left, right = (np.array([tie[k] for tie in ties], dtype=float) for k in (0, 1))
    assert crossings(left, right) == expected


# --- Pinned nodes --------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"mode": "linlog"}, {"mode": "ego", "ego": 2}])
def test_pinned_nodes_stay_exactly(options):
    # the docstring: exactly where they are, not rounded
    pins = {3: (0.123456, -7.5), 10: (11.1, 1 / 3), 40: (-2.0, 4.0)}
    x = layout(matrix(RANDOM), pinned=pins, **options)
    for node, place in pins.items():
        assert tuple(x[node]) == place
    assert np.isfinite(x).all()


def test_a_new_node_is_placed_beside_its_neighbours():
    # the docstring; the old picture is moved, turned and mirrored to make it harder
    graph = nx.powerlaw_cluster_graph(80, 2, 0.4, seed=6)
    old = layout(matrix(graph))
    old = np.stack([30 - old[:, 1], old[:, 0]], axis=1)
    graph.add_edges_from([(80, 7), (81, 7), (81, 8)])
    x = layout(matrix(graph), pinned=dict(enumerate(map(tuple, old))))
    assert_array_equal(x[:80], old)
    typical = np.median(pdist(old))
    assert np.hypot(*(x[80] - x[7])) < typical / 2
    assert np.hypot(*(x[81] - (x[7] + x[8]) / 2)) < typical / 2
    assert min(np.delete(np.hypot(*(x - x[80]).T), 80)) >= 1


def test_the_old_picture_comes_back_when_half_of_it_is_pinned():
    # same network and seed: the fresh layout differs from the old by a turn and a shift only
    graph = matrix(nx.powerlaw_cluster_graph(80, 2, 0.4, seed=6))
    old = layout(graph)
    moved = np.stack([30 - old[:, 1], old[:, 0]], axis=1)
    x = layout(graph, pinned={k: tuple(moved[k]) for k in range(0, 80, 2)})
    assert np.abs(x - moved).max() < 0.5


def test_components_without_a_pin_go_below():
    # the docstring
    graph = nx.disjoint_union(nx.path_graph(6), nx.cycle_graph(5))
    x = layout(matrix(graph), pinned={0: (100.0, 50.0), 5: (105.0, 50.0)})
    assert x[6:, 1].max() < x[:6, 1].min()
    assert x[6:, 0].mean() == pytest.approx(x[:6, 0].mean(), abs=2)


def test_free_discs_keep_clear_of_pinned_ones():
    # the docstring: no two discs overlap, pinned ones stay; here pins wall the middle in
    graph = nx.star_graph(40)
    angle = np.linspace(0, 2 * np.pi, 39, endpoint=False)
    pins = {k + 2: (5 * np.cos(a), 5 * np.sin(a)) for k, a in enumerate(angle)}
    x = layout(matrix(graph), pinned=pins)
    gaps = squareform(pdist(x))[:2]
    gaps[[0, 1], [0, 1]] = np.inf
    assert gaps.min() >= 1


# --- What is wrong -------------------------------------------------------------------------------

PAIR = matrix(nx.path_graph(2))


@pytest.mark.parametrize(
    ("graph", "message"),
    [
        (csr_array((3, 4)), "not square"),
        (csr_array([[0, -1.0], [-1.0, 0]]), "negative"),
        (csr_array([[0, np.nan], [np.nan, 0]]), "not finite"),
        (csr_array([[0, np.inf], [np.inf, 0]]), "not finite"),
        (csr_array([[0, 1.0], [0, 0]]), "not symmetric"),
    ],
)
def test_bad_strengths_are_refused(graph, message):
    with pytest.raises(ValueError, match=message):
        layout(graph)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mode": "tree"}, "mode"),
        ({"aspect": 0}, "aspect"),
        ({"aspect": np.nan}, "aspect"),
        ({"mode": "ego"}, "ego"),
        ({"mode": "ego", "ego": 2}, "ego"),
        ({"ego": 1}, "ego"),
        ({"radii": np.ones(3)}, "radii"),
        ({"radii": np.array([1, -1])}, "radii"),
        ({"radii": np.array([1, np.nan])}, "radii"),
        ({"sides": np.array([0, 2])}, "sides"),
        ({"sides": np.array([0])}, "sides"),
        ({"sides": np.array([0, 1]), "mode": "ego", "ego": 0}, "sides"),
        ({"pinned": {2: (0, 0)}}, "pinned"),
        ({"pinned": {0: (0, np.inf)}}, "pinned"),
        ({"pinned": {0: (0, 1e200)}}, "pinned"),
        ({"radii": np.array([1, 1e200])}, "radii"),
    ],
)
def test_bad_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        layout(PAIR, **options)


# --- The two measures ----------------------------------------------------------------------------


def test_normalised_stress_against_its_definition():
    # the formula in the docstring, with the scale found by search
    graph = nx.karate_club_graph()
    x = np.random.default_rng(0).normal(size=(34, 2))
    hops = np.array(
        [
            [d for _, d in sorted(row.items())]
            for _, row in sorted(nx.all_pairs_shortest_path_length(graph))
        ],
        dtype=float,
    )
    pairs = ~np.eye(34, dtype=bool)
    ratio = squareform(pdist(x))[pairs] / hops[pairs]
    least = min(((s * ratio - 1) ** 2).mean() for s in np.linspace(0.01, 5, 5000))
    measured = normalised_stress(matrix(graph), x)
    assert measured == pytest.approx(least, rel=1e-4)
    assert normalised_stress(matrix(graph), 7 * x + 3) == pytest.approx(measured)


def test_stress_of_extreme_pictures():
    # all on one spot: every term is 1; no pair: 0 by the docstring
    graph = matrix(nx.path_graph(4))
    assert normalised_stress(graph, np.zeros((4, 2))) == 1
    assert normalised_stress(csr_array((3, 3)), np.zeros((3, 2))) == 0


def test_neighbourhood_preservation_by_hand():
    # path 0-1-2 drawn in order 0, 2, 1 at 0, 1, 3: N(0)={1}, M={2}: 0; N(1)={0,2}=M: 1;
    # N(2)={1}, M={0}: 0; mean 1/3
    graph = matrix(nx.path_graph(3))
    x = np.array([[0.0, 0], [3, 0], [1, 0]])
    assert neighbourhood_preservation(graph, x) == pytest.approx(1 / 3)
    assert neighbourhood_preservation(csr_array((3, 3)), x) == 0
