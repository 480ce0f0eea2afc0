"""Readings for people at a terminal."""

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from downstream.analysis.analyze_file import Analysis
from downstream.readings.quantities import NUMBERS
from downstream.reports.number_lines import HEADLINE, NumberLine, number_lines
from downstream.reports.number_norms import number_norms
from downstream.reports.reading_json import ALWAYS_MIND
from downstream.reports.write_summary import Entry


def of_recording(analysis: Analysis) -> RenderableType:
    """Numbers of one recording, what was put right, and what to mind."""
    facts, numbers = analysis.facts, analysis.reading.numbers
    lines = number_lines(numbers, number_norms(facts.walker, numbers))
    start, end = facts.read_s
    title = f"[bold]{escape(facts.file)}[/bold] [dim]{start:.1f} to {end:.1f} s of {facts.seconds:.1f} s[/dim]"
    return Group(
        _numbers([line for line in lines if line.value], title),
        *_list("Not read", _by_reason(lines)),
        *_list("Put right", facts.put_right),
        *_list("To mind", (*facts.mind, ALWAYS_MIND)),
    )


def of_folder(entries: Sequence[Entry], unread: Mapping[str, str]) -> RenderableType:
    """A row for each recording, and those that could not be read."""
    heads = [f"{NUMBERS[name].title}\n{NUMBERS[name].unit}".replace(" ", "\n") for name in HEADLINE]
    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column("recording", overflow="fold")
    for head in (*heads, "to mind"):
        table.add_column(head, no_wrap=True)
    for entry in entries:
        table.add_row(escape(entry.name), *(_brief(line) for line in entry.headline), str(len(entry.facts.mind) or ""))
    return Group(table, *_list(f"Not read, {len(unread)} of {len(unread) + len(entries)}", list(unread.values())))


def _numbers(lines: Sequence[NumberLine], title: str) -> Table:
    compared = any(line.norm for line in lines)
    table = Table("", title=title, box=None, title_justify="left", header_style="dim", pad_edge=False)
    for head in ("read", "95 %", *(["healthy"] if compared else []), "unit"):
        table.add_column(head, no_wrap=True)
    for line in lines:
        norm = [line.norm or "–"] if compared else []
        table.add_row(line.title, _value(line), line.interval, *norm, line.unit)
    return table


def _value(line: NumberLine) -> Text:
    style = "bold red" if line.place in ("low", "high") else "bold"
    return Text.assemble((line.value, style), (f" ± {line.sd}", "dim"))


def _brief(line: NumberLine) -> Text:
    if not line.value:
        return Text("–", style="dim")
    return Text(f"{line.value} ± {line.sd}", style="red" if line.place in ("low", "high") else "")


def _by_reason(lines: Sequence[NumberLine]) -> list[str]:
    """What is missing for the same reason, together."""
    reasons = dict.fromkeys(line.why for line in lines if line.why)
    return [f"{', '.join(line.title for line in lines if line.why == why)}: {why}" for why in reasons]


def _list(title: str, texts: Sequence[str]) -> Iterator[RenderableType]:
    if texts:
        yield Text(f"\n{title}", style="bold")
        for text in texts:
            item = Table.grid(padding=(0, 1))
            item.add_row("·", Text(text))
            yield item
