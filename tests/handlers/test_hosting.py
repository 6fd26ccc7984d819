"""Hosting passes on: asked in private, declined without a trace, and never in the way of a meeting."""

from datetime import UTC, datetime, timedelta

import pytest

from practices.circles import RoomKind
from storage.coming import Coming
from storage.hosting import Hosting
from storage.meetings import Meeting
from storage.members import Member
from storage.outbox import Deed
from storage.questions import Question
from storage.rooms import Room
from storage.visitors import Visitor
from tests.handlers.played import PlayedHouse, PlayedRoom, person

EVERYBODY = ("ana", "ben", "cleo")

#: The hour at which the second meeting's host is asked, and the one at which it is announced.
ASKED = datetime(2027, 1, 13, 18, 0, tzinfo=UTC)
ANNOUNCED = datetime(2027, 1, 14, 18, 0, tzinfo=UTC)
SECOND = "Thursday 21 January, 19:00"


async def crew_that_meets(house: PlayedHouse, **columns: str) -> PlayedRoom:
    """A crew that meets monthly; ana has set the rhythm and hosts the first meeting."""
    crew = await house.crew(**columns)
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.taps("ana", "✅")
    return crew


async def privates(house: PlayedHouse) -> dict[str, PlayedRoom]:
    return {who: await house.private(who) for who in EVERYBODY}


async def proposed(number: int = 2) -> str:
    meeting = (
        await Meeting.filter(standing__not="skipped").order_by("at").offset(number - 1).first()
    )
    assert meeting is not None
    return (meeting.host or "")[1:].partition(":")[0]


def asked_of(house: PlayedHouse) -> list[str]:
    """Whom the daemon has asked in private whether they would host, in order."""
    found = [
        owed for owed in house.owed if "You would host" in str((owed.content or {}).get("text"))
    ]
    return [(owed.lane.removeprefix("!private-").partition(":")[0]) for owed in found]


@pytest.mark.requirement("R55")
async def test_the_first_meeting_is_hosted_by_whoever_set_it_up_without_being_asked(
    house: PlayedHouse,
) -> None:
    await crew_that_meets(house)
    await privates(house)

    told = await house.passes(until=datetime(2026, 12, 11, tzinfo=UTC))

    assert told == [
        "**Thursday 17 December, 19:00** – the Kitchen Crew meets. I ask before it who comes.\n\nAna hosts."
    ]
    assert await proposed(1) == "ana"


@pytest.mark.requirement("R56")
async def test_the_caller_hosts_the_first_meeting_and_is_asked_last_for_the_second(
    house: PlayedHouse,
) -> None:
    crew = await crew_that_meets(house, caller=person("cleo"))
    rooms = await privates(house)
    await house.passes(until=ASKED)
    first, asked = await proposed(1), [await proposed()]
    for _ in range(2):
        await rooms[asked[-1]].says(asked[-1], "somebody else")
        asked.append(await proposed())

    assert first == "cleo"
    assert sorted(asked[:2]) == ["ana", "ben"]
    assert asked[2] == "cleo"
    assert crew.id


@pytest.mark.requirement("R55")
async def test_before_a_meeting_is_announced_somebody_is_asked_in_private_to_host_it(
    house: PlayedHouse,
) -> None:
    crew = await crew_that_meets(house)
    await privates(house)
    before = await house.passes(until=ASKED - timedelta(minutes=1))
    told = await house.passes(until=ASKED)
    announced = await house.passes(until=ANNOUNCED)

    host = await proposed()
    assert not [text for text in before if "You would host" in text]
    assert host in ("ben", "cleo")
    assert asked_of(house) == [host]
    assert f"You would host **{SECOND}**" in told[-1]
    assert "✅ gladly · 🔁 somebody else" in told[-1]
    assert announced == [
        f"**{SECOND}** – the Kitchen Crew meets. I ask before it who comes.\n\nI am asking who hosts it."
    ]
    assert (await crew.row()).host == person("ana")


@pytest.mark.requirement("R55")
async def test_over_many_meetings_everybody_hosts_once_before_anybody_hosts_twice(
    house: PlayedHouse,
) -> None:
    crew = await house.crew()
    await crew.says("ana", "!rhythm every thursday 19:00")
    await crew.taps("ana", "✅")

    await house.passes(timedelta(days=42))

    held = await Meeting.filter(at__lt=house.now).order_by("at")
    hosts = [meeting.host for meeting in held]
    assert len(hosts) == 6
    assert (
        sorted(map(str, hosts[:3])) == sorted(map(str, hosts[3:])) == sorted(map(person, EVERYBODY))
    )


@pytest.mark.requirement("R55")
async def test_whoever_says_gladly_hosts_and_is_counted_among_those_who_come(
    house: PlayedHouse,
) -> None:
    crew, rooms = await crew_that_meets(house), await privates(house)
    await house.passes(until=ASKED)
    host = await proposed()

    told = await rooms[host].taps(host, "✅")
    announced = await house.passes(until=ANNOUNCED)
    asked = await house.passes(until=datetime(2027, 1, 20, 18, 30, tzinfo=UTC))

    assert told[-1].startswith(f"Good: you host **{SECOND}**")
    assert announced[-1].endswith(f"{host.capitalize()} hosts.")
    assert f"meets; {host.capitalize()} hosts." in asked[-1]
    assert asked[-1].endswith(f"✅ {host.capitalize()}")
    assert host not in crew.mentions()


@pytest.mark.requirement("R13", "R55")
async def test_a_decline_asks_the_next_and_is_shown_to_nobody(house: PlayedHouse) -> None:
    crew, rooms = await crew_that_meets(house), await privates(house)
    await house.passes(until=ASKED)
    first = await proposed()

    told = await rooms[first].taps(first, "🔁")
    second = await proposed()
    heard = [text for text in told if not text.startswith("You would host")]
    await house.passes(until=ANNOUNCED)
    [shown] = await crew.says("ana", "!host")

    assert asked_of(house) == [first, second]
    assert first != second
    assert heard[-1].startswith("Good: I ask somebody else. Nobody learns of it")
    said_in_room = [
        str((owed.content or {}).get("text", ""))
        for owed in house.owed
        if owed.lane == crew.id
        and owed.deed in (Deed.SEND, Deed.EDIT)
        and "21 January" in str(owed.content)
    ]
    assert said_in_room
    assert not [text for text in said_in_room if first.capitalize() in text]
    assert shown.startswith(f"Who hosts **{SECOND}** is not settled yet.")


def told_in(house: PlayedHouse, crew: PlayedRoom) -> int:
    """How much the room has seen so far: messages, edits and its own state."""
    return len([owed for owed in house.owed if owed.lane == crew.id])


@pytest.mark.requirement("R13", "R55")
async def test_a_private_decline_changes_nothing_that_the_room_can_see(house: PlayedHouse) -> None:
    crew, rooms = await crew_that_meets(house), await privates(house)
    await house.passes(until=datetime(2027, 1, 20, 18, 30, tzinfo=UTC))
    before, host_before = told_in(house, crew), (await crew.row()).host
    first = await proposed()

    await rooms[first].taps(first, "🔁")

    assert await proposed() not in ("", first)
    assert told_in(house, crew) == before
    assert (await crew.row()).host == host_before


@pytest.mark.requirement("R13", "R55")
async def test_a_proposed_host_who_says_in_private_that_they_do_not_come_is_seen_by_nobody(
    house: PlayedHouse,
) -> None:
    crew, rooms = await crew_that_meets(house), await privates(house)
    await house.passes(until=datetime(2027, 1, 20, 18, 30, tzinfo=UTC))
    before, first = told_in(house, crew), await proposed()

    await rooms[first].says(first, "coming not this time")

    assert await proposed() not in ("", first)
    assert told_in(house, crew) == before


@pytest.mark.requirement("R55", "R63")
async def test_a_host_who_had_agreed_and_passes_it_on_is_named_no_more(house: PlayedHouse) -> None:
    crew, rooms = await crew_that_meets(house), await privates(house)
    await house.passes(until=ASKED)
    first = await proposed()
    await rooms[first].taps(first, "✅")
    await house.passes(until=ANNOUNCED)
    agreed = (await crew.row()).host

    told = await rooms[first].says(first, "host not me")

    assert agreed == person(first)
    assert (await crew.row()).host is None
    assert (
        f"✎ **{SECOND}** – the Kitchen Crew meets. I ask before it who comes.\n\nI am asking who hosts it."
        in told
    )


@pytest.mark.requirement("R13", "R55")
async def test_announced_in_the_moment_in_which_its_host_is_asked_a_meeting_says_so_until_there_is_one(
    house: PlayedHouse,
) -> None:
    crew = await crew_that_meets(house)
    rooms = await privates(house)
    await house.passes(until=datetime(2027, 1, 13, 8, tzinfo=UTC))
    await crew.says("ana", "!rhythm every thursday 20:00")
    await crew.taps("ana", "✅")

    told = await house.passes(timedelta(minutes=1))
    announced = [text for text in told if "I ask before it who comes" in text]
    asked = await proposed(2)
    assert [text for text in told if "You would host **Thursday 14 January" in text]
    declined = await rooms[asked].taps(asked, "🔁")
    follows = await proposed(2)
    agreed = await rooms[follows].taps(follows, "✅")

    assert len(announced) == 1
    assert announced[0].endswith("\n\nI am asking who hosts it.")
    assert not [text for text in declined if "I ask before it who comes" in text]
    edits = [text for text in agreed if "I ask before it who comes" in text]
    assert [text.endswith(f"\n\n{follows.capitalize()} hosts.") for text in edits] == [True]
    assert "I am asking" not in "".join(agreed)


@pytest.mark.requirement("R55")
async def test_when_all_have_declined_the_announcement_says_that_it_is_open_to_all(
    house: PlayedHouse,
) -> None:
    _, rooms = await crew_that_meets(house), await privates(house)
    await house.passes(until=ANNOUNCED)
    told: list[str] = []
    for _ in EVERYBODY:
        who = await proposed()
        told = await rooms[who].says(who, "not me")

    [board] = [text for text in told if text.startswith("✎") and "I ask before it" in text]
    assert "Whoever likes to hosts it; without a host you meet all the same" in board


@pytest.mark.requirement("R55")
async def test_a_pair_is_told_nothing_of_hosts(house: PlayedHouse) -> None:
    pair = await house.room("Pair", ("ana", "ben"), kind=RoomKind.DYAD)
    await pair.says("ana", "!rhythm every thursday 19:00")
    await pair.taps("ana", "✅")

    told = await house.passes(timedelta(days=7))

    assert [text for text in told if "I ask before it who comes" in text]
    assert not [text for text in told if "host" in text]


async def visited(house: PlayedHouse, crew: PlayedRoom) -> PlayedRoom:
    """Dora comes to the crew as a helper; her private chat."""
    await crew.joins("dora")
    now = house.now
    await Visitor.create(
        room=crew.id,
        person=person("dora"),
        meetings=2,
        asked_at=now,
        came_at=now,
        ends_at=now + timedelta(days=90),
    )
    return await house.private("dora")


@pytest.mark.requirement("R55")
async def test_a_visiting_helper_does_not_come_to_host(house: PlayedHouse) -> None:
    crew, rooms = await crew_that_meets(house), await privates(house)
    dora = await visited(house, crew)
    await house.passes(until=ASKED)
    host = await proposed()

    [swapped] = await rooms[host].says(host, "swap with dora")
    [taken] = await dora.says("dora", "host me")
    [back] = await rooms[host].says(host, "not me")
    for _ in EVERYBODY:
        who = await proposed()
        await rooms[who].says(who, "not me")
    assert back.startswith("Do you mean: ")
    hand = await crew.taps("dora", "🙋", on="host:2")

    assert "they are your guest" in swapped
    assert taken == "No meeting is planned that could be hosted. Nothing was changed."
    assert hand == []
    assert await proposed() == ""


@pytest.mark.requirement("R55")
async def test_whoever_has_left_hosts_in_nobodys_place(house: PlayedHouse) -> None:
    crew, rooms = await crew_that_meets(house), await privates(house)
    await house.passes(until=ASKED)
    host = await proposed()
    other = next(who for who in EVERYBODY if who != host)
    await rooms[host].says(host, f"swap with {other}")
    asked = await Question.filter(person__in=[person(host), person(other)])
    await Member.filter(room=crew.id, person=person(other)).delete()

    [told] = await rooms[other].taps(other, "✅")

    assert told == "You are not in that crew any more, so nothing was changed."
    assert await proposed() == host
    assert {each.data["room"] for each in asked} == {crew.id}


@pytest.mark.requirement("R55")
async def test_a_decline_leaves_the_next_turn_as_it_was_and_no_trace_after_the_meeting(
    house: PlayedHouse,
) -> None:
    crew, rooms = await crew_that_meets(house), await privates(house)
    await house.passes(until=ASKED)
    first = await proposed()
    await rooms[first].taps(first, "🔁")
    second = await proposed()
    await rooms[second].taps(second, "✅")

    await house.passes(until=datetime(2027, 1, 21, 20, tzinfo=UTC))
    traces = await Hosting.all().count()
    await house.passes(until=datetime(2027, 2, 11, tzinfo=UTC))

    assert traces == 0
    assert await proposed(3) == first
    assert crew.id


@pytest.mark.requirement("R55")
async def test_when_all_have_declined_the_room_is_asked_openly_once_and_meets_all_the_same(
    house: PlayedHouse,
) -> None:
    crew, rooms = await crew_that_meets(house), await privates(house)
    await house.passes(until=ASKED)
    told: list[str] = []
    for _ in EVERYBODY:
        who = await proposed()
        told = await rooms[who].says(who, "not me")
    open_question = [text for text in told if "has no host yet" in text]
    later = await house.passes(until=datetime(2027, 1, 21, 19, tzinfo=UTC))

    assert len(open_question) == 1
    assert open_question[0].startswith(
        f"**{SECOND}** has no host yet. Whoever likes to: 🙋 I host."
    )
    assert not [text for text in later if "no host yet" in text]
    assert [text for text in later if text.startswith("**Tomorrow, Thursday 21 January")]
    assert (await Meeting.get(id=2)).standing == "planned"
    assert (await crew.row()).host is None


@pytest.mark.requirement("R55")
async def test_a_hand_under_the_open_question_is_enough(house: PlayedHouse) -> None:
    crew, rooms = await crew_that_meets(house), await privates(house)
    await house.passes(until=ASKED)
    for _ in EVERYBODY:
        who = await proposed()
        await rooms[who].says(who, "not me")

    told = await crew.taps("ben", "🙋🏽", on="host:2")
    second = await crew.taps("cleo", "🙋", on="host:2")
    stranger = await crew.taps("zoe", "🙋", on="host:2")

    assert told[-1] == f"Good: Ben hosts **{SECOND}**."
    assert second == stranger == []
    assert await proposed() == "ben"


@pytest.mark.requirement("R55")
async def test_a_host_who_does_not_come_has_passed_it_on(house: PlayedHouse) -> None:
    crew, rooms = await crew_that_meets(house), await privates(house)
    await house.passes(until=datetime(2027, 1, 20, 18, 30, tzinfo=UTC))
    first = await proposed()

    told = await crew.taps(first, "❌", on="meeting:2")

    assert await proposed() != first
    assert not [text for text in told if first.capitalize() in text]
    assert len(asked_of(house)) == 2
    assert rooms


@pytest.mark.requirement("R55")
async def test_whoever_has_said_that_they_do_not_come_is_not_asked(house: PlayedHouse) -> None:
    crew = await crew_that_meets(house)
    await house.passes(until=datetime(2027, 1, 10, tzinfo=UTC))
    for who in ("ben", "cleo"):
        await crew.says(who, "!coming not this time")

    await house.passes(until=ASKED)

    assert await proposed() == "ana"


@pytest.mark.requirement("R13", "R55")
async def test_whoever_has_muted_the_room_is_not_asked_and_may_still_host(
    house: PlayedHouse,
) -> None:
    crew = await crew_that_meets(house)
    for who in ("ben", "cleo"):
        await crew.says(who, "!quiet here")
    await house.passes(until=ASKED)
    asked = await proposed()

    told = await crew.says("ben", "!host me")

    assert asked == "ana"
    assert f"Good: Ben hosts **{SECOND}**." in told
    assert await proposed() == "ben"
    assert "it is off your hands" in "".join(told)


async def test_whoever_set_the_crew_up_opens_the_first_meeting_though_they_want_no_calls(
    house: PlayedHouse,
) -> None:
    crew = await crew_that_meets(house)
    await crew.says("ana", "!quiet here")

    await house.passes(until=datetime(2026, 12, 11, tzinfo=UTC))

    assert await proposed(1) == "ana"
    assert asked_of(house) == []


@pytest.mark.requirement("R15", "R55")
async def test_whoever_sleeps_is_asked_in_their_morning(house: PlayedHouse) -> None:
    crew, rooms = await crew_that_meets(house), await privates(house)
    for who in ("ben", "cleo"):
        await rooms[who].says(who, "timezone Auckland")
    at_night = [text for text in await house.passes(until=ASKED) if "You would host" in text]

    told = await house.passes(until=ASKED + timedelta(hours=1, minutes=5))

    assert at_night == []
    assert len([text for text in told if "You would host" in text]) == 1
    assert crew.id


@pytest.mark.requirement("R15", "R55")
async def test_a_change_of_settings_overnight_forgets_nobody_who_is_to_be_asked(
    house: PlayedHouse,
) -> None:
    crew, rooms = await crew_that_meets(house), await privates(house)
    for who in ("ben", "cleo"):
        await rooms[who].says(who, "timezone Auckland")
    await house.passes(until=ASKED)
    await crew.says("ana", "!settings ask-hours 30")
    for who in EVERYBODY:
        await crew.taps(who, "✅")

    told = await house.passes(until=ASKED + timedelta(hours=1, minutes=5))

    assert len([text for text in told if "You would host" in text]) == 1


async def test_musing_leaves_the_proposal_as_it_is(house: PlayedHouse) -> None:
    _, rooms = await crew_that_meets(house), await privates(house)
    await house.passes(until=ASKED)
    host = await proposed()

    told = await rooms[host].says(host, "hm, perhaps")

    assert told == ["Say gladly, somebody else, or swap with a name. Until then it stays with you."]
    assert await proposed() == host


# ------------------------------------------------------------------------------------------- swapping


@pytest.mark.requirement("R55")
async def test_a_swap_is_asked_in_private_and_done_on_a_yes(house: PlayedHouse) -> None:
    crew, rooms = await crew_that_meets(house), await privates(house)
    await house.passes(until=ASKED)
    host = await proposed()
    other = next(who for who in EVERYBODY if who != host)

    asked = await rooms[host].says(host, f"swap with {other.capitalize()}")
    told = await rooms[other].taps(other, "✅")

    assert (
        asked[-1] == "I ask in private and tell you what comes of it. Until then it stays with you."
    )
    assert f"{host.capitalize()} asks whether you would host **{SECOND}**" in asked[0]
    assert (
        f"{other.capitalize()} hosts **{SECOND}** in your place. Your own turn comes again." in told
    )
    assert await proposed() == other
    assert (await crew.row()).host == person(other)


@pytest.mark.requirement("R13", "R55")
async def test_a_swap_that_is_declined_is_told_to_nobody_but_whoever_asked(
    house: PlayedHouse,
) -> None:
    crew, rooms = await crew_that_meets(house), await privates(house)
    await house.passes(until=ASKED)
    host = await proposed()
    other = next(who for who in EVERYBODY if who != host)
    await crew.says(host, f"!swap {other}")
    said_before = len([owed for owed in house.owed if owed.lane == crew.id])

    told = await rooms[other].taps(other, "✋")

    assert [text.partition("**")[0] for text in told] == [
        "Not this time. ",
        "Good, and it needs no reason.",
    ]
    assert len([owed for owed in house.owed if owed.lane == crew.id]) == said_before
    assert await proposed() == host


@pytest.mark.requirement("R55")
async def test_after_a_swap_the_turn_of_whoever_asked_comes_next(house: PlayedHouse) -> None:
    _, rooms = await crew_that_meets(house), await privates(house)
    await house.passes(until=ASKED)
    host = await proposed()
    await rooms[host].says(host, "swap with ana")
    await rooms["ana"].says("ana", "gladly")

    await house.passes(until=datetime(2027, 2, 11, tzinfo=UTC))

    assert await proposed(2) == "ana"
    assert await proposed(3) in {"ben", "cleo"}


async def test_only_the_host_swaps_and_only_with_somebody_of_the_crew(house: PlayedHouse) -> None:
    crew = await crew_that_meets(house)
    await house.passes(until=ASKED)
    host = await proposed()
    other = next(who for who in EVERYBODY if who != host)

    [not_host] = await crew.says(other, "!swap ana")
    [nobody] = await crew.says(host, "!swap zoe")
    [oneself] = await crew.says(host, f"!swap {host}")

    assert not_host.startswith("You are not the one to host the next meeting")
    assert "I know nobody here by the name" in nobody
    assert "Ana, Ben, Cleo" in nobody
    assert oneself.startswith("That is yourself")
    assert await proposed() == host


async def test_two_of_a_name_are_told_apart_by_more_of_it(house: PlayedHouse) -> None:
    crew = await crew_that_meets(house)
    await house.passes(until=ASKED)
    host = await proposed()
    for who in ("dora", "dirk"):
        await crew.joins(who)
    await Member.filter(person__in=[person("dora"), person("dirk")]).update(name="Kim Lee")

    [first_name] = await crew.says(host, "!swap Kim")
    [whole_name] = await crew.says(host, "!swap kim lee")
    by_id = await crew.says(host, "!swap @dora:here")

    assert first_name.startswith("More than one of you is called")
    assert whole_name.startswith("More than one of you is called")
    assert by_id[0].startswith("→ dora: ")


# ------------------------------------------------------------------------------------------- in words


async def test_host_shows_who_hosts_and_how_to_change_it(house: PlayedHouse) -> None:
    crew = await crew_that_meets(house)
    [early] = await crew.says("ben", "!host")
    await house.passes(until=ASKED)
    host = await proposed()
    [own] = await crew.says(host, "!host")

    assert early.startswith("Nobody hosts **Thursday 17 December, 19:00** so far.")
    assert own.startswith(f"Who hosts **{SECOND}** is not settled yet.")


async def test_in_private_whoever_is_asked_to_host_sees_it_and_with_their_yes_all_do(
    house: PlayedHouse,
) -> None:
    crew, rooms = await crew_that_meets(house), await privates(house)
    await house.passes(until=ASKED)
    host = await proposed()

    [asked] = await rooms[host].says(host, "host")
    await rooms[host].says(host, "host me")
    [shown] = await crew.says("ana", "!host")

    assert asked.startswith(f"You would host **{SECOND}** (the Kitchen Crew), as I asked you")
    assert shown.startswith(
        f"{'You host' if host == 'ana' else host.capitalize() + ' hosts'} **{SECOND}**."
    )


async def test_a_host_who_has_said_yes_is_not_pushed_aside(house: PlayedHouse) -> None:
    crew, rooms = await crew_that_meets(house), await privates(house)
    await house.passes(until=ASKED)
    host = await proposed()
    await rooms[host].taps(host, "✅")
    other = next(who for who in EVERYBODY if who != host)

    [told] = await crew.says(other, "!host me")

    assert told.startswith(
        f"{host.capitalize()} hosts **{SECOND}** already, so nothing was changed."
    )
    assert await proposed() == host


async def test_passing_on_and_taking_on_work_in_private_too(house: PlayedHouse) -> None:
    _, rooms = await crew_that_meets(house), await privates(house)
    await house.passes(until=ASKED)
    first = await proposed()
    [*_, passed] = await rooms[first].says(first, "host not me")
    second = await proposed()
    other = next(who for who in EVERYBODY if who not in (first, second))
    taken = await rooms[other].says(other, "host me")

    assert passed == "Good: I ask somebody else."
    assert taken[-1].startswith(f"Good: you host **{SECOND}**")
    assert await proposed() == other


async def test_nobody_is_made_host_by_somebody_else(house: PlayedHouse) -> None:
    crew = await crew_that_meets(house)

    [told] = await crew.says("ana", "!host ben")

    assert told.startswith("Everybody says for themselves whether they host")


async def test_without_a_meeting_there_is_nothing_to_host(house: PlayedHouse) -> None:
    crew = await house.crew()

    [told] = await crew.says("ana", "!host me")

    assert told == "No meeting is planned that could be hosted. Nothing was changed."


async def test_an_answer_after_the_meeting_was_left_out_changes_nothing(house: PlayedHouse) -> None:
    crew, rooms = await crew_that_meets(house), await privates(house)
    await house.passes(until=ASKED)
    host = await proposed()
    await crew.says("ana", "!skip")
    await crew.taps("ana", "✅", on=crew.asked("is left out"))

    [told] = await rooms[host].says(host, "gladly")

    assert told == "That meeting has begun or was called off. Nothing was changed."
    assert await Coming.all().count() == 0


@pytest.mark.requirement("R55")
async def test_when_the_host_leaves_somebody_else_is_asked(house: PlayedHouse) -> None:
    crew = await house.crew(people=(*EVERYBODY, "dora"))
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.taps("ana", "✅")
    await house.passes(until=ASKED)
    host = await proposed()

    await crew.leaves(host)
    nobody = await proposed()
    await house.passes(timedelta(minutes=1))

    assert nobody == ""
    assert await proposed() not in ("", host)


@pytest.mark.requirement("R63")
async def test_the_host_of_the_next_meeting_is_the_one_asked_when_few_come(
    house: PlayedHouse,
) -> None:
    crew, rooms = await crew_that_meets(house), await privates(house)
    await house.passes(until=datetime(2027, 1, 20, 18, 30, tzinfo=UTC))
    host = await proposed()

    await house.passes(until=datetime(2027, 1, 21, 17, 0, tzinfo=UTC))

    few = [
        owed
        for owed in house.owed
        if "said that they come to" in str((owed.content or {}).get("text"))
    ]
    assert few[-1].lane == rooms[host].id
    assert (await Room.get(id=crew.id)).host == person("ana")


async def test_pairs_and_working_rooms_have_no_turns_of_hosting(house: PlayedHouse) -> None:
    pair = await house.room("Pair", ("ana", "ben"), kind=RoomKind.DYAD)
    await pair.says("ana", "!rhythm every thursday 19:00")
    await pair.taps("ana", "✅")

    told = await house.passes(timedelta(days=21))

    assert not [text for text in told if "host" in text]
