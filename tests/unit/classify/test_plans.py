"""The plan that somebody is moved to, not the one that is left."""

from __future__ import annotations

import pytest

from mailbot.classify.plans import find_new_plans

NEW = {
    "move him from the Bronze HSA to the Silver PPO 2500": "Silver PPO 2500",
    "wants the high deductible plan instead of the HMO": "high deductible plan",
    "transfer her from division 01 Warehouse to division 02 Office": "division 02 Office",
    "change Gwen from employee + spouse to employee only": "employee only",
    "he goes to the Retiree Medical plan": "Retiree Medical plan",
    "would like to upgrade from Basic to Premier": "Premier",
    "move her to the COBRA subgroup 0077120-C": "COBRA subgroup 0077120-C",
    "please move to 0039901-S (salaried class)": "0039901-S",
    "Was: Class 2 (hourly)\nNow: Class 1 (salaried)": "Class 1",
    "Old plan: PPO 500\nNew plan: HMO 20": "HMO 20",
    "he was supposed to go on the Value HMO, you have him in the Choice PPO": "Value HMO",
    "put him under location 004 instead of 002": "location 004",
    "enroll Dana in the buy-up option in place of the base plan": "buy-up option",
    "pasar del plan Plata al plan Oro 1000": "Oro 1000",
    "想从HMO换到 Gold PPO 1000": "Gold PPO 1000",
    "switch to Plan B next month": "Plan B",
    "drop down to the Silver Essential from January": "Silver Essential",
    "move her to Gold Flex 900": "Gold Flex 900",
    "move her to Gold, extra cards please": "Gold",
}


@pytest.mark.parametrize("text", NEW)
def test_the_new_plan_is_named_as_fully_as_the_mail_does(text: str) -> None:
    assert find_new_plans(text) == (NEW[text],)


@pytest.mark.parametrize(
    "text",
    [
        "Can he move to a cheaper plan? He's on the Gold now.",
        "she is currently on the HMO",
        "he wants another plan",
        "switch from the HMO to the other plan",
        "no plan here",
        "",
    ],
)
def test_the_plan_somebody_has_is_not_the_new_one(text: str) -> None:
    assert find_new_plans(text) == ()
