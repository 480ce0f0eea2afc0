"""Cases through proposer and physics in processes of their own."""

from dataclasses import replace

import pytest

from engine.people.conditions import load_card
from generative.evaluation.feasibility import stratified_cases, try_all


def test_cases_come_back_in_order_and_one_that_cannot_be_tried_is_named():
    cases = stratified_cases(load_card("healthy"), 3, 0)
    wrong = replace(cases[2], speed_mps=9.0)
    tried = try_all([*cases[:2], wrong], None, judge_first=False, workers=1)
    assert [next(tried).case.seed for _ in range(2)] == [case.seed for case in cases[:2]]
    with pytest.raises(RuntimeError, match=rf"case 2, subject {wrong.subject.id}: .*9 is not walking"):
        next(tried)
