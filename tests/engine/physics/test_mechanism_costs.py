"""Pain, reflexes and joint limits in the cost: exact gradients, and forces that give way to them."""

import numpy as np
import pytest
from norm_gait import NORMAL, norm_proposal

from engine.core.conventions import COORDINATE_INDEX, LEG_COORDINATES, MUSCLES
from engine.musculoskeletal.mechanisms import change
from engine.physics.bases import CycleBasis
from engine.physics.embodied import with_mechanisms
from engine.physics.loads import AIMS, Loads
from engine.physics.projection import FRAMES, CycleProblem, explain_standing, project, put_on_floor
from engine.physics.settings import Settings

SETTINGS = Settings()
CHANGES = {
    "leg pain": {"leg_pain.right": 1.0},
    "knee pain": {"knee_pain.left": 1.0, "knee_pain.right": 0.5},
    "spasticity": {"hamstring_spasticity.right": 3.0, "plantarflexor_spasticity": 3.0},
    "stiff knee": {"knee_angle_max_deg.right": 20.0, "hip_rotation_min_deg": 2.0},
}


def with_changes(body, changes):
    parameters = NORMAL
    for name, value in changes.items():
        parameters = change(parameters, name, value)
    return with_mechanisms(body, parameters)


@pytest.fixture(scope="module")
def proposed():
    return norm_proposal()[0].cycle


@pytest.fixture(scope="module")
def feasible(adult, proposed):
    return project(proposed, adult.body, SETTINGS)


@pytest.fixture(params=CHANGES)
def changed(request, adult):
    return with_changes(adult.body, CHANGES[request.param])


def test_gradient_follows_every_mechanism(changed, adult, feasible, rng):
    """The whole gradient, and the part of it that the mechanism adds."""
    x = CycleBasis.pack(feasible.cycle)
    _, firm = explain_standing(adult.body, SETTINGS.force, feasible.cycle.motion(FRAMES))
    problem, plain = (
        CycleProblem(body, SETTINGS, feasible.reference, Loads(body, SETTINGS.force, firm.firmness))
        for body in (changed, adult.body)
    )
    (cost, state), (usual, plain_state) = problem.evaluate(x, None), plain.evaluate(x, None)
    assert cost > 1.02 * usual
    gradient, without = (p.linearise(x, s).gradient for p, s in ((problem, state), (plain, plain_state)))
    ways = rng.normal(size=(6, len(x))) / np.sqrt(problem.basis.metric * len(x))

    def slope(of, near, way):
        ends = (of.evaluate(x + sign * 1e-5 * way, near)[0] for sign in (1, -1))
        return (next(ends) - next(ends)) / 2e-5

    for way in ways:
        changes, plainly = slope(problem, state, way), slope(plain, plain_state, way)
        assert gradient @ way == pytest.approx(changes, rel=1e-3, abs=2e-4)
        assert (gradient - without) @ way == pytest.approx(changes - plainly, rel=1e-2, abs=5e-4)
    assert np.abs(ways @ (gradient - without)).max() > 0.05


def explained(body, cycle):
    motion = put_on_floor(cycle, body).motion(50)
    return Loads(body, SETTINGS.force).explain(motion.q, motion.u, motion.a)


def test_a_painful_leg_is_spared(adult, proposed):
    """The same motion: in double support the other leg takes over, and what nobody can take stays."""
    plain = explained(adult.body, proposed)
    spared = explained(with_changes(adult.body, {"leg_pain.right": 1.0}), proposed)
    right = adult.body.point_side == 0
    ours, theirs = (frames.point_force[:, right, 1].sum(axis=1) for frames in (spared, plain))
    assert ours.sum() < theirs.sum()
    both = (theirs > 50) & (plain.point_force[:, ~right, 1].sum(axis=1) > 50)
    assert (ours[both] < theirs[both]).all()
    assert spared.solution.residual.shape[1] == AIMS.stop + 1


def test_a_painful_knee_lowers_the_tension_across_it(adult, proposed):
    def knee_tension(body):
        loads = Loads(with_changes(adult.body, {"knee_pain.right": 1.0}), SETTINGS.force)
        frames = explained(body, proposed)
        tension = frames.activation * frames.muscles.capacity + frames.muscles.passive
        return tension @ loads.pain.muscle[0]

    before, after = knee_tension(adult.body), knee_tension(with_changes(adult.body, {"knee_pain.right": 2.0}))
    assert after.mean() < before.mean()
    across = Loads(with_changes(adult.body, {"knee_pain.right": 1.0}), SETTINGS.force).pain.muscle[0] > 0
    crossing = {name for name, crosses in zip(MUSCLES, across, strict=True) if crosses}
    assert {"vaslat_r", "recfem_r", "gasmed_r", "bflh_r", "bfsh_r", "semimem_r"} <= crossing
    assert not crossing & {"soleus_r", "glmax1_r", "vaslat_l", "gasmed_l"}


def test_the_floor_of_a_spastic_muscle_rises_with_its_lengthening(adult):
    soleus, ankle = MUSCLES.index("soleus_r"), COORDINATE_INDEX["ankle_angle_r"]
    body = with_changes(adult.body, {"plantarflexor_spasticity.right": 2.0})
    speeds = np.linspace(-4.0, 4.0, 9)
    q, u = np.zeros((9, 31)), np.zeros((9, 31))
    u[:, ankle] = speeds
    frames = Loads(body, SETTINGS.force).explain(q, u, np.zeros((9, 31)))
    floor = 0.2 * frames.muscles.rate[:, soleus] / body.muscles.parameters.optimal_fibre_length[soleus]
    assert (np.diff(floor) > 0).all()
    assert (frames.activation[:, soleus] >= np.clip(floor, 0, 1) - 1e-12).all()
    np.testing.assert_array_equal(frames.reflex[:, soleus], (floor > SETTINGS.force.least_activation) & (floor < 1))
    assert not frames.reflex[:, MUSCLES.index("soleus_l")].any()


def test_limits_beyond_the_range_of_walking_hold(adult, proposed):
    """A knee that cannot be straightened, or not bent at all, has its own range; others keep that of walking."""
    for changes in ({"knee_angle_min_deg": 130.0}, {"knee_angle_max_deg": -2.0}):
        body = with_changes(adult.body, changes)
        frames = CycleProblem(body, SETTINGS, proposed, Loads(body, SETTINGS.force)).frames
        assert (frames._lower <= frames._upper).all()


def test_a_lax_knee_may_bend_backwards(adult, proposed):
    """As far as its own limit and no further; the other knee is kept from it."""
    body = with_changes(adult.body, {"knee_angle_min_deg.right": -8.0})
    frames = CycleProblem(body, SETTINGS, proposed, Loads(body, SETTINGS.force)).frames
    right, left = (LEG_COORDINATES.index("knee_angle") + leg * len(LEG_COORDINATES) for leg in (0, 1))
    assert frames._lower[right] == pytest.approx(np.deg2rad(-8.0))
    assert frames._lower[left] > 0
    assert frames._upper[right] == frames._upper[left]
