"""People of one and of two homeservers vote, encrypted and not; and what cannot be counted gets a kind answer."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Protocol

import pytest

from deploy.event import Event
from deploy.homeserver import Homeserver
from deploy.keeper import Keeper
from deploy.person import NotHeard, Person
from tests.crowd import Asked, announced, recount
from tests.homeserver.conftest import Keep

BOTH = pytest.mark.parametrize("encrypted", [False, True], ids=["clear", "encrypted"])
FORM = "org.matrix.msc3381.poll.start"


class Come(Protocol):
    """Bring somebody who can take part in encrypted rooms into a homeserver; gone when the test ends."""

    def __call__(self, name: str, at: Homeserver | None = None) -> Awaitable[Person]:
        """Give a person whose name begins with `name`."""


@pytest.fixture
async def come(
    homeserver: Homeserver, names: Callable[[str], str], tmp_path: Path
) -> AsyncIterator[Come]:
    """People with keys: `ana = await come("ana")`."""
    async with AsyncExitStack() as people:

        async def person(name: str, at: Homeserver | None = None) -> Person:
            entered = await Person.enter(
                at or homeserver,
                names(name),
                display_name=name.title(),
                encrypted_in=tmp_path / "devices",
            )
            return await people.enter_async_context(entered)

        yield person


class Circle:
    """A crew of which its first person is the host."""

    def __init__(self, keeper: Keeper, people: Sequence[Person], room: str) -> None:
        self.keeper = keeper
        self.people = people
        self.host = people[0]
        self.room = room

    async def hears(self, what: str, who: Person | None = None) -> Event:
        """What the keeper says next with these words."""
        return await (who or self.host).hears(self.room, what, from_=self.keeper.user_id)

    async def asks(self, words: str = "!poll consensus We meet on Tuesdays; form") -> Asked:
        """The host asks; what is no typed proposal may be closed as soon as all have spoken."""
        await self.host.say(self.room, words)
        board = await self.hears("We meet on Tuesdays" if "Tuesdays" in words else "We sing")
        form = await self.host.until(lambda event: event.type == FORM, self.room)
        found = re.search(r"\((?:consensus|proposal) (\d+)", board.text)
        assert found is not None
        # Whoever answers in an encrypted room has heard of it.
        for each in self.people[1:]:
            await each.until(lambda event: event.type == FORM, self.room)
        return Asked(room=self.room, number=int(found[1]), board=board.id, form=form.id)

    async def shows(self, asked: Asked, *parts: str) -> Event:
        """The board, once it has all these words."""

        def shown(event: Event) -> bool:
            return event.edits == asked.board and all(part in event.text for part in parts)

        return await self.host.until(shown, self.room, since=0)

    async def ends(self, asked: Asked) -> str:
        """All have spoken, so the host closes it; what is announced."""
        await self.host.say(self.room, f"!poll {asked.number} close")
        return (await self.hears(f"Closed (consensus {asked.number})")).text


async def circle(keeper: Keeper, *people: Person, encrypted: bool) -> Circle:
    """A crew of these people, wherever they are at home."""
    host, *others = people
    room = await host.create_room(
        "Kitchen",
        encrypted=encrypted,
        invite=[keeper.user_id, *(each.user_id for each in others)],
    )
    for each in others:
        await each.invited(from_=host.user_id)
        await each.join(room, via=[host.homeserver.server_name])
    made = Circle(keeper, people, room)
    for each in people:
        await made.hears("I am Kinkeeper", each)
    await host.say(room, "!adopt")
    question = await made.hears("May I look after this room")
    for each in others:
        await made.hears("May I look after this room", each)
    for each in people:
        await each.react(room, question.id, "✅")
    await made.hears("I look after this crew")
    return made


async def in_private(person: Person, keeper: Keeper, what: str) -> Event:
    """What the keeper says to somebody in the private chat that it opens."""
    chat = await person.invited(from_=keeper.user_id)
    await person.join(chat)
    return await person.hears(chat, what, from_=keeper.user_id)


@BOTH
async def test_people_of_two_homeservers_vote_in_one_room_and_each_is_counted_once(
    keep: Keep, come: Come, other_homeserver: Homeserver, *, encrypted: bool
) -> None:
    keeper = await keep()
    ana, bo = await come("ana"), await come("bo", other_homeserver)
    tamsin = await come("tamsin", other_homeserver)
    crew = await circle(keeper, ana, bo, tamsin, encrypted=encrypted)
    asked = await crew.asks()

    await bo.vote(crew.room, asked.form, "3")
    await crew.shows(asked, "disagree: 1 of 1 who voted")
    await ana.react(crew.room, asked.board, "👍")
    await tamsin.say(crew.room, "block because of the choir", thread=asked.board)
    await crew.shows(asked, "block: 1 of 3 who voted")
    await bo.react(crew.room, asked.board, "👍")
    await crew.shows(asked, "agree: 2 of 3 who voted", "block: 1 of 3 who voted")
    result = await crew.ends(asked)
    await bo.hears(crew.room, "Closed (consensus", from_=keeper.user_id)

    here, there = [
        recount(await each.messages(crew.room), asked, keeper=keeper.user_id) for each in (ana, bo)
    ]
    assert here == there == {ana.user_id: "agree", bo.user_id: "agree", tamsin.user_id: "block"}
    assert announced(result) == ({"agree": 2, "block": 1}, 3, 3)


async def test_in_an_encrypted_room_each_voice_that_cannot_be_counted_gets_a_kind_answer(
    keep: Keep, come: Come
) -> None:
    keeper = await keep()
    ana, ben, cleo = [await come(name) for name in ("ana", "ben", "cleo")]
    crew = await circle(keeper, ana, ben, cleo, encrypted=True)
    asked = await crew.asks()

    # Answers in clear, which anybody with the server's keys could have written; they are told of once.
    device, ben.device = ben.device, None
    for answer in ("2", "3"):
        await ben.vote(crew.room, asked.form, answer)
    ben.device = device
    told = await in_private(ben, keeper, "was not encrypted, though the room is")
    # An option that does not exist says nothing, as the specification has it; a number in words is told what there is.
    await cleo.vote(crew.room, asked.form, "9")
    await ben.say(crew.room, f"!vote {asked.number} perhaps")
    await crew.hears("Nothing was changed.")
    # New words for a typed voice, and a voice that is taken back.
    typed = await ben.say(crew.room, "disagree because of the choir", thread=asked.board)
    await crew.shows(asked, "disagree: 1 of 1 who voted")
    await ben.edit(crew.room, typed, "agree after all")
    await crew.shows(asked, "agree: 1 of 1 who voted", "1 of 3 entitled has taken part.")
    tap = await cleo.react(crew.room, asked.board, "👎")
    await crew.shows(asked, "disagree: 1 of 2 who voted")
    await cleo.redact(crew.room, tap)
    await crew.shows(asked, "agree: 1 of 1 who voted", "disagree: 0 of 1 who voted")
    # Somebody who may not ends the form, and then somebody who may.
    await ben.end_poll(crew.room, asked.form, "I say so")
    await ana.end_poll(crew.room, asked.form, "enough")
    await crew.hears("The form for this was ended by one of you.")
    await ana.react(crew.room, asked.board, "👍")
    await cleo.say(crew.room, f"!vote {asked.number} abstain")
    await crew.shows(asked, "agree: 2 of 3 who voted", "3 of 3 entitled have taken part.")
    result = await crew.ends(asked)
    await cleo.say(crew.room, f"!vote {asked.number} block because I was late")
    late = await crew.hears("came too late to be counted")

    assert told.encrypted
    assert "so it was not counted" in told.text
    assert announced(result) == ({"agree": 2, "abstain": 1}, 3, 3)
    assert "What came out stands." in late.text
    ended = [each for each in await ana.messages(crew.room) if "The form for this" in each.text]
    assert len(ended) == 1
    with pytest.raises(NotHeard):
        await ben.hears(told.room, "was not encrypted", from_=keeper.user_id, timeout=0)


@pytest.mark.requirement("R130")
async def test_who_voted_and_left_while_the_keeper_was_away_counts_where_that_was_written_down(
    keep: Keep, come: Come
) -> None:
    keeper = await keep()
    ana, ben, cleo, dan = [await come(name) for name in ("ana", "ben", "cleo", "dan")]
    crew = await circle(keeper, ana, ben, cleo, dan, encrypted=False)
    free = await crew.asks()
    measured = await crew.asks("!propose quorum We sing; form")
    for each in (ana, ben):
        await each.vote(crew.room, measured.form, "1")
    await crew.shows(measured, "agree: 2 of 2 who voted")

    keeper.kill()
    await dan.react(crew.room, free.board, "👍")
    await dan.react(crew.room, measured.board, "👍")
    await dan.leave(crew.room)
    await keeper.start()

    await crew.shows(measured, "agree: 3 of 3 who voted", "3 of 4 entitled have taken part.")
    await crew.shows(free, "of 3 entitled")
    assert "asked of the members" in (await in_private(dan, keeper, "was not counted")).text
    with pytest.raises(NotHeard):
        await ana.until(
            lambda event: event.edits == free.board and "agree: 1" in event.text,
            crew.room,
            since=0,
            timeout=0,
        )
