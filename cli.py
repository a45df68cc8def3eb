"""The command line: one thin command a verb. Data go to stdout, words to stderr.

Exit codes: 0 fine, 1 findings or differences, 2 a question that cannot be asked, 3 an input that
cannot be used.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import Field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from partnergraph import __version__
from partnergraph.graph.network_options import Filters, NetworkOptions, choices_of, declared

if TYPE_CHECKING:
    from partnergraph.graph.ecosystem import Ecosystem
    from partnergraph.views.answers.question import Question
    from partnergraph.views.terminal import Answer

Command = TypeVar("Command", bound=Callable[..., Any])


class Verbs(click.Group):
    """Turns errors that were raised on purpose into one message and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; never a traceback for what the user can mend."""
        try:
            return super().invoke(ctx)
        except (OSError, ValueError, LookupError, ImportError, MemoryError) as error:
            from partnergraph.graph import errors

            if isinstance(error, BrokenPipeError):
                raise
            usage: tuple[type[Exception], ...] = (errors.UnknownName, errors.AmbiguousName)
            usage += (errors.BadParameter, errors.AlreadyThere)
            if not isinstance(error, errors.PartnergraphError | OSError | MemoryError):
                raise
            words = str(error)
            if isinstance(error, errors.Unsupported):
                words = error.in_words(self._spelt(ctx))
            click.echo(f"partnergraph {ctx.invoked_subcommand}: {words}", err=True)
            ctx.exit(2 if isinstance(error, usage) else 3)

    def _spelt(self, ctx: click.Context) -> dict[str, str]:
        """Return how the verb's options are spelt, by their names."""
        options = self.commands[str(ctx.invoked_subcommand)].params
        return {str(option.name): option.opts[0] for option in options}


def _split(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Take `--among a --among b` and `--among a,b` alike."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def _options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def _many(name: str, words: str) -> Callable[[Command], Command]:
    return click.option(name, multiple=True, callback=_split, metavar="NAME", help=words)


def _keep_mapping(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    """Keep a mapping for whoever opens the verb's ecosystem."""
    ctx.meta["mapping"] = Path(value) if value else None


eco_argument = _options(
    click.argument("eco", metavar="ECO"),
    click.option(
        "--mapping",
        metavar="FILE",
        expose_value=False,
        callback=_keep_mapping,
        help="Where ECO is a table: what its columns mean (docs/tables.md).",
    ),
)


def _by_ending(ctx: click.Context, _: click.Parameter, value: str | None) -> str:
    """Return the format asked for, else that of the output's ending."""
    from partnergraph.graph.errors import AlreadyThere
    from partnergraph.views.terminal import format_of

    output = str(ctx.params.get("output", "-"))
    if Path(output).suffix and Path(output).is_dir():
        raise AlreadyThere(f"{output} is a folder that already exists. Choose another name")
    return value or format_of(ctx.params.get("output", "-"))


output_options = _options(
    click.option(
        "--format",
        type=click.Choice(["table", "csv", "json"]),
        callback=_by_ending,
        help="How to write the answer.  [default: table, or what -o ends in]",
    ),
    click.option(
        "-o",
        "--output",
        default="-",
        is_eager=True,
        help="File to write to: .csv, .json, .xlsx, .parquet, else a table. - is standard output.",
    ),
)


def _declared(option: Field[Any], choices: tuple[str, ...]) -> Callable[[Command], Command]:
    """Return an option of the command line as its definition declares it."""
    name, words = f"--{option.name}", option.metadata["help"]
    if choices:
        kind = click.Choice(choices)
        return click.option(name, type=kind, default=option.default, show_default=True, help=words)
    if option.default is False:
        return click.option(name, is_flag=True, help=words)
    if option.name == "at":
        return click.option(name, metavar="DATE", help=words)
    default = ", ".join(option.default or ())  # type: ignore[arg-type]
    return _many(name, f"{words} [default: {default}]" if default else words)


filter_options = _options(
    *(_declared(option, choices_of(Filters, option.name)) for option in fields(Filters)),
    click.option("--dated-only", is_flag=True, help="The same as --undated drop."),
)
network_options = _options(
    *(
        _declared(option, choices_of(NetworkOptions, option.name))
        for option in fields(NetworkOptions)
        if option.name != "filters"
    ),
    filter_options,
)
portfolio_options = _options(
    _many("--rows", "Node kinds of the partners. [default: organisation, network]"),
    _many("--columns", "Node kinds of what they hold. [default: capability]"),
    _many("--via", "Tie kinds that say who holds what. [default: offers, active_in]"),
    click.option("--rca", is_flag=True, help="Held: more of its own total than of everybody's."),
    filter_options,
)


# Options that say what a question is asked of.
SCOPE = ("rows", "columns", *(option.name for option in declared()))


def _scope(chosen: dict[str, Any], *more: str) -> dict[str, Any]:
    """Return what the question is asked of, where chosen, taking it out of all options."""
    if chosen.pop("dated_only"):
        chosen["undated"] = "drop"
    scope = {name: chosen.pop(name) for name in (*SCOPE, *more) if name in chosen}
    return {name: value for name, value in scope.items() if value not in (None, (), False)}


engine_option = click.option(
    "--engine",
    "place",
    type=click.Choice(["auto", "native", "spark"]),
    default="auto",
    show_default=True,
    help="spark: for what does not fit one machine; -o FOLDER.parquet then writes every row.",
)
top_option = click.option(
    "--top", type=click.IntRange(min=1), help="Show only the first so many. [spark: 20]"
)


def _judge(eco: str, decisions: list[tuple[str, str, str]], chosen: dict[str, Any]) -> list[str]:
    """Record judgements where there are any, and return what happened."""
    from partnergraph.loaders.identity.judgements import judge_into

    table = chosen.pop("table")
    if not decisions and not table:
        return []
    return judge_into(Path(eco), decisions, table=Path(table) if table else None, **chosen)


def _earlier(source: str | None) -> Any:
    """Return an earlier partition: from an answer as JSON, or the ecosystem to find it in."""
    if source is None or not source.casefold().endswith(".json"):
        return None if source is None else _open(source)
    from partnergraph.views.answers.clusters import read_partition

    return read_partition(Path(source))


def _open(source: str, engine: str = "auto") -> Any:
    """Open an ecosystem where an engine reads it, and print what the reader reports."""
    from partnergraph.loaders.load import opened_for
    from partnergraph.views.terminal import say

    context = click.get_current_context(silent=True)
    mapping = context.meta.get("mapping") if context else None
    eco, said = opened_for(engine, source, mapping=mapping)
    for words in said:
        say(words)
    return eco


def _answer(
    answer: Callable[[Ecosystem, Question], Answer],
    eco: str,
    chosen: dict[str, Any],
    scope: dict[str, Any],
    format: str,
    output: str,
) -> None:
    """Ask a verb of an ecosystem, within a scope, and write what it answers."""
    from partnergraph.views.answers.question import Question
    from partnergraph.views.terminal import write

    top, engine = chosen.pop("top", None), chosen.pop("place", chosen.get("engine", "auto"))
    source = _open(eco, engine)
    write(answer(source, Question(eco, chosen, scope, top, format)), format, output)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, package_name="partnergraph")
def cli() -> None:
    """Partners, networks, shared projects and capabilities as a graph, every fact with a receipt.

    ECO is an ecosystem's folder, any file a loader reads (see `partnergraph loaders`), or the
    address of a Neo4j database, such as bolt://localhost:7687#smart.
    """


@cli.command()
@click.option("-o", "--output", default="smart-demo", show_default=True, help="Folder to write.")
def demo(output: str) -> None:
    """Build Smart's ecosystem, its explorer and its report, and print the first findings."""
    from partnergraph.views.demo import demo as run

    for line in run(Path(output)):
        click.echo(line)


@cli.command()
@click.option("-o", "--output", required=True, help="Workbook to write, such as my.xlsx.")
def new(output: str) -> None:
    """Write a workbook to fill in: sheets, headers, drop-downs and two example rows."""
    from partnergraph.graph.errors import AlreadyThere
    from partnergraph.graph.formats.xlsx import template

    if Path(output).exists():
        raise AlreadyThere(f"{output} is there already. Choose another name")
    template(Path(output))
    click.echo(f"{output} is ready; then: partnergraph build {output} -o my-ecosystem", err=True)


@cli.command()
@click.argument("sources", metavar="SOURCE…", nargs=-1, required=True)
@click.option("-o", "--output", help="Folder of the ecosystem; of --suggest the mapping.")
@click.option("--as", "reader", help="Loader to use; see `partnergraph loaders`.")
@click.option("--mapping", metavar="FILE", help="What the columns of tables mean (docs/tables.md).")
@click.option("--suggest", is_flag=True, help="Draft a mapping for the tables, and build nothing.")
@click.option("--rejected", metavar="FILE", help="Where to list what was not taken as it stood.")
@click.option("--retrieved", metavar="DATE", help="When the sources were fetched.")
@click.option("--merge", "existing", flag_value="merge", help="Add to an ecosystem that is there.")
@click.option("--replace", "existing", flag_value="replace", help="Replace what is there.")
@click.option("--parquet", is_flag=True, help="Write Parquet instead of CSV.")
@click.option("--strict", is_flag=True, help="Fail where a row would be set aside.")
@click.option(
    "--same-names",
    type=click.Choice(["merge", "ask"]),
    default="merge",
    show_default=True,
    help="What to do with nodes of different sources whose names are equal once normalised.",
)
def build(sources: tuple[str, ...], output: str | None, suggest: bool, **options: Any) -> None:
    """Read sources into one ecosystem; say what was kept, set aside, merged, and why.

    What was not taken as it stood is listed, cell by cell, in rejected.csv in the folder.
    """
    from partnergraph.loaders.build import build_into, suggest_into
    from partnergraph.views.terminal import say

    if output is None and not suggest:
        raise click.UsageError("Missing option '-o' / '--output'.")
    if suggest:
        said = suggest_into(list(sources), output)
    else:
        said = build_into(list(sources), Path(str(output)), **options)
    for words in said:
        say(words)


@cli.command()
@click.argument("pages", metavar="PAGE…", nargs=-1, required=True)
@click.option("--publisher", required=True, metavar="NAME", help="Whose pages they are.")
@click.option("--lang", type=click.Choice(["auto", "nl", "fr", "en"]), default="auto")
@click.option("--registry", metavar="ECO", help="Ecosystem whose names and aliases are known.")
@click.option("-o", "--output", metavar="DRAFT", help="Folder of the draft; decisions in it stay.")
@click.option("--format", type=click.Choice(["table", "json"]), default="table", show_default=True)
def read(pages: tuple[str, ...], registry: str | None, output: str | None, **chosen: str) -> None:
    """Read partner pages into candidates, each with its quote; nothing is decided yet."""
    from partnergraph.loaders.review.draft import read_pages, save_draft
    from partnergraph.loaders.review.table import review_table
    from partnergraph.views.terminal import Answer, say, write

    options = {"publisher": chosen["publisher"], "language": chosen["lang"]}
    draft = read_pages(pages, registry=_open(registry) if registry else None, **options)
    draft = save_draft(draft, Path(output)) if output else draft
    for words in draft.said:
        say(words)
    if chosen["format"] == "json":
        click.echo(draft.as_json())
    elif not output:
        write(Answer("read", {**options}, review_table(draft)))


@cli.group()
def review() -> None:
    """Decide about the candidates of a draft: export, html, apply."""


@review.command(name="export")
@click.argument("draft", metavar="DRAFT")
@click.option("-o", "--output", required=True, help="Table to decide in: .xlsx or .csv.")
def review_export(draft: str, output: str) -> None:
    """Write the table to decide in; what was decided before is filled in."""
    from partnergraph.loaders.review.draft import load_draft
    from partnergraph.loaders.review.table import export_review
    from partnergraph.views.terminal import say

    waiting = export_review(load_draft(Path(draft)), Path(output))
    say(f"{output} is ready: {waiting} rows await a decision")


@review.command(name="html")
@click.argument("draft", metavar="DRAFT")
@click.option("-o", "--output", default="review.html", show_default=True, help="Page to write.")
@click.option("--lang", type=click.Choice(["nl", "fr", "en"]), default="en", show_default=True)
def review_html(draft: str, output: str, lang: Literal["nl", "fr", "en"]) -> None:
    """Write one offline page to decide by keyboard; it downloads the decisions."""
    from partnergraph.graph.files import write_atomically
    from partnergraph.loaders.review.draft import load_draft
    from partnergraph.loaders.review.page import review_page
    from partnergraph.views.terminal import say

    page = review_page(load_draft(Path(draft)), language=lang)
    write_atomically(Path(output), page.encode())
    say(f"{output} is ready")


@review.command(name="apply")
@click.argument("draft", metavar="DRAFT")
@click.argument("table", metavar="REVIEW")
@click.option("-o", "--output", required=True, metavar="ECO", help="Folder of the ecosystem.")
@click.option("--merge", "existing", flag_value="merge", help="Add to an ecosystem that is there.")
@click.option("--replace", "existing", flag_value="replace", help="Replace what is there.")
@click.option("--by", help="Who decided.")
@click.option("--on", metavar="DATE", help="When; dates never come from the clock.")
def review_apply(draft: str, table: str, output: str, **options: Any) -> None:
    """Make an ecosystem of what was accepted, and keep the decisions in the draft."""
    from partnergraph.loaders.review.apply_review import apply_review
    from partnergraph.views.terminal import say

    for words in apply_review(Path(draft), Path(table), Path(output), **options):
        say(words)


@cli.command()
@eco_argument
@click.option("--same", nargs=2, multiple=True, metavar="A B", help="Judge two nodes to be one.")
@click.option("--different", nargs=2, multiple=True, metavar="A B", help="… to be two.")
@click.option("--unsure", nargs=2, multiple=True, metavar="A B", help="… to be undecided.")
@click.option("--apply", "table", metavar="TABLE", help="A CSV of this list, judgements filled in.")
@click.option("--by", metavar="NAME", help="Who judges.")
@click.option("--on", metavar="DATE", help="When; dates never come from the clock.")
@click.option("--reason", help="Why.")
@output_options
@click.pass_context
def identities(ctx: click.Context, /, eco: str, format: str, output: str, **chosen: Any) -> None:
    """List nodes that are or may be one, with the reason; or judge them.

    Judgements are kept in the ecosystem and honoured by every later build. Exit code 1: some
    pairs await a decision.
    """
    from partnergraph.loaders.identity.identities import identities as run
    from partnergraph.views.terminal import Answer, say, write

    words = ("same", "different", "unsure")
    decisions = [(a, b, word) for word in words for a, b in chosen.pop(word)]
    for line in _judge(eco, decisions, chosen):
        say(line)
    found = run(_open(eco))
    write(Answer("identities", {"eco": eco}, found), format, output)
    ctx.exit(1 if len(found) and found["verdict"].eq("review").any() else 0)


@cli.command()
@click.argument("draft", metavar="DRAFT")
@click.argument("gold", metavar="GOLD.json")
@output_options
def evaluate(draft: str, gold: str, format: str, output: str) -> None:
    """Compare a draft with what a careful reader found: precision, recall, F."""
    from partnergraph.loaders.review.draft import load_draft
    from partnergraph.loaders.review.evaluate import evaluate as run
    from partnergraph.loaders.review.evaluate import read_gold
    from partnergraph.views.terminal import Answer, write

    found = run(load_draft(Path(draft)).as_dict()["candidates"], read_gold(Path(gold)))
    write(Answer("evaluate", {"draft": draft, "gold": gold}, found), format, output)


@cli.command()
@eco_argument
@click.option("--strict", is_flag=True, help="Count warnings as errors.")
@output_options
@click.pass_context
def check(ctx: click.Context, eco: str, strict: bool, format: str, output: str) -> None:
    """List everything that is wrong, each with its place, cause and remedy."""
    from partnergraph.loaders.load import check as run
    from partnergraph.views.terminal import Answer, write

    found = run(eco, mapping=ctx.meta["mapping"])
    if strict:
        found = found.assign(severity="error")
    counts = found["severity"].value_counts().to_dict()
    words = ", ".join(f"{count} {name}s" for name, count in counts.items()) or "nothing is wrong"
    write(
        Answer("check", {"eco": eco}, found, more={"counts": counts}, notes=[words]), format, output
    )
    ctx.exit(1 if len(found) else 0)


@cli.command()
@eco_argument
@output_options
def summary(eco: str, format: str, output: str) -> None:
    """Count what there is: by kind, attribute, period and source."""
    from partnergraph.analysis.overview import kinds
    from partnergraph.analysis.overview import summary as run
    from partnergraph.views.terminal import Answer, write

    ecosystem = _open(eco)
    more = {"about": ecosystem.about.as_dict(), **kinds(ecosystem)}
    write(Answer("summary", {"eco": eco}, run(ecosystem), more=more), format, output)


@cli.command()
@eco_argument
@click.argument("node", metavar="ID")
@output_options
def show(eco: str, node: str, format: str, output: str) -> None:
    """Show one node: its facts, ties and receipts. ID is an id, or a name that is unique."""
    from partnergraph.analysis.overview import show as run
    from partnergraph.views.terminal import Answer, write

    shown = run(_open(eco), node)
    more = {"node": shown.node, "aliases": shown.aliases, "evidence": shown.evidence}
    others = {"Receipts": shown.evidence}
    notes = [f"{key}: {value}" for key, value in shown.node.items()]
    answer = Answer("show", {"eco": eco, "id": shown.node["id"]}, shown.ties, more=more)
    write(answer if format != "table" else answer.with_tables(others, notes), format, output)


seed_option = click.option("--seed", type=int, default=0, show_default=True, help="For chance.")


@cli.command()
@eco_argument
@_many("--measure", "Measure to compute; see `partnergraph measures`.")
@click.option(
    "--two-mode", metavar="ROWS:COLUMNS", help="Node kinds of an affiliation, both ranked."
)
@network_options
@click.option("--weighted", is_flag=True, help="Let strengths count; distance is 1/strength.")
@click.option("--engine", default="auto", show_default=True, help="auto, networkx, native, spark.")
@click.option("--approximate", is_flag=True, help="Estimate betweenness; says how sure it is.")
@click.option(
    "--doubt",
    is_flag=False,
    flag_value="missing",
    type=click.Choice(["missing", "respondents", "dominance"]),
    help="How sure each rank is: missing ties (default), missing respondents, or dominance.",
)
@click.option("--rate", type=float, default=0.1, show_default=True, help="Share missing.")
@click.option(
    "--draws",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    help="How often to leave some out.",
)
@seed_option
@click.option("--top", type=click.IntRange(min=1), help="Show only the first so many.")
@output_options
def centrality(eco: str, format: str, output: str, **chosen: Any) -> None:
    """Rank who holds the ecosystem together; where one wrote the data, also without it."""
    from partnergraph.views.answers.centrality import answer

    chosen["measures"] = chosen.pop("measure") or None
    _answer(answer, eco, chosen, _scope(chosen), format, output)


@cli.command()
@eco_argument
@network_options
@click.option("--nulls", type=int, help="Random networks. [default: as many as q needs, or 199]")
@seed_option
@click.option("--top", type=click.IntRange(min=1), help="Show only the first so many ties.")
@output_options
def structure(eco: str, format: str, output: str, **chosen: Any) -> None:
    """Show how tight the whole is, and whether ties close to triangles or squares beyond chance."""
    from partnergraph.views.answers.structure import answer

    _answer(answer, eco, chosen, _scope(chosen), format, output)


@cli.command()
@eco_argument
@click.option("--by", metavar="ATTR", help="What groups the nodes: sphere, level, kind, cluster …")
@network_options
@click.option("--weighted", is_flag=True, help="Let strengths count in constraint.")
@click.option("--permutations", type=int, default=999, show_default=True, help="Random groupings.")
@seed_option
@click.option("--top", type=click.IntRange(min=1), help="Show only the first so many.")
@output_options
def brokers(eco: str, format: str, output: str, **chosen: Any) -> None:
    """Show who stands between groups, who cuts the network when leaving, and which ties do."""
    from partnergraph.views.answers.brokers import answer

    _answer(answer, eco, chosen, _scope(chosen), format, output)


@cli.command()
@eco_argument
@_many("--leave", "Who leaves, by id or name: actors, funders, projects.")
@click.option("--until", metavar="DATE", help="Let everything end that ends before: 2027, 2027-06.")
@click.option("--key-players", type=click.IntRange(min=1), metavar="K", help="The K that hold it.")
@click.option("--minimum", type=int, default=2, show_default=True, help="Members a project needs.")
@click.option("--by", type=click.Choice(["cluster", "place"]), help="Forecast what ends for each.")
@network_options
@engine_option
@top_option
@output_options
def fragility(eco: str, format: str, output: str, **chosen: Any) -> None:
    """Show what breaks when somebody leaves, projects end, or the key players go."""
    from partnergraph.views.answers.fragility import answer

    _answer(answer, eco, chosen, _scope(chosen), format, output)


@cli.command()
@eco_argument
@network_options
@click.option(
    "--method",
    type=click.Choice(["leiden", "louvain", "labels", "cpm", "bipartite"]),
    default="leiden",
    show_default=True,
    help="leiden, louvain and labels by modularity; cpm; bipartite divides members and projects.",
)
@click.option("--resolution", type=float, help="Larger: more and smaller clusters. [default: 1]")
@click.option("--starts", type=int, help="Runs of the optimiser. [default: 20, or 5]")
@click.option("--nulls", type=int, help="Random networks to compare with. [default: 199, or 99]")
@click.option("--like", metavar="FILE|ECO", help="Keep the numbers of an earlier answer as JSON.")
@seed_option
@engine_option
@top_option
@output_options
def clusters(eco: str, format: str, output: str, **chosen: Any) -> None:
    """Divide the network into clusters, and say whether there are any: none, weak or clear."""
    from partnergraph.views.answers.clusters import answer

    chosen["earlier"] = _earlier(chosen["like"])
    _answer(answer, eco, chosen, _scope(chosen), format, output)


@cli.command()
@eco_argument
@click.argument("a", metavar="[A", required=False)
@click.argument("b", metavar="[B]]", required=False)
@click.option(
    "--relatedness",
    type=click.Choice(["teece", "association", "cosine", "jaccard", "probability", "proximity"]),
    default="teece",
    show_default=True,
    help="How related two fields are.",
)
@click.option("--threshold", type=float, help="Related or not: what relatedness must reach.")
@click.option(
    "--by",
    type=click.Choice(["mutual_gain", "added_density", "synergy"]),
    default="mutual_gain",
    show_default=True,
    help="What ranks the pairs.",
)
@click.option(
    "--pairs",
    type=click.Choice(["all", "potential", "realised"]),
    default="all",
    show_default=True,
    help="Only those without a tie or project together, or with one.",
)
@click.option("--top", type=click.IntRange(min=1), help="At most so many pairs. [default: 1000]")
@click.option(
    "--samples",
    type=click.IntRange(min=2),
    default=2000,
    show_default=True,
    help="Random coalitions, where a project requires more than 12 things.",
)
@click.option("--wide", is_flag=True, help="Further columns: cosine, shares, structural …")
@seed_option
@portfolio_options
@engine_option
@output_options
def complementarity(eco: str, format: str, output: str, **chosen: Any) -> None:
    """Show who complements whom: in what they hold, in related fields, in tasks, by structure.

    ECO [A [B]]: the best pairs of all; all pairs of partner A; or A and B, in words.
    """
    from partnergraph.views.answers.complementarity import answer

    _answer(answer, eco, chosen, _scope(chosen, "rca"), format, output)


@cli.command()
@eco_argument
@click.option(
    "--most",
    type=click.IntRange(min=1),
    metavar="K",
    help="Also the most that up to K partners cover. [default: as the minimum cover, 10]",
)
@click.option(
    "--capacity",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="How many needs one partner can meet.",
)
@click.option(
    "--seconds",
    type=float,
    default=20,
    show_default=True,
    help="How long each kind of exact search may take; what stays open is said.",
)
@click.option(
    "--nulls",
    type=click.IntRange(min=0),
    default=199,
    show_default=True,
    help="Random matrices for the nestedness.",
)
@seed_option
@portfolio_options
@engine_option
@top_option
@output_options
def coverage(eco: str, format: str, output: str, **chosen: Any) -> None:
    """Show what the ecosystem holds and lacks, who cannot be missed, and what members get."""
    from partnergraph.views.answers.coverage import answer

    _answer(answer, eco, chosen, _scope(chosen, "rca"), format, output)


@cli.command()
@click.argument("eco1", metavar="ECO1")
@click.argument("eco2", metavar="ECO2")
@output_options
@click.pass_context
def diff(ctx: click.Context, eco1: str, eco2: str, format: str, output: str) -> None:
    """Compare two ecosystems by id, table by table. Exit code 0: equal, 1: different."""
    from partnergraph.graph.diff import diff as run
    from partnergraph.views.terminal import Answer, write

    found = run(_open(eco1), _open(eco2))
    more = {"equal": not found, **found.as_dict()}
    notes = [] if found else ["the two are equal"]
    parameters = {"eco1": eco1, "eco2": eco2}
    write(Answer("diff", parameters, found.as_frame(), more=more, notes=notes), format, output)
    ctx.exit(1 if found else 0)


@cli.command()
@eco_argument
@click.argument("node", metavar="ID")
@network_options
@click.option("--by", metavar="NAME", help="Predictor. [default: what finds hidden ties best]")
@click.option("--top", type=int, default=10, show_default=True, help="How many to recommend.")
@_many("--country", "Only actors in these countries: BE, FR.")
@click.option("--max-new", type=int, help="How many new partners there is room for.")
@click.option("-k", type=int, help="Places that count in the test. [default: 10, or 3]")
@seed_option
@output_options
def recommend(eco: str, node: str, format: str, output: str, **chosen: Any) -> None:
    """Recommend new partners of ID, with how far to trust it and what would change."""
    from partnergraph.views.answers.recommend import answer

    network = _scope(chosen) | {"top": chosen.pop("top")}
    _answer(answer, eco, {"who": node, **chosen}, network, format, output)


server_options = _options(
    click.option("--uri", metavar="URI", help="bolt://HOST:7687#NAME. [default: $NEO4J_URI]"),
    click.option("--insecure", is_flag=True, help="Allow plaintext to another machine."),
)


@cli.group()
def neo4j() -> None:
    """Push to, pull from and look into a Neo4j database.

    NEO4J_USERNAME, NEO4J_PASSWORD and NEO4J_DATABASE say who asks and where; or a keyring does.
    """


@contextmanager
def _bar(words: str) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar on standard error while the block runs."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(words, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@neo4j.command()
@eco_argument
@server_options
@click.option("--replace", is_flag=True, help="Remove what the ecosystem no longer has.")
@click.option("--dry-run", is_flag=True, help="Print counts and Cypher, write nothing.")
@click.option("--emit", metavar="DIR", help="Write files for neo4j-admin import instead.")
def push(eco: str, uri: str | None, insecure: bool, emit: str | None, **options: bool) -> None:
    """Write an ecosystem into the database; a second push writes nothing."""
    from partnergraph.graph.neo4j import admin_import as neo4j_import
    from partnergraph.graph.neo4j import store as neo4j_store
    from partnergraph.views.terminal import say

    ecosystem = _open(eco)
    if emit:
        click.echo(neo4j_import.command(neo4j_import.emit(ecosystem, emit)))
        return
    with neo4j_store.Neo4jStore(uri, insecure=insecure) as store, _bar("pushing") as progress:
        pushed = store.push(ecosystem, progress=progress, **options)
    for words in pushed.in_words():
        say(words)


@neo4j.command()
@server_options
@click.option("-o", "--output", required=True, help="Folder of the ecosystem.")
@_many("--among", "Node kinds to read, with the ties between them.")
@click.option("--at", metavar="DATE", help="What may have been there then: 2018, 2018-10.")
@click.option("--around", metavar="ID", help="Only what is near this node.")
@click.option("--steps", type=click.IntRange(min=0), default=1, show_default=True, help="How near.")
@click.option("--mapping", metavar="FILE", help="How to read what others wrote, as YAML.")
@click.option("--replace", is_flag=True, help="Replace an ecosystem that is in the folder.")
def pull(uri: str | None, output: str, **options: Any) -> None:
    """Read an ecosystem from the database into a folder."""
    from partnergraph.loaders.neo4j_source import pull_into
    from partnergraph.views.terminal import say

    for words in pull_into(uri, Path(output), **options):
        say(words)


@neo4j.command()
@server_options
@click.option("--against", metavar="ECO", help="Ecosystem to compare with.")
@output_options
def status(uri: str | None, insecure: bool, against: str | None, format: str, output: str) -> None:
    """Say what the database holds, and how it differs from an ecosystem."""
    from partnergraph.graph.neo4j.store import Neo4jStore
    from partnergraph.views.terminal import Answer, write

    other = _open(against) if against else None
    with Neo4jStore(uri, insecure=insecure) as store:
        found = store.status(against=other)
    answer = Answer("neo4j status", {"against": against}, found.as_frame(), more=found.as_dict())
    write(answer.with_tables({}, found.in_words()), format, output)


@cli.command()
@eco_argument
@click.option("-o", "--output", required=True, help="HTML file to write.")
@click.option("--lang", type=click.Choice(["nl", "fr", "en"]), default="en", show_default=True)
@click.option(
    "--renderer", type=click.Choice(["auto", "canvas", "vis"]), default="auto", show_default=True
)
@click.option("--like", help="Earlier page, or its saved JSON: nodes in both stay in place.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the layout.")
def explore(eco: str, output: str, **options: Any) -> None:
    """Write the explorer: one HTML file, offline, that anybody can open."""
    from partnergraph.views.explorer.page import explore as run

    page = run(_open(eco), **options)
    page.save(output)
    for line in (page.advice, f"{output} is ready"):
        click.echo(line, err=True, nl=bool(line))


@cli.command()
@eco_argument
@click.option("-o", "--output", required=True, help="File to write: .html or .md.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the clusters.")
def report(eco: str, output: str, seed: int) -> None:
    """Write the report for a board, as HTML with figures or as Markdown."""
    from partnergraph.views.report.page import report as run

    run(_open(eco), seed=seed).save(output)
    click.echo(f"{output} is ready", err=True)


@cli.command()
@eco_argument
@click.option("-o", "--output", required=True, help="File; its ending says the format.")
@click.option("--as", "format", help="Format, where the ending does not say it.")
@click.option("--loss", "report", metavar="FILE", help="JSON file for what the format loses.")
def export(eco: str, output: str, format: str | None, report: str | None) -> None:
    """Write the ecosystem in another format, and say what that format cannot hold."""
    from partnergraph.views.export import export as run
    from partnergraph.views.terminal import say

    for words in run(_open(eco), output, format=format, report=report):
        say(words)
    say(f"{output} is ready")


@cli.command()
@click.argument("sources", metavar="IN…", nargs=-1, required=True)
@click.argument("output", metavar="OUT")
@click.option("--from", "reader", help="Loader to use; see `partnergraph loaders`.")
@click.option("--as", "format", help="Format to write, where the ending of OUT does not say it.")
@click.option("--loss", "report", metavar="FILE", help="JSON file for what the format loses.")
@click.option("--strict", is_flag=True, help="Fail where a row would be set aside.")
def convert(sources: tuple[str, ...], output: str, **options: Any) -> None:
    """Read any sources and write them in another format: build and export in one."""
    from partnergraph.loaders.build import build as read
    from partnergraph.views.export import export as run
    from partnergraph.views.terminal import say

    built = read(list(sources), reader=options.pop("reader"), strict=options.pop("strict"))
    for words in [*built.account(), *run(built.ecosystem, output, **options)]:
        say(words)
    say(f"{output} is ready")


@cli.command()
@output_options
def measures(format: str, output: str) -> None:
    """List the measures: what each answers, its formula, semantics, engines and reference."""
    from partnergraph.analysis.measures import measures as run
    from partnergraph.views.terminal import Answer, write

    write(Answer("measures", {}, run()), format, output)


@cli.command()
@output_options
def loaders(format: str, output: str) -> None:
    """List the loaders: what each reads."""
    from partnergraph.loaders.load import readers
    from partnergraph.views.terminal import Answer, write

    write(Answer("loaders", {}, readers()), format, output)


@cli.command()
@output_options
def formats(format: str, output: str) -> None:
    """List the formats: what can be written, and what each holds."""
    from partnergraph.views.export import formats as run
    from partnergraph.views.terminal import Answer, write

    write(Answer("formats", {}, run()), format, output)


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    cli()
