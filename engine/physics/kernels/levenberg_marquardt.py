"""Levenberg-Marquardt with accept and reject: every step lowers the true cost."""

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from engine.core.arrays import Array
from engine.core.frozen import frozen

S = TypeVar("S")
N = TypeVar("N")


class Problem(Protocol[S, N]):
    """A cost whose evaluation leaves a state ``S``, from which its quadratic model, normal equations ``N``, is made."""

    def evaluate(self, x: Array, near: S | None) -> tuple[float, S]:
        """Cost and state at ``x``; ``near`` is a state close by."""
        ...

    def linearise(self, x: Array, state: S) -> N:
        """Normal equations at ``x``."""
        ...

    def step(self, normal: N, damping: float) -> Array:
        """Damped Newton step."""
        ...


@dataclass(frozen=True)
class Schedule:
    """At most ``steps``; stops after ``patience`` steps in a row that lower the cost by a share below ``tolerance``."""

    steps: int
    tolerance: float
    patience: int = 2
    damping: float = 0.1


@frozen
class Minimum(Generic[S]):
    """Where the search ended, the cost before the first and after every accepted step, and the state there."""

    x: Array
    state: S
    costs: tuple[float, ...]


_LEAST_DAMPING, _RAISE, _LOWER, _ATTEMPTS = 1e-5, 6.0, 5.0, 6


def minimise(problem: Problem[S, N], x: Array, schedule: Schedule, near: S | None = None) -> Minimum[S]:
    """Lowers the cost from ``x`` on; ``near`` is a state close by, if one is known."""
    cost, state = problem.evaluate(x, near)
    costs, damping, small = [cost], schedule.damping, 0
    for _ in range(schedule.steps):
        normal = problem.linearise(x, state)
        for _ in range(_ATTEMPTS):
            trial = x + problem.step(normal, damping)
            trial_cost, trial_state = problem.evaluate(trial, state)
            if trial_cost < cost:
                break
            damping *= _RAISE
        else:
            break
        small = small + 1 if cost - trial_cost < schedule.tolerance * cost else 0
        x, cost, state = trial, trial_cost, trial_state
        costs.append(cost)
        damping = max(damping / _LOWER, _LEAST_DAMPING)
        if small >= schedule.patience:
            break
    return Minimum(x, state, tuple(costs))
