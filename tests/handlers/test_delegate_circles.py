"""Circles of delegates, as one house lives them among neighbours who are ready letters: named, entered, made, moved and left."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from handlers.assembly import delegate_circles
from handlers.assembly.letterbox import post
from handlers.language import Call, Change, Effects
from practices.assembly.delegates import Gathering, Role
from practices.assembly.events import DELEGATES
from practices.assembly.letters import Kind, Part, written
from practices.circles import RoomKind
from storage.assemblies import Assembly, State, ledger
from storage.charters import CharterLine
from storage.database import transaction
from storage.decisions import Decision
from storage.delegates import Delegate, DelegateCircle, kept_of
from storage.members import Member
from storage.outbox import Deed, Owed
from storage.questions import Question
from storage.rooms import Room
from tests.handlers.assembled import Neighbour, Neighbours, founds, neighbours
from tests.handlers.played import PlayedRoom, person

DAY = timedelta(days=1)


def keeper(name: str) -> str:
    return f"@keeper:{name.lower()}.example"


TOWNS = tuple(f"Town{number}" for number in range(1, 21))


class Crowd:
    """Lakeside, which is a house, in an assembly with many that are letters."""

    def __init__(self, them: Neighbours, house: Neighbour, host: PlayedRoom) -> None:
        self.them = them
        self.house = house
        self.host = host
        self.numbers: Counter[str] = Counter()
        self.seats: dict[str, str] = {}
        #: Every letter of the others: its room, its sender, and what it says.
        self.past: list[tuple[str, str, dict[str, Any]]] = []

    async def row(self) -> Assembly:
        return await Assembly.get(state=State.SEATED)

    async def letter(
        self, name: str, kind: Kind, body: dict[str, Any], part: Part, **more: Any
    ) -> tuple[str, list[str]]:
        """Lakeside hears a letter of another congregation; its id, and what Lakeside says then."""
        assembly = await self.row()
        self.numbers[name] += 1
        content = written(
            kind, sender=keeper(name), number=self.numbers[name], assembly=assembly.found, body=body, **more
        )  # fmt: skip
        self.past.append((assembly.rooms[part], keeper(name), content))
        told = await self.them.hears("Lakeside", assembly.rooms[part], keeper(name), content)
        return str(content["id"]), told

    def keeps_past(self) -> None:
        """The homeserver has all that the others wrote, for whoever reads it back."""
        for number, (room, sender, content) in enumerate(self.past):
            event = f"$past{number}"
            said = {"sender": sender, "letter": content, "event": event, "fault": None}
            self.them.said[room].append(said)

    async def heads(self) -> tuple[str, ...]:
        async def read() -> tuple[str, ...]:
            return (await ledger(await self.row())).heads()

        return await transaction(read)

    async def come(self, *names: str) -> list[str]:
        """Congregations are introduced by Lakeside, found in order by all, and take their seats."""
        put: list[str] = []

        async def introduces(call: Call) -> Effects:
            candidates = [{"keeper": keeper(name), "name": name} for name in names]
            body = {
                "about": "admit", "title": "Shall they be asked in?", "until": "2027-06-01T18:00:00Z", "passing": {},
                "candidates": candidates,
            }  # fmt: skip
            letter, said = await post(
                call, await self.row(), Kind.MATTER, body, "…", part=Part.CHARTER
            )
            put.append(letter.id)
            return [said]

        await self.house.does(introduces)
        [matter] = put
        seal = {"word": "accepted", "consents": len(self.seats) + 1, "objections": 0, "asides": 0}
        await self.house.does(self._own(Kind.POSITION, {"stand": "consent"}, matter))
        await self.house.does(self._own(Kind.SEAL, seal, matter))
        for name in [*self.seats]:
            await self.letter(
                name, Kind.POSITION, {"stand": "consent"}, Part.CHARTER, answers=matter
            )
            await self.letter(name, Kind.SEAL, seal, Part.CHARTER, answers=matter)
        told: list[str] = []
        for name in names:
            seat, heard = await self.letter(
                name, Kind.SEAT, {}, Part.CHARTER, answers=matter, after=await self.heads()
            )
            self.seats[name] = seat
            told += heard
        return told

    def _own(self, kind: Kind, body: dict[str, Any], matter: str) -> Any:
        async def says(call: Call) -> Effects:
            assembly = await self.row()
            _letter, said = await post(
                call, assembly, kind, body, "…", part=Part.CHARTER, answers=matter
            )
            return [said]

        return says

    async def leaves(self, name: str) -> None:
        await self.letter(
            name, Kind.LEAVE, {}, Part.CHARTER, answers=self.seats.pop(name), after=await self.heads()
        )  # fmt: skip

    async def gathering(self) -> Gathering:
        async def read() -> Gathering:
            call = Call(key="$read", at=self.house.now, room=Room(id="!x"), house=self.house.house)
            return await delegate_circles.gathering(call, await self.row())

        return await transaction(read)

    async def mine(self) -> list[str]:
        """The others in Lakeside's circle, whoever has been here longest first."""
        found, own = await self.gathering(), (await self.row()).seat
        names = {seat: name for name, seat in self.seats.items()}
        return [names[s] for s in found.order if s != own and s in found.circles.of(str(own)).seats]

    async def invites(self, name: str, room: str, *, encrypted: bool = True) -> list[str]:
        """Another keeper asks Lakeside's into a room of delegates."""
        await Room.update_or_create(
            {"name": "River: a circle", "invited_by": keeper(name), "encrypted": encrypted, "version": "10"}, id=room
        )  # fmt: skip
        space = (await self.row()).space
        return await PlayedRoom(self.house, room).reports(
            Change.INVITED, keeper(name), assembly={"version": 1, "part": DELEGATES, "space": space}
        )

    async def enters(
        self, room: str, *, part: str | None = DELEGATES, history: str = "joined", join: str = "invite"
    ) -> list[str]:  # fmt: skip
        """The homeserver lets Lakeside's keeper in, and shows it what the room is."""
        await Room.filter(id=room).update(joined=True, members_known=True)
        me = self.house.house.me
        await Member.get_or_create(room=room, person=me)
        space = (await self.row()).space
        of = {} if part is None else {"assembly": {"version": 1, "part": part, "space": space}}
        return await PlayedRoom(self.house, room).reports(
            Change.ARRIVED, me, history=history, join=join, **of
        )

    async def sits(self, name: str, room: str, level: int = 0) -> list[str]:
        """Another congregation says where its people are."""
        return (
            await self.letter(name, Kind.CIRCLE, {"level": level, "room": room}, Part.DIRECTORY)
        )[1]

    def owed(self, deed: Deed, since: int = 0) -> list[Owed]:
        return [each for each in self.house.owed[since:] if each.deed is deed]

    def asked_in(self, room: str) -> list[str]:
        """Who was asked into a room by us."""
        return [str(e.target) for e in self.owed(Deed.INVITE) if e.lane == room]

    def said(self) -> list[dict[str, Any]]:
        """What Lakeside wrote about circles."""
        sent = [(each.content or {}).get("letter") for each in self.owed(Deed.SEND)]
        return [
            each["body"] for each in sent if isinstance(each, dict) and each["type"] == "circle"
        ]

    async def makes(self) -> tuple[PlayedRoom, list[str]]:
        """A day later the homeserver makes the room that we asked for."""
        await self.house.passes(DAY + timedelta(hours=3))
        circle = (await self.gathering()).circles.of(str((await self.row()).seat))
        made, told = await self.house.makes(f"River: {circle.name}")
        await made.played.passes()
        await Room.filter(id=made.id).update(encrypted=True)
        await Member.get_or_create(room=made.id, person=self.house.house.me)
        return made, told

    async def names(self, who: str, role: Role = Role.REPRESENTATIVE, until: str = "") -> None:
        """The host names somebody, who would like to, and all of the congregation's room say yes."""
        told = await self.host.says("ana", f"assembly circle {role} {who}{until}")
        if who != "ana":
            assert any("private first" in each for each in told), told
            private = await self.private(who)
            await private.taps(who, "✅", on=self.asked_of(who))
        for each in ("ana", "p0", "p1"):
            if each != who:
                await self.lounge().taps(each, "✅")

    def lounge(self) -> PlayedRoom:
        return PlayedRoom(self.house, "!lounge:here")

    async def private(self, who: str) -> PlayedRoom:
        there = await Room.get_or_none(private_with=person(who))
        return PlayedRoom(self.house, there.id) if there else await self.house.private(who)

    def asked_of(self, who: str) -> str:
        """The newest message to somebody that can be tapped."""
        rooms = {person(who), f"!private-{who}:here"}
        for owed in reversed(self.house.owed):
            if owed.deed is Deed.REACT and owed.lane in rooms and owed.target:
                return owed.target
        raise AssertionError(f"nothing was asked of {who}")


@asynccontextmanager
async def lakeside(others: Iterable[str] = (), called: str = "River") -> AsyncIterator[Crowd]:
    """Lakeside founds River, or another, and so many others come; it has a room to talk in."""
    async with neighbours("Lakeside") as them:
        host = await them.congregation("Lakeside", "ana", size=6)
        await founds(them, "Lakeside", host, called)
        house = await them.at("Lakeside")
        await house.room(
            "Lounge", ("ana", "p0", "p1"), kind=RoomKind.WORKING, congregation="!lakeside:here"
        )
        crowd = Crowd(them, house, host)
        if others:
            await crowd.come(*others)
        yield crowd


def plain(told: Iterable[str]) -> str:
    return "\n".join(told).replace("\\", "")


# ------------------------------------------------------------------------------------------------- together


@pytest.mark.parametrize(
    "words", ["circle", "circle delegates", "circle representative p0", "circle link p0", "circle talk 1"]
)  # fmt: skip
async def test_up_to_twenty_congregations_all_meet_in_the_room_for_people(words: str) -> None:
    async with lakeside(TOWNS[:3]) as crowd:
        told = plain(await crowd.host.says("ana", f"assembly {words}"))

        assert "4 congregations, so you are one circle" in told
        assert "you all meet in the room for people" in told
        assert not await Delegate.exists()
        assert not await Question.filter(inquiry__startswith="delegate").exists()
        assert ("Nothing was" in told) is (words not in ("circle", "circle delegates"))


async def test_without_a_seat_there_is_no_circle_and_an_unknown_word_says_what_there_is() -> None:
    async with neighbours("Lakeside") as them:
        host = await them.congregation("Lakeside", "ana")
        assert "no seat in an assembly" in plain(await host.says("ana", "assembly circle"))
        await founds(them, "Lakeside", host)
        told = plain(await host.says("ana", "assembly circle dance"))
        assert "Nothing was changed" in told
        assert "representative NAME" in told
        guest = await (await them.at("Lakeside")).private("p5")
        assert "whoever hosts yours" in plain(await guest.says("p5", "assembly circle"))


async def test_with_the_twenty_first_hosts_hear_of_their_circle_once_and_what_comes_next() -> None:
    async with lakeside(TOWNS[:19]) as crowd:
        assert BEGUN not in (await crowd.row()).told
        told = plain(await crowd.come("Harbour"))
        others = await crowd.mine()

        assert "21 congregations now, more than one talk holds" in told
        assert all(f"**{name}**" in told for name in others)
        assert 4 <= len(others) <= 11
        assert "assembly circle representative NAME" in told
        assert "more than one talk holds" not in plain(await crowd.house.passes(3 * DAY))
        status = plain(await crowd.host.says("ana", "assembly circle"))
        assert "21 congregations in" in status
        assert "Its room is not there yet" in status
        assert "Representative: nobody yet" in status
        assert "decides nothing" in status


BEGUN = delegate_circles.BEGUN


# ------------------------------------------------------------------------------------------------- naming


@pytest.mark.requirement("R16")
async def test_the_two_are_named_by_their_own_yes_and_the_congregations_consent_until_a_day() -> (
    None
):
    async with lakeside(TOWNS) as crowd:
        await crowd.names("p0", until=" until 1 june")
        await crowd.names("p1", Role.LINK)
        rows = {row.role: row for row in await Delegate.all()}

        assert rows[Role.REPRESENTATIVE].person == person("p0")
        assert rows[Role.REPRESENTATIVE].until.isoformat() == "2027-06-01"
        assert rows[Role.LINK].person == person("p1")
        assert rows[Role.LINK].until.isoformat() == "2027-05-22"
        told = plain(await crowd.host.says("ana", "assembly circle delegates"))
        assert "Representative: **P0**, until Tuesday 1 June 2027" in told
        assert "Link: **P1**" in told


@pytest.mark.requirement("R136")
async def test_no_letter_or_card_ever_carries_a_delegates_name_or_address() -> None:
    async with lakeside(TOWNS) as crowd:
        await crowd.names("p0")
        made, _ = await crowd.makes()
        assert person("p0") in crowd.asked_in(made.id)
        letters = [e for e in crowd.owed(Deed.SEND) if (e.content or {}).get("letter")]

        assert letters
        assert not any("p0" in str(each.content).casefold() for each in letters)
        others = [e for e in crowd.owed(Deed.SEND) if "P0" in str(e.content)]
        protocol = set((await crowd.row()).rooms.values())
        assert others
        assert not {each.lane for each in others} & protocol


async def test_a_no_of_the_one_named_is_told_to_nobody_but_the_host_who_named_them() -> None:
    async with lakeside(TOWNS) as crowd:
        await crowd.host.says("ana", "assembly circle representative p0")
        before = len(crowd.house.owed)
        private = await crowd.private("p0")
        told = plain(await private.taps("p0", "✋", on=crowd.asked_of("p0")))

        assert "needs no reason" in told
        assert not await Delegate.exists()
        lanes = {e.lane for e in crowd.owed(Deed.SEND, before)}
        assert lanes <= {"!private-p0:here", crowd.host.id, person("p0"), person("ana")}


async def test_one_no_of_the_congregation_and_nobody_is_sent_and_nobody_is_named_for_it() -> None:
    async with lakeside(TOWNS) as crowd:
        await crowd.host.says("ana", "assembly circle link p0")
        await (await crowd.private("p0")).taps("p0", "✅", on=crowd.asked_of("p0"))
        told = plain(await crowd.lounge().taps("p1", "✋"))

        assert "nobody new is chosen now" in told
        assert "P1" not in told
        assert not await Delegate.exists()


async def test_on_the_day_it_holds_if_one_more_said_yes_and_not_if_nobody_did() -> None:
    async with lakeside(TOWNS) as crowd:
        await crowd.host.says("ana", "assembly circle link p0")
        await (await crowd.private("p0")).taps("p0", "✅", on=crowd.asked_of("p0"))
        told = plain(await crowd.house.passes(20 * DAY))
        assert "nobody new is chosen now" in told
        assert not await Delegate.exists()

        await crowd.host.says("ana", "assembly circle link p0")
        await (await crowd.private("p0")).taps("p0", "✅", on=crowd.asked_of("p0"))
        await crowd.lounge().taps("p1", "✅")
        told = plain(await crowd.house.passes(20 * DAY))
        assert "nobody has said no" in told
        assert await Delegate.filter(person=person("p0"), role=Role.LINK).exists()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("representative", "Who it is to be"),
        ("representative nobody", "I know nobody here"),
        ("link p0", "two people"),
    ],
)
async def test_what_cannot_be_named_is_refused_with_what_works(words: str, why: str) -> None:
    async with lakeside(TOWNS) as crowd:
        await crowd.names("p0")
        told = plain(await crowd.host.says("ana", f"assembly circle {words}"))

        assert why in told
        assert "othing was changed" in told
        assert await Delegate.all().count() == 1


async def test_where_a_congregation_has_no_room_to_talk_nobody_is_asked() -> None:
    async with lakeside(TOWNS) as crowd:
        await Room.filter(id="!lounge:here").update(joined=False)
        told = plain(await crowd.host.says("ana", "assembly circle representative p0"))

        assert "adopt working" in told
        assert not await Question.filter(inquiry="delegate-self").exists()


@pytest.mark.requirement("R16")
async def test_a_term_ends_on_its_day_and_is_reminded_of_four_weeks_before() -> None:
    async with lakeside(TOWNS) as crowd:
        await crowd.names("p0", until=" until 1 march")
        told = plain(await crowd.house.passes(75 * DAY))
        assert "Until **Monday 1 March 2027** you are the representative" in told
        assert await Delegate.exists()
        told = plain(await crowd.house.passes(40 * DAY))
        assert "is over, as all of you had agreed" in told
        assert "names somebody, also the same again" in told
        assert not await Delegate.exists()


@pytest.mark.parametrize(
    ("who", "until", "soonest"), [("p0", "tomorrow", "Monday 21 December"), ("ana", "in 1 week", "Monday 7 December")]
)  # fmt: skip
async def test_a_term_that_could_be_over_before_all_were_asked_is_refused_with_one_that_works(
    who: str, until: str, soonest: str
) -> None:
    async with lakeside(TOWNS) as crowd:
        words = f"assembly circle link {who} until"
        told = plain(await crowd.host.says("ana", f"{words} {until}"))
        assert "Nothing was changed" in told
        assert soonest in told
        assert not await Question.filter(inquiry__startswith="delegate").exists()
        await crowd.host.says("ana", f"{words} {soonest}")
        assert await Question.filter(inquiry__startswith="delegate").exists()


async def test_nobody_is_sent_whose_term_was_over_when_the_day_of_asking_was_seen() -> None:
    async with lakeside(TOWNS) as crowd:
        await crowd.host.says("ana", "assembly circle link ana until 15 December")
        await crowd.lounge().taps("p0", "✅")
        told = plain(await crowd.house.wakes_at(crowd.house.now + 40 * DAY))

        assert "not asked any more" in told
        assert not await Delegate.exists()


# --------------------------------------------------------------------------------------------------- rooms


async def test_whoever_has_been_here_longest_makes_the_room_encrypted_and_asks_the_circle_in() -> (
    None
):
    async with lakeside(TOWNS) as crowd:
        await crowd.names("p0")
        made, _ = await crowd.makes()
        others = await crowd.mine()
        [wanted, *_] = [e for e in crowd.owed(Deed.MAKE) if (e.content or {})["part"] == DELEGATES]

        assert (await made.row()).kind is RoomKind.ASSEMBLY
        assert crowd.said()[0] == {"level": 0, "room": made.id}
        assert set(map(keeper, others)) | {person("p0")} == set(crowd.asked_in(made.id))
        assert "decided here" in str((wanted.content or {})["topic"])
        said = [str((e.content or {})["text"]) for e in crowd.owed(Deed.SEND) if e.lane == made.id]
        assert any("comes **P0**, who speaks for it" in each for each in said)
        before = len(crowd.asked_in(made.id))
        await crowd.house.passes(5 * DAY)
        assert len(crowd.asked_in(made.id)) == before


async def test_a_room_that_another_has_made_is_entered_once_its_letter_and_invitation_are_there() -> (
    None
):
    async with lakeside(TOWNS) as crowd:
        await crowd.names("p0")
        [first, second, *_] = await crowd.mine()
        await crowd.invites(first, "!alder:there")
        assert not crowd.owed(Deed.JOIN, 0) or crowd.owed(Deed.JOIN)[-1].lane != "!alder:there"
        await crowd.sits(first, "!alder:there")
        assert crowd.owed(Deed.JOIN)[-1].lane == "!alder:there"
        await crowd.enters("!alder:there")

        assert crowd.said() == [{"level": 0, "room": "!alder:there"}]
        assert crowd.asked_in("!alder:there") == [person("p0")]
        await crowd.house.passes(2 * DAY)
        assert not [e for e in crowd.owed(Deed.MAKE) if (e.content or {}).get("part") == DELEGATES]
        status = plain(await crowd.host.says("ana", "assembly circle"))
        assert "It talks in **River: a circle**" in status
        assert second in status


async def test_nobody_is_asked_into_a_room_in_clear_and_the_next_in_turn_makes_one() -> None:
    async with lakeside(TOWNS) as crowd:
        await crowd.names("p0")
        [first, *_] = await crowd.mine()
        await crowd.sits(first, "!clear:there")
        await crowd.invites(first, "!clear:there", encrypted=False)
        told = plain(await crowd.enters("!clear:there"))

        assert "is not encrypted" in told
        assert crowd.asked_in("!clear:there") == []
        assert crowd.owed(Deed.LEAVE)[-1].lane == "!clear:there"
        made, _ = await crowd.makes()
        assert person("p0") in crowd.asked_in(made.id)


async def test_who_has_no_seat_or_sits_elsewhere_cannot_draw_us_into_a_room() -> None:
    async with lakeside(TOWNS) as crowd:
        await crowd.invites("Stranger", "!trap:there")
        assert crowd.owed(Deed.LEAVE)[-1].lane == "!trap:there"
        [elsewhere, *_] = [name for name in TOWNS if name not in await crowd.mine()]
        await crowd.sits(elsewhere, "!other:there")
        await crowd.invites(elsewhere, "!other:there")
        # A letter can name a room of ours; that makes it none of theirs.
        [mine, *_] = await crowd.mine()
        for ours in ("!lounge:here", "!lakeside:here", (await crowd.row()).rooms["commons"]):
            await crowd.sits(mine, str(ours))
        await crowd.house.passes(timedelta(hours=20))

        assert not [e for e in crowd.owed(Deed.JOIN) if e.lane in ("!trap:there", "!other:there")]
        assert (await Room.get(id="!lounge:here")).kind is RoomKind.WORKING
        assert not await DelegateCircle.filter(place__isnull=False).exists()


async def test_a_room_that_most_of_the_circle_is_in_is_followed_after_two_weeks_and_no_sooner() -> (
    None
):
    async with lakeside(TOWNS) as crowd:
        await crowd.names("p0")
        made, _ = await crowd.makes()
        others = await crowd.mine()
        for name in others[:3]:
            await crowd.sits(name, "!alder:there")
        await crowd.invites(others[0], "!alder:there")
        await crowd.house.passes(10 * DAY)
        assert (await DelegateCircle.get(level=0)).place == made.id
        told = plain(await crowd.house.passes(5 * DAY))

        assert (await DelegateCircle.get(level=0)).place == "!alder:there"
        assert "sits in this circle no more" in told
        assert "you can leave that room" in told
        await crowd.enters("!alder:there")
        assert crowd.asked_in("!alder:there") == [person("p0")]


async def test_one_liar_moves_nobody() -> None:
    async with lakeside(TOWNS) as crowd:
        made, _ = await crowd.makes()
        [liar, honest, *_] = await crowd.mine()
        await crowd.sits(honest, made.id)
        for number in range(3):
            await crowd.sits(liar, f"!trap{number}:there")
            await crowd.invites(liar, f"!trap{number}:there")
            await crowd.house.passes(20 * DAY)

        assert (await DelegateCircle.get(level=0)).place == made.id


async def test_a_newcomer_is_asked_in_by_the_keepers_of_the_circle_and_moves_nobody() -> None:
    async with lakeside(TOWNS) as crowd:
        made, _ = await crowd.makes()
        before, fresh = set(await crowd.mine()), set[str]()
        for number in range(12):
            await crowd.come(f"Newcomer{number}")
            mine = set(await crowd.mine())
            if fresh := {each for each in mine - before if each.startswith("Newcomer")}:
                break
        assert fresh, "the lot lets somebody sit with us"
        assert not {keeper(name) for name in fresh} & set(crowd.asked_in(made.id))
        await crowd.house.passes(2 * DAY)

        assert await _place(crowd) == made.id
        assert {keeper(name) for name in fresh} <= set(crowd.asked_in(made.id))


async def _place(crowd: Crowd) -> str | None:
    return (await DelegateCircle.get(level=0)).place


async def test_back_to_twenty_the_circles_end_after_two_weeks_and_all_meet_again() -> None:
    async with lakeside(TOWNS) as crowd:
        await crowd.names("p0")
        made, _ = await crowd.makes()
        await crowd.leaves("Town7")
        await crowd.house.passes(10 * DAY)
        assert await DelegateCircle.filter(place=made.id).exists()
        told = plain(await crowd.house.passes(8 * DAY))

        assert "sits in this circle no more" in told
        assert not await DelegateCircle.exists()
        assert crowd.owed(Deed.LEAVE)[-1].lane == made.id
        assert BEGUN not in (await crowd.row()).told
        assert "so you are one circle" in plain(await crowd.host.says("ana", "assembly circle"))
        assert "assembly-circles" not in {ritual for ritual, _ in await crowd.house.hours()}


async def test_whoever_leaves_the_assembly_leaves_its_circles_and_keeps_no_delegates() -> None:
    async with lakeside(TOWNS) as crowd:
        await crowd.names("p0")
        made, _ = await crowd.makes()
        await crowd.host.says("ana", "assembly leave")
        await crowd.host.taps("ana", "✅")

        assert made.id in {each.lane for each in crowd.owed(Deed.LEAVE)}
        assert not await Delegate.exists()
        assert not await DelegateCircle.exists()


async def test_a_room_that_is_refused_is_asked_for_again_the_next_day() -> None:
    async with lakeside(TOWNS) as crowd:
        await crowd.house.passes(DAY + timedelta(hours=3))
        circle = (await crowd.gathering()).circles.of(str((await crowd.row()).seat))
        told = plain(await crowd.house.refuses(f"River: {circle.name}", "too many rooms"))
        assert "too many rooms" in told
        await crowd.house.passes(DAY)

        wanted = [e for e in crowd.owed(Deed.MAKE) if (e.content or {}).get("part") == DELEGATES]
        base = [each for each in wanted if (each.content or {})["name"] == f"River: {circle.name}"]
        assert len({each.target for each in base}) == 2


# ------------------------------------------------------------------------------- rooms that are not what they seem


@pytest.mark.parametrize("kind", [RoomKind.NONE, RoomKind.PROTOCOL, RoomKind.ASSEMBLY])
async def test_a_room_that_says_by_itself_that_it_replaces_the_circles_gets_nobody(
    kind: RoomKind,
) -> None:
    async with lakeside(TOWNS) as crowd:
        await crowd.names("p0")
        made, _ = await crowd.makes()
        await _goes_on(crowd, made.id, "!evil:far", closed=False)
        await Room.filter(id="!evil:far").update(kind=kind)
        told = plain(await crowd.enters("!evil:far", part=None))

        assert await _place(crowd) == made.id
        assert crowd.asked_in("!evil:far") == []
        assert "P0" not in told
        assert {"level": 0, "room": "!evil:far"} not in crowd.said()


async def _goes_on(
    crowd: Crowd, old: str, new: str, *, closed: bool, encrypted: bool = True
) -> None:
    """A room was made that names another as the one before it; that one is `closed` in its favour, or knows nothing of it."""
    await Room.create(
        id=new, name="River: a circle", version="10", encrypted=encrypted, predecessor=old,
        creators=[keeper("Town1")], invited_by=keeper("Town1"),
    )  # fmt: skip
    if closed:
        await Room.filter(id=old).update(successor=new)


async def test_an_upgraded_room_of_a_circle_is_followed_and_delegates_are_asked_into_it() -> None:
    async with lakeside(TOWNS) as crowd:
        await crowd.names("p0")
        made, _ = await crowd.makes()
        await Member.create(room=made.id, person=person("p0"), name="P0")
        await _goes_on(crowd, made.id, "!next:there", closed=True)
        await made.reports(Change.UPGRADED, keeper("Town1"))
        assert crowd.owed(Deed.JOIN)[-1].lane == "!next:there"
        before = len(crowd.house.owed)
        await crowd.enters("!next:there", part=None)

        assert await _place(crowd) == "!next:there"
        assert crowd.said()[-1] == {"level": 0, "room": "!next:there"}
        assert crowd.asked_in("!next:there") == [person("p0")]
        said = [e.content for e in crowd.owed(Deed.SEND, before) if e.lane == "!next:there"]
        assert ["comes **P0**" in str(each) for each in said] == [True]
        # Whoever leaves the old room has not stepped down.
        await made.leaves("p0")
        assert await Delegate.exists()


async def test_an_upgraded_room_that_names_an_assembly_is_followed_by_its_invitation_too() -> None:
    async with lakeside(TOWNS) as crowd:
        made, _ = await crowd.makes()
        [first, *_] = await crowd.mine()
        await _goes_on(crowd, made.id, "!next:there", closed=True)
        before = len(crowd.house.owed)
        await crowd.invites(first, "!next:there")

        assert [e.lane for e in crowd.owed(Deed.JOIN, before)] == ["!next:there"]
        await crowd.enters("!next:there")
        assert await _place(crowd) == "!next:there"


async def test_an_upgraded_room_in_clear_is_left_and_the_circle_gets_another() -> None:
    async with lakeside(TOWNS) as crowd:
        await crowd.names("p0")
        made, _ = await crowd.makes()
        await _goes_on(crowd, made.id, "!next:there", closed=True, encrypted=False)
        told = plain(await crowd.enters("!next:there", part=None))

        assert "is not encrypted, so I left it" in told
        assert crowd.owed(Deed.LEAVE)[-1].lane == "!next:there"
        assert crowd.asked_in("!next:there") == []
        before = len(crowd.house.owed)
        await crowd.house.passes(2 * DAY)
        assert DELEGATES in [(e.content or {})["part"] for e in crowd.owed(Deed.MAKE, before)]


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ({"history": "world_readable"}, "shows its past to the world"),
        ({"join": "public"}, "can be entered without an invitation"),
        ({"join": "knock"}, "can be entered without an invitation"),
        ({"history": "else"}, "shows its past to the world"),
    ],
)
async def test_nobody_is_asked_into_a_room_that_others_can_look_into(
    state: dict[str, str], why: str
) -> None:
    async with lakeside(TOWNS) as crowd:
        await crowd.names("p0")
        [first, *_] = await crowd.mine()
        await crowd.invites(first, "!open:there")
        await crowd.sits(first, "!open:there")
        before = len(crowd.house.owed)
        told = plain(await crowd.enters("!open:there", **state))

        assert f"{why}, so I left it" in told
        assert crowd.owed(Deed.LEAVE)[-1].lane == "!open:there"
        assert crowd.asked_in("!open:there") == []
        assert not [e for e in crowd.owed(Deed.SEND, before) if e.lane == "!open:there"]
        assert await _place(crowd) is None


async def test_a_join_that_takes_a_night_keeps_the_circle_and_says_hello_to_nobody() -> None:
    async with lakeside(TOWNS) as crowd:
        await crowd.names("p0")
        [first, *_] = await crowd.mine()
        await crowd.house.passes(timedelta(hours=23))
        await crowd.invites(first, "!alder:there")
        await crowd.sits(first, "!alder:there")
        await crowd.house.passes(timedelta(hours=20))
        assert await _place(crowd) == "!alder:there"
        told = plain(await crowd.enters("!alder:there"))

        assert crowd.asked_in("!alder:there") == [person("p0")]
        assert "Hello" not in told


@pytest.mark.parametrize("stays", [True, False])
async def test_a_join_that_takes_days_is_of_use_if_the_circle_is_still_there(
    *, stays: bool
) -> None:
    async with lakeside(TOWNS) as crowd:
        await crowd.names("p0")
        [first, *_] = await crowd.mine()
        await crowd.invites(first, "!alder:there")
        await crowd.sits(first, "!alder:there")
        await crowd.house.passes(2 * DAY)
        assert await _place(crowd) is None
        if not stays:
            await crowd.sits(first, "!elsewhere:there")
        told = plain(await crowd.enters("!alder:there"))

        assert "Hello" not in told
        assert await _place(crowd) == ("!alder:there" if stays else None)
        assert crowd.asked_in("!alder:there") == ([person("p0")] if stays else [])
        left = [each.lane for each in crowd.owed(Deed.LEAVE)]
        assert ("!alder:there" in left) is not stays


@pytest.mark.parametrize("first", ["the move", "the invitation"])
async def test_a_move_that_names_the_room_of_a_circle_keeps_nobody_out_of_it(first: str) -> None:
    async with lakeside(TOWNS) as crowd:
        await crowd.names("p0")
        [mine, *_] = await crowd.mine()
        [liar, *_] = [name for name in TOWNS if name not in await crowd.mine()]
        body = {
            "about": "move", "title": "Shall it go on there?", "until": "2026-12-14T18:00:00Z", "passing": {},
            "part": "commons", "to": "!alder:there",
        }  # fmt: skip

        async def moves() -> None:
            await crowd.letter(liar, Kind.MATTER, body, Part.CHARTER, after=await crowd.heads())

        if first == "the move":
            await moves()
        await crowd.invites(mine, "!alder:there")
        if first == "the invitation":
            await moves()
        await crowd.sits(mine, "!alder:there")
        await crowd.enters("!alder:there")

        assert (await Room.get(id="!alder:there")).kind is RoomKind.ASSEMBLY
        assert crowd.asked_in("!alder:there") == [person("p0")]


async def test_a_room_that_stands_when_we_have_left_the_assembly_is_left_as_well() -> None:
    async with lakeside(TOWNS) as crowd:
        await crowd.house.passes(DAY + timedelta(hours=3))
        circle = (await crowd.gathering()).circles.of(str((await crowd.row()).seat))
        await crowd.host.says("ana", "assembly leave")
        await crowd.host.taps("ana", "✅")
        made, _ = await crowd.house.makes(f"River: {circle.name}")

        assert made.id in [each.lane for each in crowd.owed(Deed.LEAVE)]
        assert (await made.row()).kind is RoomKind.NONE


@pytest.mark.parametrize("noted", [True, False])
async def test_after_a_lost_database_the_circles_room_is_taken_up_again_and_none_is_made(
    *, noted: bool
) -> None:
    async with lakeside(TOWNS) as crowd:
        await crowd.house.passes(DAY + timedelta(hours=3))
        await crowd.them.goes_round()
        await crowd.them.at("Lakeside")
        room = str(await _place(crowd))
        assert room in crowd.them.made
        crowd.keeps_past()
        if not noted:  # the room's maker let nobody write into it what it is
            del crowd.them.circles[room, "Lakeside"]

        await crowd.them.loses("Lakeside")
        await crowd.them.at("Lakeside")
        assert (await Room.get(id=room)).kind is RoomKind.ASSEMBLY
        before = len(crowd.house.owed)
        await crowd.house.passes(5 * DAY)

        assert (await crowd.row()).seat is not None
        assert await _place(crowd) == room
        made = [str((e.content or {})["name"]) for e in crowd.owed(Deed.MAKE, before)]
        assert set(made) <= {"River: General circle"}
        await crowd.house.room(
            "Lounge", ("ana", "p0", "p1"), kind=RoomKind.WORKING, congregation="!lakeside:here"
        )
        await crowd.names("p1")
        assert crowd.asked_in(room)[-1] == person("p1")


# ---------------------------------------------------------------------------------------- going, in one act


@pytest.mark.parametrize("way", ["declines", "leaves", "says so", "leaves the congregation"])
async def test_a_delegate_ends_it_in_one_act_and_is_asked_for_no_reason(way: str) -> None:
    async with lakeside(TOWNS) as crowd:
        await crowd.names("p0")
        made, _ = await crowd.makes()
        match way:
            case "declines":
                told = plain(await made.reports(Change.DECLINED, person("p0")))
            case "leaves":
                await Member.create(room=made.id, person=person("p0"), name="P0")
                told = plain(await made.leaves("p0"))
            case "says so":
                private = await crowd.private("p0")
                told = plain(await private.says("p0", "assembly circle step down"))
                assert "Thank you" in told
            case _:
                told = plain(await PlayedRoom(crowd.house, "!lakeside:here").leaves("p0"))

        assert not await Delegate.exists()
        assert "names somebody, also the same again" in told
        assert "P0" not in told


async def test_who_is_no_delegate_steps_down_from_nothing() -> None:
    async with lakeside(TOWNS) as crowd:
        told = plain(await crowd.host.says("ana", "assembly circle step down"))

        assert "You are no delegate in **River**, so nothing was changed" in told
        assert "`assembly circle` tells" in told


async def test_to_be_forgotten_ends_it_and_what_is_kept_can_be_read_before() -> None:
    async with lakeside(TOWNS) as crowd:
        await crowd.names("p0")
        assert [
            (each["assembly"], each["as"])
            for each in (await kept_of(person("p0")))["you_are_a_delegate"]
        ] == [("River", "representative")]
        private = await crowd.private("p0")
        await private.says("p0", "forget me")
        await private.taps("p0", "✅")

        assert not await Delegate.exists()


# ------------------------------------------------------------------------------------------------- talking


async def test_a_matter_is_told_to_the_circle_once_and_the_circle_decides_nothing() -> None:
    async with lakeside(TOWNS) as crowd:
        made, _ = await crowd.makes()
        others = await crowd.mine()
        before = await Decision.all().count(), await CharterLine.all().count()
        rooms = []
        for name in others[:4]:
            body = {
                "about": "decide", "title": f"A glossary by {name}", "text": "x", "passing": {},
                "until": "2026-12-14T18:00:00Z", "called": others.index(name) + 40,
            }  # fmt: skip
            _id, told = await crowd.letter(
                name, Kind.MATTER, body, Part.DECISIONS, after=await crowd.heads()
            )
            rooms += [each for each in told if "Time to talk about it here" in each]
        assert len(rooms) == 4
        assert "decides nothing" in rooms[0]
        assert f"A glossary by {others[0]}" in plain(rooms)
        again = plain(await crowd.house.passes(3 * DAY))
        assert "Time to talk about it here" not in again
        assert [e.lane for e in crowd.owed(Deed.SEND) if "Time to talk" in str(e.content)] == [
            made.id
        ] * 4

        assert (await Decision.all().count(), await CharterLine.all().count()) == before
        ours = [e for e in crowd.owed(Deed.SEND) if (e.content or {}).get("letter")]
        after = [e for e in ours if "'type': 'position'" in str(e.content)]
        assert len(after) == 1  # our own to the first matter, which the test wrote itself


async def test_a_matter_that_others_tell_is_told_by_us_only_when_somebody_asks() -> None:
    async with lakeside(TOWNS) as crowd:
        await crowd.names("p0")
        private = await crowd.private("p0")
        assert "is over" in plain(await private.says("p0", "assembly circle talk 1"))
        made, _ = await crowd.makes()
        others = await crowd.mine()
        for name in others:
            await crowd.sits(name, made.id)
        told: list[str] = []
        number = 60
        while not told:
            number += 1
            body = {
                "about": "decide", "title": f"Matter {number}", "text": "x", "passing": {},
                "until": "2026-12-24T18:00:00Z", "called": number,
            }  # fmt: skip
            _id, heard = await crowd.letter(
                others[number % len(others)], Kind.MATTER, body, Part.DECISIONS, after=await crowd.heads()
            )  # fmt: skip
            if not any("Time to talk" in each for each in heard):
                told = await private.says("p0", f"assembly circle talk {number}")

        assert "What comes of it stays words" in plain(told)
        again = plain(await private.says("p0", f"assembly circle talk {number}"))
        assert "already" in again
        assert "Nothing was said again" in again
        missing = plain(await private.says("p0", "assembly circle talk 999"))
        assert "no matter 999" in missing


# ---------------------------------------------------------------------------------------- circles of circles


@asynccontextmanager
async def carrying() -> AsyncIterator[tuple[Crowd, Role]]:
    """An assembly in which the lot of this year lets Lakeside carry its circle upward; and whom of its two it sends."""
    for number in range(40):
        async with lakeside(TOWNS, f"River {number}") as crowd:
            _first, *above = (await crowd.gathering()).places(str((await crowd.row()).seat))
            if above:
                yield crowd, next(iter(above[0].roles))
                return
    raise AssertionError("the lot falls on everybody now and then")


async def test_whom_the_lot_lets_carry_a_circle_upward_sits_above_with_one_of_its_two() -> None:
    async with carrying() as (crowd, role):
        await crowd.names("p0")
        await crowd.names("p1", Role.LINK)
        await crowd.house.passes(2 * DAY)
        room, _ = await crowd.house.makes(f"{(await crowd.row()).name}: General circle")

        sent = {Role.REPRESENTATIVE: "p0", Role.LINK: "p1"}[role]
        people = [each for each in crowd.asked_in(room.id) if each in (person("p0"), person("p1"))]
        assert people == [person(sent)]
        found = await crowd.gathering()
        general = found.circles.general
        assert {"level": general.level, "room": room.id} in crowd.said()
        names = {seat: name for name, seat in crowd.seats.items()}
        others = {keeper(names[seat]) for seat in found.sent[general.id] if seat in names}
        assert others <= set(crowd.asked_in(room.id))
        status = plain(await crowd.host.says("ana", "assembly circle"))
        assert f"your {role} carries it into the **General circle**" in status
        # Whoever does not come here stays a delegate in the circle of their own.
        await room.reports(Change.DECLINED, person(sent))
        assert await Delegate.all().count() == 2


async def test_with_the_year_others_carry_and_those_who_did_hand_on_for_two_weeks() -> None:
    async with carrying() as (crowd, _role):
        await crowd.names("p0", until=" until 1 october")
        await crowd.names("p1", Role.LINK, until=" until 1 october")
        await crowd.house.passes(2 * DAY)
        room, _ = await crowd.house.makes(f"{(await crowd.row()).name}: General circle")
        own = str((await crowd.row()).seat)
        crowd.house.now = crowd.house.now.replace(month=12, day=31)
        carries_on = len((await _next_year(crowd)).places(own)) > 1
        await crowd.house.passes(10 * DAY)
        assert await DelegateCircle.filter(level=1, place=room.id).exists()
        told = plain(await crowd.house.passes(8 * DAY))

        assert await DelegateCircle.filter(level=1, place=room.id).exists() is carries_on
        assert ("sits in this circle no more" in told) is not carries_on
        assert await Delegate.all().count() == 2


async def _next_year(crowd: Crowd) -> Gathering:
    now = crowd.house.now
    crowd.house.now = now + 2 * DAY
    found = await crowd.gathering()
    crowd.house.now = now
    return found
