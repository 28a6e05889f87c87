"""A night on a terminal: the closing table and where to look next."""

from io import StringIO

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from promptops.core.counting import counted
from promptops.core.statistics import Interval
from promptops.reporting.next_steps import next_steps
from promptops.reporting.night import NightReport, PromptRow
from promptops.reporting.page import amount, duration

_STYLES = {
    "improved": "green",
    "cheaper": "green",
    "failed": "bold red",
    "budget-exhausted": "yellow",
    "no-safe-improvement": "cyan",
}
_PLAIN_WIDTH = 140


def closing(report: NightReport) -> Group:
    """What a person wants to see when the night is over: table, totals, where to look next."""
    parts: list[RenderableType] = [Summary(report), totals(report)]
    if report.errors:
        parts += [Text(), failures(report)]
    return Group(*parts, Text(), next_table(report))


class Summary:
    """Per prompt: findings, score before and after with its interval, tokens, verdict.

    A prompt without a score after shows its score over all golden cases under "score": the one
    before on held-out cases says something only beside the one after. On a narrow terminal the
    intervals are left out rather than broken over lines.
    """

    def __init__(self, report: NightReport) -> None:
        """Keep the report; the width is known when it is drawn."""
        self._report = report

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the table for the width there is."""
        wide = _table(self._report, intervals=True)
        fits = console.measure(wide, options=options.update(width=10_000)).maximum
        yield wide if fits <= options.max_width else _table(self._report, intervals=False)


def _table(report: NightReport, *, intervals: bool) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("prompt", overflow="fold")
    table.add_column("findings", justify="right")
    table.add_column("score", justify="right")
    table.add_column("after", justify="right")
    table.add_column("tokens", justify="right")
    table.add_column("after", justify="right")
    table.add_column("verdict", overflow="fold")
    for row in report.prompts:
        table.add_row(
            Text(row.id),
            _findings(row),
            _score((row.before if row.after else None) or row.score, interval=intervals),
            _score(row.after, interval=intervals),
            _tokens(row.tokens_before),
            _tokens(row.tokens_after),
            Text(row.verdict, style=_STYLES.get(row.verdict, "dim")),
        )
    return table


def totals(report: NightReport) -> Text:
    """The cost of the night in one line."""
    spent = report.spent
    tokens = spent.input_tokens + spent.output_tokens
    parts = [
        counted(len(report.prompts), "prompt"),
        counted(spent.calls, "LLM call"),
        f"{amount(spent.cached)} answers reused",
        f"{amount(tokens)} tokens",
        f"${spent.usd:,.2f}",
        duration(report.seconds),
    ]
    if report.dry_run:
        parts.append("dry run: no model was called; no proposal and no report was written")
    return Text("\n" + ", ".join(parts), style="bold")


def failures(report: NightReport) -> Table:
    """What failed, one line each."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for row in report.errors:
        table.add_row(Text(row.step, style="red"), Text(row.subject), Text(row.message))
    return table


def next_table(report: NightReport) -> Group:
    """What deserves a look, with the command that shows it."""
    table = Table.grid(padding=(0, 2, 0, 2))
    for step in next_steps(report):
        target = Text(step.url or step.command, style="cyan", overflow="fold")
        table.add_row(Text(step.text), target)
    return Group(Text("Where to look next", style="bold"), table)


def plain(renderable: RenderableType, *, width: int = _PLAIN_WIDTH) -> str:
    """The same without a terminal: no color, no escape codes, no trailing blanks."""
    sheet = StringIO()
    Console(file=sheet, width=width, no_color=True, force_terminal=False).print(renderable)
    return "".join(f"{line.rstrip()}\n" for line in sheet.getvalue().splitlines())


def _findings(row: PromptRow) -> Text:
    text = Text()
    for count, letter, style in (
        (row.errors, "E", "red"),
        (row.warnings, "W", "yellow"),
        (row.infos, "I", "dim"),
    ):
        if count:
            text.append(f"{' ' if text else ''}{count}{letter}", style)
    return text or Text("0", style="dim")


def _score(score: Interval | None, *, interval: bool) -> Text:
    if score is None:
        return Text("-", style="dim")
    return Text(str(score) if interval else f"{score.estimate:.2f}")


def _tokens(count: float | None) -> Text:
    return Text(f"{count:.0f}") if count is not None else Text("-", style="dim")
