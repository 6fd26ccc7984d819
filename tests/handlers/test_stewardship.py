"""Stewardship: everybody who takes part has one named person to turn to, when both have said yes."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import date, timedelta
from threading import Event

import pytest
import pytest_asyncio

from practices import stewardship as practice
from practices.circles import RoomKind
from practices.stewardship import THEMES
from storage.dyads import OneToOne
from storage.pairings import StewardRound, Stewardship, Tended, Tending
from tests.handlers.lakeside import about
from tests.handlers.played import PlayedHouse, PlayedRoom, person

SIX = ("ana", "ben", "cleo", "dan", "eva", "finn")


class Circle:
    """A congregation of six in one room; Dan hosts."""

    def __init__(self, house: PlayedHouse, space: PlayedRoom, table: PlayedRoom) -> None:
        self.house, self.space, self.table = house, space, table
        self.chats: dict[str, PlayedRoom] = {}

    async def says(self, who: str, *lines: str) -> str:
        if who not in self.chats:
            self.chats[who] = await self.house.private(who)
        told: list[str] = []
        for line in lines:
            told = await self.chats[who].says(who, line)
        return "\n".join(told)

    async def says_to_both(self, who: str, word: str) -> None:
        """The same answer to be a steward, and to have one; the second is asked back, as other things were said since."""
        await self.says(who, word, word, word)

    def heard(self, words: str, since: int = 0) -> list[str]:
        """Who was told these words in private."""
        lanes = [
            owed.lane
            for owed in self.house.owed[since:]
            if words in str((owed.content or {}).get("text", ""))
        ]
        return sorted(
            each.removeprefix("!private-").lstrip("@").partition(":")[0] for each in lanes
        )

    async def round(self, *people: str) -> None:
        """A round in which these people take part, up to the proposals."""
        for who in SIX:
            await self.says(who, "help")
        await self.says("dan", "steward round")
        for who in people or SIX:
            await self.table.taps(who, "✅", on="steward:round")
        await self.closes()

    async def closes(self) -> None:
        await self.says("dan", "steward round now")
        await self.house.passes()

    async def agreed(self, ana: str = "ana", ben: str = "ben") -> Stewardship:
        """Ana has asked Ben, and he has said yes."""
        await self.says(ben, "help")
        await self.says(ana, f"steward ask {ben}")
        await self.says(ben, "yes")
        return await Stewardship.get(steward=person(ben), stewardee=person(ana))


@pytest_asyncio.fixture
async def circle(house: PlayedHouse) -> AsyncIterator[Circle]:
    space = await house.space("Lakeside", SIX, ["dan"])
    table = await house.room("Commons", SIX, kind=RoomKind.WORKING, congregation=space.id)
    yield Circle(house, space, table)


class TestARound:
    @pytest.mark.requirement("R36")
    async def test_everybody_is_proposed_one_steward_never_mutual_and_evenly(
        self, circle: Circle
    ) -> None:
        await circle.round()
        rows = await Stewardship.all()
        has = {row.stewardee: row.steward for row in rows}
        assert sorted(has) == [person(each) for each in SIX]
        assert len(rows) == 6
        assert set(Counter(has.values()).values()) == {1}
        assert not any(has[steward] == stewardee for stewardee, steward in has.items())

    async def test_the_room_does_not_learn_who_takes_part_or_how(self, circle: Circle) -> None:
        await circle.says("dan", "steward round")
        told = await circle.table.taps("ana", "🤲", on="steward:round")
        assert all(each.startswith("→ ana: ") for each in told)
        assert not (await Tending.get()).willing

    async def test_who_would_only_have_one_is_nobodys(self, circle: Circle) -> None:
        for who in SIX:
            await circle.says(who, "help")
        await circle.says("dan", "steward round")
        for who in SIX:
            await circle.table.taps(
                who, "🤲" if who in ("ana", "ben") else "✅", on="steward:round"
            )
        await circle.closes()
        stewards = Counter([row.steward for row in await Stewardship.all()])
        assert not set(stewards) & {person("ana"), person("ben")}
        assert sorted(stewards.values()) == [1, 1, 2, 2]

    async def test_wishes_are_kept_and_not_with_is_too(self, circle: Circle) -> None:
        await circle.says("ana", "pairing wish cleo", "pairing not with ben")
        await circle.round()
        assert (await Stewardship.get(stewardee=person("ana"))).steward == person("cleo")
        assert not await Stewardship.exists(steward=person("ana"), stewardee=person("ben"))

    async def test_it_closes_by_itself_after_its_days(self, circle: Circle) -> None:
        await circle.says("dan", "steward round")
        for who in SIX:
            await circle.table.taps(who, "✅", on="steward:round")
        await circle.house.passes(timedelta(days=15))
        assert await Stewardship.all().count() == 6
        assert not await StewardRound.exists()
        assert not await Tending.exists()

    async def test_two_are_too_few_and_the_hosts_hear_why_and_what_works(
        self, circle: Circle
    ) -> None:
        await circle.round("ana", "ben")
        assert circle.heard("found no arrangement in which everybody") == ["dan"]
        assert not await Stewardship.exists()

    async def test_what_cannot_be_fitted_is_told_in_words_that_tell_of_nobody(
        self, circle: Circle
    ) -> None:
        await circle.says("ana", "pairing not with ben")
        await circle.round("ana", "ben", "cleo")
        assert circle.heard("found no arrangement in which everybody") == ["dan"]
        said = [str((owed.content or {}).get("text", "")) for owed in circle.house.owed[-6:]]
        words = next(each for each in said if "found no arrangement" in each)
        assert not any(each.capitalize() in words for each in SIX)

    async def test_only_a_host_begins_one_and_only_one_is_open(self, circle: Circle) -> None:
        assert "moderate" in await circle.says("ana", "steward round")
        await circle.says("dan", "steward round")
        assert "none was begun" in await circle.says("dan", "steward round")
        assert "No round is open" not in await circle.says("dan", "steward round now")
        await circle.house.passes()
        assert "No round is open" in await circle.says("dan", "steward round now")


class TestTheYesOfBoth:
    @pytest.mark.requirement("R37")
    async def test_nothing_begins_before_both_have_said_yes(self, circle: Circle) -> None:
        await circle.round()
        row = await Stewardship.get(stewardee=person("ana"))
        steward = row.steward[1:].partition(":")[0]
        # Ana is asked twice: to have one, and to be one.
        first = await circle.says("ana", "yes")
        await circle.says_to_both("ana", "yes")
        assert await Stewardship.filter(id=row.id, state=Tended.PROPOSED).exists()
        assert "on both sides" in first
        assert "Nobody has a steward" in await circle.says("ana", "steward list")
        await circle.says_to_both(steward, "yes")
        await row.refresh_from_db()
        assert row.state is Tended.ACTIVE
        assert row.review == date(2027, 11, 22)

    async def test_a_no_tells_the_other_only_that_it_does_not_come_about(
        self, circle: Circle
    ) -> None:
        await circle.says("ben", "help")
        await circle.says("ana", "steward ask ben")
        since = len(circle.house.owed)
        assert "needs no reason" in await circle.says("ben", "no")
        assert circle.heard("does not come about", since) == ["ana"]
        no = next(
            str(o.content) for o in circle.house.owed[since:] if "come about" in str(o.content)
        )
        assert not await Stewardship.exists()

        await circle.house.passes(timedelta(days=91))
        await circle.says("ana", "steward ask ben")
        since = len(circle.house.owed)
        await circle.house.passes(timedelta(days=16))
        silent = next(
            str(o.content) for o in circle.house.owed[since:] if "come about" in str(o.content)
        )
        assert silent == no, "silence and a no are told alike"

    async def test_the_congregation_sees_who_is_whose(self, circle: Circle) -> None:
        await circle.agreed()
        listed = "\n".join(await circle.table.says("finn", "!steward"))
        assert "**Ana**: Ben" in listed
        assert "Ben" in await circle.says("ana", "steward")

    async def test_somebody_from_elsewhere_in_the_room_does_not(self, circle: Circle) -> None:
        await circle.agreed()
        await circle.table.joins("zoe")
        assert "Ana" not in "\n".join(await circle.table.says("zoe", "!steward list"))

    async def test_no_two_have_each_other(self, circle: Circle) -> None:
        await circle.agreed()
        assert "no two have each other" in await circle.says("ben", "steward ask ana")
        assert await Stewardship.all().count() == 1

    async def test_a_new_steward_takes_the_place_of_the_former(self, circle: Circle) -> None:
        await circle.agreed()
        await circle.agreed("ana", "cleo")
        assert [row.steward for row in await Stewardship.all()] == [person("cleo")]


class TestANoInARound:
    @pytest.mark.requirement("R13")
    async def test_is_told_to_nobody_and_lapses_as_silence_does(self, circle: Circle) -> None:
        await circle.round()
        row = await Stewardship.get(stewardee=person("ana"))
        steward = row.steward[1:].partition(":")[0]
        await circle.says_to_both("ana", "yes")
        since = len(circle.house.owed)
        await circle.says_to_both(steward, "no")
        assert circle.heard("come about", since) == []
        await circle.house.passes(timedelta(days=16))
        assert "ana" in circle.heard("does not come about", since)
        words = {
            str((owed.content or {}).get("text"))
            for owed in circle.house.owed[since:]
            if owed.lane == "!private-ana:here"
        }
        assert all("does not come about" in each for each in words), "no other word than silence"
        assert not await Stewardship.exists()

    async def test_a_later_yes_of_the_other_begins_nothing(self, circle: Circle) -> None:
        await circle.round()
        row = await Stewardship.get(stewardee=person("ana"))
        steward = row.steward[1:].partition(":")[0]
        await circle.says_to_both(steward, "no")
        assert "on both sides" in await circle.says("ana", "yes")
        await circle.says_to_both("ana", "yes")
        assert not await Stewardship.exists(state=Tended.ACTIVE)

    @pytest.mark.requirement("R13")
    async def test_said_by_another_word_it_is_told_as_little(self, circle: Circle) -> None:
        await circle.round()
        row = await Stewardship.get(stewardee=person("ana"))
        steward = row.steward[1:].partition(":")[0]
        await circle.says_to_both("ana", "yes")
        since = len(circle.house.owed)
        await circle.says(steward, "steward can no longer")
        assert circle.heard("come about", since) == []
        assert await Stewardship.filter(id=row.id).exists()

    async def test_the_next_round_takes_the_place_of_what_the_last_proposed(
        self, circle: Circle
    ) -> None:
        await circle.round()
        await circle.round()
        assert await Stewardship.all().count() == 6


class TestTheMonths:
    @pytest.mark.requirement("R37")
    async def test_the_steward_alone_is_nudged_each_month_with_a_theme(
        self, circle: Circle
    ) -> None:
        await circle.agreed()
        since = len(circle.house.owed)
        await circle.house.passes(timedelta(days=95))
        assert circle.heard("A month has gone by", since) == ["ben"] * 3
        assert circle.heard("gone by", since) == ["ben"] * 3
        assert circle.heard(THEMES[0], since) == ["ben"]
        assert circle.heard(THEMES[1], since) == ["ben"]

    async def test_a_yes_looks_for_a_time_of_both(self, circle: Circle) -> None:
        row = await circle.agreed()
        await circle.house.passes(timedelta(days=31))
        await circle.says("ben", "yes")
        one = await OneToOne.get()
        assert (sorted(one.people), one.subject) == (
            [person("ana"), person("ben")],
            f"stewardship:{row.id}",
        )

    async def test_while_it_rests_no_month_is_spoken_of(self, circle: Circle) -> None:
        await circle.agreed()
        assert "it rests" in await circle.says("ana", "steward rest")
        since = len(circle.house.owed)
        await circle.house.passes(timedelta(days=65))
        assert circle.heard("A month has gone by", since) == []
        await circle.says("ben", "steward go on")
        await circle.house.passes(timedelta(days=31))
        assert circle.heard("A month has gone by", since) == ["ben"]

    @pytest.mark.requirement("R37")
    async def test_after_a_year_it_goes_on_when_both_say_so(self, circle: Circle) -> None:
        row = await circle.agreed()
        await circle.house.passes(timedelta(days=366))
        assert circle.heard("A year has gone by") == ["ana", "ben"]
        await circle.says("ana", "yes")
        await circle.says("ben", "yes")
        await row.refresh_from_db()
        assert (row.state, row.review) == (Tended.ACTIVE, date(2028, 11, 22))
        await circle.house.passes(timedelta(days=40))
        assert await Stewardship.exists()

    @pytest.mark.requirement("R37")
    async def test_after_a_year_it_is_over_when_one_is_silent(self, circle: Circle) -> None:
        await circle.agreed()
        await circle.house.passes(timedelta(days=366))
        await circle.says("ana", "yes")
        await circle.house.passes(timedelta(days=20))
        assert not await Stewardship.exists()
        assert circle.heard("is over, with thanks") == ["ana", "ben"]


class TestItsEnd:
    async def test_a_steward_who_can_no_longer_says_so_and_a_host_hears_a_number(
        self, circle: Circle
    ) -> None:
        await circle.agreed()
        told = await circle.says("ben", "steward can no longer")
        assert "Thank you for having been there" in told
        assert circle.heard("is over, with thanks") == ["ana"]
        assert circle.heard("Somebody looks for a new steward") == ["dan"]
        assert not await Stewardship.exists()
        assert not any(name.startswith("steward-") for name, _at in await circle.house.hours())

    async def test_the_stewardee_ends_it_by_one_word(self, circle: Circle) -> None:
        await circle.agreed()
        assert "needs no reason" in await circle.says("ana", "steward end")
        assert circle.heard("is over, with thanks") == ["ben"]

    async def test_whoever_leaves_the_congregation_is_nobodys(self, circle: Circle) -> None:
        await circle.agreed()
        await circle.space.leaves("ben")
        assert not await Stewardship.exists()
        assert circle.heard("is over, with thanks") == ["ana"]

    async def test_whoever_is_forgotten_is_nobodys(self, circle: Circle) -> None:
        await circle.agreed()
        await circle.says("ben", "forget me", "yes")
        assert not await Stewardship.exists()
        assert circle.heard("is over, with thanks") == ["ana"]

    async def test_without_one_each_word_says_what_works(self, circle: Circle) -> None:
        for line in (
            "steward end",
            "steward can no longer",
            "steward rest",
            "steward purple",
            "steward ask",
        ):
            told = await circle.says("ana", line)
            assert about([told], "othing") or "none of yours" in told


class TestOfSeveral:
    """Ana has Ben as her steward in Lakeside, and Eva in Hills (R2)."""

    async def two(self, circle: Circle) -> None:
        await circle.house.space("Hills", ["ana", "eva"], ["eva"])
        for who in ("ben", "eva"):
            await circle.says(who, "help")
        await circle.says("ana", "steward ask ben in Lakeside")
        await circle.says("ben", "yes")
        await circle.says("ana", "steward ask eva in Hills")
        await circle.says("eva", "yes")
        assert await Stewardship.filter(state=Tended.ACTIVE).count() == 2

    @pytest.mark.requirement("R2")
    @pytest.mark.parametrize("line", ["end", "rest"])
    async def test_a_word_alone_changes_nothing_and_says_which_there_are(
        self, circle: Circle, line: str
    ) -> None:
        await self.two(circle)
        told = await circle.says("ana", f"steward {line}")
        assert "nothing was changed" in told
        assert "**Ben** in **Lakeside**" in told
        assert "**Eva** in **Hills**" in told
        assert await Stewardship.filter(state=Tended.ACTIVE).count() == 2

    @pytest.mark.requirement("R2")
    @pytest.mark.parametrize("which", ["ben", "in Lakeside", "with Ben in Lakeside", "@ben:here"])
    async def test_the_one_that_is_named_ends_and_the_other_stays(
        self, circle: Circle, which: str
    ) -> None:
        await self.two(circle)
        assert "needs no reason" in await circle.says("ana", f"steward end {which}")
        assert [row.steward for row in await Stewardship.all()] == [person("eva")]

    @pytest.mark.requirement("R2")
    async def test_one_rests_and_goes_on_by_its_name(self, circle: Circle) -> None:
        await self.two(circle)
        assert "it rests" in await circle.says("ana", "steward rest in Hills")
        resting = await Stewardship.filter(state=Tended.RESTING)
        assert [row.steward for row in resting] == [person("eva")]
        assert "it goes on" in await circle.says("ana", "steward go on")
        assert "nothing was changed" in await circle.says("ana", "steward rest quentin")
        assert not await Stewardship.filter(state=Tended.RESTING).exists()

    @pytest.mark.requirement("R2")
    async def test_a_steward_in_two_congregations_says_in_which(self, circle: Circle) -> None:
        await circle.house.space("Hills", ["ben", "eva"], ["eva"])
        await circle.agreed()
        await circle.says("eva", "help", "steward ask ben in Hills")
        await circle.says("ben", "yes")
        assert "nothing was changed" in await circle.says("ben", "steward can no longer")
        assert await Stewardship.all().count() == 2
        assert "Thank you" in await circle.says("ben", "steward can no longer in Hills")
        assert [row.stewardee for row in await Stewardship.all()] == [person("ana")]

    async def test_out_of_a_round_one_keeps_the_steward_one_has(self, circle: Circle) -> None:
        await circle.agreed()
        await circle.says("dan", "steward round")
        await circle.table.taps("ana", "✅", on="steward:round")
        assert "`steward end round`" in await circle.says("ana", "steward end")
        assert await Tending.all().count() == 1
        assert "needs no reason" in await circle.says("ana", "steward end round")
        assert not await Tending.exists()
        assert await Stewardship.filter(state=Tended.ACTIVE).count() == 1


class TestBesideTheUnit:
    async def test_others_are_heard_while_stewards_are_found_and_what_they_say_counts(
        self, circle: Circle, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Finn takes part no more in the moment in which it is worked out."""
        await circle.says("dan", "steward round")
        for who in SIX:
            await circle.table.taps(who, "✅", on="steward:round")
        began, heard, sizes = asyncio.Event(), Event(), []
        loop = asyncio.get_running_loop()

        def slowly(people: Sequence[practice.Tended], *, seed: str) -> object:
            sizes.append(len(people))
            loop.call_soon_threadsafe(began.set)
            assert heard.wait(20)
            return found(people, seed=seed)

        found = practice.arranged
        monkeypatch.setattr(practice, "arranged", slowly)
        closing = asyncio.create_task(circle.house.passes(timedelta(days=15)))
        await began.wait()
        try:
            said = await asyncio.wait_for(circle.says("finn", "steward end round"), 10)
        finally:
            heard.set()
            await closing
        assert "needs no reason" in said
        assert sizes == [6, 5]
        assert await Stewardship.all().count() == 5


class TestANewcomer:
    @pytest.mark.requirement("R38")
    async def test_is_asked_who_invited_them_and_that_person_is_proposed(
        self, circle: Circle
    ) -> None:
        await circle.agreed()
        await circle.says("eva", "help")
        await circle.space.joins("zoe")
        assert circle.heard("Who invited you?") == ["zoe"]
        assert "I ask Eva" in await circle.says("zoe", "Eva")
        row = await Stewardship.get(stewardee=person("zoe"))
        assert (row.steward, row.state) == (person("eva"), Tended.PROPOSED)
        await circle.says("eva", "yes")
        await row.refresh_from_db()
        assert row.state is Tended.ACTIVE

    async def test_is_asked_nothing_where_nobody_has_a_steward(self, circle: Circle) -> None:
        await circle.space.joins("zoe")
        assert circle.heard("Who invited you?") == []

    async def test_may_let_it_be_or_name_somebody_who_is_not_there(self, circle: Circle) -> None:
        await circle.agreed()
        await circle.space.joins("zoe")
        assert "I know nobody here" in await circle.says("zoe", "Quentin")
        assert "always open" in await circle.says("zoe", "no")
        assert not await Stewardship.exists(stewardee=person("zoe"))
