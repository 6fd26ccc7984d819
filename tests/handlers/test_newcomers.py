"""Somebody whom the room itself has let into a crew: its guest, until each of its members has said yes (R49)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.catalogue import CATALOGUE
from handlers.house import arrivals, kept
from handlers.language import Call, Change
from handlers.names import people
from practices.circles import Life, RoomKind
from storage.callings import Place, Wish
from storage.coming import Coming
from storage.decisions import Decision
from storage.meetings import Meeting
from storage.members import Member
from storage.outbox import Deed
from storage.questions import Question
from storage.rooms import Room
from storage.visitors import Visitor
from tests.handlers.played import ME, START, PlayedHouse, PlayedRoom, a_house, person

THREE = ("ana", "ben", "cleo")
FOURTEEN = timedelta(days=14)

#: Words with which a member would change something, and none of which a guest may say.
CHANGING = (
    "close", "release", "settings ask-hours 48", "rhythm off", "skip", "move friday 20:00", "pause until 1 march",
    "wake", "timezone Lisbon", "invite Eve", "newcomers welcome", "retrospective", "host me", "swap Ana", "cycle new",
    "start check-in", "helper @zoe:here for 1 meeting", "helper end", "offer a cake", "need a lift", "game",
    "decided we meet at noon", "commit sing, me, by friday", "charter", "reports sunday 18:00",
)  # fmt: skip


class Kitchen:
    """A crew in a room that was adopted, and the private chats of those around it."""

    def __init__(self, house: PlayedHouse, crew: PlayedRoom, chats: dict[str, PlayedRoom]) -> None:
        self.house, self.crew, self.chats = house, crew, chats

    async def people(self) -> list[str]:
        """Those who count, by their first names."""
        found = await people(await self.crew.row(), ME)
        return [each[1:].partition(":")[0] for each in found]

    async def says(self, who: str, sign: str) -> list[str]:
        """Somebody answers the newest question in their private chat."""
        return await self.chats[who].taps(who, sign)

    def heard(self, who: str) -> list[str]:
        """All that was said to somebody in private so far."""
        lanes = (self.chats[who].id, person(who))
        return [
            str((owed.content or {})["text"])
            for owed in self.house.owed
            if owed.deed in (Deed.SEND, Deed.EDIT) and owed.lane in lanes
        ]


async def kitchen(house: PlayedHouse, members: tuple[str, ...] = THREE) -> Kitchen:
    """Three people without any congregation, who have all said yes to `!adopt crew`."""
    crew = await house.room("Kitchen", members, moderators=members[:1])
    await crew.says(members[0], "!adopt")
    for who in members:
        await crew.taps(who, "✅")
    assert (await crew.row()).life is Life.ACTIVE
    chats = {who: await house.private(who) for who in {*members, "dan", "eve"}}
    return Kitchen(house, crew, chats)


async def waiting(house: PlayedHouse, members: tuple[str, ...] = THREE) -> Kitchen:
    """Dan has come into the room, and nobody has answered yet."""
    there = await kitchen(house, members)
    await there.crew.joins("dan")
    return there


# ------------------------------------------------------------------------------------------- coming in


@pytest.mark.requirement("R49", "R141")
async def test_whoever_the_room_lets_in_is_greeted_told_what_happens_by_when_and_asked_about(
    house: PlayedHouse,
) -> None:
    there = await kitchen(house)

    told = await there.crew.joins("dan")

    assert told[-1].startswith(
        "Welcome, Dan. I am Kinkeeper, a program that helps the people here to meet."
    )
    assert (
        "Each member of this crew is asked in private whether you shall be one of them" in told[-1]
    )
    assert "by **Sunday 6 December** at the latest you hear from me" in told[-1]
    assert "Meanwhile you are a guest" in told[-1]
    for who in THREE:
        asked = there.heard(who)[-1]
        assert asked.startswith(
            "**Dan** has come into the room of **Kitchen**. Shall they be one of you?"
        )
        assert "It takes the yes of each of you." in asked
        assert "they stay a guest who decides nothing" in asked
    assert there.heard("dan") == []
    assert await there.people() == list(THREE)


@pytest.mark.requirement("R49")
def test_who_is_a_guest_is_settled_before_any_other_feature_hears_of_them() -> None:
    assert CATALOGUE.watches[Change.JOINED][0] is arrivals.came


@pytest.mark.requirement("R49")
async def test_when_all_have_said_yes_they_are_welcomed_and_count(house: PlayedHouse) -> None:
    there = await waiting(house)

    for who in ("ana", "ben"):
        await there.says(who, "✅")
    before = await there.people()
    await there.says("cleo", "✅")
    told = await house.passes(timedelta(minutes=1))

    assert before == list(THREE)
    assert "All of you have said yes to Dan. Welcome, Dan, as one of you." in told
    assert there.heard("dan")[-1].startswith("**Kitchen**: all of its people have said yes")
    assert await there.people() == ["ana", "ben", "cleo", "dan"]
    assert "crew** of 4" in (await there.crew.says("ana", "!status"))[0]
    assert [await model.all().count() for model in (Place, Visitor, Wish)] == [0, 0, 0]
    assert not await Question.filter(inquiry="wish").exists()


@pytest.mark.requirement("R49", "R47")
async def test_every_feature_hears_of_a_guest_only_when_they_are_a_member(
    house: PlayedHouse,
) -> None:
    six = ("ana", "ben", "cleo", "fay", "gus", "hal")
    there = await kitchen(house, six)
    came = await there.crew.joins("dan")
    for who in six:
        await there.says(who, "✅")

    told = await house.passes(timedelta(minutes=1))

    assert not [text for text in came if "You are seven now" in text]
    assert [text for text in told if text.startswith("You are seven now.")]


@pytest.mark.requirement("R49", "R50")
@pytest.mark.parametrize("last", ["✋", None])
async def test_a_no_and_silence_are_the_same_not_this_time_said_to_them_alone(
    house: PlayedHouse, last: str | None
) -> None:
    there = await waiting(house)
    for who in ("ana", "ben"):
        await there.says(who, "✅")
    if last:
        [kept] = await there.says("cleo", last)
        assert kept.startswith("Kept. Nobody sees what you said")

    told = await house.passes(FOURTEEN + timedelta(hours=1))

    [words] = told
    assert words == (
        "**Kitchen**: not this time. It says nothing about you. In its room you stay a guest who decides nothing; in two "
        "weeks one of them can ask all of them again there, with `!invite` and your name. Next, if you like: `calls` shows "
        "what else is open, and `call` begins a crew of your own."
    )
    assert there.heard("dan") == told
    assert not [owed for owed in house.owed if owed.deed is Deed.REMOVE]
    assert await there.people() == list(THREE)
    assert [wish.accepted for wish in await Wish.all()] == [None]


@pytest.mark.requirement("R49")
async def test_the_members_can_ask_again_after_two_weeks_and_not_before(house: PlayedHouse) -> None:
    there = await waiting(house)
    await house.passes(FOURTEEN + timedelta(hours=1))

    [early] = await there.crew.says("ana", "!invite Dan")
    await house.passes(FOURTEEN)
    again = await there.crew.says("ana", "!invite Dan")
    for who in ("ben", "cleo"):
        await there.says(who, "✅")
    await house.passes(timedelta(minutes=1))

    assert early.startswith("You were asked about Dan not long ago, so nobody was asked now.")
    assert again[-1].startswith("Each of you is asked in private whether **Dan** shall join.")
    assert await there.people() == ["ana", "ben", "cleo", "dan"]


@pytest.mark.requirement("R49", "R50")
async def test_asked_about_again_a_guest_hears_the_same_words_as_the_first_time(
    house: PlayedHouse,
) -> None:
    there = await waiting(house)
    await house.passes(FOURTEEN * 2 + timedelta(hours=2))
    await there.crew.says("ana", "!invite Dan")

    await house.passes(FOURTEEN + timedelta(hours=1))

    first, again = there.heard("dan")
    assert first == again
    assert there.heard("ana")[-1].startswith("**Dan** and Kitchen: not this time.")


@pytest.mark.requirement("R49", "R15")
async def test_members_who_sleep_are_asked_in_their_morning(house: PlayedHouse) -> None:
    there = await kitchen(house)
    house.now = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)

    told = await there.crew.joins("dan")
    morning = await house.passes(timedelta(hours=12))

    assert len(told) == 1
    assert len([text for text in morning if "**Dan** has come into the room" in text]) == 3


@pytest.mark.requirement("R49")
async def test_a_guest_of_the_name_of_a_member_is_shown_with_their_address(
    house: PlayedHouse,
) -> None:
    there = await kitchen(house)
    await Member.create(room=there.crew.id, person="@cleo:evil.org", name="Cleo")

    await there.crew.reports(Change.JOINED, "@cleo:evil.org")

    assert r"(@cleo:evil\.org)" in there.heard("ana")[-1]


# ------------------------------------------------------------------------------- with a place, or before


@pytest.mark.requirement("R49")
async def test_those_who_were_there_when_the_room_was_adopted_are_its_members(
    house: PlayedHouse,
) -> None:
    there = await kitchen(house, ("ana", "ben", "cleo", "zoe"))

    assert await there.people() == ["ana", "ben", "cleo", "zoe"]
    assert await Visitor.all().count() == 0


@pytest.mark.requirement("R49")
async def test_whoever_was_invited_by_all_is_a_member_when_they_come(house: PlayedHouse) -> None:
    there = await kitchen(house)
    await there.crew.says("ana", "!invite @dan:here")
    for who in ("ben", "cleo"):
        await there.says(who, "✅")

    told = await there.crew.joins("dan")

    assert told == []
    assert "dan" in await there.people()


@pytest.mark.requirement("R49")
async def test_to_come_in_while_the_others_are_still_asked_is_not_their_yes(
    house: PlayedHouse,
) -> None:
    there = await kitchen(house)
    await there.crew.says("ana", "!invite @dan:here")
    await there.says("ben", "✅")

    [told] = await there.crew.joins("dan")
    before = await there.people()
    await there.says("cleo", "✅")
    await house.passes(timedelta(minutes=1))

    assert "by **Sunday 6 December** at the latest" in told
    assert before == list(THREE)
    assert "dan" in await there.people()


@pytest.mark.requirement("R49", "R144")
async def test_a_helper_stays_a_helper_until_all_have_said_yes_to_more(house: PlayedHouse) -> None:
    there = await kitchen(house)
    later = house.now + timedelta(days=30)
    await Visitor.create(
        room=there.crew.id, person=person("dan"), meetings=2, asked_at=house.now, ends_at=later
    )
    [welcome] = await there.crew.joins("dan")
    await there.crew.says("ana", "!invite Dan")
    await there.says("ben", "✅")
    before = await there.people()
    await there.says("cleo", "✅")
    await house.passes(timedelta(minutes=1))

    assert welcome.startswith("Welcome, Dan: here for two meetings, as a guest.")
    assert before == list(THREE)
    assert "dan" in await there.people()
    assert not [owed for owed in house.owed if owed.deed in (Deed.REMOVE, Deed.INVITE)]


@pytest.mark.requirement("R49")
@pytest.mark.parametrize("kind", [RoomKind.WORKING, RoomKind.CONGREGATION, RoomKind.DYAD])
async def test_only_crews_ask_their_members(house: PlayedHouse, kind: RoomKind) -> None:
    room = await house.room("Hall", THREE, kind=kind)

    await room.joins("dan")

    assert await Visitor.all().count() == 0
    assert person("dan") in await people(await room.row(), ME)


async def test_a_crew_that_forms_accepts_each_other_by_its_charter(house: PlayedHouse) -> None:
    crew = await house.crew(life=Life.FORMING)

    await crew.joins("dan")

    assert await Visitor.all().count() == 0


# ------------------------------------------------------------------------- as many as share one table


@pytest.mark.requirement("R46", "R49")
async def test_a_ninth_is_told_of_four_and_five_and_nobody_is_asked(house: PlayedHouse) -> None:
    there = await kitchen(house, tuple("abcdefgh"))

    [told] = await there.crew.joins("lee")

    assert "so Lee is not added" in told
    assert "four and five" in told
    assert "Meanwhile you are a guest" in told
    assert await Wish.all().count() == 0
    assert await there.people() == [*"abcdefgh"]


@pytest.mark.requirement("R49")
async def test_a_crowd_in_an_open_room_is_neither_asked_about_nor_greeted_without_end(
    house: PlayedHouse,
) -> None:
    there = await kitchen(house)

    told = [await there.crew.joins(f"stranger{number}") for number in range(40)]

    assert await Wish.all().count() == 5
    assert sum(bool(each) for each in told) == 8
    assert await there.people() == list(THREE)


@pytest.mark.requirement("R49", "R59")
async def test_of_two_who_are_left_both_say_yes_to_a_third(house: PlayedHouse) -> None:
    there = await kitchen(house)
    await there.crew.leaves("cleo")
    await house.passes(timedelta(hours=2))

    await there.crew.joins("dan")
    for who in ("ana", "ben"):
        await there.says(who, "✅")
    await house.passes(timedelta(minutes=1))

    assert await there.people() == ["ana", "ben", "dan"]


@pytest.mark.requirement("R49", "R59")
async def test_two_can_ask_again_about_a_guest(house: PlayedHouse) -> None:
    there = await kitchen(house)
    await there.crew.leaves("cleo")
    await house.passes(timedelta(hours=2))
    await there.crew.joins("dan")
    await house.passes(FOURTEEN * 2 + timedelta(hours=2))

    again = await there.crew.says("ana", "!invite Dan")

    assert again[-1].startswith("Each of you is asked in private whether **Dan** shall join.")


@pytest.mark.requirement("R49")
async def test_where_nobody_is_left_who_could_say_yes_a_guest_hears_what_works(
    house: PlayedHouse,
) -> None:
    there = await kitchen(house)
    for who in THREE:
        await there.crew.leaves(who)
    await house.passes(timedelta(hours=2))

    [told] = await there.crew.joins("dan")

    assert "Nobody of this crew is here any more who could say yes to you." in told
    assert "a room of your own" in told
    assert await there.people() == []


# ------------------------------------------------------------------------------------ going and coming


@pytest.mark.requirement("R49")
async def test_whoever_left_and_comes_back_another_day_is_asked_about_again(
    house: PlayedHouse,
) -> None:
    there = await kitchen(house)
    await there.crew.leaves("cleo")
    await house.passes(timedelta(hours=1, minutes=1))

    told = await there.crew.joins("cleo")

    assert told[-1].startswith("Welcome, Cleo.")
    assert await there.people() == ["ana", "ben"]


@pytest.mark.requirement("R49")
async def test_a_slip_of_the_thumb_that_is_undone_within_the_hour_is_no_leaving(
    house: PlayedHouse,
) -> None:
    there = await kitchen(house)
    await there.crew.leaves("cleo")
    await house.passes(timedelta(minutes=59))

    told = await there.crew.joins("cleo")
    await house.passes(timedelta(days=1))

    assert told == []
    assert await there.people() == list(THREE)
    assert await Place.all().count() == 0


@pytest.mark.requirement("R49")
async def test_a_guest_who_goes_and_comes_back_is_a_guest_and_nobody_is_asked_twice(
    house: PlayedHouse,
) -> None:
    there = await waiting(house)
    asked = {who: there.heard(who) for who in THREE}

    for _time in range(3):
        gone = await there.crew.leaves("dan")
        back = await there.crew.joins("dan")
        assert (gone, back) == ([], [])

    assert {who: there.heard(who) for who in THREE} == asked
    assert await there.people() == list(THREE)


@pytest.mark.requirement("R49")
async def test_an_hour_after_a_guest_has_gone_nobody_is_asked_about_them_any_more(
    house: PlayedHouse,
) -> None:
    there = await waiting(house)
    await there.crew.leaves("dan")
    await house.passes(timedelta(hours=1, minutes=1))

    left = await Question.filter(inquiry="wish").count()
    told = await house.passes(FOURTEEN + timedelta(hours=1))

    assert left == 0
    assert told == []
    assert there.heard("dan") == []


async def test_the_going_of_a_guest_asks_two_nothing(house: PlayedHouse) -> None:
    there = await waiting(house)
    await there.crew.leaves("cleo")

    told = await there.crew.leaves("dan")

    assert told == []


@pytest.mark.requirement("R49")
async def test_when_the_one_who_had_not_answered_leaves_the_others_yes_is_enough(
    house: PlayedHouse,
) -> None:
    there = await waiting(house, ("ana", "ben", "cleo", "fay"))
    for who in ("ana", "ben", "fay"):
        await there.says(who, "✅")
    await there.crew.leaves("cleo")

    told = await house.passes(timedelta(days=1))

    assert "All of you have said yes to Dan. Welcome, Dan, as one of you." in told


# ---------------------------------------------------------------------------- a guest who decides nothing


@pytest.mark.requirement("R49")
@pytest.mark.parametrize("words", CHANGING)
async def test_what_is_the_members_a_guest_cannot_say(house: PlayedHouse, words: str) -> None:
    there = await waiting(house)
    before = await there.crew.row()

    [told] = await there.crew.says("dan", f"!{words}")

    assert (
        "is for the members of this crew. You are their guest until each of them has said yes"
        in told
    )
    assert "nothing was changed" in told
    after = await there.crew.row()
    assert (after.kind, after.life, after.settings, after.host) == (
        before.kind, before.life, before.settings, before.host,
    )  # fmt: skip
    assert not await Question.filter(room=there.crew.id).exists()


@pytest.mark.parametrize("words", ["when", "help", "about", "calendar", "practice", "status"])
async def test_a_guest_can_ask_what_anybody_may(house: PlayedHouse, words: str) -> None:
    there = await waiting(house)

    assert "is for the members" not in " ".join(await there.crew.says("dan", f"!{words}"))


@pytest.mark.requirement("R49")
async def test_a_guest_has_no_voice_in_what_all_are_asked(house: PlayedHouse) -> None:
    there = await waiting(house)
    await there.crew.says("ana", "!pause until 1 march")
    question = there.crew.asked("pause until")

    by_tap = await there.crew.taps("dan", "✋", on=question)
    in_words = await there.crew.says("dan", "!no")
    first = [await there.crew.taps(who, "✅", on=question) for who in ("ana", "ben")]
    last = await there.crew.taps("cleo", "✅", on=question)

    assert (by_tap, in_words) == ([], [])
    assert "2 of 3 have said yes" in first[1][0]
    assert "All of you have agreed." in last[0]


@pytest.mark.requirement("R49")
async def test_a_guest_cannot_say_yes_to_themselves(house: PlayedHouse) -> None:
    there = await waiting(house)
    for who in ("ana", "ben"):
        await there.says(who, "✅")

    for said in ("yes", "✅"):
        await there.chats["dan"].says("dan", said)
        await there.crew.says("dan", said)
    await there.chats["dan"].taps("dan", "✅", on=there.crew.asked("has come into the room"))
    await house.passes(timedelta(hours=1))

    assert await there.people() == list(THREE)


@pytest.mark.requirement("R49")
async def test_a_guest_is_not_asked_who_comes_and_what_they_tap_is_not_counted(
    house: PlayedHouse,
) -> None:
    there = await kitchen(house)
    await there.crew.says("ana", "!rhythm every thursday 19:00")
    await there.crew.taps("ana", "✅")
    await there.crew.joins("dan")
    await house.passes(until=datetime(2026, 11, 25, 18, 30, tzinfo=UTC))
    meeting = await Meeting.get(occurrence="2026-11-26T19:00")

    assert there.crew.mentions() == list(THREE)
    assert await there.crew.taps("dan", "✅", on=f"meeting:{meeting.id}") == []
    assert "not counted" in (await there.crew.says("dan", "!coming"))[0]
    assert await Coming.all().count() == 0


@pytest.mark.requirement("R49")
async def test_a_guest_does_not_host_by_a_word_in_private(house: PlayedHouse) -> None:
    there = await kitchen(house)
    await there.crew.says("ana", "!rhythm every thursday 19:00")
    await there.crew.taps("ana", "✅")
    await there.crew.joins("dan")

    for words in ("host me", "coming", "export crew", "retrospective", "charter"):
        await there.chats["dan"].says("dan", words)

    assert not await Meeting.filter(host=person("dan")).exists()
    assert await Coming.all().count() == 0
    assert not [owed for owed in house.owed if owed.deed is Deed.FILE]


@pytest.mark.requirement("R49")
async def test_a_guest_who_is_forgotten_is_a_guest_still(house: PlayedHouse) -> None:
    there = await waiting(house)
    await there.chats["dan"].says("dan", "forget me")
    await there.chats["dan"].says("dan", "yes")

    assert await there.people() == list(THREE)
    assert "You are their guest" in (await there.crew.says("dan", "!close"))[0]
    await there.crew.leaves("dan")
    assert await Visitor.all().count() == 0


@pytest.mark.requirement("R12", "R49")
async def test_a_guest_is_told_what_is_kept_about_their_being_one(house: PlayedHouse) -> None:
    there = await waiting(house)
    row = await there.chats["dan"].row()
    found = await kept.about(
        Call(key="$x", at=house.now, room=row, house=house.house, sender=person("dan"))
    )

    assert found["guest_until_all_say_yes_in"] == [{"room": "Kitchen", "since": START}]
    assert found["visiting_helper_in"] == []
    assert [each["room"] for each in found["you_would_like_to_join"]] == ["Kitchen"]


async def test_nobody_ends_the_visit_of_somebody_whom_the_room_let_in(house: PlayedHouse) -> None:
    there = await waiting(house)

    [told] = await there.crew.says("ana", "!helper end Dan")

    assert "Your guests are: nobody." in told


async def test_a_crew_that_ends_takes_nobody_out_and_a_guest_takes_nothing_along(
    house: PlayedHouse,
) -> None:
    there = await waiting(house)
    await Decision.create(room=there.crew.id, person=person("ana"), what="vegan", made_at=house.now)
    await there.crew.says("ana", "!close")
    for who in THREE:
        await there.crew.taps(who, "✅")

    [told] = await there.chats["dan"].says("dan", "export crew")

    assert (await there.crew.row()).life is Life.CLOSED
    assert "There are: none." in told
    assert not [owed for owed in house.owed if owed.deed is Deed.REMOVE]


@pytest.mark.requirement("R49")
async def test_whoever_comes_into_a_crew_that_has_ended_is_its_guest_and_nobody_is_asked(
    house: PlayedHouse,
) -> None:
    there = await kitchen(house)
    await Room.filter(id=there.crew.id).update(life=Life.CLOSED)

    [told] = await there.crew.joins("dan")

    assert "This crew has ended, so nobody is asked about you." in told
    assert "There are: none." in (await there.chats["dan"].says("dan", "export crew"))[0]
    assert await Wish.all().count() == 0


@pytest.mark.requirement("R49")
async def test_a_crew_that_rests_is_joined_by_all_as_well(house: PlayedHouse) -> None:
    there = await kitchen(house)
    await Room.filter(id=there.crew.id).update(life=Life.PAUSED)

    await there.crew.joins("dan")

    assert await there.people() == list(THREE)


# ------------------------------------------------------------------------------ upgraded, lost, let go


async def moved(there: Kitchen, present: list[str]) -> PlayedRoom:
    """The room is upgraded, and those present are in the new one before us."""
    await Room.filter(id=there.crew.id).update(successor="!new:here")
    new = await there.house.room("new", present, predecessor=there.crew.id)
    await new.reports(Change.ARRIVED)
    return new


@pytest.mark.requirement("R49")
async def test_everyone_who_follows_to_the_new_room_stays_what_they_were(
    house: PlayedHouse,
) -> None:
    there = await waiting(house)
    new = await moved(there, ["ana"])
    there.crew = new
    await house.passes(timedelta(days=30))

    for who in ("ben", "cleo", "dan"):
        await new.joins(who)

    assert await there.people() == list(THREE)
    assert await Place.all().count() == 0


@pytest.mark.requirement("R49")
@pytest.mark.parametrize("early", [(), ("cleo",)])
async def test_whoever_left_the_old_room_before_we_followed_is_a_member_of_the_new(
    house: PlayedHouse, early: tuple[str, ...]
) -> None:
    there = await kitchen(house)
    await Room.filter(id=there.crew.id).update(successor="!new:here")
    await there.crew.leaves("cleo")
    await house.passes(timedelta(days=3))
    there.crew = await moved(there, ["ana", "ben", *early])

    if not early:
        await there.crew.joins("cleo")

    assert await there.people() == list(THREE)
    assert await Place.all().count() == 0


@pytest.mark.requirement("R49")
async def test_strangers_who_were_in_the_new_room_before_us_are_its_guests(
    house: PlayedHouse,
) -> None:
    there = await kitchen(house)
    there.crew = await moved(there, ["ana", "ben", "dan", "eve"])

    assert await there.people() == ["ana", "ben"]
    assert [text for text in there.heard("ana") if "**Dan** has come into the room" in text]
    assert there.heard("dan") == there.heard("eve") == []


@pytest.mark.requirement("R49")
async def test_a_new_room_of_strangers_alone_is_theirs(house: PlayedHouse) -> None:
    there = await kitchen(house)
    there.crew = await moved(there, ["dan", "eve", "fay"])

    assert await there.people() == ["dan", "eve", "fay"]


@pytest.mark.requirement("R49")
async def test_when_the_database_was_lost_those_who_are_there_are_members(
    house: PlayedHouse,
) -> None:
    crew = await house.crew(people=["ana", "ben", "cleo", "dan"], life=Life.ACTIVE)

    await crew.reports(Change.REBUILT)

    assert len(await people(await crew.row(), ME)) == 4


@pytest.mark.requirement("R49")
async def test_let_go_and_adopted_anew_by_all_who_are_there_a_guest_is_a_member(
    house: PlayedHouse,
) -> None:
    there = await waiting(house)
    await there.crew.says("ana", "!release")
    await there.crew.taps("ana", "✅")
    await house.passes(timedelta(days=20))
    assert (await there.crew.row()).kind is RoomKind.NONE

    await there.crew.says("ana", "!adopt")
    for who in (*THREE, "dan"):
        await there.crew.taps(who, "✅")

    assert await there.people() == ["ana", "ben", "cleo", "dan"]


@pytest.mark.requirement("R49")
async def test_when_two_go_on_as_a_dyad_a_guest_is_none_of_them(house: PlayedHouse) -> None:
    there = await waiting(house)
    await there.crew.leaves("cleo")
    question = there.crew.asked("You are two now")
    for who in ("ana", "ben"):
        await there.crew.taps(who, "👥", on=question)

    assert (await there.crew.row()).kind is RoomKind.DYAD
    assert await there.people() == ["ana", "ben"]
    assert "is for the members of this dyad" in (await there.crew.says("dan", "!skip"))[0]


# -------------------------------------------------------------------------------------------- anybody

STRANGERS = ("dan", "eve", "@bridge_zoe:here", "@ana:elsewhere")
ACTS = st.one_of(
    st.just("joins"),
    st.just("leaves"),
    st.sampled_from(CHANGING),
    st.sampled_from(("✅", "✋", "🔁", "🖐️", "yes", "no")),
)


async def counted(there: Kitchen) -> tuple[object, ...]:
    """What in a crew depends on who its members are."""
    row = await there.crew.row()
    status = (await there.crew.says("ana", "!status"))[0].partition("Of it I keep now")[0]
    await there.crew.says("ana", "!pause until 1 march")
    asked = there.crew.asked("pause until")
    voices = [await there.crew.taps(who, "✅", on=asked) for who in ("ana", "ben")]
    await there.crew.taps("cleo", "✋", on=asked)
    await there.house.passes(timedelta(days=7))
    return (
        await there.people(),
        (row.kind, row.life, row.settings, row.rhythm, row.host, row.noticed_size),
        status,
        voices,
        set(await Meeting.all().values_list("host", flat=True)),
        await Coming.all().count(),
        sorted(
            str((owed.content or {}).get("mention"))
            for owed in there.house.owed
            if owed.lane == there.crew.id and (owed.content or {}).get("mention")
        ),
    )


@pytest.mark.requirement("R49")
@settings(derandomize=True, deadline=None, max_examples=12, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(STRANGERS), ACTS), max_size=12))
async def test_whatever_strangers_do_in_the_room_no_count_of_the_crew_changes(
    acts: list[tuple[str, str]],
) -> None:
    seen = []
    for done in ([], acts):
        async with a_house() as house:
            there = await kitchen(house)
            await there.crew.says("ana", "!rhythm every thursday 19:00")
            await there.crew.taps("ana", "✅")
            for who, act in done:
                inside = await Member.exists(room=there.crew.id, person=person(who))
                if act == "joins" and not inside:
                    await there.crew.joins(who)
                elif act == "leaves" and inside:
                    await there.crew.leaves(who)
                elif act in CHANGING and inside:
                    await there.crew.says(who, f"!{act}")
                elif act not in ("joins", "leaves", *CHANGING) and inside:
                    await there.crew.taps(who, act)
            seen.append(await counted(there))

    assert seen[0] == seen[1]


EIGHT = ("ana", "ben", "cleo", "fay", "gil", "hal", "ida", "joe")


@pytest.mark.requirement("R46", "R49")
async def test_a_crew_of_eight_stays_one_whoever_is_invited_past_it_and_they_hear_where_they_are(
    house: PlayedHouse,
) -> None:
    there = await kitchen(house, EIGHT)
    await house.room("Choir", ["ana", "dan"])

    [refused] = await there.crew.says("ana", "!invite Dan")
    told = await there.crew.joins("dan")
    [status] = await there.crew.says("ana", "!status")

    assert "so Dan is not added" in refused
    assert told[0].startswith("Welcome, Dan. I am Kinkeeper")
    assert "so Dan is not added" in told[0]
    assert "Meanwhile you are a guest" in told[0]
    assert "This is a **crew** of 8." in status
    assert [text for text in told if text.startswith("→")] == []
