"""Graph files of other programs at their real size; counts are those their makers give."""

from pathlib import Path

import pytest

from partnergraph.loaders.load import opened

pytestmark = pytest.mark.real


@pytest.mark.parametrize(
    ("file", "nodes", "ties"),
    [
        ("medialab_gexf/eurosis.gexf", 1_285, 7_524),
        ("medialab_gexf/rio.gexf", 366, 1_107),
        ("medialab_gexf/airlines.graphml", 235, 2_101),
        ("global_health_ios/Network.gexf", 1_027, 2_038),
        ("r_classics/us_local_health_departments.graphml", 1_283, 2_708),
        ("r_classics/southern_women_davis.graphml", 32, 89),
        ("r_classics/florentine_business.graphml", 16, 15),
    ],
)
def test_nothing_is_lost_and_what_is_assumed_is_said(
    shared: Path, file: str, nodes: int, ties: int
) -> None:
    eco, said = opened(shared / file)
    assert (len(eco), len(eco.ties)) == (nodes, ties)
    assert f"{nodes} nodes without a kind of the vocabulary" in "\n".join(said)


def test_fixtures_of_gephi_read_or_are_refused_by_name(shared: Path) -> None:
    """Full support of every dialect is another job; none may end in a traceback or a blank."""
    from partnergraph.graph.errors import UnusableInput

    seen = 0
    for path in sorted((shared / "format_fixtures/gephi").rglob("*")):
        if path.suffix in (".gexf", ".graphml"):
            seen += 1
            try:
                assert len(opened(path)[0]) > 0
            except UnusableInput as error:
                assert path.name in str(error)
    assert seen == 10
