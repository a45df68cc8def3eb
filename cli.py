"""The command line: one thin command per verb. Data go to stdout, messages to stderr.

Exit codes: 0 success, 1 findings or differences, 2 a question that cannot be asked, 3 an input that
cannot be used, 70 an error of partnergraph itself, 130 an interrupt.
"""

from __future__ import annotations

import io
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import Field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from partnergraph import __version__
from partnergraph.analysis.capabilities.portfolio_options import PortfolioOptions
from partnergraph.graph.network_options import (
    Filters,
    NetworkOptions,
    Options,
    choices_of,
    declared,
)

if TYPE_CHECKING:
    from partnergraph.graph.ecosystem import Ecosystem
    from partnergraph.views.answers.question import Question
    from partnergraph.views.terminal import Answer

Command = TypeVar("Command", bound=Callable[..., Any])


class Verbs(click.Group):
    """Turn whatever goes wrong into one message and an exit code, see docs/decisions."""

    def main(self, *args: Any, standalone_mode: bool = True, **options: Any) -> Any:
        """Run the command line; with `standalone_mode`, end the process with its exit code."""
        run: Any = super().main
        if not standalone_mode:
            return run(*args, standalone_mode=False, **options)
        try:
            code = run(*args, standalone_mode=False, **options)
        except click.ClickException as error:
            code = self._say_usage(error)
        except (click.Abort, KeyboardInterrupt):
            code = 130
        sys.exit(code if isinstance(code, int) else 0)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; only with --debug does an error end in a traceback."""
        given = list(ctx.args)
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except (click.ClickException, click.exceptions.Exit, click.Abort, SystemExit):
            raise
        except BrokenPipeError:
            raise
        except BaseException as error:  # a panic of a reader in Rust is not an Exception
            from partnergraph.views.terminal import failure, say

            verb = str(ctx.invoked_subcommand)
            code, words = failure(error, given, self._spelt(verb))
            if ctx.params.get("debug"):
                traceback.print_exception(error)
            say(f"partnergraph {verb}: {words}")
            ctx.exit(code)

    def _say_usage(self, error: click.ClickException) -> int:
        """Print what is wrong with the words of a command line, without control characters."""
        from partnergraph.views.terminal import say

        words = io.StringIO()
        error.show(words)
        helps = getattr(click.exceptions, "NoArgsIsHelpError", ())
        if isinstance(error, helps):
            click.echo(words.getvalue(), err=True, nl=False)
        else:
            say(words.getvalue().rstrip("\n"))
        return error.exit_code

    def _spelt(self, verb: str) -> dict[str, str]:
        """Return how the verb's options are spelt, by their names."""
        options = self.commands[verb].params if verb in self.commands else []
        return {str(option.name): option.opts[0] for option in options}


def _split(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Accept `--among a --among b` and `--among a,b` alike."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def _options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def _many(name: str, words: str) -> Callable[[Command], Command]:
    return click.option(name, multiple=True, callback=_split, metavar="NAME", help=words)


def _choice(
    name: str, values: str, words: str | None = None, *, default: str | None = None
) -> Callable[[Command], Command]:
    kind = click.Choice(values.split())
    return click.option(name, type=kind, default=default, show_default=bool(default), help=words)


class _Real(click.FloatRange):
    """A finite number, which a FloatRange alone does not ask for."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        found = super().convert(value, param, ctx)
        return found if found - found == 0 else self.fail(f"{value!r} is not a number", param, ctx)


class _Place(click.types.StringParamType):
    """A file or folder to write; a blank one would be the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return value if str(value).strip() else self.fail("give it a name", param, ctx)


class _File(_Place):
    """A file to write, in a place where it can be: looked at before anything is computed."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from partnergraph.graph.files import must_be_writable

        must_be_writable(super().convert(value, param, ctx))
        return value


class _ReportFile(_File):
    """A file that the report can be written to."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from partnergraph.views.report.page import form_of

        return str(form_of(super().convert(value, param, ctx)))


def _number(
    name: str, default: float | None, words: str, *, least: float = 1, most: float = 1_000_000
) -> Callable[[Command], Command]:
    """Return an option for a number in a range, whole where the range is."""
    whole = isinstance(least, int)
    kind: Any = click.IntRange(int(least), int(most)) if whole else _Real(least, most)
    shown = default is not None
    return click.option(name, type=kind, default=default, show_default=shown, help=words)


def _keep_mapping(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    """Keep the mapping for when the ecosystem is opened."""
    ctx.meta["mapping"] = Path(value) if value else None


eco_argument = _options(
    click.argument("eco", metavar="ECO"),
    click.option(
        "--mapping",
        metavar="FILE",
        expose_value=False,
        callback=_keep_mapping,
        help="What the columns mean, if ECO is a table (docs/tables.md).",
    ),
)


def _by_ending(ctx: click.Context, _: click.Parameter, value: str | None) -> str:
    """Return the format that was asked for, or the one that the output file ends in."""
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
        help="Format of the answer.  [default: table, or the ending of -o]",
    ),
    click.option(
        "-o",
        "--output",
        type=_Place(),
        default="-",
        is_eager=True,
        help="File to write: .csv, .json, .xlsx, .parquet or a table; - is standard output.",
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


_DATED_ONLY = "Same as --undated drop."
filter_options = _options(
    *(_declared(option, choices_of(Filters, option.name)) for option in fields(Filters)),
    click.option("--dated-only", is_flag=True, help=_DATED_ONLY),
)


def _network_without_day() -> Callable[[Command], Command]:
    """Return the options of a network that is made at two moments."""
    every = [option for option in declared(NetworkOptions) if option.name not in ("at", "directed")]
    found = (_declared(option, choices_of(_home(option), option.name)) for option in every)
    return _options(*found, click.option("--dated-only", is_flag=True, help=_DATED_ONLY))


def _home(option: Field[Any]) -> type[Options]:
    return Filters if option in fields(Filters) else NetworkOptions


def _scope_options(options: type[Options]) -> Callable[[Command], Command]:
    """Return the command-line options of a network or of portfolios, filters last."""
    own = [option for option in fields(options) if option.name != "filters"]
    declared_ones = (_declared(option, choices_of(options, option.name)) for option in own)
    return _options(*declared_ones, filter_options)


day_option = _declared(next(f for f in fields(Filters) if f.name == "at"), ())
network_options = _scope_options(NetworkOptions)
portfolio_options = _scope_options(PortfolioOptions)

# Options that say what a question is asked of.
_EVERY = [*declared(NetworkOptions), *declared(PortfolioOptions)]
SCOPE = tuple(dict.fromkeys(["rows", "columns", *(option.name for option in _EVERY)]))


def _scope(chosen: dict[str, Any]) -> dict[str, Any]:
    """Return what the question is asked of, where chosen, taking it out of all options."""
    if chosen.pop("dated_only"):
        chosen["undated"] = "drop"
    scope = {name: chosen.pop(name) for name in SCOPE if name in chosen}
    return {name: value for name, value in scope.items() if value not in (None, (), False)}


engine_option = click.option(
    "--engine",
    "place",
    type=click.Choice(["auto", "native", "spark"]),
    default="auto",
    show_default=True,
    help="spark: for data larger than one machine; -o FOLDER.parquet then writes every row.",
)
top_option = click.option(
    "--top", type=click.IntRange(min=1), help="Number of rows to show. [spark: 20]"
)


def _judge(eco: str, decisions: list[tuple[str, str, str]], chosen: dict[str, Any]) -> list[str]:
    """Record judgements where there are any, and return what happened."""
    from partnergraph.loaders.identity.judgements import judge_into

    table = chosen.pop("table")
    if not decisions and not table and not chosen["alike"]:
        return []
    return judge_into(Path(eco), decisions, table=Path(table) if table else None, **chosen)


def _earlier(source: str | None) -> Any:
    """Return an earlier partition from a JSON answer, or the ecosystem to compute it from."""
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
    from partnergraph.views.answers.question import Question, on_a_day
    from partnergraph.views.terminal import write

    top, engine = chosen.pop("top", None), chosen.pop("place", chosen.get("engine", "auto"))
    source = _open(eco, engine)
    scope, day = on_a_day(source, scope)
    found = answer(source, Question(eco, chosen, scope, top, format))
    write(found.dated(day.as_dict(), day.in_words()), format, output)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, package_name="partnergraph")
@click.option("--debug", is_flag=True, expose_value=True, help="Show the traceback of an error.")
def cli(debug: bool) -> None:
    """Turn partners, networks, shared projects and capabilities into a graph with receipts.

    ECO is the folder of an ecosystem, any file that a loader reads (see `partnergraph loaders`), or
    the address of a Neo4j database, such as bolt://localhost:7687#smart.
    """


@cli.command()
@click.option(
    "-o",
    "--output",
    type=_Place(),
    default="smart-demo",
    show_default=True,
    help="Folder to write.",
)
@click.option("--at", metavar="DATE", help="Another day than that of the data: 2018, 2018-10.")
def demo(output: str, at: str | None) -> None:
    """Build Smart's ecosystem, its explorer and its report, and print the first findings."""
    from partnergraph.views.demo import demo as run
    from partnergraph.views.terminal import clean

    for line in run(Path(output), at=at):
        click.echo(clean(line))


@cli.command()
@click.option(
    "-o", "--output", type=_Place(), required=True, help="Workbook to write, such as my.xlsx."
)
def new(output: str) -> None:
    """Write a workbook to fill in: sheets, headers, drop-down lists and two example rows."""
    from partnergraph.graph.errors import AlreadyThere
    from partnergraph.graph.formats.xlsx import template
    from partnergraph.views.terminal import say

    if Path(output).exists():
        raise AlreadyThere(f"{output} already exists. Choose another name")
    template(Path(output))
    say(f"{output} is ready; then: partnergraph build {output} -o my-ecosystem")


def _ask_about(sources: list[str], output: str, *, yes: bool, reading: str | None) -> Path:
    """Draft a mapping, ask about its columns unless `yes`, and return where it is kept."""
    from partnergraph.loaders.build import keep_mapping
    from partnergraph.loaders.tables.conversation import agreed
    from partnergraph.views.terminal import say

    def ask(words: str, default: str, keys: list[str]) -> str:
        kind: Any = click.Choice(keys) if keys else str
        shown = bool(default)
        return str(click.prompt(words, default, type=kind, show_default=shown, show_choices=False))

    paths = [Path(source) for source in sources]
    draft = agreed(paths, say=say, ask=None if yes else ask, reading=reading)
    return keep_mapping(draft, Path(output))


def _preview(sources: list[str], page: str, mapping: str | None, reading: str | None) -> list[str]:
    """Show what the first rows of tables become; write a page of it if one is asked for."""
    from partnergraph.graph.files import write_atomically
    from partnergraph.loaders.tables.preview import preview
    from partnergraph.views.terminal import clean

    given = Path(mapping) if mapping else None
    found = preview([Path(s) for s in sources], mapping=given, reading=reading)
    if page == "-":
        click.echo("\n".join(map(clean, found.lines())))
        return []
    write_atomically(Path(page), found.page().encode())
    return [f"{page} is ready; nothing else has been written"]


def _built(
    given: list[str],
    output: str | None,
    *,
    suggest: bool,
    preview: str | None,
    ask: bool,
    yes: bool,
    **options: Any,
) -> list[str]:
    """Draft, preview or build, asking before if that is wanted, and return what happened."""
    from partnergraph.loaders.build import build_into, suggest_into

    reading = options["reader"]
    if suggest:
        return suggest_into(given, output, reading=reading)
    if preview is not None:
        return _preview(given, preview, options["mapping"], reading)
    if output is None:
        raise click.UsageError("Missing option '-o' / '--output'.")
    if (ask or yes) and options["mapping"] is None:
        options["mapping"] = _ask_about(given, output, yes=yes, reading=reading)
    return build_into(given, Path(output), **options)


def _page_or_source(ctx: click.Context, _: click.Parameter, value: str | None) -> str | None:
    """Return the page to write: a name that does not end in .html is a source after all."""
    if value is None or value == "-" or value.casefold().endswith((".html", ".htm")):
        return value
    ctx.meta["source"] = value
    return "-"


@cli.command()
@click.argument("sources", metavar="SOURCE…", nargs=-1)
@click.option(
    "-o",
    "--output",
    type=_Place(),
    help="Folder of the ecosystem; with --suggest, the file of the mapping.",
)
@click.option(
    "--as",
    "reader",
    help="Loader to use, see `partnergraph loaders`; for a table: headed, unheaded, adjacency.",
)
@click.option("--mapping", metavar="FILE", help="What the columns of tables mean (docs/tables.md).")
@click.option("--suggest", is_flag=True, help="Draft a mapping for the tables and build nothing.")
@click.option(
    "--preview",
    is_flag=False,
    flag_value="-",
    metavar="[PAGE.html]",
    callback=_page_or_source,
    help="Show ten rows as facts in sentences, or write them to a page; build nothing.",
)
@click.option("--ask", is_flag=True, help="Ask about columns in doubt; the mapping is kept.")
@click.option("--yes", is_flag=True, help="Take the drafted mapping unasked; it is kept.")
@click.option(
    "--rejected",
    type=_Place(),
    metavar="FILE",
    help="File for the cells that could not be used as they are.",
)
@click.option("--retrieved", metavar="DATE", help="Date on which the sources were retrieved.")
@click.option("--as-of", metavar="DATE", help="The day that the data describe, if it is another.")
@click.option("--merge", "existing", flag_value="merge", help="Add to the existing ecosystem.")
@click.option("--replace", "existing", flag_value="replace", help="Replace the existing ecosystem.")
@click.option("--parquet", is_flag=True, help="Write Parquet instead of CSV.")
@click.option("--strict", is_flag=True, help="Fail if a row would be set aside.")
@_choice(
    "--same-names",
    "merge ask",
    "How to treat nodes of different sources whose names are equal after normalisation.",
    default="merge",
)
def build(sources: tuple[str, ...], output: str | None, **options: Any) -> None:
    """Read sources into one ecosystem, and report what was kept, set aside or merged, and why.

    Cells that could not be used as they are go to rejected.csv in the folder.
    """
    from partnergraph.views.terminal import say

    named = click.get_current_context().meta.get("source")
    given = [*([named] if named else []), *sources]
    if not given:
        raise click.UsageError("Missing argument 'SOURCE…'.")
    for words in _built(given, output, **options):
        say(words)


@cli.command()
@click.argument("pages", metavar="PAGE…", nargs=-1, required=True)
@click.option(
    "--publisher", metavar="NAME", help="Whose pages these are; guessed from the page by default."
)
@click.option(
    "--no-publisher",
    "publisher",
    flag_value="",
    help="The pages belong to nobody named on them, like a directory.",
)
@_choice("--lang", "auto nl fr en", default="auto")
@click.option("--registry", metavar="ECO", help="Ecosystem with known names and aliases.")
@click.option(
    "-o",
    "--output",
    type=_Place(),
    metavar="DRAFT",
    help="Folder of the draft; decisions in it are kept.",
)
@_choice("--format", "table json", default="table")
def read(pages: tuple[str, ...], registry: str | None, output: str | None, **chosen: str) -> None:
    """Read partner pages into candidates, each with its quote, for a person to decide on."""
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
    """Decide on the candidates of a draft: export, html, apply."""


@review.command(name="export")
@click.argument("draft", metavar="DRAFT")
@click.option(
    "-o", "--output", type=_Place(), required=True, help="Table for the decisions: .xlsx or .csv."
)
def review_export(draft: str, output: str) -> None:
    """Write a table for the decisions, with earlier ones filled in."""
    from partnergraph.loaders.review.draft import load_draft
    from partnergraph.loaders.review.table import export_review
    from partnergraph.views.terminal import say

    waiting = export_review(load_draft(Path(draft)), Path(output))
    say(f"{output} is ready: {waiting} rows await a decision")


@review.command(name="html")
@click.argument("draft", metavar="DRAFT")
@click.option(
    "-o", "--output", type=_Place(), default="review.html", show_default=True, help="Page to write."
)
@_choice("--lang", "nl fr en", default="en")
def review_html(draft: str, output: str, lang: Literal["nl", "fr", "en"]) -> None:
    """Write an offline page for deciding by keyboard; it downloads the decisions."""
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
@click.option(
    "-o", "--output", type=_Place(), required=True, metavar="ECO", help="Folder of the ecosystem."
)
@click.option("--merge", "existing", flag_value="merge", help="Add to the existing ecosystem.")
@click.option("--replace", "existing", flag_value="replace", help="Replace the existing ecosystem.")
@click.option("--by", help="Name of the person who decided.")
@click.option("--on", metavar="DATE", help="Date of the decisions; never read from the clock.")
def review_apply(draft: str, table: str, output: str, **options: Any) -> None:
    """Make an ecosystem from what was accepted, and keep the decisions in the draft."""
    from partnergraph.loaders.review.apply_review import apply_review
    from partnergraph.views.terminal import say

    for words in apply_review(Path(draft), Path(table), Path(output), **options):
        say(words)


@cli.command()
@eco_argument
@click.option(
    "--same", nargs=2, multiple=True, metavar="A B", help="Judge two nodes to be the same."
)
@click.option(
    "--different", nargs=2, multiple=True, metavar="A B", help="Judge two nodes to be different."
)
@click.option("--unsure", nargs=2, multiple=True, metavar="A B", help="Leave two nodes undecided.")
@click.option(
    "--apply", "table", metavar="TABLE", help="CSV of this list, with judgements filled in."
)
@click.option(
    "--all-same",
    "alike",
    metavar="REASON",
    help="Judge all pairs listed for this reason to be the same.",
)
@click.option("--by", metavar="NAME", help="Name of the person who judges.")
@click.option("--on", metavar="DATE", help="Date of the decisions; never read from the clock.")
@click.option("--reason", help="Reason for the judgement.")
@output_options
@click.pass_context
def identities(ctx: click.Context, /, eco: str, format: str, output: str, **chosen: Any) -> None:
    """List nodes that are or may be the same, with the reason; or judge them.

    Judgements are kept in the ecosystem and respected by every later build. Exit code 1: some
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
    """Compare a draft with a gold standard: precision, recall, F."""
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
    """List every finding, with its place, cause and remedy."""
    from partnergraph.loaders.load import check as run
    from partnergraph.views.terminal import Answer, write
    from partnergraph.views.words import noun

    found = run(eco, mapping=ctx.meta["mapping"])
    if strict:
        found = found.assign(severity="error")
    counts = found["severity"].value_counts().to_dict()
    words = (
        ", ".join(f"{n} {noun(n, str(name))}" for name, n in counts.items()) or "nothing is wrong"
    )
    answer = Answer("check", {"eco": eco}, found, more={"counts": counts}, notes=[words])
    write(answer, format, output)
    ctx.exit(1 if len(found) else 0)


@cli.command()
@eco_argument
@day_option
@output_options
def summary(eco: str, at: str | None, format: str, output: str) -> None:
    """Count nodes and ties by kind, attribute, period and source, and which are there at DATE."""
    from partnergraph.analysis.overview import kinds
    from partnergraph.analysis.overview import summary as run
    from partnergraph.views.answers.question import on_a_day
    from partnergraph.views.terminal import Answer, write

    ecosystem = _open(eco)
    scope, day = on_a_day(ecosystem, {"at": at})
    more = {"about": ecosystem.about.as_dict(), **kinds(ecosystem)}
    answer = Answer("summary", {"eco": eco, **scope}, run(ecosystem, **scope), more=more)
    write(answer.dated(day.as_dict(), day.in_words()), format, output)


@cli.command()
@eco_argument
@click.argument("node", metavar="ID")
@output_options
def show(eco: str, node: str, format: str, output: str) -> None:
    """Show one node with its facts, ties and receipts. ID is an id or a unique name."""
    from partnergraph.analysis.overview import show as run
    from partnergraph.views.terminal import Answer, write

    shown = run(_open(eco), node)
    more = {"node": shown.node, "aliases": shown.aliases, "evidence": shown.evidence}
    others = {"Receipts": shown.evidence}
    notes = [f"{key}: {value}" for key, value in shown.node.items()]
    answer = Answer("show", {"eco": eco, "id": shown.node["id"]}, shown.ties, more=more)
    write(answer if format != "table" else answer.with_tables(others, notes), format, output)


seed_option = _number("--seed", 0, "Random seed.", least=0, most=2**32 - 1)


@cli.command()
@eco_argument
@_many("--measure", "Measure to compute; see `partnergraph measures`.")
@click.option("--two-mode", metavar="ROWS:COLUMNS", help="Rank both node kinds of an affiliation.")
@network_options
@click.option("--weighted", is_flag=True, help="Use tie strengths; distance is 1/strength.")
@click.option(
    "--engine", default="auto", show_default=True, help="auto, networkx, native or spark."
)
@click.option("--approximate", is_flag=True, help="Estimate betweenness, and state the error.")
@click.option(
    "--doubt",
    is_flag=False,
    flag_value="missing",
    type=click.Choice(["missing", "unrecorded", "respondents", "dominance"]),
    help="Certainty of ranks: if a share of the recorded ties were missing (default), as that "
    "share is unrecorded, under missing respondents, or by dominance.",
)
@_number("--rate", 0.1, "Share of missing ties or respondents.", least=0.0, most=1)
@_number("--draws", 100, "Number of random draws.")
@seed_option
@click.option("--top", type=click.IntRange(min=1), help="Number of rows to show.")
@output_options
def centrality(eco: str, format: str, output: str, **chosen: Any) -> None:
    """Rank who holds the ecosystem together, also without the author of ego-centred data."""
    from partnergraph.views.answers.centrality import answer

    chosen["measures"] = chosen.pop("measure") or None
    _answer(answer, eco, chosen, _scope(chosen), format, output)


@cli.command()
@eco_argument
@network_options
@_number(
    "--nulls", None, "Number of random networks. [default: as many as q needs, or 199]", least=0
)
@seed_option
@click.option("--top", type=click.IntRange(min=1), help="Number of ties to show.")
@output_options
def structure(eco: str, format: str, output: str, **chosen: Any) -> None:
    """Show how tightly knit the network is, and whether triangles or squares exceed chance."""
    from partnergraph.views.answers.structure import answer

    _answer(answer, eco, chosen, _scope(chosen), format, output)


@cli.command()
@eco_argument
@click.option(
    "--by", metavar="ATTR", help="Attribute that groups the nodes: sphere, level, kind, cluster …"
)
@network_options
@click.option("--weighted", is_flag=True, help="Use tie strengths in constraint.")
@_number("--permutations", 999, "Number of random groupings.")
@seed_option
@click.option("--top", type=click.IntRange(min=1), help="Number of rows to show.")
@output_options
def brokers(eco: str, format: str, output: str, **chosen: Any) -> None:
    """Show who stands between groups, and which nodes and ties cut the network."""
    from partnergraph.views.answers.brokers import answer

    _answer(answer, eco, chosen, _scope(chosen), format, output)


@cli.command()
@eco_argument
@_many("--leave", "Nodes that leave, by id or name: actors, funders, projects.")
@click.option(
    "--until",
    metavar="DATE",
    help="Treat everything that ends before DATE as ended: 2027, 2027-06.",
)
@click.option(
    "--key-players",
    type=click.IntRange(min=1),
    metavar="K",
    help="Find the K nodes whose removal fragments the network most.",
)
@_number("--minimum", 2, "Participants that a project needs.")
@_choice("--by", "cluster place", "Forecast what ends, per cluster or place.")
@network_options
@engine_option
@top_option
@output_options
def fragility(eco: str, format: str, output: str, **chosen: Any) -> None:
    """Show what breaks if someone leaves, projects end, or the key players go."""
    from partnergraph.views.answers.fragility import answer

    _answer(answer, eco, chosen, _scope(chosen), format, output)


@cli.command()
@eco_argument
@_number("--months", 12, "Number of months to look ahead.", least=0)
@network_options
@click.option("--top", type=click.IntRange(min=1), help="Number of rows to show.")
@output_options
def expiry(eco: str, format: str, output: str, **chosen: Any) -> None:
    """List what lapses within some months, what breaks then, and what has lapsed."""
    from partnergraph.views.answers.expiry import answer

    _answer(answer, eco, chosen, _scope(chosen), format, output)


@cli.command()
@eco_argument
@network_options
@_choice(
    "--method",
    "leiden louvain labels cpm bipartite",
    "leiden, louvain and labels use modularity; bipartite divides members and projects.",
    default="leiden",
)
@_number(
    "--resolution", None, "Larger values give more, smaller clusters. [default: 1]", least=1e-6
)
@_number("--starts", None, "Number of runs of the optimiser. [default: 20, or 5]")
@_number(
    "--nulls", None, "Number of random networks to compare with. [default: 199, or 99]", least=0
)
@click.option(
    "--like",
    metavar="FILE|ECO",
    help="Keep the cluster numbers of an earlier JSON answer or ecosystem.",
)
@seed_option
@engine_option
@top_option
@output_options
def clusters(eco: str, format: str, output: str, **chosen: Any) -> None:
    """Divide the network into clusters, with a verdict: none, weak or clear."""
    from partnergraph.views.answers.clusters import answer

    chosen["earlier"] = _earlier(chosen["like"])
    _answer(answer, eco, chosen, _scope(chosen), format, output)


@cli.command()
@eco_argument
@click.argument("a", metavar="[A", required=False)
@click.argument("b", metavar="[B]]", required=False)
@_choice(
    "--relatedness",
    "teece association cosine jaccard probability proximity",
    "Measure of how related two fields are.",
    default="teece",
)
@_number("--threshold", None, "Relatedness from which two fields count as related.", least=-1e6)
@_choice(
    "--by",
    "mutual_gain added_density synergy",
    "Measure that ranks the pairs.",
    default="mutual_gain",
)
@_choice(
    "--pairs",
    "all potential realised",
    "Pairs to list: all, those without a tie or project together, or those with one.",
    default="all",
)
@click.option("--top", type=click.IntRange(min=1), help="Maximum number of pairs. [default: 1000]")
@_number(
    "--samples",
    2000,
    "Number of random coalitions, if a project requires more than 12 things.",
    least=2,
)
@click.option("--wide", is_flag=True, help="Add columns: cosine, shares, structural …")
@seed_option
@portfolio_options
@engine_option
@output_options
def complementarity(eco: str, format: str, output: str, **chosen: Any) -> None:
    """Show who complements whom: in what they hold, in related fields, in tasks, by structure.

    ECO [A [B]]: the best of all pairs; all pairs of partner A; or A and B, in words.
    """
    from partnergraph.views.answers.complementarity import answer

    _answer(answer, eco, chosen, _scope(chosen), format, output)


@cli.command()
@eco_argument
@click.option(
    "--most",
    type=click.IntRange(min=1),
    metavar="K",
    help="Also show how much up to K partners cover. [default: size of the minimum cover, 10]",
)
@_number("--capacity", 1, "Number of needs that one partner can meet.")
@_number(
    "--seconds", 20.0, "Time limit of each exact search; what stays open is reported.", least=0.0
)
@_number("--nulls", 199, "Number of random matrices for the nestedness.", least=0)
@seed_option
@portfolio_options
@engine_option
@top_option
@output_options
def coverage(eco: str, format: str, output: str, **chosen: Any) -> None:
    """Show what is held, what is missing, who is indispensable, and what members get."""
    from partnergraph.views.answers.coverage import answer

    _answer(answer, eco, chosen, _scope(chosen), format, output)


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
@click.argument("other", metavar="[ECO2]", required=False)
@click.option("--from", "start", metavar="DATE", help="The first moment. [default: day of ECO]")
@click.option("--to", "end", metavar="DATE", help="The second moment. [default: day of ECO2]")
@click.option(
    "--rate",
    type=_Real(0.0, 1.0),
    multiple=True,
    help="Share of ties that a record misses; twice if the two differ. [default: estimated]",
)
@_choice("--missing", "ties respondents", "Miss ties, or those who report them.")
@_number("--draws", 200, "Number of random draws for each side.", least=20)
@_number("--level", 0.05, "Share of figures that noise alone may call moved.", least=0.0, most=1)
@_network_without_day()
@seed_option
@click.option("--top", type=click.IntRange(min=1), help="Number of rows of each list to show.")
@output_options
def change(eco: str, other: str | None, format: str, output: str, **chosen: Any) -> None:
    """Show what changed between two editions, or moments, and what may be noise."""
    from partnergraph.views.answers.change import answer
    from partnergraph.views.answers.question import Question
    from partnergraph.views.terminal import write

    scope, top = _scope(chosen), chosen.pop("top")
    before, after = _open(eco), _open(other) if other else None
    asked = Question(eco, {**chosen, "other": other}, scope, top, format)
    write(answer(before, after, asked), format, output)


@cli.command()
@eco_argument
@click.argument("node", metavar="ID")
@network_options
@click.option("--by", metavar="NAME", help="Predictor. [default: the best at finding hidden ties]")
@_number("--top", 10, "Number of recommendations.")
@_many("--country", "Recommend only actors in these countries: BE, FR.")
@_number("--max-new", None, "Number of new partners there is room for.", least=0)
@_number("-k", None, "Number of top places that count in the test. [default: 10, or 3]")
@seed_option
@output_options
def recommend(eco: str, node: str, format: str, output: str, **chosen: Any) -> None:
    """Recommend new partners for ID, how far to trust them, and what would change."""
    from partnergraph.views.answers.recommend import answer

    network = _scope(chosen) | {"top": chosen.pop("top")}
    _answer(answer, eco, {"who": node, **chosen}, network, format, output)


server_options = _options(
    click.option("--uri", metavar="URI", help="bolt://HOST:7687#NAME. [default: $NEO4J_URI]"),
    click.option(
        "--insecure", is_flag=True, help="Allow an unencrypted connection to another machine."
    ),
)


@cli.group()
def neo4j() -> None:
    """Push to, pull from and inspect a Neo4j database.

    NEO4J_USERNAME, NEO4J_PASSWORD and NEO4J_DATABASE, or a keyring, give the credentials.
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
@click.option("--replace", is_flag=True, help="Remove what is no longer in the ecosystem.")
@click.option("--dry-run", is_flag=True, help="Print counts and Cypher without writing.")
@click.option(
    "--emit", type=_Place(), metavar="DIR", help="Write files for neo4j-admin import instead."
)
def push(eco: str, uri: str | None, insecure: bool, emit: str | None, **options: bool) -> None:
    """Write an ecosystem to the database; a second push writes nothing."""
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
@click.option("-o", "--output", type=_Place(), required=True, help="Folder of the ecosystem.")
@_many("--among", "Node kinds to read, with the ties between them.")
@click.option("--at", metavar="DATE", help="Keep what may have existed then: 2018, 2018-10.")
@click.option("--around", metavar="ID", help="Read only what is near this node.")
@_number("--steps", 1, "Number of steps around the node.", least=0)
@click.option("--mapping", metavar="FILE", help="YAML file that maps another database to ours.")
@click.option("--replace", is_flag=True, help="Replace the ecosystem in the folder.")
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
    """Show what the database holds, and how it differs from an ecosystem."""
    from partnergraph.graph.neo4j.store import Neo4jStore
    from partnergraph.views.terminal import Answer, write

    other = _open(against) if against else None
    with Neo4jStore(uri, insecure=insecure) as store:
        found = store.status(against=other)
    answer = Answer("neo4j status", {"against": against}, found.as_frame(), more=found.as_dict())
    write(answer.with_tables({}, found.in_words()), format, output)


@cli.command()
@eco_argument
@click.option("-o", "--output", type=_File(), required=True, help="HTML file to write.")
@_choice("--lang", "nl fr en", default="en")
@click.option("--at", metavar="DATE", help="Only what may have existed then: 2018, 2018-10.")
@_choice("--renderer", "auto canvas vis", default="auto")
@click.option("--like", help="Earlier page or its saved JSON; nodes in both stay in place.")
@_number("--seed", 0, "Random seed of the layout.", least=0, most=2**32 - 1)
def explore(eco: str, output: str, **options: Any) -> None:
    """Write the explorer: one offline HTML file that anybody can open."""
    from partnergraph.views.explorer.page import explore as run
    from partnergraph.views.terminal import say

    page = run(_open(eco), **options)
    page.save(output)
    for line in filter(None, (page.advice, f"{output} is ready")):
        say(line)


@cli.command()
@eco_argument
@click.option(
    "-o", "--output", type=_ReportFile(), required=True, help="File: .html, .md, .pdf or .docx."
)
@_choice("--lang", "nl fr en", "Language; by default that of the ecosystem.")
@click.option(
    "--at", metavar="DATE", help="Day of the report, or any; by default the day of the data."
)
@click.option("--brief", "parts", flag_value="brief", help="Only the brief of two pages.")
@click.option("--full", "parts", flag_value="full", help="Only the full report.")
@click.option(
    "--since", metavar="DATE|ECO0", help="Earlier day or edition to say what has changed since."
)
@click.option(
    "--trace", type=_File(), metavar="FILE", help="JSON file for the records of the findings."
)
@click.option(
    "--appendix", type=_File(), metavar="FILE", help="Workbook (.xlsx) for all tables, whole."
)
@click.option(
    "--seal", metavar="DIR", help="New folder for the report with all it rests on, as an RO-Crate."
)
@seed_option
@click.pass_context
def report(
    ctx: click.Context,
    /,
    eco: str,
    output: str,
    at: str | None,
    since: str | None,
    trace: str | None,
    appendix: str | None,
    seal: str | None,
    parts: str | None,
    **options: Any,
) -> None:
    """Write the report for a board: a brief of two pages, and the full report behind it."""
    from partnergraph.loaders.identity.identities import identities
    from partnergraph.views.answers.question import on_a_day
    from partnergraph.views.report.seal import written
    from partnergraph.views.terminal import say

    opened = _open(eco)
    options |= on_a_day(opened, {"at": at})[0] | {"parts": parts or "all"}
    options["since"] = _open(since) if since and ("/" in since or Path(since).exists()) else since
    options |= {"trace": trace, "appendix": appendix, "folder": seal}
    made = written(opened, output, alike=identities, **options)
    say("\n".join([*made.complaints, *(f"{file} is ready" for file in (output, seal) if file)]))
    ctx.exit(int(bool(made.missing)))


@cli.command()
@click.argument("folder", metavar="DIR")
@click.argument("eco", required=False)
@click.pass_context
def verify(ctx: click.Context, /, folder: str, eco: str | None) -> None:
    """Look at every file of a sealed report, make the report again, and tell what differs and why.

    With ECO, say also which facts of it differ from those that were sealed.
    """
    from partnergraph.loaders.identity.identities import identities
    from partnergraph.views.report.seal import verify as run
    from partnergraph.views.terminal import say

    found = run(folder, _open(eco) if eco else None, alike=identities)
    say("\n".join(found.in_words()))
    ctx.exit(int(not found.equal))


@cli.command()
@eco_argument
@click.option(
    "-o",
    "--output",
    type=_Place(),
    required=True,
    help="File to write; its ending gives the format.",
)
@click.option("--as", "format", help="Format, if the ending does not give it.")
@click.option(
    "--loss",
    "report",
    type=_Place(),
    metavar="FILE",
    help="JSON file for what the format cannot hold.",
)
def export(eco: str, output: str, format: str | None, report: str | None) -> None:
    """Write the ecosystem in another format, and report what that format cannot hold."""
    from partnergraph.loaders.load import opened_with_account
    from partnergraph.views.export import export as run
    from partnergraph.views.terminal import say

    mapping = click.get_current_context().meta.get("mapping")
    ecosystem, said, unread = opened_with_account(eco, mapping=mapping)
    for words in [*said, *run(ecosystem, output, format=format, report=report, unread=unread)]:
        say(words)
    say(f"{output} is ready")


@cli.command()
@click.argument("sources", metavar="IN…", nargs=-1, required=True)
@click.argument("output", type=_Place(), metavar="OUT")
@click.option(
    "--from",
    "reader",
    help="Loader to use, see `partnergraph loaders`; for a table: headed, unheaded, adjacency.",
)
@click.option("--as", "format", help="Format to write, if the ending of OUT does not give it.")
@click.option(
    "--loss",
    "report",
    type=_Place(),
    metavar="FILE",
    help="JSON file for what the format cannot hold.",
)
@click.option("--strict", is_flag=True, help="Fail if a row would be set aside.")
def convert(sources: tuple[str, ...], output: str, **options: Any) -> None:
    """Read any sources and write them in another format: build and export in one step."""
    from partnergraph.loaders.build import build as read
    from partnergraph.views.export import export as run
    from partnergraph.views.terminal import say

    built = read(list(sources), reader=options.pop("reader"), strict=options.pop("strict"))
    for words in [
        *built.account(),
        *run(built.ecosystem, output, unread=built.rejected, **options),
    ]:
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
    """List the loaders and what each reads."""
    from partnergraph.loaders.load import readers
    from partnergraph.views.terminal import Answer, write

    write(Answer("loaders", {}, readers()), format, output)


@cli.command()
@output_options
def formats(format: str, output: str) -> None:
    """List the formats that can be written, and what each holds."""
    from partnergraph.views.export import formats as run
    from partnergraph.views.terminal import Answer, write

    write(Answer("formats", {}, run()), format, output)


def main() -> None:
    """Run the command line."""
    from partnergraph.graph.files import end_standard_output, open_standard_streams

    open_standard_streams()
    try:
        cli()
    except KeyboardInterrupt:  # before or after the verb
        sys.exit(130)
    finally:
        end_standard_output()
