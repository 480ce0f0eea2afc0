"""How exact bodies and floor contact are, and how fast bodies, labels and pictures are made: the tables of ``docs/render.md``.

python benchmarks/bench_render.py            bodies, labels, pictures (2 minutes)
python benchmarks/bench_render.py --walks    also makes walks with the installed proposer and enforcer, and measures their floor contact
python benchmarks/bench_render.py --build    also builds the default body anew in a temporary folder

Times are processor seconds of one process.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch

from engine.conditions import load_card
from engine.records import Rejection, Subject, Walk
from engine.stages import load_stage
from render.body.bones import bone_motion
from render.body.build import build_body
from render.body.locate import body_file
from render.body.model import load_body_model
from render.body.placement import lowest_sole, place_root, pose_walk
from render.body.retarget import retarget
from render.body.shape import SmplxBodyMaker
from render.body.skeleton import JOINT
from render.body.solid import mass, stature
from render.cameras import read_cameras
from render.filmer import PyrenderFilmer, coordinates_at

STATURES_M = {3: 0.95, 6: 1.16, 10: 1.39, 14: 1.62, 30: 1.70, 60: 1.68, 85: 1.60}
PEOPLE = (
    Subject("healthy_6", 6, "female", 1.16, 20.5),
    Subject("healthy_30", 30, "male", 1.77, 74.0),
    Subject("healthy_78", 78, "female", 1.57, 63.0),
    Subject("Parkinson_70", 70, "male", 1.72, 78.0, "parkinson", 0.6),
    Subject("crouch_10", 10, "male", 1.36, 31.0, "cp_crouch", 0.6, "both"),
    Subject("stroke_62", 62, "female", 1.62, 70.0, "stroke", 0.5, "left"),
)


def bodies() -> None:
    maker, errors, seconds = SmplxBodyMaker(), [], []
    for age, height in STATURES_M.items():
        for sex in ("female", "male"):
            for bmi in (15, 18, 22, 30, 40) if age > 9 else (14, 16, 20, 25):
                person = Subject("x", age, sex, height, bmi * height**2)
                began = time.process_time()
                shape = maker.make(person)
                seconds.append(time.process_time() - began)
                model = load_body_model(maker.model_file(person))
                vertices, _ = model.shaped(shape.betas)
                errors.append((stature(vertices) - height, mass(vertices, model.faces) / person.mass_kg - 1))
    worst = np.abs(errors).max(axis=0)
    print(
        f"{len(errors)} bodies of 3 to 85 years, BMI 14 to 40: stature within {1e3 * worst[0]:.2f} mm, "
        f"mass within {100 * worst[1]:.3f} %, {np.median(seconds[1:]):.2f} s each, {max(seconds[1:]):.2f} at worst"
    )


def film(walk: Walk) -> None:
    filmer, frames = PyrenderFilmer(), None
    with tempfile.TemporaryDirectory() as folder:
        filmer.film(walk, ["side"], Path(folder), video=False, seed=0)
        for cameras, video in (
            (["side"], False),
            ([f"random{k}" for k in range(6)], False),
            (["side"], True),
            (["oblique"], True),
        ):
            began = time.process_time()
            filmer.film(walk, cameras, Path(folder), video=video, seed=0)
            seconds = time.process_time() - began
            frames = len(np.load(Path(folder) / "smplx.npz")["poses"])
            what = "video and labels" if video else "labels only"
            print(
                f"| {', '.join(cameras)} | {what} | {1e3 * seconds / frames:.1f} | {frames * len(cameras) / seconds:.1f} |"
            )


def make_walk(subject: Subject) -> Walk | None:
    """A walk by the installed stages; another proposal where one is rejected."""
    body = load_stage("body", "smplx").make(subject)
    proposer, enforcer = load_stage("proposer", "diffusion"), load_stage("enforcer", "opensim")
    for seed in range(5):
        gait = enforcer.enforce(
            proposer.propose(subject, body, load_card(subject.condition), speed_mps=None, seed=seed), body
        )
        walk = gait if isinstance(gait, Rejection) else enforcer.walk(gait, 6, seed=seed)
        if not isinstance(walk, Rejection):
            return walk
    return None


def floor_contact(walk: Walk) -> None:
    model = load_body_model(body_file(walk.subject.sex))
    body, q = walk.gait.body, coordinates_at(walk.dynamics, read_cameras())
    vertices, rest = model.shaped(body.betas)
    motion = bone_motion(body, q)
    raw, final = place_root(retarget(motion, rest), rest, motion), pose_walk(model, body, q)
    ankles = [
        raw.joints(rest)[:, JOINT[f"{side}_ankle"]] - motion.origin[f"talus_{side[0]}"] for side in ("left", "right")
    ]
    lower = np.min([np.linalg.norm(apart, axis=1) for apart in ankles], axis=0)
    before, after = (1e3 * lowest_sole(model, vertices, rest, pose) for pose in (raw, final))
    print(
        f"| {walk.subject.id} | {1e3 * lower.max():.1f} | {before.min():.1f} … {before.max():.1f} | {after.min():.1f} … {after.max():.1f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--walks", action="store_true")
    parser.add_argument("--build", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.build:
        began = time.process_time()
        build_body(lambda _: None)
        print(f"default body built in {time.process_time() - began:.0f} s")
    bodies()
    walks = [walk for walk in map(make_walk, PEOPLE if arguments.walks else PEOPLE[1:2]) if walk is not None]
    print("\n| cameras | what | ms a frame | frames/s |\n|---|---|---|---|")
    film(walks[min(1, len(walks) - 1)])
    print("\n| walk | standing ankle off by, mm | lowest sole point before, mm | after, mm |\n|---|---|---|---|")
    for walk in walks:
        floor_contact(walk)


if __name__ == "__main__":
    main()
