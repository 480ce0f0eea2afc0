"""What is asked of the measured walk (`validate_measured_walk`), beside what its tables say."""

from collections.abc import Callable, Sequence

from benchmarks.generator_parts.bench import Asked

Row = dict[str, object]

MUSCLES = {
    0.7: ("soleus", "gastrocnemius", "tibialis anterior", "vastus lateralis", "vastus medius", "gluteus medius"),
    0.3: ("rectus femoris", "medial hamstrings", "biceps femoris"),
}
"""Least correlations with the envelopes."""


def aims(parts: dict[str, list[Row]]) -> list[Asked]:
    """From the rows of the tables, by title."""
    forces, moments = parts["forces"], parts["moments"]
    vertical, fore_aft = ([row for row in forces if row["force"] == name] for name in ("vertical", "fore-aft"))
    lines = [
        _each("vertical force: r ≥ 0.98", vertical, lambda row: row["r"], 0.98),
        _each("fore-aft force: r ≥ 0.95", fore_aft, lambda row: row["r"], 0.95),
        _each(
            "vertical peak 95 to 105 % of the measured",
            vertical,
            lambda row: 100 * _ratio(row, "largest % BW"),
            95,
            105,
        ),
        _each("stance within 2 % of the stride", parts["stance"], lambda row: row["stance %"] - row["measured"], -2, 2),
        _each("peak ankle power ≥ 0.85 of the measured", parts["powers"], lambda row: row["ratio"], 0.85),
    ]
    for joint in dict.fromkeys(row["moment"] for row in moments):
        own = [row for row in moments if row["moment"] == joint]
        lines.append(_each(f"{joint} moment: r ≥ 0.9", own, lambda row: row["r"], 0.9))
    found = {row["muscle"]: row for row in parts["muscles"]}
    for least, names in MUSCLES.items():
        lines += [_each(f"{name}: r ≥ {least:g}", [found[name]], lambda row: row["r"], least) for name in names]
    return lines


def _ratio(row: Row, name: str) -> float:
    return row[name] / row["measured"]


def _each(asked: str, rows: Sequence[Row], value: Callable[[Row], float], least: float, most: float = 1e9) -> Asked:
    """Right and left leg, where both have a row."""
    values = [value(row) for row in rows]
    return Asked(asked, ", ".join(f"{one:.2f}" for one in values), all(least <= one <= most for one in values))
