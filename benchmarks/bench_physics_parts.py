"""CPU time of the parts of a gait's enforcement: the table in ``docs/validation/physics.md``.

python -m benchmarks.bench_physics_parts

One adult's proposal. The least of several runs, which other work on the machine disturbs least.
"""

import time
from collections.abc import Callable

from engine.gait.records import Subject
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.musculoskeletal.build_model import build_bones, build_model
from engine.musculoskeletal.foot_contact import sole_points
from engine.musculoskeletal.muscle_paths import fit_muscle_model
from engine.musculoskeletal.replay import InverseDynamics
from engine.musculoskeletal.subject_model import describe_subject
from engine.physics.body import described_body
from engine.physics.contact import ground_wrench
from engine.physics.kernels.muscle_force import muscle_state, torque_derivatives
from engine.physics.kernels.rigid_body import rigid_body_motion
from engine.physics.kernels.rigid_body_derivatives import dynamics_derivatives
from engine.physics.loads import Loads
from engine.physics.projection import CycleBasis, CycleProblem, put_on_floor
from engine.physics.settings import Settings
from engine.roles.enforcer import ATTEMPTS
from engine.stages import load_stage

ADULT = Subject(id="adult", age_years=30, sex="male", height_m=1.75, mass_kg=75)
RUNS = 8


def report(name: str, work: Callable[[], object]) -> None:
    """Prints the least CPU time of some runs after a first one."""
    work()
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    print(f"| {name} | {1e3 * min(times):.1f} |")


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


if __name__ == "__main__":
    main()
