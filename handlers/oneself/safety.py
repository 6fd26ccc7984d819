"""The safety door: from every private chat, people outside one's own crews to turn to, and a way to write to one of them.

A report goes to the one contact who was chosen and to nobody else. It opens no case, books nothing and proposes no meeting;
of it nothing is kept, and neither hosts nor whoever it is about learn that there was one (R19, R20). It goes at once, at
night without a ring: whoever is named has agreed to that, and a report that waited for a morning would lie with us.
"""

from datetime import timedelta
from typing import NamedTuple

from handlers.asking import now_of
from handlers.house.courier import (
    DAILY,
    OPEN,
    UNLESS,
    UNNAMED,
    address,
    carried,
    quoted,
    reaches,
    tires,
    too_long,
)
from handlers.language import (
    Argument,
    Ask,
    Call,
    Effect,
    Effects,
    Option,
    Refused,
    Say,
    Scrub,
    Whisper,
    command,
    inquiry,
)
from handlers.names import called, fallback, name, room_name
from handlers.oneself import contacts
from handlers.words import escaped, folded
from practices import clock, safety
from practices.circles import RoomKind
from storage.members import Member
from storage.questions import Question
from storage.rooms import Room

#: Every question of the door begins so; what nobody answered is forgotten with its hour (daemon/app.py).
SAFETY = "safety"

#: Said where a private conversation may have stirred something up.
DOOR = "🛟 `safety` shows people outside your crews whom you can turn to."

#: How long the door stands open, and whoever is asked for words can write them.
PATIENCE = timedelta(hours=1)

NUMBERS = tuple(Option(sign=f"{number}\ufe0f\u20e3", word=str(number)) for number in range(1, 10))

EMERGENCY = "**If somebody is in danger now**, call the emergency number of the place where you are, such as 112, 911 or 999."

#: Of everybody the same, so that it tells nothing about anybody.
AWAY = "A contact may be away, or take no words from you through me. If nobody answers by tomorrow, turn to another of them."

PROMISE = (
    "*Only they read it. I keep nothing of it, nobody else hears that you wrote, and I propose no talk or meeting with anybody. "
    "If it is about one of them, choose another.*"
)


class Named(NamedTuple):
    """One person to turn to."""

    person: str
    #: Safe in Markdown.
    name: str
    #: The congregations that name them; "" for those named to everybody.
    of: str


async def named_to(call: Call) -> list[Named]:
    """The contacts outside the sender's own crews: those of their congregations, then those for everybody."""
    person = call.person
    mine = [str(room) for room in await Member.filter(person=person).values_list("room", flat=True)]
    spaces = await Room.filter(id__in=mine, kind=RoomKind.CONGREGATION, joined=True)
    found: dict[str, Named] = {}
    for space in sorted(spaces, key=lambda each: (room_name(each, ""), each.id)):
        today = clock.wall(now_of(call), call.house.zone_of(space)).date()
        rows = await contacts.standing(space, today)
        own = [Named(each, await name(space.id, each), room_name(space, "")) for each in rows]
        for each in sorted(own, key=lambda one: one.name.casefold()):
            found.setdefault(each.person, each)
    wide = [each for each in call.house.safety_contacts if each != call.house.me]
    for one in wide:
        found.setdefault(one, Named(one, await _own_name(one, person), ""))
    crews = Room.filter(id__in=mine, kind__in=[RoomKind.CREW, RoomKind.DYAD])
    rooms = [str(room) for room in await crews.values_list("id", flat=True)]
    mates = await Member.filter(room__in=rooms).values_list("person", flat=True)
    shown = safety.outside(person, list(found), wide, {str(mate) for mate in mates})
    return [found[each] for each in shown][: len(NUMBERS)]


async def _own_name(contact: str, to: str) -> str:
    """The name of somebody whom the operator names to everybody: as whoever asks knows them, or as their chat with us does."""
    shown = await called(contact, to)
    if shown != fallback(contact):
        return shown
    chats = await Room.filter(private_with=contact).values_list("id", flat=True)
    own = Member.filter(room__in=list(chats), person=contact, name__not_isnull=True)
    given = await own.order_by("id").first()
    return (escaped(given.name or "") if given else "") or shown


@command(
    name=SAFETY,
    always=True,
    unseen=True,
    aliases=("sos", "unsafe", "harassment", "abuse", "🛟"),
    help="people outside your crews whom you can turn to when something is not right, and a way to write to one of them",
    example="safety",
    arguments=(
        Argument(
            name="what",
            help="nothing; for hosts “name Tamsin”, “replace Tamsin with Rui”, “withdraw Tamsin” or “contacts”",
            rest=True,
        ),
    ),
    sentences={
        "i|im [am] afraid|scared|unsafe|threatened|frightened": "",
        "i [do] [not|dont] feel unsafe|safe|threatened": "",
        "i|im [am] not safe": "",
        "help me i|im [am] afraid|scared|unsafe|threatened|frightened": "",
        "i|im [am] [being] harassed|abused|threatened [by somebody|someone]": "",
        "somebody|someone [is] threatens|threatening|harasses|harassing|abuses|abusing me": "",
        "i need|want to report harassment|abuse": "",
        "report harassment|abuse": "",
    },
)
async def safety_(call: Call, what: str | None) -> Effects:
    """Open the door, wherever it is asked for; for hosts, say who stands in it."""
    if call.is_private and what is not None:
        arranged = await contacts.arranged(call, what)
        if arranged is not None:
            return arranged
    named = await named_to(call)
    text = "\n\n".join(filter(None, [_list(named), await _few(call, named), EMERGENCY]))
    if not named:
        # In a room nothing is said of it.
        return [Whisper(person=call.person, text=text)]
    return [
        Ask(
            inquiry="safety-whom",
            text=text,
            until=call.at + PATIENCE,
            data={
                "contacts": {str(number): each.person for number, each in enumerate(named, 1)},
                # What they were shown as: whoever has another name elsewhere is not taken for somebody else.
                "names": {str(number): each.name for number, each in enumerate(named, 1)},
            },
            person=call.person,
            private=True,
            without=tuple(option.word for option in NUMBERS[len(named) :]),
        )
    ]


def _list(named: list[Named]) -> str:
    """The contacts, each with a number: who takes no words of whom is to be seen in nothing."""
    if not named:
        return ""
    lines = [f"{option.sign} {_who(each)}" for option, each in zip(NUMBERS, named, strict=False)]
    ways = (
        f"A tap on a number, and I ask what to carry to them, up to {DAILY} messages a day to each. Their names lead to a chat "
        "with them, without me."
    )
    head = "🛟 **People outside your crews whom you can turn to:**"
    return "\n\n".join([head, "\n".join(lines), ways, AWAY, PROMISE])


def _who(each: Named) -> str:
    of = f", named by {each.of}" if each.of else ""
    return f"{address(each.person, each.name)}{of}"


async def _few(call: Call, named: list[Named]) -> str:
    """What is true where fewer than two can be named, and for a host what mends it."""
    if len(named) >= safety.FEWEST:
        return ""
    many = "Nobody outside your crews is" if not named else "Only one person outside your crews is"
    text = f"{many} named to me whom you could turn to. Somebody you trust, a doctor, or an advice line where you live may help."
    return text + await contacts.hint(call)


@inquiry(name="safety-whom", options=NUMBERS, begun=True)
async def whom(call: Call, question: Question, said: str) -> Effects:
    """One contact was chosen, by number or by name: ask for the words."""
    meant = _meant(question, said)
    names = dict(question.data["names"])  # type: ignore[call-overload]
    if len(meant) > 1:
        which = " · ".join(f"{number} {names[number]}" for number in meant)
        return [
            Say(
                text=f"More than one is called that: {which}. Their number says which. `stop` ends it."
            )
        ]
    if not meant:
        return [
            Say(
                text=f"A number from the list, or a name on it, chooses whom. `stop` ends it.\n\n{EMERGENCY}"
            )
        ]
    [number] = meant
    contact = dict(question.data["contacts"])[number]  # type: ignore[call-overload]
    hindered = await _hindered(call, contact, names[number])
    if hindered:
        return [Say(text=f"{hindered} Another number chooses somebody else.\n\n{EMERGENCY}")]
    await question.delete()
    return [
        Ask(
            inquiry="safety-words",
            text=f"**What shall {names[number]} read?** Your next message is it, in your own words; before it goes I "
            "show it to you once more. `stop` ends it, and nothing is sent.",
            until=call.at + PATIENCE,
            data={"contact": contact, "name": names[number]},
            person=call.person,
        )
    ]


async def _hindered(call: Call, contact: str, who: str) -> str:
    """Why nothing can be carried to a contact just now, whoever asks; "" where it can be."""
    yourself = f"You can {address(contact, 'write to them yourself')}."
    if not await reaches(contact):
        return f"I can't reach **{who}** just now, so nothing was sent. {yourself}"
    if await tires(call, contact):
        return f"I have carried {DAILY} messages from you for **{who}** today, and no more in one day, so nothing was sent. {yourself}"
    return ""


def _meant(question: Question, said: str) -> list[str]:
    """The numbers of those who can be meant: by a number one, by a whole name or its first word perhaps more."""
    names = question.data["names"]
    assert isinstance(names, dict)
    if said in names:
        return [said]
    word = folded(said)
    shown = {number: folded(str(each).replace("\\", "")) for number, each in names.items()}
    whole = [number for number, each in shown.items() if word and word == each]
    return whole or [
        number for number, each in shown.items() if word and [word] == each.split()[:1]
    ]


SEND = Option(sign="✅", word="send", also=("yes", "ok"))
NAMELESS = Option(sign="🕶️", word="without my name", also=("unnamed", "anonymous"))
CHANGE_IT = Option(sign="✏️", word="change")
LEAVE_IT = Option(sign="✋", word="no", also=("leave it",))


@inquiry(name="safety-words", takes_words=True, begun=True)
async def words_said(call: Call, question: Question, said: str) -> Effects:
    """Show what would go, before it goes."""
    if too_long(said):
        return [Say(text=too_long(said))]
    await question.delete()
    contact, who = str(question.data["contact"]), str(question.data["name"])
    return [
        Say(text=f"**{who}** would read:\n\n{quoted(said)}"),
        Ask(
            inquiry="safety-send",
            text=f"To {who}, and nobody else:\n\n✅ send · 🕶️ without my name · ✏️ change · ✋ leave it",
            until=call.at + PATIENCE,
            data={"contact": contact, "name": who, "words": said},
            person=call.person,
        ),
    ]


@inquiry(
    name="safety-send",
    options=(SEND, NAMELESS, CHANGE_IT, LEAVE_IT),
    begun=True,
    late="The hour for that is over, and I have not kept what you wrote. Nothing was sent; `safety` begins anew.",
)
async def send(call: Call, question: Question, said: str) -> Effects:
    """Carry it, with or without a name, or not at all."""
    contact, who = str(question.data["contact"]), str(question.data["name"])
    if said == CHANGE_IT.word:
        await question.delete()
        ask = Ask(
            inquiry="safety-words",
            text=f"Write it once more, as {who} shall read it. `stop` ends it.",
            until=call.at + PATIENCE,
            data={"contact": contact, "name": who},
            person=call.person,
        )
        return [ask, Scrub()]
    if said == LEAVE_IT.word:
        await question.delete()
        return [Say(text=f"Nothing was sent, and nothing of it is kept. {DOOR}"), Scrub()]
    if said not in (SEND.word, NAMELESS.word):
        return [
            Say(text="Nothing was sent yet: ✅ send · 🕶️ without my name · ✏️ change · ✋ leave it")
        ]
    await question.delete()
    return [
        *await _sent(
            call, contact, who, str(question.data["words"]), nameless=said == NAMELESS.word
        ),
        Scrub(),
    ]


async def _sent(call: Call, contact: str, who: str, words: str, *, nameless: bool) -> list[Effect]:
    if contact not in {each.person for each in await named_to(call)}:
        raise Refused(
            f"**{who}** is no contact of yours any more, so nothing was sent. `safety` shows who is.\n\n{EMERGENCY}"
        )
    hindered = await _hindered(call, contact, who)
    if hindered:
        raise Refused(f"{hindered} `safety` shows whom else you can turn to.\n\n{EMERGENCY}")
    instead = f"You can {address(contact, 'write to them yourself')}, or choose somebody else: `safety`.\n\n{EMERGENCY}"
    if nameless:
        head = "🛟 Somebody writes to you as a safety contact, without their name:"
        ways = "An answer reaches them through me; I do not tell you who they are."
    else:
        mine = await called(call.person, contact)
        head = f"🛟 **{mine}** writes to you as a safety contact:"
        ways = f"An answer reaches them through me, or {address(call.person, 'write to them yourself')}."
    text = f"{head}\n\n{quoted(words)}\n\n{ways} *It is for you alone: I have told nobody else, and keep nothing.*"
    unreached = f"What you wrote to **{who}** did not reach them: they are not in their chat with me. I have not kept it. {instead}"
    return [
        *await carried(call, contact, text, unreached=unreached, way=UNNAMED if nameless else OPEN),
        Say(
            text=f"It is in **{who}**’s chat with me now, {UNLESS}; nobody else knows, and I keep nothing of it. When they answer, "
            f"you find it here.\n\nThey may be away, too: if nobody answers by tomorrow, turn to another of them. {instead}"
        ),
    ]
