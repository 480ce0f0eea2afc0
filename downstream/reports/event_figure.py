"""When feet stand: the recording with its bouts of walking, and strikes and toe offs of what was read."""

from itertools import pairwise

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes

from downstream.readings.gait_reading import GaitReading
from downstream.reports.recording_facts import RecordingFacts
from engine.core.arrays import Array
from engine.core.conventions import SIDES
from engine.report.figures.svg import BAND, INK, LEFT, MUTED, RIGHT, Margins, Sheet

_COLOURS = (RIGHT, LEFT)
_MARGINS = Margins(left=0.9, right=0.1, bottom=0.42, top=0.1, upward=0.4)
_HALF = 0.3


def event_figure(reading: GaitReading, facts: RecordingFacts) -> Markup:
    """Above, the whole recording: straight walking, and of it what was read. Below, of that: bars where a foot stands, a mark with its 95 %
    interval at each strike (below the bar) and toe off (above)."""
    with Sheet("events", 2, 1, width=10.6, height=1.95, margins=_MARGINS, height_ratios=(0.22, 1)) as sheet:
        whole, feet = sheet.axes[:, 0]
        _draw_recording(whole, facts)
        for side, colour in enumerate(_COLOURS):
            _draw_foot(feet, reading, side, colour)
        feet.set_xlim(reading.time[0], reading.time[-1])
        feet.set_ylim(len(SIDES) - 0.45, -0.55)
        feet.set_yticks(range(len(SIDES)), [f"{side} foot" for side in SIDES])
        feet.set_xlabel("seconds of the recording")
        for axes in (whole, feet):
            axes.spines["left"].set_visible(False)
            axes.tick_params(axis="y", length=0)
    return sheet.svg


def _draw_recording(axes: Axes, facts: RecordingFacts) -> None:
    spans = [(start, end - start) for start, end in facts.walking_s]
    axes.broken_barh(spans, (-_HALF, 2 * _HALF), color=BAND, alpha=0.6, linewidth=0)
    start, end = facts.read_s
    axes.broken_barh([(start, end - start)], (-_HALF, 2 * _HALF), color=INK, alpha=0.75, linewidth=0)
    axes.set_xlim(0, facts.seconds)
    axes.set_ylim(-0.5, 0.5)
    axes.set_yticks([0], ["recording"])


def _draw_foot(axes: Axes, reading: GaitReading, side: int, colour: str) -> None:
    strikes, offs = reading.events.heel_strikes[side], reading.events.toe_offs[side]
    axes.broken_barh(_stances(strikes, offs, reading.time), (side - 0.2, 0.4), color=colour, alpha=0.8, linewidth=0)
    sure = 1.96 * reading.event_sd_s
    for times, shift in ((strikes, 0.33), (offs, -0.33)):
        axes.hlines(
            np.full(len(times), side + shift), times - sure, times + sure, color=MUTED, linewidth=2.2, alpha=0.7
        )
        axes.plot(times, np.full(len(times), side + shift), "|", color=INK, markersize=5, markeredgewidth=0.9)


def _stances(strikes: Array, offs: Array, time: Array) -> list[tuple[float, float]]:
    """Beginning and length of each stance; one that is cut off by the reading's first or last frame reaches to it."""
    begins = np.concatenate([time[:1], strikes]) if _stands_at_start(strikes, offs) else strikes
    spans = []
    for begin, following in pairwise([*begins, np.inf]):
        last = following == np.inf
        end = min((off for off in offs if begin < off <= following), default=time[-1] if last else None)
        if end is not None:
            spans.append((float(begin), float(end - begin)))
    return spans


def _stands_at_start(strikes: Array, offs: Array) -> bool:
    return len(offs) > 0 and (not len(strikes) or offs[0] < strikes[0])
