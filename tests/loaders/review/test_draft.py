"""Review: decisions are kept, survive an edited page, and give the same ecosystem every time."""

from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

import partnergraph as pg
from partnergraph.graph.errors import AlreadyThere, BadParameter, MissingInput, UnusableInput
from partnergraph.loaders.identity.known_names import KnownNames
from partnergraph.loaders.page.extract import Read, read_candidates
from partnergraph.loaders.page.read_document import from_text
from partnergraph.loaders.review.apply_review import apply, apply_review
from partnergraph.loaders.review.deciding import acceptance, decide
from partnergraph.loaders.review.draft import Draft, load_draft, make_draft, save_draft
from partnergraph.loaders.review.page import review_page
from partnergraph.loaders.review.table import export_review, read_review, review_table

PAGE = """# Onze partners

Spaander (zagen) en Lijm & Co: met deze ateliers werken wij sinds 2019 samen.

## Wij zijn lid van

- [Houtverbond](https://houtverbond.example)
"""


def read(text: str = PAGE) -> Read:
    return read_candidates(from_text(text, name="page.md"), publisher="Zaagtand")


def decided(folder: Path, decisions: dict[str, str], **changes: dict[str, str]) -> Path:
    """Export, decide by name (all else accepted), and return the reviewed table."""
    path = folder.parent / "review.csv"
    export_review(load_draft(folder), path)
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table["decision"] = [decisions.get(name, "accept") for name in table["name"]]
    for column, values in changes.items():
        table[column] = [values.get(name, "") for name in table["name"]]
    table.to_csv(path, index=False)
    return path


def test_from_page_to_ecosystem_twice_the_same(tmp_path: Path) -> None:
    draft = tmp_path / "draft"
    save_draft(make_draft([read()]), draft)
    review = decided(draft, {})
    said = apply_review(draft, review, tmp_path / "eco", by="ann", on="2026-01-01")
    first = {p.name: p.read_bytes() for p in (tmp_path / "eco").iterdir()}
    apply_review(draft, review, tmp_path / "eco", by="ann", on="2026-01-01")
    assert first == {p.name: p.read_bytes() for p in (tmp_path / "eco").iterdir()}
    eco = pg.load(tmp_path / "eco")
    assert set(eco.nodes["name"]) == {"Zaagtand", "Spaander", "Lijm & Co", "Houtverbond"}
    assert "zaagtand.member_of.houtverbond" in set(eco.ties["id"])
    assert pg.check(eco).empty
    assert set(eco.evidence["recorded_by"]) == {"ann"}
    assert any("accepted" in s for s in said)


def test_a_refused_node_takes_its_ties_along_and_blank_is_not_in_the_graph(tmp_path: Path) -> None:
    draft = tmp_path / "draft"
    save_draft(make_draft([read()]), draft)
    review = decided(draft, {"Houtverbond": "reject", "Spaander": ""})
    eco, said = apply(decide(load_draft(draft), read_review(review)))
    assert set(eco.nodes["id"]) == {"zaagtand", "lijm-and-co"}
    assert any("Houtverbond" in s and "not accepted" in s for s in said)


def test_an_edited_name_keeps_the_old_form_as_an_alias(tmp_path: Path) -> None:
    draft = tmp_path / "draft"
    save_draft(make_draft([read()]), draft)
    review = decided(draft, {"Spaander": "edit"}, new_name={"Spaander": "De Spaander vzw"})
    eco, _ = apply(decide(load_draft(draft), read_review(review)))
    assert eco.resolve("Spaander") == eco.resolve("De Spaander vzw")
    assert any("de-spaander" in tie for tie in eco.ties["id"])


def test_an_edited_page_keeps_every_decision_and_asks_only_what_is_new(tmp_path: Path) -> None:
    draft = tmp_path / "draft"
    save_draft(make_draft([read()]), draft)
    apply_review(draft, decided(draft, {"Houtverbond": "reject"}), tmp_path / "eco")
    before = load_draft(draft).table.set_index("id")
    assert (before["decision"] != "").all()
    text = PAGE.replace("# Onze partners", "# Met wie wij werken\n\nEen nieuwe alinea vooraf.")
    text += "- [Draaiclub](https://draaiclub.example)\n"
    after = save_draft(make_draft([read(text)]), draft).table.set_index("id")
    assert (after.loc[before.index, "decision"] == before["decision"]).all()
    asked = after[after["decision"] == ""]
    assert set(asked["state"]) == {"new"}
    assert set(asked["name"]) | set(asked["object"]) == {"Draaiclub", ""}
    gone = save_draft(make_draft([read("# Leeg\n\nNiemand meer.")]), draft).table
    assert set(gone["state"]) == {"gone"}
    assert len(review_table(load_draft(draft))) == 0


def test_cells_that_look_like_formulas_stay_text(tmp_path: Path) -> None:
    text = '<h1>Partners</h1><img alt="=HYPERLINK Works" src="x"><li>Acme @SUM Works</li>'
    draft = make_draft([read_candidates(from_text(text, name="p.html"), publisher="=Us+1 Works")])
    path = tmp_path / "review.xlsx"
    export_review(draft, path)
    sheet = load_workbook(path).worksheets[0]
    cells = [c for row in sheet.iter_rows() for c in row if isinstance(c.value, str)]
    assert any(c.value.startswith("=") for c in cells)
    assert {c.data_type for c in cells} == {"s"}
    again = tmp_path / "again.xlsx"
    export_review(draft, again)
    assert path.read_bytes() == again.read_bytes()
    assert list(read_review(path)["id"]) == list(review_table(draft)["id"])


def test_a_row_that_a_person_adds(tmp_path: Path) -> None:
    draft = make_draft([read()])
    table = review_table(draft).assign(decision="accept")
    added = pd.DataFrame(
        [
            {"type": "node", "kind": "project", "subtype": "study", "name": "Hout leeft"},
            {
                "type": "tie",
                "kind": "participates_in",
                "subject": "Spaander",
                "object": "Hout leeft",
            },
        ]
    ).assign(id="", decision="accept")
    both = pd.concat([table, added], ignore_index=True).fillna("")
    eco, _ = apply(decide(draft, both))
    assert "spaander.participates_in.hout-leeft" in set(eco.ties["id"])
    with pytest.raises(UnusableInput, match="needs type"):
        decide(draft, pd.DataFrame([{"id": "", "decision": "accept", "name": "x"}]))


def test_known_names_are_shown_beside_and_taken_over(smart: pg.Ecosystem) -> None:
    page = read_candidates(
        from_text("- Coopcity asbl\n- Oxalis Noord", name="p.md"), publisher="Us"
    )
    draft = make_draft([page], known=KnownNames.of(smart))
    row = draft.table[draft.table["name"] == "Coopcity asbl"].iloc[0]
    assert (row["match"], row["same_as"]) == ("coopcity", "coopcity")
    eco, _ = apply(decide(draft, review_table(draft).assign(decision="accept")))
    assert "coopcity" in set(eco.nodes["id"])


def test_the_page_to_decide_by_keyboard_escapes_what_it_shows() -> None:
    hostile = Draft("<script>", (), make_draft([read()]).table.assign(name="</script><b>"))
    page = review_page(hostile)
    assert "</script><b>" not in page
    assert page.count("<script") == 1
    assert "http://" not in page
    assert "https://" not in page.replace("https://houtverbond.example", "")


def test_acceptance_is_counted_by_rule() -> None:
    draft = make_draft([read()])
    rates = acceptance(decide(draft, review_table(draft).assign(decision="reject")))
    assert rates["rejected"].sum() == len(draft.table)
    assert set(rates["rate"]) == {0.0}


def test_what_cannot_be_used_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingInput):
        load_draft(tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(AlreadyThere):
        save_draft(make_draft([read()]), tmp_path)
    with pytest.raises(BadParameter):
        export_review(make_draft([read()]), tmp_path / "review.pdf")
    path = tmp_path / "review.csv"
    path.write_text("id,decision\nabc,perhaps\n")
    with pytest.raises(UnusableInput, match="not a valid decision"):
        read_review(path)
    path.write_text("id,name\nabc,x\n")
    with pytest.raises(UnusableInput, match="column decision"):
        read_review(path)


COLLIDING = "# Our partners\n\n- Zorg18197789 vzw\n- Alpha vzw\n- Zorg32564457 vzw\n"


def test_names_whose_ids_began_alike_are_both_kept(tmp_path: Path) -> None:
    """The first twelve digits, which were the whole id, are equal for the two."""
    found = make_draft([read(COLLIDING)]).table
    nodes = found[found["type"] == "node"].set_index("name")["id"]
    first, second = nodes["Zorg18197789 vzw"], nodes["Zorg32564457 vzw"]
    assert first != second
    assert first[:12] == second[:12]
    old = found[found["name"] != "Zorg18197789 vzw"].assign(decision="accept")
    save_draft(Draft("Zaagtand", (), old.assign(id=old["id"].str[:12])), tmp_path / "draft")
    after = save_draft(make_draft([read(COLLIDING)]), tmp_path / "draft").table
    decided = after[after["type"] == "node"].set_index("name")["decision"]
    assert decided["Zorg32564457 vzw"] == "accept"
    assert decided["Zorg18197789 vzw"] == ""


def test_decisions_under_the_shorter_ids_of_earlier_versions_are_kept(tmp_path: Path) -> None:
    now = make_draft([read()])
    short = now.table["id"].str[:12]
    old = Draft(now.publisher, now.documents, now.table.assign(id=short, decision="reject"))
    save_draft(old, tmp_path / "draft")
    after = save_draft(now, tmp_path / "draft").table
    assert list(after["id"]) == list(now.table["id"])
    assert set(after["decision"]) == {"reject"}
    assert set(after["state"]) == {"known"}
    review = review_table(now).assign(decision="accept")
    decided_now = decide(now, review.assign(id=review["id"].str[:12]))
    assert set(decided_now.table["decision"]) == {"accept"}
    assert not decided_now.said


def test_a_first_draft_is_whole_or_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []

    def full(path: Path, data: bytes) -> None:
        written.append(path)
        if len(written) == 2:
            raise UnusableInput(path, "the disk is full", "Make room")
        path.write_bytes(data)

    monkeypatch.setattr("partnergraph.loaders.review.draft.write_durably", full)
    with pytest.raises(UnusableInput, match="full"):
        save_draft(make_draft([read()]), tmp_path / "draft")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "about",
    [
        "[]",
        "null",
        "{",
        "[" * 100_000,
        "\x00",
        '{"publisher": "Us"}',
        '{"publisher": "Us", "documents": {}}',
        '{"publisher": "Us", "documents": [null]}',
        '{"publisher": "Us", "documents": [{"name": 3}]}',
        '{"publisher": "Us", "documents": [{"name": "p", "language": []}]}',
        '{"publisher": ["Us"], "documents": []}',
        '{"publisher": " ", "documents": []}',
        '{"publisher": "\\ud800", "documents": []}',
    ],
)
def test_descriptors_of_any_shape(tmp_path: Path, about: str) -> None:
    save_draft(make_draft([read()]), tmp_path / "draft")
    (tmp_path / "draft" / "draft.json").write_text(about)
    with pytest.raises(UnusableInput) as raised:
        load_draft(tmp_path / "draft")
    assert len(str(raised.value)) < 400


@pytest.mark.parametrize(
    ("column", "value"),
    [("type", "nod"), ("start", "x"), ("end", "9" * 5000), ("confidence", "nan"), ("id", "")],
)
def test_tables_of_drafts_with_wrong_cells(tmp_path: Path, column: str, value: str) -> None:
    save_draft(make_draft([read()]), tmp_path / "draft")
    path = tmp_path / "draft" / "candidates.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False).assign(**{column: value})
    table.to_csv(path, index=False)
    with pytest.raises(UnusableInput, match=f"column {column}") as raised:
        load_draft(tmp_path / "draft")
    assert len(str(raised.value)) < 400


def test_a_decision_of_any_length_is_refused_in_a_line(tmp_path: Path) -> None:
    path = tmp_path / "review.csv"
    path.write_text(f"id,decision\nabc,{'x' * 100_000}\n")
    with pytest.raises(UnusableInput, match="not a valid decision") as raised:
        read_review(path)
    assert len(str(raised.value)) < 400


def test_a_name_that_was_left_out_is_offered_and_becomes_a_partner_if_taken(tmp_path: Path) -> None:
    """It needs no decision, comes last, and is not among what was found."""
    text = PAGE + "\nOp zondag dronken wij koffie met Wilg.\n"
    draft = tmp_path / "draft"
    made = save_draft(make_draft([read(text)]), draft)
    table = review_table(made)
    assert table["name"].iloc[-1] == "Wilg"
    assert table["state"].iloc[-1] == "offered"
    assert "Wilg" not in {c["name"] for c in made.as_dict()["candidates"]}
    waiting = export_review(made, tmp_path / "out.csv")
    assert waiting == len(table) - 1
    without, _ = apply(decide(made, table.assign(decision="").assign(decision="")))
    assert "Wilg" not in set(without.nodes["name"])
    eco, _ = apply(decide(made, table.assign(decision="accept")))
    tie = eco.ties[eco.ties["target"].eq("zaagtand") & eco.ties["source"].eq("wilg")].iloc[0]
    assert (tie["kind"], tie["status"], tie["confidence"]) == ("partner_of", "inferred", 0.3)
    again = save_draft(make_draft([read(text)]), draft)
    assert set(again.table.loc[again.table["name"] == "Wilg", "state"]) == {"offered"}


def test_an_accepted_period_never_vanishes(tmp_path: Path) -> None:
    """Of two ties that it could date, neither is chosen: the row is undecided again, and asks."""
    draft = tmp_path / "draft"
    save_draft(make_draft([read()]), draft)
    period = {"id": "", "decision": "accept", "type": "period", "subject": "Spaander"}
    tie = {"id": "", "decision": "accept", "type": "tie", "kind": "partner_of"}
    other = tie | {"subject": "Spaander", "object": "Houtverbond"}
    third = tie | {"subject": "Spaander", "object": "Lijm & Co"}
    rows = pd.read_csv(decided(draft, {}), dtype=str, keep_default_na=False).assign(period="")

    def applied(*added: dict[str, str]) -> tuple[pg.Ecosystem, list[str]]:
        table = pd.concat([rows, pd.DataFrame(added)]).fillna("")
        table.to_csv(tmp_path / "review.csv", index=False)
        said = apply_review(draft, tmp_path / "review.csv", tmp_path / "eco", existing="replace")
        return pg.load(tmp_path / "eco"), said

    # The tie with the publisher has the period of its sentence; the two others have none.
    asked = period | {"period": "2020/.."}
    _, said = applied(other, third, asked)
    assert any("undecided again" in s for s in said)
    left = load_draft(draft).table
    assert left.loc[left["note"] != "", ["type", "decision"]].to_numpy().tolist() == [
        ["period", ""]
    ]
    eco, said = applied(other, third, asked | {"object": "Lijm & Co"})
    assert not any("undecided again" in s for s in said)
    dated = eco.ties[eco.ties["start"] == "2020"]
    assert set(dated["source"]) | set(dated["target"]) == {"spaander", "lijm-and-co"}


def test_what_a_reviewer_sees_has_no_markup() -> None:
    text = "# Partners\n\nWij zijn lid van [**Houtverbond**](https://hout.example) sinds 2019.\n"
    table = make_draft([read(text)]).table
    assert all("](" not in c and "**" not in c for c in table["context"])
    assert any("⟦Wij zijn lid van Houtverbond sinds 2019.⟧" in c for c in table["context"])
