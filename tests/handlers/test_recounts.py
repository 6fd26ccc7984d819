"""Counting again: the same from the stored ballots whatever happened, and every difference from the room's history by name."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.language import Change, Door
from storage.outbox import Deed, Delivery, Owed
from storage.polls import Ballot, Cast, Poll
from storage.visitors import Visitor
from tests.handlers.played import PlayedHouse, PlayedRoom, a_house, person

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
PEOPLE = ("ana", "ben", "cleo", "dan")
SIGNS = ("👍", "🤷", "👎", "✋")
WORDS = ("agree", "abstain", "disagree", "block")


@pytest.fixture
async def crew(house: PlayedHouse) -> PlayedRoom:
    """A crew of four on a Monday morning."""
    house.now = MONDAY
    return await house.crew(people=PEOPLE)


def bare(text: str) -> str:
    """What people read, without the marks that keep their own words from being Markdown."""
    return text.replace("\\", "")


class Witness:
    """What the room itself holds of the voices of one poll, as its history would be gathered."""

    def __init__(self, crew: PlayedRoom, poll: int = 1) -> None:
        self.crew = crew
        self.poll = poll
        self.voices: list[dict[str, Any]] = []
        self.taken_back: list[str] = []

    def note(self, who: str, door: Door, text: str, event: str, **more: Any) -> None:
        """A voice stands in the room."""
        name = "form" if door is Door.POLL else "poll"
        self.voices.append(
            {
                "person": person(who),
                "door": door.value,
                "target": f"{name}:{self.poll}",
                "text": text,
                "event": event,
                "at": int(self.crew.played.now.timestamp() * 1000),
                **more,
            }
        )

    async def newest(self) -> str:
        """The event that was stored last."""
        newest = await Cast.all().order_by("-id").first()
        assert newest is not None
        assert newest.event is not None
        return newest.event

    async def tap(self, who: str, sign: str) -> str:
        """Somebody taps under the board."""
        await self.crew.taps(who, sign, on=f"poll:{self.poll}")
        event = await self.newest()
        self.note(who, Door.REACTION, sign, event)
        return event

    async def reply(self, who: str, text: str) -> str:
        """Somebody replies to the board."""
        await self.crew.says(who, text, on=f"poll:{self.poll}")
        event = await self.newest()
        self.note(who, Door.REPLY, text, event)
        return event

    async def redact(self, who: str, event: str) -> None:
        """Somebody takes a voice back: it stands in the room no longer."""
        self.voices = [
            each for each in self.voices if event not in (each["event"], each.get("rewords"))
        ]
        self.taken_back.append(event)
        await self.crew.reports(Change.TAKEN_BACK, who, target=event)

    async def gathered(self, *, complete: bool = True, about: str | None = None) -> list[str]:
        """The room's history was read."""
        told = await self.crew.reports(
            Change.GATHERED,
            about=about or f"recount:{self.poll}",
            voices=self.voices,
            taken_back=self.taken_back,
            complete=complete,
        )
        return [bare(text) for text in told]


@pytest.mark.requirement("R129")
async def test_anybody_sees_what_went_in_the_rule_and_what_comes_out(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose significant We meet on Tuesdays")
    for who in ("ana", "ben", "cleo"):
        await crew.taps(who, "👍", on="poll:1")
    await crew.says("dan", "!block 1 because I teach then")
    await house.passes(timedelta(days=30))

    told = [bare(text) for text in await crew.says("dan", "!recount 1")]

    assert "What went in: 4 stored ballots, of 4 entitled." in told[0]
    assert "- agree – Ana, Ben, Cleo" in told[0]
    assert "- block – Dan: I teach then" in told[0]
    assert "nobody blocks, and more than half of those with a position agree" in told[0]
    assert "agree: 3 of 4 who voted" in told[0]
    assert "**It is the same** as what was written down" in told[0]
    assert told[-1] == "↺ recount:1"


async def test_a_ballot_that_was_changed_behind_our_back_is_found(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    seen = Witness(crew)
    await seen.tap("ben", "👍")
    await seen.tap("cleo", "👎")
    await house.passes(timedelta(days=30))
    await Ballot.filter(person=person("ben")).update(marks={"2": 1})

    stored = bare((await crew.says("dan", "!recount 1"))[0])
    [history] = await seen.gathered()

    assert "**It differs** from what was written down" in stored
    assert "Written down, and not found again: 👍 agree: 1 of 2 who voted" in stored
    assert "Differs, Ben: what stands in the room is not what I counted." in history
    assert "1 voice in the room, each as I counted it." in history


async def test_the_rooms_own_history_says_the_same_and_what_stands_only_in_the_records(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    private, seen = await house.private("cleo"), Witness(crew)
    await seen.tap("ana", "👎")
    await seen.reply("ana", "agree")
    await crew.says("ben", "!agree 1")
    await private.says("cleo", "vote 1 abstain")

    [told] = await seen.gathered()

    assert "1 voice in the room, each as I counted it." in told
    assert "1 voice was said in the private chat, and stands only in my records." in told
    assert (
        "1 voice was said by a command, which answers no message, and stands only in my records."
        in told
    )
    assert "Nothing differs." in told
    assert "Cleo" not in told


async def test_a_voice_that_was_never_heard_is_named(house: PlayedHouse, crew: PlayedRoom) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    seen = Witness(crew)
    await seen.tap("ana", "👍")
    seen.note("ben", Door.REACTION, "👎", "$never")

    [told] = await seen.gathered()

    assert "Differs, Ben: something stands in the room that I have not heard." in told
    assert "Nothing differs" not in told


async def test_late_voices_talk_and_those_of_guests_are_no_voices(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    seen = Witness(crew)
    await seen.tap("ana", "👍")
    seen.note("gil", Door.REACTION, "👎", "$guest")
    seen.note("ben", Door.REACTION, "❤️", "$heart")
    seen.note("ben", Door.REPLY, "I would have to think about Tuesdays a while", "$talk")
    seen.note("cleo", Door.REACTION, "✋", "$unreasoned")
    await house.passes(timedelta(days=30))
    seen.note("ben", Door.REACTION, "👎", "$late")

    [told] = await seen.gathered()

    assert "Nothing differs." in told


async def test_taken_back_reworded_and_reasoned_voices_compare(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    private, seen = await house.private("dan"), Witness(crew)
    await seen.tap("ana", "👍")
    again = await seen.tap("ana", "👎")
    await seen.redact("ana", again)
    typed = await seen.reply("ben", "agree")
    await crew.reports(Change.REWORDED, "ben", target=typed, text="disagree", event="$edit")
    seen.note("ben", Door.REPLY, "disagree", "$edit", rewords=typed)
    await seen.tap("dan", "✋")
    await private.says("dan", "I teach then")

    [told] = await seen.gathered()

    assert "3 voices in the room, each as I counted it." in told
    assert "Nothing differs." in told
    assert await Ballot.all().count() == 3


async def test_what_is_deleted_after_the_close_is_said_to_stand_in_the_records_alone(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    seen = Witness(crew)
    event = await seen.tap("ben", "👍")
    await house.passes(timedelta(days=30))
    await seen.redact("ben", event)

    [told] = await seen.gathered()

    assert "1 voice was deleted in the room since, and stands only in my records." in told


async def test_what_cannot_be_read_any_more_is_owned_up_to(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    seen = Witness(crew)
    await seen.reply("ben", "agree")
    seen.voices = []

    [told] = await seen.gathered(complete=False)

    assert "1 voice could not be read in the room any more." in told
    assert "Nothing differs of what could still be read." in told
    assert "I could not read all of it again" in told


async def test_answers_in_elements_form_compare_and_those_to_an_older_form_count_no_more(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!poll Which? Rome, Paris")
    seen = Witness(crew)
    await crew.votes("ben", "2", on="form:1")
    seen.note("ben", Door.POLL, "2", await seen.newest())
    await crew.votes("cleo", "1", on="form:1")
    seen.note("cleo", Door.POLL, "1", await seen.newest())
    await crew.says("ana", "!poll 1 amend Which? Rome, Lyon")

    told = await crew.says("dan", "!recount 1")
    [history] = await seen.gathered()

    asked = next(owed for owed in reversed(house.owed) if owed.deed is Deed.GATHER)
    assert told[-1] == "↺ recount:1"
    assert (asked.content or {})["names"] == ["poll:1", "form:1", "form:1:2"]
    assert "Nothing differs." in history


async def test_other_gatherings_and_hidden_polls_are_none_of_ours(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays; hidden")
    seen = Witness(crew)

    assert await seen.gathered() == []
    assert await seen.gathered(about="something:1") == []
    assert await seen.gathered(about="recount:99") == []
    assert not any(text.startswith("↺") for text in await crew.says("ben", "!recount 1"))


async def test_what_is_ahead_taken_back_or_unknown_is_not_counted(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.says("ana", "!poll 1 withdraw")
    await crew.says("ana", "!poll Which? A, B; opens friday 10:00; until 12 december 18:00")

    [gone] = await crew.says("ben", "!recount 1")
    [ahead] = await crew.says("ben", "!recount 2")
    [unknown] = await crew.says("ben", "!recount 9")

    assert "taken back" in gone
    assert "not opened yet" in ahead
    assert "nothing was counted" in unknown


async def test_somebody_who_asked_to_be_forgotten_is_counted_and_named_nowhere(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    private, seen = await house.private("ben"), Witness(crew)
    await seen.tap("ben", "👍")
    await seen.tap("cleo", "👍")
    await house.passes(timedelta(days=30))
    await private.says("ben", "forget me")
    await private.says("ben", "yes")

    stored = bare((await crew.says("dan", "!recount 1"))[0])
    [history] = await seen.gathered()

    assert "agree: 2 of 2 who voted" in stored
    assert "It is the same" in stored
    assert "Ben" not in stored + history
    assert "1 voice was of somebody who asked to be forgotten" in history


async def test_what_was_said_earlier_and_heard_later_differs_from_nothing(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    seen = Witness(crew)
    house.now = MONDAY + timedelta(minutes=5)
    tapped = await crew.taps("ben", "👎", on="poll:1")
    seen.note("ben", Door.REACTION, "👎", await seen.newest())
    house.now = MONDAY + timedelta(minutes=2)  # its key came late
    await seen.reply("ben", "agree")
    house.now = MONDAY + timedelta(minutes=9)

    [told] = await seen.gathered()

    assert tapped
    assert "1 voice in the room, each as I counted it." in told
    assert "Nothing differs." in told


async def test_a_history_is_read_once_at_a_time(house: PlayedHouse, crew: PlayedRoom) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.taps("ben", "👍", on="poll:1")
    first = await crew.says("dan", "!recount 1")
    reading = [each for each in house.owed if each.deed is Deed.GATHER]
    await Owed.filter(id=reading[0].id).update(state=Delivery.OWED)

    second = await crew.says("dan", "!recount 1")
    await Owed.filter(id=reading[0].id).update(state=Delivery.SENT)
    third = await crew.says("dan", "!recount 1")

    assert [told[-1] for told in (first, third)] == ["↺ recount:1", "↺ recount:1"]
    assert second[-1].startswith("I am reading the room's own history for it already")
    assert "**Counted again**" in second[0]


async def test_a_guest_counts_nothing_again(house: PlayedHouse, crew: PlayedRoom) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await Visitor.create(
        room=crew.id,
        person=person("dan"),
        meetings=1,
        asked_at=house.now,
        ends_at=house.now + timedelta(days=30),
        came_at=house.now,
    )

    told = await crew.says("dan", "!recount 1")
    private = await (await house.private("dan")).says("dan", "recount 1")

    assert len(told) == len(private) == 1
    assert "**recount** is for the members of this crew." in told[0]
    assert "for its members, so nothing was counted" in private[0]


# -------------------------------------------------------------------------------------------- any history

DEED = st.one_of(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.sampled_from(("tap", "reply", "command", "private")),
        st.integers(0, 2),
    ),
    st.tuples(st.just("take back"), st.integers(0, 9)),
    st.tuples(st.just("nothing"), st.sampled_from(PEOPLE)),
    st.just(("amend",)),
)


async def lived(house: PlayedHouse, deeds: list[Any]) -> tuple[PlayedRoom, Witness, dict[str, int]]:
    """A poll in which these deeds are done, what the room holds of it, and what each says last, as a test remembers it."""
    house.now = MONDAY
    crew = await house.crew(people=PEOPLE)
    chats = {who: await house.private(who) for who in PEOPLE}
    await crew.says(
        "ana", "!propose We meet in the garden house on Tuesdays; until 9 december 18:00"
    )
    seen, said = Witness(crew), list[tuple[str, str | None, int | None]]()
    for deed in deeds:
        house.now += timedelta(minutes=1)
        match deed:
            case ("take back", int(place)):
                mine = [one for one in said if one[1] is not None]
                if mine:
                    who, event, _place = mine[place % len(mine)]
                    assert event is not None
                    await seen.redact(who, event)
                    said = [one for one in said if one[1] != event]
            case ("nothing", who):
                await chats[who].says(who, "vote 1 nothing")
                said.append((who, None, None))
            case ("amend",):
                await crew.says(
                    "ana", "!poll 1 amend We meet in the garden house on Tuesdays, and Fridays"
                )
            case (who, "tap", int(place)):
                said.append((who, await seen.tap(who, SIGNS[place]), place))
            case (who, "reply", int(place)):
                said.append((who, await seen.reply(who, WORDS[place]), place))
            case (who, "command", int(place)):
                await crew.says(who, f"!{WORDS[place]} 1")
                said.append((who, None, place))
            case (who, "private", int(place)):
                await chats[who].says(who, f"vote 1 {WORDS[place]}")
                said.append((who, None, place))
    last = {who: place for who, _event, place in said}
    return crew, seen, {who: place for who, place in last.items() if place is not None}


@settings(max_examples=25, deadline=None)
@given(deeds=st.lists(DEED, max_size=12))
async def test_whatever_was_said_and_taken_back_a_recount_is_the_same_and_the_room_agrees(
    deeds: list[Any],
) -> None:
    async with a_house() as house:
        crew, seen, last = await lived(house, deeds)
        if ("amend",) not in deeds:
            ballots = {row.person: row.marks async for row in Ballot.all()}
            assert ballots == {person(who): {str(place): 1} for who, place in last.items()}
        during = await seen.gathered()
        await house.passes(until=datetime(2026, 12, 10, tzinfo=UTC))
        told = bare((await crew.says("dan", "!recount 1"))[0])
        after = await seen.gathered()

        assert "**It is the same**" in told
        assert "Nothing differs." in during[0]
        assert "Nothing differs." in after[0]


@settings(max_examples=25, deadline=None)
@given(deeds=st.lists(DEED, min_size=1, max_size=8), data=st.data())
async def test_a_result_that_is_not_what_the_ballots_say_never_counts_as_the_same(
    deeds: list[Any], data: st.DataObject
) -> None:
    async with a_house() as house:
        crew, _seen, _last = await lived(house, deeds)
        await house.passes(until=datetime(2026, 12, 10, tzinfo=UTC))
        rows = await Ballot.all().order_by("id")
        if not rows:
            return
        row = data.draw(st.sampled_from(rows))
        other = data.draw(
            st.sampled_from([place for place in ("0", "1", "2") if place not in row.marks])
        )
        await Ballot.filter(id=row.id).update(marks={other: 1})

        told = bare((await crew.says("dan", "!recount 1"))[0])

        assert "**It differs**" in told
        assert (await Poll.get()).result is not None
