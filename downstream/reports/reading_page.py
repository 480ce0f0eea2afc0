"""One page of a reading that carries everything inside itself, in the style of the cohort's report."""

from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup

from downstream.readings.gait_reading import GaitReading
from downstream.readings.gait_scores import leg_gaits, variable_scores
from downstream.readings.stride_cuts import cut_activity, cut_curves
from downstream.readings.walker import Peers, peers
from downstream.reports.deviation_figure import deviation_figure
from downstream.reports.event_figure import event_figure
from downstream.reports.number_lines import headline, in_words, number_lines
from downstream.reports.number_norms import number_norms
from downstream.reports.reading_json import ALWAYS_MIND, USE
from downstream.reports.recording_facts import RecordingFacts
from downstream.reports.skeleton_strip import skeleton_figure
from downstream.walks.muscle_groups import ACTIVITY_GROUPS
from engine.cohort.muscle_timing import MUSCLE_TIMINGS
from engine.report.figures.curves import PanelRow, panels_figure
from engine.report.figures.muscles import activity_figure
from engine.report.pages import page_environment

PANEL_ROWS: tuple[PanelRow, ...] = (
    ("pelvis_tilt", "pelvis_list", "pelvis_rotation", "hip_flexion"),
    ("hip_adduction", "hip_rotation", "knee_angle", "ankle_angle"),
    ("ground_force_vy", "ground_force_vx", "ankle_power", None),
    ("hip_flexion_moment", "knee_angle_moment", "ankle_angle_moment", "hip_adduction_moment"),
)
REPAIRS = {
    "legs_exchanged_frames": "frames in which left and right leg were exchanged and put right",
    "wild_points": "keypoints that jumped away and were thrown out",
    "filled_points": "keypoints that were missing for a moment and filled in",
    "frames_cut": "frames at the ends in which the body is not seen, cut off",
}
"""What `downstream.recordings.cleaning.Repairs` counts, in words."""
TEMPLATES = Path(__file__).parent / "templates"


class _Figures(NamedTuple):
    skeleton: Markup | None
    events: Markup
    curves: Markup | None
    deviations: Markup | None
    muscles: Markup | None


def reading_page(reading: GaitReading, facts: RecordingFacts) -> str:
    """HTML without any reference to the outside. Sections of what was not read are left out."""
    norms = number_norms(facts.walker, reading.numbers)
    lines = number_lines(reading.numbers, norms)
    others = peers(facts.walker, reading.numbers.get("speed_mps"))
    return (
        page_environment(TEMPLATES)
        .get_template("reading.html.j2")
        .render(
            facts=facts,
            walker=facts.walker,
            use=USE,
            always_mind=ALWAYS_MIND,
            headline=[line for line in headline(lines) if line.value],
            lines=lines,
            words=in_words(lines),
            repairs=[(count, REPAIRS[name]) for name, count in facts.repairs.items() if count],
            figures=_figures(reading, facts, others),
            no_norms=others if isinstance(others, str) else "",
            strides=[len(leg.strides) for leg in cut_curves(reading)],
        )
    )


def _figures(reading: GaitReading, facts: RecordingFacts, others: Peers | str) -> _Figures:
    return _Figures(
        skeleton=None if facts.keypoints is None else skeleton_figure(reading, facts.keypoints),
        events=event_figure(reading, facts),
        curves=_curves(reading, others),
        deviations=_deviations(reading, facts, others),
        muscles=_muscles(reading),
    )


def _curves(reading: GaitReading, others: Peers | str) -> Markup | None:
    legs = cut_curves(reading)
    rows = [row for row in PANEL_ROWS if any(name in leg.curves for name in row for leg in legs)]
    if not rows:
        return None
    healthy = None if isinstance(others, str) else (others.speed, others.age_years)
    return panels_figure("reading", rows, legs, healthy)


def _deviations(reading: GaitReading, facts: RecordingFacts, others: Peers | str) -> Markup | None:
    legs, overall = leg_gaits(reading), reading.numbers.get("gait_profile_score_deg")
    if isinstance(legs, str) or isinstance(others, str) or overall is None or overall.value is None:
        return None
    healthy = number_norms(facts.walker, reading.numbers)["gait_profile_score_deg"]
    return deviation_figure(variable_scores(legs, others), overall, healthy)


def _muscles(reading: GaitReading) -> Markup | None:
    activity = cut_activity(reading)
    if activity is None:
        return None
    windows = {
        name.replace("_", " ").capitalize(): next(
            timing.active_pct for timing in MUSCLE_TIMINGS if set(timing.muscles) <= set(muscles)
        )
        for name, muscles in ACTIVITY_GROUPS.items()
    }
    right, left = activity
    return activity_figure("activity", windows, (right[:, :-1], left[:, :-1]))
