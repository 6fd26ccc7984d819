"""Who speaks for whom: one step, ended at any time, and never against a direct vote."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices.polls.proxies import LONGEST, Proxy, allow, holds, spoken_for
from practices.understanding import NotUnderstood

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ALL = ("ana", "ben", "cleo", "dan")


def speaking(
    direct: dict[str, str],
    proxies: list[Proxy],
    *,
    entitled: Collection[str],
    now: datetime,
    secret: bool = False,
) -> dict[str, str]:
    """What each person's voice says: their own, or that of whoever speaks for them."""
    through = spoken_for(direct, proxies, entitled=entitled, now=now, secret=secret)
    return direct | {person: direct[holder] for person, holder in through.items()}


def proxy(
    person: str,
    holder: str,
    *,
    days: int | None = 10,
    given: int = -1,
) -> Proxy:
    return Proxy(
        person=person,
        holder=holder,
        given_at=NOW + timedelta(days=given),
        until=None if days is None else NOW + timedelta(days=days),
    )


def test_whoever_holds_a_proxy_speaks_with_their_own_voice_for_both() -> None:
    said = speaking({"ben": "agree"}, [proxy("ana", "ben")], entitled=ALL, now=NOW)

    assert said == {"ben": "agree", "ana": "agree"}
    assert spoken_for({"ben": "agree"}, [proxy("ana", "ben")], entitled=ALL, now=NOW) == {
        "ana": "ben"
    }


def test_a_direct_vote_always_wins() -> None:
    said = speaking({"ana": "block", "ben": "agree"}, [proxy("ana", "ben")], entitled=ALL, now=NOW)

    assert said == {"ana": "block", "ben": "agree"}


def test_a_proxy_is_not_passed_on() -> None:
    chain = [proxy("ana", "ben"), proxy("ben", "cleo")]

    # Ben is spoken for and passes nothing on; once he votes himself he speaks for Ana.
    assert speaking({"cleo": "agree"}, chain, entitled=ALL, now=NOW) == {
        "cleo": "agree",
        "ben": "agree",
    }
    said = speaking({"cleo": "agree", "ben": "abstain"}, chain, entitled=ALL, now=NOW)
    assert said == {"cleo": "agree", "ben": "abstain", "ana": "abstain"}


def test_two_who_hold_each_others_proxy_say_nothing_until_one_votes() -> None:
    both = [proxy("ana", "ben"), proxy("ben", "ana")]

    assert speaking({}, both, entitled=ALL, now=NOW) == {}
    assert speaking({"ana": "agree"}, both, entitled=ALL, now=NOW) == {
        "ana": "agree",
        "ben": "agree",
    }


def test_a_proxy_ends_when_its_time_is_over_and_after_a_year_at_most() -> None:
    assert holds(proxy("ana", "ben"), NOW)
    assert not holds(proxy("ana", "ben", days=0), NOW)
    assert not holds(proxy("ana", "ben", given=1), NOW)
    open_ended = proxy("ana", "ben", days=None, given=0)
    assert holds(open_ended, NOW + LONGEST - timedelta(seconds=1))
    assert not holds(open_ended, NOW + LONGEST)


def test_nobody_speaks_or_is_spoken_for_who_is_not_entitled() -> None:
    given_away = [proxy("ana", "ben")]

    assert speaking({"ben": "agree"}, given_away, entitled=["ana"], now=NOW) == {"ben": "agree"}
    assert speaking({"ben": "agree"}, given_away, entitled=["ben"], now=NOW) == {"ben": "agree"}


def test_in_a_secret_poll_nobody_speaks_for_another() -> None:
    said = speaking({"ben": "agree"}, [proxy("ana", "ben")], entitled=ALL, now=NOW, secret=True)

    assert said == {"ben": "agree"}


def test_the_newest_proxy_of_a_person_counts() -> None:
    both = [proxy("ana", "cleo", given=-1), proxy("ana", "ben", given=-2)]

    said = {"ben": "block", "cleo": "agree"}
    assert spoken_for(said, both, entitled=ALL, now=NOW) == {"ana": "cleo"}


@pytest.mark.parametrize(
    ("person", "holder", "held", "until", "says"),
    [
        ("ana", "ana", [], NOW + timedelta(days=1), "yourself"),
        ("ana", "ben", [proxy("ben", "cleo")], NOW + timedelta(days=1), "not passed on"),
        ("ana", "ben", [proxy("cleo", "ana")], NOW + timedelta(days=1), "not passed on"),
        ("ana", "ben", [], NOW, "not before it has begun"),
        ("ana", "ben", [], NOW + LONGEST + timedelta(days=1), "within a year"),
    ],
)
def test_a_proxy_that_could_not_be_kept_is_refused_with_what_would_do(
    person: str, holder: str, held: list[Proxy], until: datetime, says: str
) -> None:
    with pytest.raises(NotUnderstood) as caught:
        allow(person, holder, held, until=until, now=NOW)
    assert says in str(caught.value)


def test_a_proxy_may_be_replaced_and_one_that_is_over_hinders_nobody() -> None:
    allow("ana", "cleo", [proxy("ana", "ben")], until=NOW + timedelta(days=1), now=NOW)
    allow("ana", "ben", [proxy("ben", "cleo", days=0)], until=None, now=NOW)


PEOPLE = st.sampled_from(ALL)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(
    st.dictionaries(PEOPLE, st.sampled_from(["agree", "block"])),
    st.lists(st.tuples(PEOPLE, PEOPLE, st.integers(-5, -1)), max_size=6),
)
def test_everybody_has_one_voice_at_most_and_their_own_stays(
    direct: dict[str, str], given_away: list[tuple[str, str, int]]
) -> None:
    proxies = [proxy(person, holder, given=since) for person, holder, since in given_away]
    said = speaking(direct, proxies, entitled=ALL, now=NOW)

    assert set(said) <= set(ALL)
    assert {person: said[person] for person in direct} == direct
    for person, holder in spoken_for(direct, proxies, entitled=ALL, now=NOW).items():
        assert said[person] == direct[holder]
        assert any((each.person, each.holder) == (person, holder) for each in proxies)
    assert speaking(direct, proxies[::-1], entitled=ALL, now=NOW).keys() == said.keys()
