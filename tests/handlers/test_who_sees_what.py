"""Who sees what (practices 12.1): what is private reaches nobody but those whom it is for, whatever is done to get at it.

A generated history is played twice: once with all that its people do in private, once without any of it. Whoever it is not
for must see exactly the same both times, in texts, edits, files, reactions and state; so neither words nor the fact that
there is something can leak. On the way each word is marked, and no mark may reach anybody but those named with it, nor
stand readable in any column of the database, in a page, in a finding of the doctor, or in the log.
"""

import base64
import io
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tortoise import connections
from tortoise.fields import CharField, JSONField, TextField
from tortoise.fields.data import CharEnumFieldInstance
from tortoise.models import Model

from daemon import check, web
from daemon.clock import SystemClock
from daemon.log import CHATTY, formatter, hush
from daemon.settle import TRIES as TRIES_OF_A_ROW
from daemon.settle import set_aside, settle
from handlers.catalogue import CATALOGUE
from handlers.language import Call, Effects, command
from practices.circles import RoomKind
from practices.script import Field, Form
from storage.database import MODELS
from storage.dyads import Dyad
from storage.energy import Energy
from storage.inbox import Heard, Kind
from storage.journals import OwnPrompt, Writing
from storage.members import Member
from storage.outbox import Deed, Owed
from storage.pairings import Preference
from storage.polls import Poll
from storage.questions import Question
from storage.reflections import Reflection
from storage.sealed import seal_with
from storage.tables import tables
from tests.handlers.played import ME, PlayedHouse, PlayedRoom, a_house, person
from tests.handlers.written import Circle, Session, phase

KITCHEN, GARDEN = ("ana", "ben", "cleo", "dan"), ("dan", "eve", "finn")

#: A crew of which nobody here knows.
FAR = ("gil", "ida", "jon")

#: Of the congregation: its host, and those whom it names for safety.
HOST, CONTACTS = "hana", ("rui", "tamsin")
#: Who runs the daemon, and somebody who belongs to nothing.
OPERATOR, STRANGER = "op", "zoe"

#: A Monday morning.
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)

#: A marked word, whatever was done to its letters.
MARK = re.compile(r"zq[emcad][a-z]+zq", re.IGNORECASE)

#: What every column of words holds, by the classes of practices 12.1; "-" is for what tells of nobody: rooms, clocks,
#: states, and what the daemon goes by. A column that is new has to be thought about here.
HELD = {
    "E": """
        acceptance.sealed energy.sealed inbox.content onboarding.sealed outbox.content pathway.sealed preference.sealed
        question.data reflection_side.other reflection_side.said reflection_side.whose retrospective.sealed
        share.sealed split.sealed wish.accepted
    """,
    "M": "money_note.sealed money_opening.sealed offer.title",
    "C": "mediator_search.sealed",
    "A": """
        booking.about booking.cause booking.key booking.others booking.person cast.event cast.of cast.person
        claim.about claim.cause claim.key claim.person coming.person commitment.owner commitment.what decision.person
        dyad.agreed dyad.asked dyad.proposer dyad.rooming dyad.signals elector.holder elector.person encounter.one
        encounter.other energy.person focus.person form.people form.waiting hosting.person inbox.about inbox.key
        inbox.sender interest.person met.one met.other money_note.person money_opening.person muted.person
        onboarding.inviter onboarding.member onboarding.newcomer onboarding.tried one_to_one.options one_to_one.people
        one_to_one.signals one_to_one.suits one_to_one.told outbox.asker outbox.lane own_review.person own_prompt.at own_prompt.days
        own_prompt.person own_prompt.zone pathway.person person.id person.quiet_from person.quiet_until person.zone
        place.person player.person pod_place.person preference.person presence.person proxy.holder proxy.person
        question.answers question.person partaking.person reminder.person reminder.what
        rota_pair.one rota_pair.other session.began_by session.focus session.people session.state share.person
        tending.person took_part.person visitor.person wish.asker wish.person acceptance.other acceptance.person
        assent.person ballot.person writing.person writing.prompt
    """,
    "D": """
        ballot.marks ballot.reason cast.marks cast.reason consent_round.sealed consent_round.state decision.mark
        decision.story decision.what matter.author matter.words poll.author poll.outcome poll.outcome_by poll.request
        poll.result poll.terms secret_ballot.marks wording.terms
    """,
    "P": """
        assembly.asked_by assembly.draft assembly.human assembly.invited_by assembly.name assembly.read assembly.told
        calling.asked calling.caller calling.said calling.trial_where charter_line.rule charter_line.text
        charter_line.until cycle.until delegate.asked delegate.person delegate_circle.asked delegate_circle.place
        domain.asked_by domain.card domain.wanted domain_link.person form.about form.asks form.title meeting.host
        member.name member.person news_reader.person own_script.credit own_script.licence own_script.name
        own_script.offered_by own_script.origin own_script.text room.caller room.host room.invited_by room.name
        room.private_with room.rhythm room.settings safety_contact.person stewardship.agreed stewardship.steward
        stewardship.stewardee welcome_pod.opener welcomer.person
    """,
    "O": """
        assembly_card.card assembly_letter.content assembly_letter.sender assembly_newer_letter.content
        assembly_newer_letter.sender lesson.host lesson.text lesson.title
    """,
    "-": """
        asking.mark carried.mark assembly.former assembly.found assembly.looked_at assembly.room assembly.rooms assembly.seat assembly.space
        assembly_card.keeper assembly_letter.event assembly_letter.letter assembly_newer_letter.event assent.room
        booking.room calling.congregation calling.stands_in charter_line.room claim.room commitment.room
        condemned_key.name consent_round.lines consent_round.purpose consent_round.request consent_round.room
        consent_round.zone cycle.room decision.room delegate.room delegate_circle.room domain.giver domain.room
        domain_link.room dyad.circle dyad.home encounter.room fact.name fact.value focus.room form.room
        form.sealed_for game.room inbox.room inbox.session lesson.room lesson_release.crew matter.came_from
        matter.origin matter.room mediator_search.letter mediator_search.room meeting.local meeting.occurrence
        meeting.room meeting.zone member.room met.room money_opening.place muted.room offer.occasion offer.owner
        offer.room offer.taken_by onboarding.room one_to_one.room one_to_one.subject open_door.room outbox.event_id
        outbox.name outbox.refusal outbox.room outbox.target outbox.transaction outbox.type own_script.key
        own_script.room own_script.seat pairing.rhythm pairing.room pairing.seed partaking.room place.room player.room
        poll.rhythm poll.room poll.zone proxy.room question.inquiry question.room reflection.zone reminder.request
        reminder.rhythm reminder.room reminder.zone retrospective.purpose retrospective.room room.children
        room.congregation room.creators room.id room.power room.predecessor room.successor room.version room.zone
        rota.room rota_pair.room safety_contact.room said.place said.target series.room series.script session.form
        session.lines session.room session.script share.field share.room split.purpose split.room steward_round.number
        steward_round.room stewardship.room tending.room visitor.room welcome_pod.home welcome_pod.room welcomer.room
        wish.room writing.room
    """,
}
CLASS_OF = {column: kind for kind, columns in HELD.items() for column in columns.split()}

#: What of these classes stands sealed wherever it stands; what a crew says aloud in its own room about needs does not.
SEALED = frozenset(c for c, kind in CLASS_OF.items() if kind in "EMC") - {"offer.title"}


@dataclass
class World:
    """A congregation with two crews, and what was said in it that is not for everybody."""

    house: PlayedHouse
    #: Side 1 is the same without any of what is private.
    acts_happen: bool
    #: The people of the crew.
    crew: tuple[str, ...] = KITCHEN
    chats: dict[str, PlayedRoom] = field(default_factory=dict)
    #: Each mark, and who may read it.
    allowed: dict[str, set[str]] = field(default_factory=dict)
    space: PlayedRoom = field(init=False)
    hall: PlayedRoom = field(init=False)
    kitchen: PlayedRoom = field(init=False)
    garden: PlayedRoom = field(init=False)
    far: PlayedRoom = field(init=False)

    async def begins(self) -> None:
        self.house.now = MONDAY
        self.house.house = replace(self.house.house, stewards=(person(OPERATOR),))
        everybody = (*KITCHEN, "eve", "finn", HOST, *CONTACTS)
        self.space = await self.house.space("Lakeside", everybody, [HOST])
        self.hall = await self.house.room(
            "Commons", everybody, kind=RoomKind.WORKING, congregation=self.space.id
        )
        self.kitchen = await self.house.crew("Kitchen Crew", KITCHEN, congregation=self.space.id)
        self.garden = await self.house.crew("Garden Crew", GARDEN, congregation=self.space.id)
        self.far = await self.house.crew("Far Crew", FAR)
        for who in (*everybody, *FAR, OPERATOR, STRANGER):
            self.chats[who] = await self.house.private(who)
        await self.kitchen.says("ana", "!rhythm every thursday 19:00")
        await self.kitchen.taps("ana", "✅")
        for who in CONTACTS:
            await self.says(HOST, f"safety name {who}")
            await self.says(who, "yes")
        await self.says(HOST, "pairing begin")
        await self.says(HOST, "yes")

    async def says(self, who: str, *lines: str) -> list[str]:
        """Somebody writes to the daemon alone."""
        told: list[str] = []
        for line in lines:
            told = await self.chats[who].says(who, line)
        return told

    def marked(self, kind: str, author: str, *readers: str) -> str:
        """A word that is nowhere else, of class E, M, C or A, for its author and these readers."""
        place = "".join(chr(ord("a") + int(digit)) for digit in str(len(self.allowed)))
        mark = f"zq{kind.lower()}{author}{place}zq"
        self.allowed[mark] = {author, *readers}
        return mark


Act = Callable[[World, str, str], Awaitable[Iterable[str]]]


async def journal(world: World, author: str, _other: str) -> Iterable[str]:
    await world.says(author, "reflect needs", "keep nothing", "3", world.marked("E", author))
    return ()


async def kept_journal(world: World, author: str, _other: str) -> Iterable[str]:
    await world.says(author, "reflect needs", "keep", "3", world.marked("E", author), "stop")
    return ()


async def parts(world: World, author: str, _other: str) -> Iterable[str]:
    await world.says(author, "parts", "keep nothing", world.marked("E", author), "next")
    await world.says(author, world.marked("E", author), "stop here")
    return ()


async def self_view(world: World, author: str, _other: str) -> Iterable[str]:
    await world.says(author, "pathway look", world.marked("E", author), "stop")
    return ()


async def one_thing(world: World, author: str, _other: str) -> Iterable[str]:
    await world.says(author, f"pathway choose {world.marked('E', author)}")
    return ()


async def asked_a_friend(world: World, author: str, other: str) -> Iterable[str]:
    await world.says(author, f"pathway ask {other}", "ask")
    await world.says(other, "write", world.marked("E", other, author), "send")
    return (other,)


async def money(world: World, author: str, _other: str) -> Iterable[str]:
    await world.says(author, f"money life {world.marked('M', author)}")
    return ()


async def opened_money(world: World, author: str, _other: str) -> Iterable[str]:
    if author not in world.crew:
        return ()
    await world.says(author, f"money life {world.marked('M', author, *world.crew)}")
    await world.says(author, "money open life to Kitchen Crew", "yes")
    return world.crew


async def report(world: World, author: str, _other: str) -> Iterable[str]:
    # The list is in the order of names.
    await world.says(author, "safety", "1", world.marked("C", author, CONTACTS[0]), "send")
    return (CONTACTS[0],)


async def half_a_report(world: World, author: str, _other: str) -> Iterable[str]:
    await world.says(author, "safety", "1", world.marked("C", author))
    return ()


async def energy(world: World, author: str, _other: str) -> Iterable[str]:
    await world.says(author, "energy 2")
    return ()


async def not_with(world: World, author: str, other: str) -> Iterable[str]:
    await world.says(author, "pairing in", f"pairing not with {other}")
    return ()


async def reminder(world: World, author: str, _other: str) -> Iterable[str]:
    await world.says(author, f"remind tomorrow 9:00 {world.marked('A', author)}")
    return ()


async def own_hours(world: World, author: str, _other: str) -> Iterable[str]:
    await world.says(author, "quiet 21:00-9:00", "reflect at 19:30 on Monday", "timezone Lisbon")
    return ()


async def dyad(world: World, author: str, other: str) -> Iterable[str]:
    await world.says(author, f"dyad {other}", "yes")
    await world.says(other, "yes", "1")
    await world.says(author, "1")
    return (other,)


async def asked_to_a_dyad(world: World, author: str, other: str) -> Iterable[str]:
    await world.says(author, f"dyad {other}", "yes")
    await world.says(other, "no")
    return (other,)


async def words_of_the_crew(world: World, author: str, _other: str) -> Iterable[str]:
    if author not in world.crew:
        return ()
    lines = {
        "!decided {}": "D", "!commit {} by friday": "A", "!offer {}": "M", "!need {}": "M",
        "!remind friday 9:00 {}": "A",
    }  # fmt: skip
    for line, kind in lines.items():
        await world.kitchen.says(author, line.format(world.marked(kind, author, *world.crew)))
        await world.kitchen.says(author, "stop")
    return world.crew


async def hidden_voice(world: World, author: str, other: str) -> Iterable[str]:
    if not {author, other} <= set(world.crew):
        return ()
    said, because = world.marked("D", author, *world.crew), world.marked("D", other, *world.crew)
    await world.kitchen.says(author, f"!propose We call it {said}; hidden; until friday 18:00")
    await world.kitchen.says(author, "stop")
    newest = await Poll.all().order_by("-id").first()
    await world.says(
        other, f"vote {newest.id} disagree because {because}", "yes"
    ) if newest else None
    return world.crew


async def sealed_circle(world: World, author: str, other: str) -> Iterable[str]:
    if not {author, other} <= set(world.crew):
        return ()
    circle = Circle(world.house, world.kitchen, {who: world.chats[who] for who in world.crew})
    circle.session = Session(len(world.allowed) + 7, world.kitchen.id)
    await circle.asks(phase(Form(fields=(Field(name="word", text="What moved you?"),))))
    for who in (author, other):
        await world.says(who, world.marked("E", who, *world.crew))
    await circle.ends()
    return world.crew


async def reflection(world: World, author: str, other: str) -> Iterable[str]:
    if not await _looked_together(world, author, other):
        return ()
    await world.says(author, "begin", "25", world.marked("E", author), "pass", "pass", "seal")
    return (other,)


async def opened_reflection(world: World, author: str, other: str) -> Iterable[str]:
    if not await _looked_together(world, author, other):
        return ()
    for who, beside in ((author, other), (other, author)):
        await world.says(who, "begin", "25", world.marked("E", who, beside), "pass", "pass", "seal")
    for who in (author, other):
        await world.says(who, "open")
    return (other,)


async def _looked_together(world: World, author: str, other: str) -> bool:
    """One has asked the other, who said yes; whether there is nothing else open between any two."""
    if await Reflection.exists():
        return False
    await world.says(author, f"partnership with {other}", "yes")
    await world.says(other, "yes")
    return await Reflection.exists()


ACTS: tuple[Act, ...] = (
    journal, kept_journal, parts, self_view, one_thing, asked_a_friend, money, opened_money, report, half_a_report,
    energy, not_with, reminder, own_hours, dyad, asked_to_a_dyad, words_of_the_crew, hidden_voice, sealed_circle,
    reflection, opened_reflection,
)  # fmt: skip

NUMBERED = frozenset({words_of_the_crew, hidden_voice, sealed_circle})

#: Who may be the author of something, and the other one in it.
PEOPLE = (*KITCHEN, "eve", "finn")
EVERYBODY = {*PEOPLE, HOST, *CONTACTS, OPERATOR, STRANGER}

#: With these something new is asked of many, and would itself be found afterwards.
ASKING_ALL = frozenset({"consent", "forget", "poll", "propose", "times"})

#: What is said after a command's name in trying to get at something.
TRIES = ("", "1", "Ana", "@ana:here", "Kitchen Crew", "all", "income", "yes", "with Ben")

#: With these whoever says them does something of their own that others may well see: leave, forget, hand on, begin.
OWN_DEEDS = frozenset({"forget", "hand", "leave"})


# ------------------------------------------------------------------------------------ what is seen


async def audiences() -> dict[str, set[str]]:
    """By room and by person: who reads what is sent there, by short names."""
    found: dict[str, set[str]] = {}
    for row in await Member.exclude(person=ME):
        short = row.person[1:].partition(":")[0]
        found.setdefault(row.room, set()).add(short)
        found[row.person] = {short}
    return found


def whole(owed: Owed) -> str:
    """All of a message that anybody could read, a file's content opened."""
    content = dict(owed.content or {})
    if "data" in content:
        content["data"] = base64.b64decode(str(content["data"])).decode(errors="replace")
    # What is sent has no target; what stands there tells only us whether an edit would change anything.
    target = "" if owed.deed is Deed.SEND else owed.target
    return f"{owed.deed} {owed.type} {owed.name} {target} {content}"


def plain(text: str) -> str:
    """A text without what differs for no reason that anybody could see: the numbers of rows."""
    return re.sub(r"\d+", "#", text)


async def leaks(world: World, messages: Iterable[Owed]) -> list[str]:
    """Every mark that reached somebody it is not for."""
    found, there = [], await audiences()
    for owed in messages:
        text = whole(owed).casefold()
        for mark in sorted(set(MARK.findall(text))):
            if mark not in world.allowed:
                continue
            others = there.get(owed.lane, {"nobody we know"}) - world.allowed[mark]
            if others:
                found.append(f"{mark} reached {sorted(others)}: {text[:300]}")
    return found


async def seen(house: PlayedHouse) -> dict[str, list[str]]:
    """By short names: all that somebody has before their eyes, in the order of each place."""
    there = await audiences()
    found: dict[str, list[str]] = {who: [] for who in sorted(EVERYBODY)}
    for owed in sorted(house.owed, key=lambda each: each.lane):
        text = plain(whole(owed))
        for who in there.get(owed.lane, set()) & EVERYBODY:
            found[who].append(f"{owed.lane}: {text}")
    return found


async def readable(marks: Iterable[str]) -> list[str]:
    """Every column in which a mark stands as whoever has the database, and no secret, would read it."""
    found = []
    wanted = set(marks)
    for table in tables():
        rows = await connections.get("default").execute_query_dict(f'SELECT * FROM "{table.name}"')
        for row in rows:
            for column, value in row.items():
                words = wanted & set(MARK.findall(str(value).casefold()))
                found += [f"{table.name}.{column}: {mark}" for mark in sorted(words)]
    return found


def astray(place: str) -> bool:
    """Whether a mark stands readable in a column that does not hold its class in the clear."""
    column, _, mark = place.partition(": ")
    kind, held = mark[2].upper(), CLASS_OF[column]
    return column in SEALED or kind in "EC" or (kind == "M") != (held == "M")


#: The loggers that are ours: also what they tell at the lowest level is looked at.
OURS = ("daemon", "handlers", "practices", "storage")


@contextmanager
def logged(log_format: str = "text") -> Iterator[io.StringIO]:
    """All that our loggers write meanwhile, as the operator reads it."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(formatter(log_format))
    loggers = [logging.getLogger(each) for each in (*OURS, *CHATTY)]
    levels = [each.level for each in loggers]
    logging.getLogger().addHandler(handler)
    for each in OURS:
        logging.getLogger(each).setLevel(logging.DEBUG)
    hush()
    try:
        yield text
    finally:
        logging.getLogger().removeHandler(handler)
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


async def pages(world: World) -> str:
    """The metrics, and what the doctor says of the database."""
    vitals = web.Vitals(heard_at=world.house.now, caught_up=True, counts={})
    found = [each async for each in check._rooms(ME)]
    found += [each async for each in check._undelivered(SystemClock())]
    numbers = (await web.metrics(vitals, world.house.now)).decode()
    return "\n".join([numbers, *(f"{each.text} {each.next}" for each in found)])


@asynccontextmanager
async def a_world(*, acts_happen: bool = True) -> AsyncIterator[World]:
    async with a_house() as house:
        seal_with(house.house.keys)
        try:
            world = World(house, acts_happen)
            await world.begins()
            yield world
        finally:
            seal_with(None)


async def acted(world: World, act: Act, author: str, other: str) -> set[str]:
    """Somebody does something in private; who may see something of it. Nothing waits for an answer afterwards."""
    if author == other:
        return set()
    if world.acts_happen:
        await world.says(author, "stop")
        readers = {author, *await act(world, author, other)}
        for who in sorted(readers & set(world.chats)):
            await world.says(who, "stop")
        return readers
    if act in NUMBERED:
        # What is asked and decided has one row of numbers for all: the same ones are given, to a crew far away.
        elsewhere = copy(world)
        elsewhere.kitchen, elsewhere.crew = world.far, FAR
        await act(elsewhere, FAR[0], FAR[1])
        for who in FAR:
            await world.says(who, "stop")
    return set()


async def tries(world: World, who: str, name: str, said: str) -> None:
    """Somebody tries a command in private, and where they are with others; nothing stays open."""
    line = f"{name} {said}".strip()
    rooms = [(world.chats[who], line)]
    if who not in (STRANGER, OPERATOR):
        rooms.append((world.kitchen if who in KITCHEN else world.hall, f"!{line}"))
    for room, text in rooms:
        await room.says(who, text)
        if await Question.exists(person=person(who), room=room.id):
            await room.says(who, "stop")


PROBE = st.tuples(
    st.sampled_from(sorted(EVERYBODY)),
    st.sampled_from(sorted(set(CATALOGUE.commands) - OWN_DEEDS)),
    st.sampled_from(TRIES),
)
DEED = st.tuples(st.sampled_from(ACTS), st.sampled_from(PEOPLE), st.sampled_from(PEOPLE))


@dataclass
class Seen:
    """What came of one side of a history."""

    by: dict[str, list[str]]
    readers: set[str]


async def lived(world: World, deeds: list[Any], probes: list[Any]) -> Seen:
    readers: set[str] = set()
    half = len(probes) // 2
    with logged() as log:
        for act, author, other in deeds:
            readers |= await acted(world, act, author, other)
        assert [each for each in await readable(world.allowed) if astray(each)] == []
        for who, name, said in probes[:half]:
            await tries(world, who, name, said)
        await world.house.passes(until=MONDAY + 3 * DAY + timedelta(hours=9))
        for who, name, said in probes[half:]:
            await tries(world, who, name, said)
        await world.house.passes(4 * DAY)
    assert await leaks(world, world.house.owed) == []
    assert MARK.findall(await pages(world)) == []
    assert MARK.findall(log.getvalue().casefold()) == []
    return Seen(await seen(world.house), readers)


# ------------------------------------------------------------------------------------- what is kept


def test_every_column_of_words_has_a_class() -> None:
    """A column that is new is put into the map above: by whom may it be read, and does it stand sealed?"""
    there = {
        f"{model._meta.db_table}.{name}"
        for module in MODELS
        for model in vars(import_module(module)).values()
        if isinstance(model, type) and issubclass(model, Model) and model is not Model
        for name, column in model._meta.fields_map.items()
        if isinstance(column, CharField | TextField | JSONField)
        and not isinstance(column, CharEnumFieldInstance)
    }

    listed = [column for columns in HELD.values() for column in columns.split()]
    assert sorted(listed) == sorted(set(listed))
    assert sorted(there - set(listed)) == []
    assert sorted(set(listed) - there) == []


#: What each act leaves: who has read a mark of it by the end, or else a table that has a row.
LEAVES: dict[Act, Any] = {
    journal: Writing, kept_journal: set(), parts: set(), self_view: set(), one_thing: {"ana"},
    asked_a_friend: {"ana", "ben"}, money: {"ana"}, opened_money: set(KITCHEN), report: {"ana", "rui"},
    half_a_report: {"ana"}, energy: Energy, not_with: Preference, reminder: {"ana"}, own_hours: OwnPrompt, dyad: Dyad,
    asked_to_a_dyad: set(), words_of_the_crew: set(KITCHEN), hidden_voice: set(KITCHEN), sealed_circle: set(KITCHEN),
    reflection: {"ana"}, opened_reflection: {"ana", "ben"},
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
async def test_each_act_reaches_those_it_is_for_and_nobody_else(act: Act) -> None:
    """What the property below plays is real: it reaches its readers, and leaves its rows, and reaches nobody else."""
    async with a_world() as world:
        before = len(world.house.owed)
        await acted(world, act, "ana", "ben")
        assert [each for each in await readable(world.allowed) if astray(each)] == []
        left = LEAVES[act]
        if not isinstance(left, set):
            assert await left.exists()
        await world.house.passes(7 * DAY)

        reached = set()
        there = await audiences()
        for owed in world.house.owed:
            if MARK.findall(whole(owed).casefold()):
                reached |= there[owed.lane]
        assert reached == (left if isinstance(left, set) else set())
        assert await leaks(world, world.house.owed) == []
        assert len(world.house.owed) > before


@pytest.mark.requirement("R9")
@pytest.mark.requirement("R23")
# A history that fails is short enough to read; to make it shorter would take minutes.
@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)
@given(
    deeds=st.lists(DEED, min_size=1, max_size=6),
    probes=st.lists(PROBE, min_size=4, max_size=24),
)
async def test_whoever_it_is_not_for_sees_the_same_as_if_nothing_had_been_said(
    deeds: list[Any], probes: list[Any]
) -> None:
    sides = []
    for acts_happen in (True, False):
        async with a_world(acts_happen=acts_happen) as world:
            sides.append(await lived(world, deeds, probes))
    full, empty = sides
    for who in sorted(EVERYBODY - full.readers):
        assert full.by[who] == empty.by[who], who


#: What Ana and Ben do in private, and what is only for those two, the contact, and the crew.
OF_TWO = (
    kept_journal, parts, one_thing, asked_a_friend, money, report, energy, not_with, reminder, own_hours, dyad, journal,
    reflection,
)  # fmt: skip


async def walked(
    them: Iterable[str], acts: Iterable[Act], *, acts_happen: bool
) -> tuple[dict[str, list[str]], set[str]]:
    """Each of them tries every command that there is, in each place where they are; what they have seen."""
    readers: set[str] = set()
    async with a_world(acts_happen=acts_happen) as world:
        for act in acts:
            readers |= await acted(world, act, "ana", "ben")
        for number, (name, tried) in enumerate(sorted(CATALOGUE.commands.items())):
            if name in OWN_DEEDS:
                continue
            for place, who in enumerate(them):
                said = ("1", "Ana")[(number + place) % 2] if tried.arguments else ""
                await tries(world, who, name, said)
        assert await leaks(world, world.house.owed) == []
        by = await seen(world.house)
        return {who: by[who] for who in them}, readers


@pytest.mark.requirement("R9")
@pytest.mark.requirement("R23")
@pytest.mark.parametrize(
    ("them", "acts"),
    [((HOST, OPERATOR, STRANGER), ACTS), (("cleo",), OF_TWO)],
    ids=["host, operator and a stranger", "a friend of their crew"],
)
async def test_no_command_that_there_is_shows_what_is_not_for_whoever_says_it(
    them: tuple[str, ...], acts: Iterable[Act]
) -> None:
    full, readers = await walked(them, acts, acts_happen=True)
    empty, _nobody = await walked(them, acts, acts_happen=False)

    assert not set(them) & readers
    for who in them:
        assert len(full[who]) > len(CATALOGUE.commands)
        assert full[who] == empty[who], who


@pytest.mark.requirement("R9")
@pytest.mark.parametrize("who", [STRANGER, HOST])
async def test_what_cannot_be_seen_is_not_found_in_the_same_words_as_what_is_not_there(
    who: str,
) -> None:
    """Asked for by name, a crew that somebody is not in answers as one that there is not; so does a person."""
    async with a_world() as world:
        for act in ACTS:
            await acted(world, act, "ana", "ben")
        for name in sorted(set(CATALOGUE.commands) - ASKING_ALL):
            if RoomKind.PRIVATE not in CATALOGUE.commands[name].kinds:
                continue
            heard = []
            for crew in ("Kitchen Crew", "Meadow Crew"):
                told = plain("\n".join(await world.says(who, f"{name} {crew}")))
                heard.append(re.sub("kitchen|meadow", "…", told, flags=re.IGNORECASE))
                if await Question.exists(person=person(who)):
                    await world.says(who, "stop")
            assert heard[0] == heard[1], name
        assert await leaks(world, world.house.owed) == []


# ------------------------------------------------------------------------------------- when something fails


@command(name="money", help="stumble over it", example="money")
async def stumbles(call: Call) -> Effects:
    """Fail as code does: the exception quotes what it was given."""
    try:
        int(call.text)
    except ValueError as error:
        raise KeyError({"said": call.text}) from error
    return []


@pytest.mark.requirement("R9")
@pytest.mark.parametrize("log_format", ["text", "json"])
async def test_a_failure_is_told_to_the_operator_without_a_word_of_what_was_said(
    log_format: str,
) -> None:
    async with a_world() as world:
        mark = world.marked("M", "ana")
        commands = {**world.house.house.catalogue.commands, "money": stumbles}
        words = {**world.house.house.catalogue.words, "money": stumbles}
        catalogue = replace(world.house.house.catalogue, commands=commands, words=words)
        house = replace(world.house.house, catalogue=catalogue)
        row = await Heard.create(
            key="$said", kind=Kind.MESSAGE, room=world.chats["ana"].id, sender=person("ana"),
            at=MONDAY, content={"text": f"money {mark}", "thread": None, "target": None},
        )  # fmt: skip
        with logged(log_format) as log:
            for _ in range(TRIES_OF_A_ROW):
                try:
                    await settle(row, house, MONDAY)
                except KeyError as error:
                    logging.getLogger("daemon.settle").exception("settling %s failed", row.key)
                    await set_aside(row, house, MONDAY, error)

        told = [owed for owed in await Owed.all() if owed.lane == world.chats[OPERATOR].id]
        assert "KeyError" in log.getvalue()
        assert "ValueError" in log.getvalue()
        assert "in stumbles" in log.getvalue()
        assert mark not in log.getvalue()
        assert any("I failed 3 times" in str(owed.content) for owed in told)
        assert await leaks(world, await Owed.all()) == []
        assert MARK.findall(await pages(world)) == []
        assert [each for each in await readable(world.allowed) if astray(each)] == []


def test_a_failure_of_the_machine_keeps_its_reason_and_a_group_shows_each_of_its_own() -> None:
    with logged() as log:
        try:
            raise ExceptionGroup(
                "zqeanaazq", [OSError(28, "No space left on device"), ValueError("zqeanaazq")]
            )
        except ExceptionGroup:
            logging.getLogger("daemon").exception("it ends")

    assert "OSError: No space left on device" in log.getvalue()
    assert "ValueError" in log.getvalue()
    assert "zqeanaazq" not in log.getvalue()
