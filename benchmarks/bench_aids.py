"""How well hands hold their walking aids: ``python -m benchmarks.bench_aids runs/quickstart`` tries every aid on every walk of a cohort.

Per aid, the worst of all walks and frames: distance from the palm to the middle of the handle, slip of a tip that rests on the floor, elbow
flexion, and the fastest turn of shoulder, elbow or wrist between two frames.
"""

import argparse
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from engine.core.arrays import Array
from render.aids.aid_parts import rest_place
from render.aids.arm import elbow_flexion
from render.aids.cane import handle_place
from render.aids.fit import fit_aid
from render.aids.rollator import handle_places
from render.aids.use import use_aid
from render.body.posing import Pose
from render.body.smplx_joints import JOINT
from render.figure.anatomy import Anatomy
from render.film.refilm import read_body_walk
from render.people.aid import LEFT_RIGHT, Aid

AIDS = (Aid("cane", ("right",)), Aid("cane", ("left",)), Aid("crutches", LEFT_RIGHT), Aid("rollator", LEFT_RIGHT))
_RESTS_M = 1e-9


def measure(aid: Aid, person: Anatomy, pose: Pose, fps: float) -> Array:
    """Palm to handle and tip slip (mm), least and greatest elbow flexion (deg), fastest joint (deg/s)."""
    pose, carried = use_aid(aid, person, pose, fps)
    rows = [_hand(aid, k, person, pose, carried, fps) for k in range(len(aid.hands))]
    palm, slip, least, most, fastest = np.array(rows).T
    return np.array([palm.max(), slip.max(), least.min(), most.max(), fastest.max()])


def _hand(aid: Aid, k: int, person: Anatomy, pose: Pose, carried: Array, fps: float) -> list[float]:
    side = aid.hands[k]
    rolls, fit = aid.kind == "rollator", fit_aid(person, side)
    turn, shift = np.split(carried[:, 0 if rolls else k], [3], axis=-1)
    place = handle_places(fit)[side] if rolls else handle_place(fit, aid.kind)
    handle = turn @ (rest_place(person) + place) + shift[..., 0]
    tip = turn @ rest_place(person) + shift[..., 0]
    rests = tip[:, 1] < _RESTS_M
    slips = np.linalg.norm(np.diff(tip, axis=0), axis=1)[rests[1:] & rests[:-1]] if not rolls else np.zeros(1)
    wrist, flexion = JOINT[f"{side}_wrist"], np.degrees(elbow_flexion(pose, person.joints, side))
    palm = pose.joints(person.joints)[:, wrist] + pose.rotations[:, wrist] @ fit.grip.palm
    away = np.linalg.norm(palm - handle, axis=1)
    return [1000 * away.max(), 1000 * slips.max(), flexion.min(), flexion.max(), _fastest(pose, side, fps)]


def _fastest(pose: Pose, side: str, fps: float) -> float:
    turns = pose.local_rotations()[:, [JOINT[f"{side}_{name}"] for name in ("shoulder", "elbow", "wrist")]]
    between = np.swapaxes(turns[:-1], -1, -2) @ turns[1:]
    return float(np.degrees(Rotation.from_matrix(between.reshape(-1, 3, 3)).magnitude().max()) * fps)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cohort", type=Path)
    walks = sorted(parser.parse_args().cohort.glob("subjects/*/*/smplx.npz"))
    print("| walk | aid | m/s | palm to handle, mm | slip of the tip, mm | elbow, deg | fastest joint, deg/s |")
    print("|---|---|---|---|---|---|---|")
    for walk in walks:
        take = read_body_walk(walk.parent)
        person, subject = Anatomy.of(take.model, take.body), take.subject
        speed = np.ptp(take.pose.pelvis[:, 2]) / (len(take.pose) - 1) * take.fps
        name = f"{subject.id} {subject.condition.name} {subject.severity:g}, {subject.age_years:.0f} years"
        for aid in AIDS:
            palm, slip, least, most, fastest = measure(aid, person, take.pose, take.fps)
            kind = aid.kind if len(aid.hands) > 1 else f"{aid.kind} {aid.hands[0][0]}"
            elbow = f"{least:.0f}–{most:.0f}"
            print(f"| {name} | {kind} | {speed:.2f} | {palm:.2f} | {slip:.4f} | {elbow} | {fastest:.0f} |")


if __name__ == "__main__":
    main()
