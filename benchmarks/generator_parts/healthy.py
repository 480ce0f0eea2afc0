"""Healthy generated people: spatiotemporal norms, joint angles, and real adults."""

import numpy as np

from benchmarks.generator_parts.adults import like_adults
from benchmarks.generator_parts.bench import Asked, Bench, Part, enough, share, table
from benchmarks.norms_fit import CHILD_SPEEDS
from benchmarks.reference_people import read_adults, read_bins
from generative.evaluation.against_norms import BAND_SHARE, NormFigure, band_figures, knee_figures, norm_figures
from generative.evaluation.real_people import matched_curves

BAND_AGES, BAND_PACES = (4, 8, 14, 30, 50, 65, 80), (0.75, 1.0, 1.25)
_WORST = 12
_MEANS_WANTED = {"cadence_spm": 0.92, "step_length_m": 1, "stance_pct": 0.79, "double_support_pct": 0.79}
_CURVES_WANTED = 0.95
"""Shares of bins and curves that are to hold."""


def norms(bench: Bench) -> Part:
    """Spatiotemporal parameters in every bin of age, sex and pace."""
    if bench.reference is None:
        yield "Skipped: no reference data (environment variable GAITFORGE_REFERENCE)."
        return
    bins = read_bins(bench.reference)
    found: list[NormFigure] = []
    for number, bin_ in enumerate(bench.progress(bins, "norms", len(bins))):
        found += norm_figures(bench.pipeline, bin_, bench.sizes.per_bin, bench.seed + number)
    rows = []
    for name in dict.fromkeys(figure.measure for figure in found):
        own = [figure for figure in found if figure.measure == name]
        if name in _MEANS_WANTED:
            means, spreads = [figure.mean_holds for figure in own], [figure.spread_holds for figure in own]
            yield enough(means, _MEANS_WANTED[name], f"{name}, bins with the mean within ±0.5 SD of the norm")
            yield enough(spreads, 1, f"{name}, bins with a spread 0.7–1.3 of the norm's")
        errors, spreads = [abs(figure.error_sd) for figure in own], [figure.spread for figure in own]
        rows.append(
            [
                name,
                share([figure.mean_holds for figure in own]),
                f"{np.median(errors):.2f}",
                f"{max(errors):.2f}",
                share([figure.spread_holds for figure in own]),
                f"{np.median(spreads):.2f}",
                f"{min(spreads):.2f}–{max(spreads):.2f}",
            ]
        )
    header = ["measure", "mean within ±0.5 SD", "error, SD, median", "worst", "spread 0.7–1.3", "median", "range"]
    yield f"{bench.sizes.per_bin} people per bin, {len(bins)} bins of age, sex and pace.\n\n" + table(header, rows)
    worst = sorted(found, key=lambda figure: -abs(figure.error_sd))[:_WORST]
    yield "### furthest bins"
    yield table(
        ["furthest from the norm", "measure", "error, SD", "spread"],
        [[f.bin.name, f.measure, f"{f.error_sd:+.2f}", f"{f.spread:.2f}"] for f in worst],
    )


def curves(bench: Bench) -> Part:
    """Swing knee flexion by speed in children; joint angles in the norms' bands."""
    n = bench.sizes.curves
    knees = knee_figures(bench.pipeline, CHILD_SPEEDS[:4].tolist(), n, bench.seed)
    yield table(
        ["dimensionless speed, ten years", "knee swing peak, deg", "norm"],
        [[f"{knee.speed:.3f}", f"{knee.peak_deg:.1f}", f"{knee.norm_deg:.1f}"] for knee in knees],
    )
    peaks = [
        ", ".join(f"{peak:.0f}" for peak in found)
        for found in ([k.norm_deg for k in knees], [k.peak_deg for k in knees])
    ]
    yield Asked(f"knee swing peaks of children near {peaks[0]}°", f"{peaks[1]}°")
    cells = [(age, pace) for age in BAND_AGES for pace in BAND_PACES]
    rows, holds = [], []
    for age, pace in bench.progress(cells, "curves", len(cells)):
        figures = band_figures(bench.pipeline, float(age), pace, n, bench.seed)
        holds += [figure.inside >= BAND_SHARE for figure in figures]
        rows.append([f"{age}", f"{pace:g}", *(f"{100 * f.inside:.0f} ({f.spread:.2f})" for f in figures)])
    names = [figure.coordinate for figure in figures]
    yield enough(
        holds, _CURVES_WANTED, f"mean curves within ±1 SD of the norm for {100 * BAND_SHARE:.0f} % of the cycle"
    )
    yield "### by age and pace"
    yield (
        f"Share of the cycle, %, in which the mean curve of {n} people lies within ±1 SD of the norm at the same speed (spread over the "
        f"norm's): at least {100 * BAND_SHARE:.0f} % in {share(holds)}.\n\n"
        + table(["age", "pace of the usual speed", *names], rows)
    )


def people(bench: Bench) -> Part:
    """Generated people against real adults of the same age, sex, size and speed."""
    if bench.reference is None:
        yield "Skipped: no reference data (environment variable GAITFORGE_REFERENCE)."
        return
    real = read_adults(bench.reference)
    yield from like_adults(real, matched_curves(bench.pipeline, real, bench.sizes.replicates, bench.seed), bench.seed)
