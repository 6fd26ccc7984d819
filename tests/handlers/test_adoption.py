"""Rooms are taken under care by consent, and let go by anybody."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.language import Change
from practices.circles import Life, RoomKind
from storage.callings import Place
from storage.coming import Coming
from storage.inbox import Heard, Settled
from storage.meetings import Meeting
from storage.members import Member
from storage.questions import Question
from storage.reminders import Reminder
from storage.rooms import Room
from tests.handlers.assembled import founds, neighbours
from tests.handlers.played import PlayedHouse, PlayedRoom, person


async def adopted(house: PlayedHouse, people: tuple[str, ...], words: str = "!adopt") -> PlayedRoom:
    hall = await house.room("Hall", people)
    await hall.says(people[0], words)
    for who in people:
        await hall.taps(who, "✅")
    return hall


@pytest.mark.requirement("R141")
async def test_three_people_become_a_crew_without_any_congregation(house: PlayedHouse) -> None:
    hall = await house.room("Hall", ["ana", "ben", "cleo"])

    [asked] = await hall.says("ana", "!adopt")
    told = [await hall.taps(who, "✅") for who in ("ana", "ben", "cleo")]

    assert asked.startswith("May I look after this room as a **crew** of 3?")
    assert "never what you say to each other" in asked
    assert "Any one of you ends it with `!release`." in asked
    assert "Next: when do you meet? `!rhythm third thursday 19:00`" in told[2][-1]
    row = await hall.row()
    assert (row.kind, row.congregation, row.zone) == (RoomKind.CREW, None, "Europe/Rome")


@pytest.mark.requirement("R141")
async def test_a_crew_without_a_congregation_lives_through_everything(house: PlayedHouse) -> None:
    crew = await adopted(house, ("ana", "ben", "cleo"))
    for said, answer in (
        ("!rhythm every thursday 19:00", "✅"), ("!skip", "✅"), ("!hold", None),
        ("!move friday 20:00", "✅"), ("!timezone Lisbon", "✅"), ("!settings", None),
        ("!when", None), ("!calendar", None), ("!remind us friday 18:00 bring chairs", None),
        ("!reminders", None), ("!status", None), ("!help", None),
    ):  # fmt: skip
        told = await crew.says("ana", said)
        assert told
        assert "congregation" not in " ".join(told)
        if answer:
            told = await crew.taps("ana", answer)
            assert told[-1]
    for who in ("ana", "ben", "cleo"):
        await house.passes(timedelta(days=7))
        await crew.says(who, "!coming")
    later = await house.passes(timedelta(days=60))

    assert len([text for text in later if "Tomorrow, Thursday" in text]) >= 7
    assert await Heard.filter(state=Settled.FAILED).count() == 0


@pytest.mark.requirement("R45")
@pytest.mark.parametrize(
    ("people", "missing"), [(("ana",), "two more people"), (("ana", "ben"), "one more person")]
)
async def test_fewer_than_three_are_no_crew_yet(
    house: PlayedHouse, people: tuple[str, ...], missing: str
) -> None:
    hall = await house.room("Hall", people)

    [told] = await hall.says("ana", "!adopt crew")

    assert missing in told
    assert (await hall.row()).kind is RoomKind.NONE


@pytest.mark.requirement("R46")
async def test_nine_are_told_of_two_crews(house: PlayedHouse) -> None:
    hall = await house.room("Hall", [*"abcdefghi"])

    [told] = await hall.says("a", "!adopt")

    assert "Crews of 4 and 5 would have room for everyone" in told
    assert "`!adopt working`" in told


@pytest.mark.requirement("R47")
async def test_a_crew_that_begins_with_seven_gets_its_hint_at_once_and_once(
    house: PlayedHouse,
) -> None:
    crew = await adopted(house, tuple("abcdefg"))

    hints = [o for o in house.owed if "keep to one conversation" in str(o.content)]
    assert len(hints) == 1
    await Place.create(room=crew.id, person=person("hal"))
    assert await crew.joins("hal") == []


async def test_two_become_a_dyad(house: PlayedHouse) -> None:
    assert (await (await adopted(house, ("ana", "ben"))).row()).kind is RoomKind.DYAD


@pytest.mark.parametrize(("said", "kind"), [("as a crew", RoomKind.CREW), ("Crew", RoomKind.CREW)])
async def test_what_it_shall_be_can_be_said_in_several_ways(
    house: PlayedHouse, said: str, kind: RoomKind
) -> None:
    assert (
        await (await adopted(house, ("ana", "ben", "cleo"), f"!adopt {said}")).row()
    ).kind is kind


async def test_what_cannot_be_is_refused_with_what_can(house: PlayedHouse) -> None:
    hall = await house.room("Hall", ["ana", "ben", "cleo"])

    assert "A dyad is two people, and you are 3." in (await hall.says("ana", "!adopt dyad"))[0]
    assert "I don't know what “a *club*” would be" in (await hall.says("ana", "!adopt a *club*"))[
        0
    ].replace("\\", "")


@pytest.mark.requirement("R13")
async def test_one_no_is_enough_and_stays_unnamed(house: PlayedHouse) -> None:
    hall = await house.room("Hall", ["ana", "ben", "cleo"])
    await hall.says("ana", "!adopt")
    await hall.taps("ana", "✅")

    [told] = await hall.taps("ben", "✋")

    assert "not everybody wishes it now, and that needs no reason" in told
    assert "Ben" not in told
    assert (await hall.row()).kind is RoomKind.NONE


@pytest.mark.requirement("R46")
async def test_a_crew_that_outgrew_itself_while_it_was_asked_does_not_begin(
    house: PlayedHouse,
) -> None:
    hall = await house.room("Hall", [*"abcdefgh"])
    await hall.says("a", "!adopt")
    await hall.joins("lee")
    told: list[str] = []
    for who in [*"abcdefgh", "lee"]:
        told = await hall.taps(who, "✅")

    assert "eight people" in told[0] or "you are 9" in told[0]
    assert (await hall.row()).kind is RoomKind.NONE
    assert await Question.all().count() == 0


async def test_a_question_to_adopt_ends_after_a_fortnight(house: PlayedHouse) -> None:
    hall = await house.room("Hall", ["ana", "ben", "cleo"])
    await hall.says("ana", "!adopt")
    house.now += timedelta(days=15)

    for who in ("ana", "ben", "cleo"):
        assert await hall.taps(who, "✅") == []
    assert (await hall.row()).kind is RoomKind.NONE


async def test_a_working_room_is_entrusted_by_whoever_moderates_it(house: PlayedHouse) -> None:
    hall = await house.room("Hall", [*"abcdefghijkl"], moderators=["a"])

    [refused] = await hall.says("b", "!adopt working")
    await hall.says("a", "!adopt working")

    assert "somebody who moderates it" in refused
    assert (await hall.row()).kind is RoomKind.WORKING


async def test_a_room_in_a_congregation_takes_its_clock_and_its_name(house: PlayedHouse) -> None:
    await house.space("Lakeside", ["ana"], ["ana"], zone="Europe/Lisbon", children=["!hall:here"])

    hall = await adopted(house, ("ana", "ben", "cleo"))

    row = await hall.row()
    assert (row.congregation, row.zone) == ("!lakeside:here", "Europe/Lisbon")
    assert [o for o in house.owed if "this **crew** of **Lakeside**" in str(o.content)]


@pytest.mark.requirement("R11")
async def test_any_one_lets_it_go_with_one_confirmation_and_no_reason(house: PlayedHouse) -> None:
    pair = await adopted(house, ("ana", "ben"))
    await pair.says("ana", "!rhythm every thursday 19:00")
    await pair.taps("ana", "✅")
    await pair.says("ben", "!settings ask-hours 48")
    await pair.says("ben", "!remind friday 9:00 call Lee")
    await pair.says("ben", "!coming")

    [asked] = await pair.says("ana", "!release")
    told = await pair.taps("ana", "✅")

    assert asked.endswith("✅ yes · ✋ no")
    assert "?" not in asked.partition("✅")[0]
    assert told[-1].startswith("Done: I look after this room no more")
    row = await pair.row()
    assert (row.kind, row.rhythm, row.settings, row.host) == (RoomKind.NONE, None, {}, None)
    assert await Meeting.all().count() == await Coming.all().count() == 0
    assert await Question.all().count() == 0
    assert await house.passes(timedelta(days=10)) == ["⏰ call Lee"]


@pytest.mark.requirement("R11")
@pytest.mark.requirement("R60")
async def test_one_who_lets_a_crew_go_destroys_nothing_that_is_the_others(
    house: PlayedHouse,
) -> None:
    crew = await adopted(house, ("ana", "ben", "cleo"))
    await crew.says("ana", "!rhythm every thursday 19:00")
    await crew.taps("ana", "✅")

    [asked] = await crew.says("cleo", "!release")
    told = await crew.taps("cleo", "✅")

    assert "For 14 days each of you can take along what the crew kept" in asked
    assert any("each of you can take along what it kept" in text for text in told)
    assert not [text for text in await house.passes(timedelta(days=13)) if "meets" in text]
    assert (await crew.row()).life is Life.CLOSED
    await crew.says("ben", "!wake")
    for one in ("ana", "ben", "cleo"):
        await crew.taps(one, "🔁")
    row = await crew.row()
    assert (row.kind, row.life) == (RoomKind.CREW, Life.ACTIVE)
    assert row.rhythm is not None


async def test_a_no_keeps_everything(house: PlayedHouse) -> None:
    crew = await adopted(house, ("ana", "ben", "cleo"))
    await crew.says("cleo", "!release")

    assert await crew.taps("cleo", "✋") == ["Nothing was changed; I go on."]
    assert (await crew.row()).kind is RoomKind.CREW


# ------------------------------------------------------------------------------------- congregations


async def invited_to_space(
    house: PlayedHouse, moderators: tuple[str, ...] = ("ana",)
) -> PlayedRoom:
    space = await house.space(
        "Lakeside", ["ana", "ben"], moderators, kind=RoomKind.NONE, invited_by=person("ana")
    )
    await space.reports(Change.ARRIVED)
    return space


async def test_a_space_is_kept_on_the_private_word_of_whoever_moderates_it(
    house: PlayedHouse,
) -> None:
    private = await house.private("ana")
    space = await invited_to_space(house)

    asked = private.asked("You asked me into **Lakeside**")
    told = await private.taps("ana", "✅", on=asked)

    assert told[-1].startswith("I look after **Lakeside** from now on.")
    assert (await space.row()).kind is RoomKind.CONGREGATION


async def test_a_space_is_left_on_a_no(house: PlayedHouse) -> None:
    private = await house.private("ana")
    space = await invited_to_space(house)

    told = await private.says("ana", "not now")

    assert told == [f"⇄ leave {space.id}", "Then I leave it, and have stored nothing of it."]


async def test_a_hesitation_is_no_answer_and_the_question_stays(house: PlayedHouse) -> None:
    private = await house.private("ana")
    space = await invited_to_space(house)

    assert await private.says("ana", "what is a congregation?") == [
        "A yes or a no is enough: ✅ yes · ✋ not now · 📄 what you keep."
    ]
    await private.says("ana", "yes")
    assert (await space.row()).kind is RoomKind.CONGREGATION


async def test_a_moderator_who_was_removed_meanwhile_cannot_say_yes(house: PlayedHouse) -> None:
    private = await house.private("ana")
    space = await invited_to_space(house)
    await Room.filter(id=space.id).update(power={"users": {}})

    [told] = await private.says("ana", "yes")

    assert "You do not hold the space's power to decide that any more." in told
    assert (await space.row()).kind is RoomKind.NONE


async def test_whoever_has_no_say_in_a_space_is_told_who_can_invite(house: PlayedHouse) -> None:
    private = await house.private("ana")
    space = await invited_to_space(house, moderators=("ben",))

    texts = [str((o.content or {}).get("text")) for o in house.owed]
    assert any(
        "I need the word of somebody whom the space lets moderate it" in text for text in texts
    )
    assert house.owed[-1].deed == "leave"
    assert private.id != space.id


@pytest.mark.requirement("R142")
async def test_when_a_congregation_is_left_its_crews_go_on(house: PlayedHouse) -> None:
    private = await house.private("ana")
    await house.space("Lakeside", ["ana", "ben"], ["ana"], children=["!hall:here"])
    crew = await adopted(house, ("ana", "ben", "cleo"))
    await crew.says("ana", "!rhythm every thursday 19:00")
    await crew.taps("ana", "✅")

    [refused] = await private.says("ana", "leave Harbour")
    [asked] = await private.says("ana", "leave")
    told = await private.says("ana", "lakeside")

    assert refused.startswith("I know of no congregation of that name")
    assert "I leave, and stop looking after, when you name it: Lakeside." in asked
    assert told[-1] == "Done: I have left it. Its crews keep me until each of them says otherwise."
    assert (await crew.row()).congregation is None
    assert [text for text in await house.passes(timedelta(days=8)) if "Tomorrow" in text]


async def test_whoever_has_no_say_cannot_send_the_keeper_away(house: PlayedHouse) -> None:
    private = await house.private("ben")
    space = await house.space("Lakeside", ["ana", "ben"], ["ana"])

    assert "you have a say in" in (await private.says("ben", "leave Lakeside"))[0]
    assert (await space.row()).kind is RoomKind.CONGREGATION


async def test_a_space_itself_is_not_adopted_by_command(house: PlayedHouse) -> None:
    space = await house.space("Lakeside", ["ana"], ["ana"], kind=RoomKind.NONE)

    assert (await space.says("ana", "!adopt"))[0].startswith(
        "A space is looked after as a congregation"
    )
    assert await Reminder.all().count() == 0
    assert house.now == datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "words",
    [
        "introduce @keeper:harbour.example Harbour",
        "say 1 consent",
        "join sprint",
        "leave",
        "circle",
        "need hands until 20 december",
    ],
)
async def test_a_host_who_left_the_space_speaks_for_it_no_more_though_it_keeps_their_power(
    words: str,
) -> None:
    async with neighbours("Lakeside") as them:
        host = await them.congregation("Lakeside", "ana")
        await founds(them, "Lakeside", host)
        house = await them.at("Lakeside")
        await Member.filter(room="!lakeside:here", person=person("ana")).delete()
        before = len(house.owed)
        told = "\n".join(await host.says("ana", f"assembly {words}"))

        assert "For a congregation speak those who moderate its space" in told
        assert "Nothing was changed" in told
        assert {each.lane for each in house.owed[before:]} == {host.id}
