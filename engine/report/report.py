"""``report.html``: a cohort at a glance, one page that carries everything inside itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from engine.cohort.clips import Clip, short_clip
from engine.cohort.layout import CohortFiles
from engine.cohort.manifest import read_failures, read_manifest, read_rejections
from engine.cohort.walk_data import LegCurves, WalkData, one_row_per_walk, read_walk
from engine.core.errors import DataError
from engine.core.files import replace_file
from engine.report.figures.curves import GroupWalk, both_legs, group_figure, group_walk, walk_figure
from engine.report.figures.muscles import muscle_figure
from engine.report.figures.people_figure import parameter_figure, people_figure
from engine.report.figures.strip import strip_figure
from engine.report.figures.svg import CONDITION_COLOURS
from engine.report.pages import TEMPLATES, page_environment
from engine.report.summary import (
    ParameterLine,
    WalkPhysics,
    card_titles,
    condition_titles,
    failure_lines,
    group_lines,
    modifier_words,
    parameter_heads,
    parameter_lines,
    physics_lines,
    read_evaluation,
    read_provenance,
    rejection_lines,
    walk_physics,
)

MAX_CARDS = 24
"""Walks that get a card of their own; the page says how many did not."""
MAX_GROUP_WALKS = 240
"""Walks whose curves are read for the figure of groups."""


@dataclass(frozen=True)
class Card:
    """One walk on the page."""

    row: dict[str, Any]
    condition: str
    modifiers: str
    colour: str
    clips: tuple[tuple[str, Clip], ...]
    strip: Markup | None
    curves: Markup
    muscles: Markup | None
    parameters: list[ParameterLine]
    physics: list[WalkPhysics]


@dataclass(frozen=True)
class _Look:
    """What every card needs: where files lie, rows of all cameras, titles of cards, colours of conditions."""

    files: CohortFiles
    manifest: pd.DataFrame
    titles: dict[str, str]
    colours: dict[str, str]


def write_report(cohort: Path, *, max_cards: int = MAX_CARDS) -> Path:
    """Writes ``report.html`` into the folder of a finished cohort and returns its path.

    At most ``max_cards`` walks, from all conditions in turn, get a card of their own.

    Raises:
        DataError: the folder is no finished cohort, or its manifest or evaluation cannot be read.
    """
    files = CohortFiles(cohort).require()
    manifest = read_manifest(files.manifest)
    page = _page(files, manifest, max_cards)
    with replace_file(files.report) as temporary:
        temporary.write_text(page, encoding="utf-8")
    return files.report


def _page(files: CohortFiles, manifest: pd.DataFrame, max_cards: int) -> str:
    walks = one_row_per_walk(manifest)
    rejections = read_rejections(files.rejections) if files.rejections.is_file() else None
    met = [] if rejections is None else rejections["condition"].tolist()
    all_titles = card_titles(files)
    titles = condition_titles([*walks["condition"], *met], all_titles)
    colours = {name: CONDITION_COLOURS[k % len(CONDITION_COLOURS)] for k, name in enumerate(titles)}
    subjects = walks.drop_duplicates("subject_id").reset_index(drop=True)
    look = _Look(files, manifest, all_titles, colours)
    groups, cards, problems = _read_walks(look, list(_in_turn(walks.to_dict("records"), titles)), max_cards)
    lines = group_lines(walks, rejections, all_titles, colours)
    empty = walks.empty
    return (
        page_environment(TEMPLATES)
        .get_template("report.html.j2")
        .render(
            name=files.folder.resolve().name,
            subjects=len(subjects),
            walks=len(walks),
            videos=sum(map(bool, manifest["video"])),
            rejected=0 if rejections is None else len(rejections),
            groups=lines,
            modified=any(line.modifiers for line in lines),
            people=None if empty else people_figure(subjects, titles, colours),
            group_curves=group_figure(groups, titles, colours) if groups else None,
            group_walks=len(groups),
            parameters=None if empty else parameter_figure(walks.to_dict("records"), colours),
            cards=cards,
            left_out=max(0, len(walks) - len(cards) - len(problems)),
            problems=problems,
            physics=[] if empty else physics_lines(walks),
            rejections=rejection_lines(rejections, titles),
            failures=failure_lines(read_failures(files.failures) if files.failures.is_file() else None),
            parameter_heads=parameter_heads(),
            evaluation=read_evaluation(files),
            provenance=read_provenance(files),
        )
    )


def _read_walks(
    look: _Look, rows: Sequence[dict[str, Any]], max_cards: int
) -> tuple[list[GroupWalk], list[Card], list[str]]:
    """Curves for the figure of groups, cards, and one sentence for each file that cannot be read. Only one walk is held at a time."""
    groups: list[GroupWalk] = []
    cards: list[Card] = []
    problems: list[str] = []
    for row in rows[: max(max_cards, MAX_GROUP_WALKS)]:
        try:
            walk = read_walk(look.files, row)
            legs = both_legs(walk)
            groups.append(group_walk(walk, legs))
            if len(cards) < max_cards:
                cards.append(_card(look, walk, legs, problems))
        except DataError as error:
            problems.append(str(error))
    return groups, cards, problems


def _card(look: _Look, walk: WalkData, legs: tuple[LegCurves, LegCurves], problems: list[str]) -> Card:
    row = walk.row
    return Card(
        row=row,
        condition=look.titles[row["condition"]],
        modifiers=modifier_words(row["modifiers"], look.titles),
        colour=look.colours[row["condition"]],
        clips=_clips(look, row, problems),
        strip=strip_figure(walk),
        curves=walk_figure(walk, legs),
        muscles=muscle_figure(walk.name, legs),
        parameters=parameter_lines(row),
        physics=walk_physics(row),
    )


def _in_turn(rows: Sequence[dict[str, Any]], titles: dict[str, str]) -> Iterator[dict[str, Any]]:
    """The walks, one of each condition in turn, so that a page that must stop early shows all conditions."""
    queues = {name: [row for row in rows if row["condition"] == name] for name in titles}
    while any(queues.values()):
        for queue in queues.values():
            if queue:
                yield queue.pop(0)


def _clips(look: _Look, row: dict[str, Any], problems: list[str]) -> tuple[tuple[str, Clip], ...]:
    """The clip of each camera; a video that cannot be decoded becomes a problem of the page, not its end."""
    mine = (look.manifest["subject_id"] == row["subject_id"]) & (look.manifest["walk_id"] == row["walk_id"])
    own = look.manifest.loc[mine]
    clips = []
    for camera, video in zip(own["camera"], own["video"], strict=True):
        if not video:
            continue
        try:
            clips.append((str(camera), short_clip(look.files.folder / video)))
        except DataError as error:
            problems.append(str(error))
    return tuple(clips)
