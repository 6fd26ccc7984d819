"""Onboarding as pure values: who could be asked, what is read as commitments, and which weeks are spoken of."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practices.onboarding import (
    MOST_NEWCOMERS,
    POD,
    Standing,
    Tour,
    Volunteer,
    closing_day,
    found,
    pod_refusal,
    prompt,
    read_commitments,
    standing,
    weeks,
)
from practices.understanding import NotUnderstood

TODAY = date(2026, 11, 22)
NIA = Volunteer(id="nia", languages=("en",), ahead=60)


def asked(
    *volunteers: Volunteer,
    newcomer: Volunteer = NIA,
    inviter: str | None = None,
    tried: tuple[str, ...] = (),
) -> str | None:
    return found(newcomer, volunteers, inviter=inviter, tried=tried, today=TODAY, seed="1")


class TestWhoIsAsked:
    @pytest.mark.requirement("R38")
    def test_whoever_invited_comes_first_however_busy_and_far_they_are(self) -> None:
        far = Volunteer(id="ana", ahead=600, beside=2, most=5)
        assert asked(Volunteer(id="ben", ahead=60), far, inviter="ana") == "ana"

    def test_then_who_is_beside_fewer_and_then_whose_clock_is_nearer(self) -> None:
        assert (
            asked(Volunteer(id="ben", beside=1, most=3), Volunteer(id="cleo", ahead=600)) == "cleo"
        )
        assert asked(Volunteer(id="ben", ahead=600), Volunteer(id="cleo", ahead=120)) == "cleo"

    def test_a_clock_across_midnight_is_near(self) -> None:
        pacific = Volunteer(id="nia", ahead=-11 * 60)
        near, far = Volunteer(id="ben", ahead=12 * 60), Volunteer(id="cleo", ahead=-6 * 60)
        assert asked(near, far, newcomer=pacific) == "ben"

    def test_nobody_is_asked_twice_or_beyond_what_they_said_or_while_they_rest(self) -> None:
        assert asked(Volunteer(id="ben"), tried=("ben",)) is None
        assert asked(Volunteer(id="ben", beside=1, most=1)) is None
        assert asked(Volunteer(id="ben", rests_until=date(2026, 11, 23))) is None
        assert asked(Volunteer(id="ben", rests_until=TODAY)) == "ben"

    def test_who_shares_no_language_is_not_asked_and_who_named_none_is(self) -> None:
        assert asked(Volunteer(id="ben", languages=("it",))) is None
        assert asked(Volunteer(id="ben", languages=("en-GB", "it"))) == "ben"
        assert asked(Volunteer(id="ben")) == "ben"

    def test_not_with_counts_from_either_side_also_for_who_invited(self) -> None:
        assert asked(Volunteer(id="ben", not_with=frozenset({"nia"})), inviter="ben") is None
        wary = Volunteer(id="nia", not_with=frozenset({"ben"}))
        assert asked(Volunteer(id="ben"), newcomer=wary, inviter="ben") is None

    def test_nobody_is_beside_themselves(self) -> None:
        assert asked(Volunteer(id="nia")) is None

    def test_equals_are_drawn_by_lot_the_same_way_every_time(self) -> None:
        equals = [Volunteer(id=each) for each in "abcdef"]
        drawn = [
            found(NIA, equals, inviter=None, tried=(), today=TODAY, seed=str(seed))
            for seed in range(40)
        ]
        again = [
            found(NIA, equals[::-1], inviter=None, tried=(), today=TODAY, seed=str(seed))
            for seed in range(40)
        ]
        assert drawn == again
        assert len(set(drawn)) > 3

    @given(
        st.lists(
            st.builds(
                Volunteer,
                id=st.sampled_from("abcdefgh"),
                ahead=st.integers(-720, 840),
                beside=st.integers(0, 3),
                most=st.integers(1, 3),
                not_with=st.frozensets(st.sampled_from(["nia", "x"])),
            ),
            unique_by=lambda each: each.id,
        ),
        st.sets(st.sampled_from("abcdefgh")),
    )
    def test_whoever_is_asked_may_be_asked_and_somebody_is_if_anybody_may(
        self, volunteers: list[Volunteer], tried: set[str]
    ) -> None:
        may = {
            each.id
            for each in volunteers
            if each.id not in tried and each.beside < each.most and "nia" not in each.not_with
        }
        who = found(NIA, volunteers, inviter=None, tried=tried, today=TODAY, seed="s")
        assert who in may if may else who is None


class TestCommitments:
    @pytest.mark.requirement("R42")
    def test_from_one_side_only_a_pair_stays_proposed(self) -> None:
        assert standing((), ()) is Standing.PROPOSED
        assert standing(("a",), ()) is Standing.PROPOSED
        assert standing((), ("a",)) is Standing.PROPOSED
        assert standing(("a",), ("b",)) is Standing.ACTIVE

    @pytest.mark.requirement("R42")
    @pytest.mark.parametrize("text", ["", " \n ", "a\nb\nc\nd", ";;;"])
    def test_none_and_more_than_three_are_refused(self, text: str) -> None:
        with pytest.raises(NotUnderstood, match="One to 3"):
            read_commitments(text)

    def test_lines_bullets_numbers_and_semicolons_are_read(self) -> None:
        assert read_commitments("- I answer\n2. I  bring you") == ("I answer", "I bring you")
        assert read_commitments("one; two ;three") == ("one", "two", "three")
        assert read_commitments("2026 is our year") == ("2026 is our year",)

    def test_what_fits_in_no_line_is_refused(self) -> None:
        assert read_commitments("x" * 200) == ("x" * 200,)
        with pytest.raises(NotUnderstood, match="200"):
            read_commitments("x" * 201)


class TestTheThreeMonths:
    @pytest.mark.requirement("R43")
    def test_weeks_one_four_eight_and_twelve_lie_before_the_closing_day(self) -> None:
        days = dict(weeks(TODAY))
        assert list(days) == [1, 4, 8, 12]
        assert days[1] == date(2026, 11, 29)
        assert max(days.values()) < closing_day(TODAY) == date(2027, 2, 22)

    def test_every_week_has_a_thought_for_a_pair_and_for_a_pod(self) -> None:
        for week, _day in weeks(TODAY):
            assert prompt(week) != prompt(week, pod=True)
        with pytest.raises(KeyError):
            prompt(2)

    def test_the_tour_is_three_people_and_one_session_and_no_number(self) -> None:
        assert Tour().words() == "☐ ☐ ☐ people met one-to-one · ☐ an open session"
        assert Tour(2, visited=True).words().startswith("☑ ☑ ☐")
        assert not Tour(3).done
        assert Tour(3, visited=True).done


@pytest.mark.requirement("R44")
def test_a_pod_is_one_member_and_up_to_seven_newcomers() -> None:
    assert POD[-1] == 8
    assert MOST_NEWCOMERS == 7
    assert pod_refusal(7) is None
    refusal = pod_refusal(8)
    assert refusal is not None
    assert "`welcome pod`" in refusal
