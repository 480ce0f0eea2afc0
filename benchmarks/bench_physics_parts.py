"""CPU time of the parts of a gait's and a walk's enforcement: the table in ``docs/validation/physics.md``.

python -m benchmarks.bench_physics_parts

One adult's proposal. The least of several runs, which other work on the machine disturbs least.
"""

import time
from collections.abc import Callable

import numpy as np

from engine.gait.records import BodyShape, Gait, Proposal, Subject
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.musculoskeletal.build_model import build_bones, build_model
from engine.musculoskeletal.foot_contact import sole_points
from engine.musculoskeletal.muscle_paths import fit_muscle_model
from engine.musculoskeletal.replay import InverseDynamics
from engine.musculoskeletal.subject_model import describe_subject
from engine.physics.activation_dynamics import producible
from engine.physics.body import described_body
from engine.physics.contact import ground_wrench
from engine.physics.embodied import embody
from engine.physics.kernels.muscle_force import muscle_state, torque_derivatives
from engine.physics.kernels.rigid_body import rigid_body_motion
from engine.physics.kernels.rigid_body_derivatives import dynamics_derivatives
from engine.physics.loads import Loads
from engine.physics.projection import CycleBasis, CycleProblem, explain_standing, put_on_floor
from engine.physics.settings import Settings
from engine.roles.enforcer import ATTEMPTS, OpenSimEnforcer
from engine.stages import load_stage
from engine.walk.ends import RATE_HZ, quiet_times
from engine.walk.unroll import ATTEMPTS as WALK_ATTEMPTS
from engine.walk.unroll import WalkProblem
from engine.walk.variation import Guess, draw_strides

ADULT = Subject(id="adult", age_years=30, sex="male", height_m=1.75, mass_kg=75)
RUNS, STRIDES = 8, 6


def report(name: str, work: Callable[[], object]) -> None:
    """Prints the least CPU time of some runs after a first one."""
    work()
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    print(f"| {name} | {1e3 * min(times):.1f} |")


def report_walk(proposal: Proposal, shape: BodyShape) -> None:
    """The parts of a walk of `STRIDES` strides."""
    gait = OpenSimEnforcer().enforce(proposal, shape)
    assert isinstance(gait, Gait), gait
    embodied, settings = embody(proposal, shape), Settings().varied(WALK_ATTEMPTS.first)
    guess = Guess(gait, draw_strides(proposal.variability, STRIDES, np.random.default_rng(1)))
    problem = WalkProblem(embodied, settings, gait, guess)
    x = problem.reference
    _, state = problem.evaluate(x, None)
    normal = problem.linearise(x, state)
    report(
        f"walk of {len(state.q)} frames: its spline, and forces of the cycle",
        lambda: WalkProblem(embodied, settings, gait, guess),
    )
    report("forces that explain it, from a motion nearby", lambda: problem.evaluate(x, state))
    report("its normal equations", lambda: problem.linearise(x, state))
    report(f"solving them ({len(x)} unknowns)", lambda: problem.step(normal, 0.01))
    motion = problem.basis.at(x, quiet_times(problem.basis, x, embodied.body))
    report(
        f"forces that explain {len(motion.q)} samples, on both floors, from nothing",
        lambda: explain_standing(embodied.body, settings.force, motion),
    )
    frames, loads = explain_standing(embodied.body, settings.force, motion)
    report("activations that excitations can produce", lambda: producible(frames, loads, 1 / RATE_HZ, periodic=False))


def main() -> None:
    shape = anthropometric_body(ADULT.age_years, ADULT.sex, ADULT.height_m)
    proposer = load_stage("proposer", "diffusion")
    proposal = proposer.propose(ADULT, shape, speed_mps=None, seed=1)
    print("| part | CPU ms |\n|---|---|")
    description = describe_subject(ADULT, shape, proposal.parameters)
    bones, soles = build_bones(description), sole_points(description, shape)
    body = described_body(description, bones, soles)
    report("description of the person", lambda: describe_subject(ADULT, shape, proposal.parameters))
    report("OpenSim's bones", lambda: build_bones(description))
    report("body read from these", lambda: described_body(description, bones, soles))
    report("(OpenSim's whole model, when it is exported)", lambda: build_model(description))
    whole = build_model(description)
    report("(muscle paths as OpenSim measures them, for models of users)", lambda: fit_muscle_model(whole))

    settings = Settings().varied(ATTEMPTS.first)
    reference = put_on_floor(proposal.cycle, body)
    problem = CycleProblem(body, settings, reference, Loads(body, settings.force, settings.force.touching))
    x = CycleBasis.pack(reference)
    _, cold = problem.evaluate(x, None)
    x = x + problem.step(problem.linearise(x, cold), 1.0)
    _, state = problem.evaluate(x, cold)
    normal, tree = problem.linearise(x, state), body.multibody.tree
    q, u = state.q, state.u
    motion = (q, u, state.a)
    report("forces that explain 50 frames, from nothing", lambda: problem.evaluate(x, None))
    report("the same, from a motion nearby", lambda: problem.evaluate(x, cold))
    report("of it, muscles", lambda: muscle_state(body.muscles, q, u))
    report("of it, inverse dynamics", lambda: rigid_body_motion(tree, body.points, *motion))
    report("normal equations", lambda: problem.linearise(x, state))
    report("of it, models of frames", lambda: problem.frames.quadratic(state))
    report(
        "of these, dynamics differentiated",
        lambda: dynamics_derivatives(tree, body.points, *motion, state.point_force),
    )
    report(
        "of these, muscles differentiated",
        lambda: torque_derivatives(body.muscles, state.muscles, q, u, state.activation),
    )
    report("solving them", lambda: problem.step(normal, 0.1))

    fine = proposal.cycle.motion(100)
    frames = problem.loads.explain(fine.q, fine.u, fine.a)
    wrench = ground_wrench(body, frames.motion.position, frames.point_force)
    judge = InverseDynamics(bones)
    report("OpenSim's inverse dynamics of 100 frames", lambda: judge.solve(fine, *wrench))
    report_walk(proposal, shape)


if __name__ == "__main__":
    main()
