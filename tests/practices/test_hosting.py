"""Hosting goes round: by turns, without ranks, and free to pass on."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices.hosting import order, proposed

START = datetime(2026, 11, 22, 9, tzinfo=UTC)
PEOPLE = st.lists(st.text("abcdefgh", min_size=1, max_size=4), min_size=3, max_size=8, unique=True)
CREWS = st.text("!abc", min_size=1, max_size=5)


def rounds(members: list[str], crew: str, meetings: int, caller: str | None = None) -> list[str]:
    """Who hosts each of so many meetings when nobody declines."""
    hosted: dict[str, datetime] = {}
    hosts = []
    for number in range(1, meetings + 1):
        host = proposed(members, hosted, crew=crew, meeting=number, caller=caller)
        assert host is not None
        hosted[host] = START + timedelta(days=number)
        hosts.append(host)
    return hosts


@pytest.mark.requirement("R55")
@settings(max_examples=80, deadline=None)
@given(PEOPLE, CREWS, st.booleans())
def test_everybody_hosts_once_before_anybody_hosts_twice(
    members: list[str], crew: str, called: bool
) -> None:
    hosts = rounds(members, crew, 3 * len(members), members[0] if called else None)

    for start in range(0, len(hosts), len(members)):
        assert sorted(hosts[start : start + len(members)]) == sorted(members)


@pytest.mark.requirement("R55")
@settings(max_examples=80, deadline=None)
@given(PEOPLE, CREWS, st.data())
def test_declining_moves_nobody_else(members: list[str], crew: str, data: st.DataObject) -> None:
    hosted = {
        each: START + timedelta(days=data.draw(st.integers(0, 99)))
        for each in data.draw(st.lists(st.sampled_from(members), unique=True))
    }
    before = order(members, hosted, crew=crew)
    declined: list[str] = []
    asked = []
    while (each := proposed(members, hosted, crew=crew, meeting=5, declined=declined)) is not None:
        asked.append(each)
        declined.append(each)

    assert asked == before
    assert order(members, hosted, crew=crew) == before


@pytest.mark.requirement("R55")
@settings(max_examples=80, deadline=None)
@given(PEOPLE, CREWS, st.data())
def test_whoever_joins_or_leaves_leaves_the_others_as_they_stood(
    members: list[str], crew: str, data: st.DataObject
) -> None:
    hosted = {each: START + timedelta(days=n) for n, each in enumerate(members[:2])}
    other = data.draw(st.sampled_from(members))
    before = order(members, hosted, crew=crew)

    without = order([each for each in members if each != other], hosted, crew=crew)

    assert without == [each for each in before if each != other]


def test_whoever_joins_has_not_hosted_and_comes_before_those_who_have() -> None:
    hosted = {"ana": START, "ben": START + timedelta(days=7)}

    assert order(["ana", "ben", "new"], hosted, crew="!kitchen") == ["new", "ana", "ben"]


def test_the_first_order_is_another_in_every_crew_and_follows_no_name() -> None:
    members = ["ana", "ben", "cleo", "dora"]
    firsts = Counter(order(members, {}, crew=f"!crew{n}")[0] for n in range(200))

    assert set(firsts) == set(members)
    assert max(firsts.values()) < 90


@pytest.mark.requirement("R56")
@settings(max_examples=80, deadline=None)
@given(PEOPLE, CREWS, st.data())
def test_for_the_second_meeting_everybody_else_is_asked_before_the_caller(
    members: list[str], crew: str, data: st.DataObject
) -> None:
    caller = data.draw(st.sampled_from(members))
    hosted = data.draw(st.sampled_from([{}, {caller: START}, {members[0]: START}]))
    others = [each for each in members if each != caller]
    declined: list[str] = []
    while len(declined) < len(others):
        asked = proposed(members, hosted, crew=crew, meeting=2, declined=declined, caller=caller)
        assert asked in others
        declined.append(asked)

    assert (
        proposed(members, hosted, crew=crew, meeting=2, declined=declined, caller=caller) == caller
    )


@pytest.mark.requirement("R56")
def test_the_caller_hosts_the_first_meeting_unless_they_declined() -> None:
    members = ["ana", "ben", "cleo"]

    assert proposed(members, {}, crew="!k", meeting=1, caller="cleo") == "cleo"
    asked = proposed(members, {}, crew="!k", meeting=1, declined=["cleo"], caller="cleo")
    assert asked in ("ana", "ben")


def test_a_caller_who_has_left_is_not_proposed() -> None:
    assert proposed(["ana"], {}, crew="!k", meeting=1, caller="gone") == "ana"


def test_when_all_have_declined_nobody_is_proposed() -> None:
    assert proposed(["ana", "ben"], {}, crew="!k", meeting=3, declined=["ana", "ben"]) is None
    assert proposed([], {}, crew="!k", meeting=1) is None
