"""What physics accepted, and how forces, moments and powers of the healthy compare with norms: tables of ``docs/validation/physics.md``.

gaitforge cohort configs/cohorts/stress.yaml -o runs/stress
python -m benchmarks.validate_cohort runs/stress
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from engine.cohort.layout import CohortFiles
from engine.cohort.manifest import read_manifest, read_rejections
from engine.cohort.walk_data import LegCurves, leg_curves, one_row_per_walk, read_walk
from engine.core.arrays import Array
from engine.gait.norms import band

AGES = ((2, 5), (5, 12), (12, 18), (18, 65), (65, 100))
SPEEDS = ((0.0, 0.25), (0.25, 0.35), (0.35, 0.45), (0.45, 0.8))
"""Dimensionless: slow to fast; people choose about 0.4 themselves."""

KINETICS = (
    "ground_force_vy",
    "ground_force_vx",
    "hip_flexion_moment",
    "hip_adduction_moment",
    "knee_angle_moment",
    "ankle_angle_moment",
    "hip_power",
    "knee_power",
    "ankle_power",
)
PEAKS: dict[str, tuple[str, Callable[[Array], float]]] = {
    "vertical force, first peak, BW": ("ground_force_vy", lambda c: c[:36].max()),
    "vertical force, valley, BW": ("ground_force_vy", lambda c: c[20:46].min()),
    "vertical force, second peak, BW": ("ground_force_vy", lambda c: c[36:66].max()),
    "braking, BW": ("ground_force_vx", lambda c: c.min()),
    "propulsion, BW": ("ground_force_vx", lambda c: c.max()),
    "ankle plantarflexion moment, N·m/kg": ("ankle_angle_moment", lambda c: -c.min()),
    "ankle power, W/kg": ("ankle_power", lambda c: c.max()),
    "hip power, late stance, W/kg": ("hip_power", lambda c: c[45:80].max()),
}


def acceptance(manifest: pd.DataFrame, rejections: pd.DataFrame) -> None:
    """Shares and figures, healthy and impaired, and every rejection."""
    for name, chosen in (
        ("healthy", lambda t: t.condition == "healthy"),
        ("impaired", lambda t: t.condition != "healthy"),
    ):
        made, lost = manifest[chosen(manifest)], rejections[chosen(rejections)]
        proposals = made.subject_id.nunique() + len(lost)
        accepted = made.subject_id.nunique()
        print(f"\n## {name}\n\n{accepted} of {proposals} proposals accepted ({accepted / proposals:.1%})\n")
        print("| walks | median | 95 % | worst |\n|---|---|---|---|")
        for column in (
            "residual_force_peak_pct",
            "residual_moment_peak_pct",
            "penetration_mm",
            "skate_mm",
            "reserve_peak_nm",
            "motion_change_deg",
        ):
            values = made[column]
            print(f"| {column} | {values.median():.2f} | {values.quantile(0.95):.2f} | {values.max():.2f} |")
    if len(rejections):
        shown = rejections[["subject_id", "condition", "age_years", "severity", "reason", "detail"]]
        print(f"\n## rejections\n\n```\n{shown.to_string(index=False)}\n```")


def healthy_curves(files: CohortFiles, manifest: pd.DataFrame) -> list[tuple[float, float, LegCurves]]:
    """Age, dimensionless speed and right leg's curves of every healthy walk."""
    walks = [read_walk(files, row) for row in manifest[manifest.condition == "healthy"].to_dict("records")]
    return [(walk.row["age_years"], walk.speed, leg_curves(walk, 0)) for walk in walks]


def against_norms(title: str, chosen: list[tuple[float, float, LegCurves]]) -> None:
    """One table: likeness of curves, and peaks beside those of the norm's mean curve."""
    print(f"\n## {title}\n\n{len(chosen)} walks\n\n| curve | r | RMS difference, SD | within 2 SD |\n|---|---|---|---|")
    for name in KINETICS:
        rows = []
        for age, speed, leg in chosen:
            norm, curve = band(name, speed, age), leg.curves[name].mean(axis=0)
            z = norm.z(curve)
            rows.append((np.corrcoef(curve, norm.mean)[0, 1], np.sqrt(np.mean(z**2)), np.mean(np.abs(z) < 2)))
        r, rms, within = np.median(rows, axis=0)
        print(f"| {name} | {r:.2f} | {rms:.1f} | {within:.0%} |")
    print("\n| peak | ours | norm |\n|---|---|---|")
    for words, (name, peak) in PEAKS.items():
        ours = np.median([peak(leg.curves[name].mean(axis=0)) for _, _, leg in chosen])
        usual = np.median([peak(band(name, speed, age).mean) for age, speed, _ in chosen])
        print(f"| {words} | {ours:.2f} | {usual:.2f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cohort", type=Path)
    files = CohortFiles(parser.parse_args().cohort).require()
    manifest = one_row_per_walk(read_manifest(files.manifest))
    acceptance(manifest, read_rejections(files.rejections))
    curves = healthy_curves(files, manifest)
    against_norms("all healthy walks", curves)
    for low, high in AGES:
        against_norms(f"{low} to {high} years", [c for c in curves if low <= c[0] < high])
    for low, high in SPEEDS:
        against_norms(f"dimensionless speed {low} to {high}", [c for c in curves if low <= c[1] < high])


if __name__ == "__main__":
    main()
