"""The optimal control problem: walk periodically with little effort, near the proposal.

    minimise  ∫ Σ_j ((q_j − q̂_j) / trust_j)² + speed_share · (the same of speeds) dt + effort · ∫ Σ_m w_m e_m² + trunk_effort · e_trunk² dt

over states and excitations ``e`` of the planar body, subject to its equations of motion, activation dynamics and periodicity: over half
a cycle to the mirror image of the first instant where the body is symmetric, over a whole cycle otherwise. ``w_m`` is the strength of a
muscle without weakness over the mean: a weak muscle costs as much to switch on as a strong one, but gives less.
"""

import numpy as np

from engine.musculoskeletal.toolkit import opensim
from engine.tools.prediction.moco_settings import PredictionSettings, Trust
from engine.tools.prediction.planar_model import LUMBAR_ACTUATOR, PlanarBody, coordinate_paths
from engine.tools.prediction.planar_skeleton import PLANAR_COORDINATES
from engine.tools.prediction.reference import Reference

FORCES = "/forceset/"
_TABLE_STEPS = 2**7 + 1
_BEYOND = 1.02
"""The tracked table goes on a little: Moco refuses a final time at its very end."""

_CLOCK = 2.0**20
"""Ticks in a second, to which the final time is rounded. Moco divides it into the table's steps and compares their sum with it: both this
and the number of steps are powers of two, so that no digit is lost and it finds them equal."""

_MARGIN_RAD = 0.6
_HEIGHT_MARGIN, _FURTHEST = (0.15, 0.10), 1.4
"""Bounds: angles may leave those of the reference by the margin, pelvis height by shares of itself; the body goes no further than so many
times the reference."""

_FASTEST_RAD_S = 25.0
_FASTEST_M_S = 4.0


def value_path(paths: dict[str, str], name: str) -> str:
    """State variable of a coordinate's value."""
    return f"{paths[name]}/value"


def speed_path(paths: dict[str, str], name: str) -> str:
    """State variable of a coordinate's speed."""
    return f"{paths[name]}/speed"


def activation_path(muscle: str) -> str:
    """State variable of a muscle's activation."""
    return f"{FORCES}{muscle}/activation"


def make_study(
    model: opensim.Model, body: PlanarBody, target: Reference, settings: PredictionSettings
) -> opensim.MocoStudy:
    """The problem, not yet with its solver's settings. ``model`` must stay alive as long as the study."""
    model.initSystem()
    paths = coordinate_paths(model)
    track = opensim.MocoTrack()
    track.setName("prediction")
    track.setModel(opensim.ModelProcessor(model))
    track.setStatesReference(opensim.TableProcessor(_table(target, paths)))
    track.set_states_global_tracking_weight(1.0)
    track.set_allow_unused_references(True)
    track.set_track_reference_position_derivatives(True)
    track.set_apply_tracked_states_to_guess(True)
    track.set_initial_time(0.0)
    track.set_final_time(round(target.duration_s * _CLOCK) / _CLOCK)
    track.set_control_effort_weight(settings.effort)
    track.set_states_weight_set(_weights(paths, settings.trust, target.cycle_s))
    study = track.initialize()
    problem = study.updProblem()
    _weigh_effort(problem, body, settings)
    _make_periodic(problem, model, paths, symmetric=target.symmetric)
    _bound(problem, body, paths, target)
    if settings.speed_mps is not None:
        goal = opensim.MocoAverageSpeedGoal("speed")
        goal.set_desired_average_speed(settings.speed_mps)
        problem.addGoal(goal)
    return study


def _table(target: Reference, paths: dict[str, str]) -> opensim.TimeSeriesTable:
    time = np.linspace(0.0, _BEYOND * target.duration_s, _TABLE_STEPS)
    table = opensim.TimeSeriesTable(
        opensim.StdVectorDouble([float(t) for t in time]),
        opensim.Matrix.createFromMat(np.ascontiguousarray(target.at(time))),
        opensim.StdVectorString([value_path(paths, name) for name in PLANAR_COORDINATES]),
    )
    table.addTableMetaDataString("inDegrees", "no")
    return table


def _trusted(name: str, trust: Trust) -> float:
    special = {"pelvis_tx": trust.forward_m, "pelvis_ty": trust.height_m, "lumbar_extension": trust.trunk_rad}
    return special.get(name, trust.angle_rad)


def _weights(paths: dict[str, str], trust: Trust, cycle_s: float) -> opensim.MocoWeightSet:
    weights = opensim.MocoWeightSet()
    per_speed = trust.speed_share * (cycle_s / (2 * np.pi)) ** 2
    for name in PLANAR_COORDINATES:
        weight = _trusted(name, trust) ** -2
        weights.cloneAndAppend(opensim.MocoWeight(value_path(paths, name), weight))
        weights.cloneAndAppend(opensim.MocoWeight(speed_path(paths, name), per_speed * weight))
    return weights


def _weigh_effort(problem: opensim.MocoProblem, body: PlanarBody, settings: PredictionSettings) -> None:
    goal = opensim.MocoControlGoal.safeDownCast(problem.updGoal("control_effort"))
    mean = float(np.mean([lump.full_strength for lump in body.lumps]))
    for lump in body.lumps:
        goal.setWeightForControl(FORCES + lump.name, lump.full_strength / mean)
    goal.setWeightForControl(FORCES + LUMBAR_ACTUATOR, settings.trunk_effort)


def _mirrored(path: str) -> str:
    return path.replace("_r/", "_#/").replace("_l/", "_r/").replace("_#/", "_l/")


def _make_periodic(
    problem: opensim.MocoProblem, model: opensim.Model, paths: dict[str, str], *, symmetric: bool
) -> None:
    goal = opensim.MocoPeriodicityGoal("periodic")
    names = model.getStateVariableNames()
    for k in range(names.getSize()):
        name = names.get(k)
        if name != value_path(paths, "pelvis_tx"):
            goal.addStatePair(opensim.MocoPeriodicityGoalPair(name, _mirrored(name) if symmetric else name))
    goal.addControlPair(opensim.MocoPeriodicityGoalPair(FORCES + LUMBAR_ACTUATOR))
    problem.addGoal(goal)


def _bound(problem: opensim.MocoProblem, body: PlanarBody, paths: dict[str, str], target: Reference) -> None:
    q = target.at(np.linspace(0.0, target.cycle_s, _TABLE_STEPS))
    low, high = q.min(axis=0), q.max(axis=0)
    for k, name in enumerate(PLANAR_COORDINATES):
        speed = _FASTEST_RAD_S
        initial = opensim.MocoInitialBounds()
        if name == "pelvis_tx":
            way = target.duration_s * target.speed_mps
            bounds, initial, speed = (-0.05, _FURTHEST * way), opensim.MocoInitialBounds(0.0), _FASTEST_M_S
        elif name == "pelvis_ty":
            bounds = (low[k] * (1 - _HEIGHT_MARGIN[0]), high[k] * (1 + _HEIGHT_MARGIN[1]))
            speed = _FASTEST_M_S
        else:
            bounds = _allowed(body, name, low[k] - _MARGIN_RAD, high[k] + _MARGIN_RAD)
        problem.setStateInfo(value_path(paths, name), opensim.MocoBounds(*map(float, bounds)), initial)
        problem.setStateInfo(speed_path(paths, name), opensim.MocoBounds(-speed, speed))


def _allowed(body: PlanarBody, name: str, low: float, high: float) -> tuple[float, float]:
    """Within the range of the joint: that of the model, and what a stiff joint leaves of it."""
    coordinate = next(each for each in body.skeleton.coordinates if each.name == name)
    least, most = body.joint_range.get(name, (-np.inf, np.inf))
    return max(low, coordinate.lower, least), min(high, coordinate.upper, most)
