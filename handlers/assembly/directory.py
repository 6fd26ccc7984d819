"""The directory of an assembly: the card of each congregation, made question by question, renewed yearly, and read by people.

A card of ours says bands, never numbers, and names a contact only when they have said yes themselves, and only while
they are in the congregation (R136). Of its practices it names those that came from others or were shared with them.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from handlers.asking import asked, now_of
from handlers.assembly import own_words
from handlers.hosts import hosting, hosts_of
from handlers.language import (
    NO,
    YES,
    Ask,
    Call,
    CallOff,
    Change,
    Effect,
    Effects,
    Option,
    Refused,
    Ring,
    Say,
    SetState,
    inquiry,
    ritual,
    watch,
)
from handlers.names import fallback, names, people, room_name
from handlers.whom import whom
from handlers.words import escaped, folded, verbatim
from practices import clock
from practices.assembly import cards
from practices.assembly.events import CARD
from practices.assembly.letters import Kind, Part, Unreadable
from practices.assembly.tongues import read_languages
from practices.assembly.tongues import words as spoken
from practices.circles import Life, RoomKind
from practices.understanding import NotUnderstood
from storage.assemblies import Assembly, AssemblyCard, State, ledger, seated
from storage.questions import Question
from storage.rooms import Room
from storage.scripts import OwnScript

A_WHILE = timedelta(days=1)

#: So long a contact may think about it, and hosts about a renewal.
PATIENCE = timedelta(days=21)

#: So long before a card's year is over its hosts are asked.
AHEAD = timedelta(days=14)

MORNING = time(10)

#: A card may be read before the seat that it belongs to, so cards of any account are kept, but no more than these.
MOST_CARDS = 1000

SKIP = Option(sign="⏭️", word="skip", also=("none", "nobody"))

PARTS = ("place", "languages", "purpose", "entry", "guests", "contacts")

#: What else people call a line of a card.
_CALLED = {"language": "languages", "for": "purpose", "guest": "guests", "contact": "contacts"}

#: Leaves a line of a card that stands as it is.
AS_IT_IS = Option(sign="↩️", word="as it is", also=("as it was", "keep", "same"))

_ENTRY = {"open": "open", "invitation": "by invitation", "by invitation": "by invitation"}

_GUESTS = {"welcome": "welcome", "yes": "welcome", "ask first": "ask first", "ask": "ask first",
           "not now": "not now", "no": "not now"}  # fmt: skip

_QUESTIONS = {
    "place": "**Where are you?** As roughly as you like: “Lisbon”, “the lower valley”, “online”.",
    "languages": "**Which languages?** Such as “English and Portuguese”.",
    "purpose": "**What are you for, in one or two lines?** At most 300 letters.",
    "entry": "**How does one get in?** `open` or `by invitation`.",
    "guests": "**Are guests from other congregations welcome?** `welcome`, `ask first` or `not now`.",
    "contacts": "**Who may be written to?** At most two of you, by name, between commas. I ask each of them, and a card names "
    "nobody who has not said yes.\n\n⏭️ nobody",
}


# --------------------------------------------------------------------------------------------- reading


async def keep(
    call: Call, assembly: Assembly, keeper: str, raw: Any, *, past: bool = False
) -> bool:
    """Keep the card that a keeper published: none with a lower number than one that was seen, and none that cannot be read.

    Returns whether it says something that was not known.

    An empty one takes the card back, and its number stays. The `past` comes newest first: there the first card of each
    keeper is its newest.
    """
    card: dict[str, Any] = {}
    if raw != {}:
        try:
            card = dict(cards.read_card(raw))
        except Unreadable:
            return False
    known = await AssemblyCard.get_or_none(assembly=assembly.id, keeper=keeper)
    number = int(card.get("number", 0))
    if known is None:
        if await _is_crowded(assembly, keeper):
            return False
        known = AssemblyCard(assembly=assembly.id, keeper=keeper, card=card, highest=number)
    elif past and number <= known.highest:
        return False
    elif past and not known.card:
        known.highest = number
        await known.save(update_fields=["highest"])
        return False
    elif (not past and card and number < known.highest) or card == known.card:
        return False
    else:
        known.card, known.highest = card, max(number, known.highest)
    known.seen_at = now_of(call)
    await known.save()
    return bool(card)


async def _is_crowded(assembly: Assembly, keeper: str) -> bool:
    """Whether there are as many cards as are kept, and this one is of an account that is not known to keep a seat."""
    if await AssemblyCard.filter(assembly=assembly.id).count() < MOST_CARDS:
        return False
    return assembly.found is None or (await ledger(assembly)).roll.seat_of(keeper) is None


async def shown(call: Call, assembly: Assembly) -> str:
    """The whole directory in words: each congregation that keeps a seat, by name."""
    roll = (await ledger(assembly)).roll
    known = {row.keeper: row for row in await AssemblyCard.filter(assembly=assembly.id)}
    today = now_of(call).date()
    lines = []
    for seat in sorted(roll.seats.values(), key=lambda each: (each.name.casefold(), each.id)):
        row = known.get(seat.keeper)
        if row is None or row.card.get("seat") != seat.id:
            lines.append(f"- **{escaped(seat.name)}**: no card yet")
        else:
            lines.append(_line(seat.name, row, today))
    head = f"**{escaped(assembly.name)}**: {len(roll.seats)} congregation{'s' * (len(roll.seats) != 1)}."
    return "\n".join([head, "", *lines])


def _line(seat: str, row: AssemblyCard, today: date) -> str:
    card = row.card
    says = [
        escaped(card["place"]),
        f"{card['people']}, {card['crews']}",
        f"speaks {escaped(spoken(tuple(card['languages'])))}",
        f"entry {card['entry']}",
    ]
    if "guests" in card:
        says.append(f"guests: {card['guests']}")
    if card["contacts"]:
        says.append(f"contacts: {', '.join(escaped(each) for each in card['contacts'])}")
    if card["practices"]:
        says.append(f"practises {', '.join(map(escaped, card['practices']))}")
    stale = (
        f" · *old: its year ended on {clock.long_day(date.fromisoformat(card['renewal']))}, or it was written anew since*"
        if cards.is_stale(card, row.highest, today)
        else ""
    )
    return f"- **{escaped(seat)}** · {' · '.join(says)}{stale}\n  {escaped(card['purpose'])}"


# ---------------------------------------------------------------------------------------------- making


def part_called(said: str) -> str | None:
    """The line of a card that somebody names, as in “languages” or “change the purpose”; None for anything else."""
    word = folded(said).removeprefix("change ").removeprefix("the ").strip()
    word = _CALLED.get(word, word)
    return word if word in PARTS else None


def is_about_oneself(said: str) -> bool:
    """Whether somebody wants their own name off the card."""
    return folded(said).partition(" in ")[0] in ("without me", "not me", "off")


async def begun(call: Call, assembly: Assembly, part: str | None = None) -> list[Effect]:
    """The first question of our card, or the question of one line of it; the lines of a card that stands can stay."""
    before = await own(call, assembly)
    stands = {key: before.card[key] for key in PARTS if key in before.card} if before else {}
    said = {key: value for key, value in stands.items() if part is not None and key != part}
    assembly.draft = {"card": said, "stands": stands}
    await assembly.save(update_fields=["draft"])
    first = (
        f"Your card in **{escaped(assembly.name)}** is what the other congregations read of yours. How many you are it says "
        "in bands only. Nothing is published before you have said yes.\n\n"
    )
    return [await _ask(call, assembly, first)]


def _stands(assembly: Assembly, part: str) -> str:
    """What a line of our card says so far; empty where there is none."""
    value = assembly.draft.get("stands", {}).get(part)
    if value is None:
        return ""
    match part:
        case "languages":
            words = spoken(tuple(value))
        case "contacts":
            words = ", ".join(map(fallback, value)) or "nobody"
        case _:
            words = str(value)
    return f"\n\nSo far: {escaped(words)}. {AS_IT_IS.sign} as it is"


def _question(assembly: Assembly, part: str) -> tuple[str, tuple[str, ...]]:
    """What is asked about a line, and the signs under it."""
    stands = _stands(assembly, part)
    skip = (SKIP.sign,) if part == "contacts" else ()
    return f"{_QUESTIONS[part]}{stands}", (*skip, *((AS_IT_IS.sign,) if stands else ()))


async def _ask(call: Call, assembly: Assembly, first: str = "") -> Ask:
    said = assembly.draft["card"]
    part = next((each for each in PARTS if each not in said), None)
    if part is None:
        return Ask(
            inquiry="card-right",
            text=_understood(
                said,
                await names(str(assembly.room), said["contacts"]),
                await practised(call, assembly),
            ),
            until=call.at + A_WHILE,
            data={"assembly": assembly.id},
            person=call.person,
            private=True,
        )
    text, signs = _question(assembly, part)
    return Ask(
        inquiry="card-part",
        text=f"{first}{text}",
        until=call.at + A_WHILE,
        data={"assembly": assembly.id, "part": part},
        person=call.person,
        private=True,
        without=tuple(each.word for each in (SKIP, AS_IT_IS) if each.sign not in signs),
    )


def _understood(said: Mapping[str, Any], asks: list[str], practices: list[str]) -> str:
    lines = [
        f"- **Place**: {escaped(said['place'])}",
        f"- **Languages**: {escaped(spoken(tuple(said['languages'])))}",
        f"- **For**: {escaped(said['purpose'])}",
        f"- **Entry**: {said['entry']}",
        f"- **Guests**: {said['guests']}",
        f"- **Contacts**: {', '.join(asks) + ', once they have said yes' if asks else 'nobody'}",
        f"- **Practices**: {', '.join(map(escaped, practices)) or 'none'}; those that you share or took over, never what is only yours",
        "- **How many you are**: a band, counted anew each time the card is published",
    ]
    return "\n".join(
        ["I understood:", "", *lines, "", "Every congregation of the assembly can read it, for a year.", "",
         "Publish it? ✅ yes · ✋ no, or a line that is to be another: “change languages”"]
    )  # fmt: skip


async def _seated(question: Question) -> Assembly | None:
    found = await Assembly.get_or_none(id=question.data.get("assembly"))
    return found if found is not None and found.state is State.SEATED else None


async def _standing(call: Call, question: Question) -> tuple[Assembly, AssemblyCard] | None:
    """The assembly and card of ours that a question was about, which is answered now; None when either is gone."""
    assembly = await _seated(question)
    await question.delete()
    row = await own(call, assembly) if assembly is not None else None
    return None if assembly is None or row is None else (assembly, row)


_GONE = "That card is not being made any more. `assembly card` begins one anew."


async def _answers_line(call: Call, question: Question, said: str) -> bool:
    """Whether words that begin like a command answer the question about a line: “open” does, “assembly join sprint” not."""
    match question.data.get("part"):
        case "languages":
            return False
        case "entry":
            return folded(said) in _ENTRY
        case "guests":
            return folded(said) in _GUESTS
        case _:
            return await own_words.claims(call, question, said)


@inquiry(name="card-part", options=(SKIP, AS_IT_IS), takes_words=True, claims=_answers_line)
async def part_said(call: Call, question: Question, said: str) -> Effects:
    """One line of our card; what cannot be read is asked for again."""
    assembly, part = await _seated(question), str(question.data.get("part"))
    if assembly is None or "card" not in assembly.draft or part not in PARTS:
        await question.delete()
        return [Say(text=_GONE)]
    space = await Room.get(id=assembly.room)
    await hosting(call, space)
    value, trouble = await _said_line(call, assembly, space, part, said)
    if value is None:
        text, taps = _question(assembly, part)
        return [Say(text=f"{trouble}\n\n{text}", name=f"question:{question.id}", taps=taps)]
    await question.delete()
    assembly.draft = {**assembly.draft, "card": {**assembly.draft["card"], part: value}}
    await assembly.save(update_fields=["draft"])
    return [await _ask(call, assembly)]


#: Lines that take any words.
_FREE = frozenset({"place", "purpose"})


async def _names_a_line(_call: Call, _question: Question, said: str) -> bool:
    return part_called(said) is not None


async def _said_line(
    call: Call, assembly: Assembly, space: Room, part: str, said: str
) -> tuple[Any, str]:
    """What a line is to say, also as it said before; or None and what was not understood."""
    stands = assembly.draft.get("stands", {})
    if said == AS_IT_IS.word and part in stands:
        return stands[part], ""
    if said == AS_IT_IS.word or (said == SKIP.word and part != "contacts"):
        return None, "This line is on every card, and there is nothing yet that could stay."
    if part in _FREE and own_words.asks(said):
        return None, own_words.ASKED
    return await _read(call, space, part, said)


async def _read(call: Call, space: Room, part: str, said: str) -> tuple[Any, str]:
    """What a line says, or None and what was not understood."""
    text = " ".join(said.split())
    match part:
        case "languages":
            try:
                return list(read_languages(text)), ""
            except NotUnderstood as why:
                return None, verbatim(str(why))
        case "entry" | "guests":
            read = (_ENTRY if part == "entry" else _GUESTS).get(folded(text))
            return read, "That was none of the answers below."
        case "contacts":
            return await _contacts(call, space, text)
        case _:
            longest = 300 if part == "purpose" else 80
            if 0 < len(text) <= longest:
                return text, ""
            return None, f"At most {longest} letters, please."


async def _contacts(call: Call, space: Room, text: str) -> tuple[list[str] | None, str]:
    if folded(text) in (SKIP.word, *SKIP.also):
        return [], ""
    wanted = [each.strip() for each in text.split(",") if each.strip()]
    if not 0 < len(wanted) <= cards.MOST_CONTACTS:
        return None, f"A card names at most {cards.MOST_CONTACTS} people."
    try:
        found = [await whom(call, space, each) for each in wanted]
    except Refused as refused:
        return None, str(refused)
    return list(dict.fromkeys(found)), ""


@inquiry(name="card-right", options=(YES, NO), claims=_names_a_line)
async def right(call: Call, question: Question, said: str) -> Effects:
    """On a yes the card is published, and each contact is asked; a line that is named is asked for again."""
    part = part_called(said)
    if said not in (YES.word, NO.word) and part is None:
        lines = ", ".join(PARTS)
        return [
            Say(
                text=f"A yes or a no is enough: ✅ yes · ✋ no; or “change” and one of these lines: {lines}."
            )
        ]
    assembly = await _seated(question)
    await question.delete()
    if assembly is None or "card" not in assembly.draft:
        return [Say(text=_GONE)]
    space = await Room.get(id=assembly.room)
    await hosting(call, space)
    if part is not None:
        said_so_far = assembly.draft["card"]
        kept = {key: value for key, value in said_so_far.items() if key != part}
        stands = {**assembly.draft.get("stands", {}), part: said_so_far[part]}
        assembly.draft = {"card": kept, "stands": stands}
        await assembly.save(update_fields=["draft"])
        return [await _ask(call, assembly)]
    wanted, assembly.draft = assembly.draft["card"], {}
    await assembly.save(update_fields=["draft"])
    if said == NO.word:
        return [Say(text="Nothing was published; a card that stood before stands as it was.")]
    before = await own(call, assembly)
    agreed = [
        each
        for each in (before.card.get("contacts", []) if before else [])
        if each in wanted["contacts"]
    ]
    said_of = {key: value for key, value in wanted.items() if key != "contacts"}
    effects = await publish(call, assembly, {**said_of, "contacts": agreed})
    for person in wanted["contacts"]:
        if person not in agreed:
            effects += await _ask_contact(call, assembly, space, person)
    return [*effects, Say(text="Published. I ask you again in a year whether it still holds.")]


async def _ask_contact(call: Call, assembly: Assembly, space: Room, person: str) -> list[Effect]:
    return await asked(
        call,
        person,
        f"May other congregations of **{escaped(assembly.name)}** write to you about "
        f"**{room_name(space, 'your congregation')}**? Your name would stand on its card, readable to all of them, until you "
        "take it back with `assembly card without me`.\n\n✅ yes · ✋ no",
        about=f"assembly:{assembly.id}",
        inquiry="card-contact",
        until=now_of(call) + PATIENCE,
        data={"assembly": assembly.id},
    )


@inquiry(name="card-contact", options=(YES, NO))
async def contact(call: Call, question: Question, said: str) -> Effects:
    """Somebody says themselves whether they are a contact; who asks back is told what it is about."""
    if said not in (YES.word, NO.word):
        return [
            Say(
                text=await _about_contacts(question),
                name=f"question:{question.id}",
                taps=(YES.sign, NO.sign),
            )
        ]
    standing = await _standing(call, question)
    if standing is None:
        return [Say(text="That card does not stand any more. Nothing was changed.")]
    assembly, row = standing
    if said == NO.word:
        return [Say(text="Then the card does not name you.")]
    if call.person not in await people(await Room.get(id=assembly.room), call.house.me):
        return [
            Say(
                text="A card names people of the congregation, and you are not in it any more. It does not name you."
            )
        ]
    contacts = [*row.card["contacts"], call.person][: cards.MOST_CONTACTS]
    if call.person not in contacts:
        return [Say(text="Two others have said yes meanwhile, so the card does not name you.")]
    card = {**row.card, "contacts": list(dict.fromkeys(contacts))}
    return [
        *await publish(call, assembly, card),
        Say(
            text="Thank you: the card names you now. `assembly card without me` takes your name off again."
        ),
    ]


async def _about_contacts(question: Question) -> str:
    """What an assembly and its cards are, for somebody who has not heard of them."""
    assembly = await Assembly.get_or_none(id=question.data.get("assembly"))
    if assembly is None or assembly.room is None:
        return "A yes or a no is enough: ✅ yes · ✋ no."
    space = await Room.get(id=assembly.room)
    return (
        f"**{room_name(space, 'Your congregation')}** takes part in **{escaped(assembly.name)}**: congregations that act together, each "
        "for itself. Each shows the others a card: where it is, what it is for, about how many it is, and at most two people whom they "
        "may write to. Whoever hosts yours thought of you. On the card would stand your address, and nothing else of you; "
        "`assembly directory` shows the cards, and `assembly card without me` takes your name off at any time.\n\n"
        "May they write to you? ✅ yes · ✋ no"
    )


async def without(call: Call, assembly: Assembly) -> list[Effect]:
    """A contact takes their name off our card; a question whether it may stand there is over, too."""
    waiting = await Question.filter(person=call.person, inquiry="card-contact")
    open_ = [each for each in waiting if each.data.get("assembly") == assembly.id]
    for each in open_:
        await each.delete()
    row = await own(call, assembly)
    if row is None or call.person not in row.card["contacts"]:
        return [
            Say(
                text="The card does not name you."
                if open_
                else "The card does not name you. Nothing was changed."
            )
        ]
    contacts = [each for each in row.card["contacts"] if each != call.person]
    return [
        *await publish(call, assembly, {**row.card, "contacts": contacts}),
        Say(
            text=f"Done: the card in **{escaped(assembly.name)}** does not name you any more. Who has read it before may remember it."
        ),
    ]


async def own(call: Call, assembly: Assembly) -> AssemblyCard | None:
    """Our own card, as it stands; None when there is none, or it was taken back."""
    row = await AssemblyCard.get_or_none(assembly=assembly.id, keeper=call.house.me)
    return row if row is not None and row.card else None


async def publish(call: Call, assembly: Assembly, said: Mapping[str, Any]) -> list[Effect]:
    """Our card with what was said, its bands counted now; its year begins today unless it names another end."""
    space = await Room.get(id=assembly.room)
    row = await AssemblyCard.get_or_none(assembly=assembly.id, keeper=call.house.me)
    assert assembly.seat is not None  # only a congregation with a seat has a card
    today = clock.wall(now_of(call), call.house.zone_of(space)).date()
    crews = await Room.filter(congregation=space.id, kind=RoomKind.CREW, joined=True).exclude(
        life=Life.CLOSED
    )
    inside = await people(space, call.house.me)
    renewal = str(said.get("renewal") or (today + cards.RENEWAL).isoformat())
    card = {
        **said,
        "contacts": [each for each in said["contacts"] if each in inside],
        "version": 1,
        "seat": assembly.seat,
        "number": (row.highest if row is not None else 0) + 1,
        "name": (space.name or "A congregation")[:80],
        "people": cards.people_band(len(inside)),
        "crews": cards.crews_band(len(crews)),
        "practices": await practised(call, assembly),
        "renewal": renewal,
    }
    await keep(call, assembly, call.house.me, card)
    return [
        SetState(type=CARD, content=card, room=assembly.rooms[Part.DIRECTORY]),
        CallOff(about=about_renewal(assembly)),
        _renewal(call, assembly, space, date.fromisoformat(renewal)),
    ]


async def practised(call: Call, assembly: Assembly) -> list[str]:
    """The practices that our card names: what came from others, and what we shared; what is only ours stays with us."""
    rooms = [
        assembly.room,
        *await Room.filter(congregation=assembly.room, kind=RoomKind.CREW, joined=True).values_list(
            "id", flat=True
        ),
    ]
    came = OwnScript.filter(room__in=rooms, origin__not_isnull=True)
    ours = {
        str(each.body["name"])
        for each in (await ledger(assembly)).of_kind(Kind.PRACTICE).values()
        if each.sender == call.house.me
    }
    return sorted(ours | {str(each) for each in await came.values_list("name", flat=True)})[:40]


async def published_anew(call: Call, assembly: Assembly) -> list[Effect]:
    """Our card once more, as it is kept now, with the year that it has."""
    row = await own(call, assembly)
    return [] if row is None else await publish(call, assembly, row.card)


@watch(kind=Change.LEFT)
async def contact_left(call: Call) -> Effects:
    """Whoever leaves the congregation is a contact on its cards no more."""
    effects: list[Effect] = []
    if call.room.kind is RoomKind.CONGREGATION:
        for assembly in await seated([call.room.id]):
            row = await own(call, assembly)
            if row is not None and call.person in row.card["contacts"]:
                effects += await published_anew(call, assembly)
    return effects


# -------------------------------------------------------------------------------------------- renewing


def about_renewal(assembly: Assembly) -> str:
    """What the hour at which a card is looked at again belongs to."""
    return f"assembly-card:{assembly.id}"


async def hours(call: Call, assembly: Assembly) -> list[Effect]:
    """When our card is looked at again; to be called when all of an assembly was read anew."""
    row, space = await own(call, assembly), await Room.get(id=assembly.room)
    if row is None:
        return []
    return [_renewal(call, assembly, space, date.fromisoformat(row.card["renewal"]))]


def _renewal(call: Call, assembly: Assembly, space: Room, ends: date) -> Ring:
    at = clock.resolve(datetime.combine(ends - AHEAD, MORNING), call.house.zone_of(space))
    return Ring(
        ritual="card-renewal",
        about=about_renewal(assembly),
        when=ends.isoformat(),
        at=at,
        room=space.id,
        content={"assembly": assembly.id},
    )


@ritual(
    name="card-renewal",
    help="asks a congregation's hosts, once a year, whether its card still holds",
)
async def renewal(call: Call) -> Effects:
    """A card's year is nearly over."""
    assembly = await Assembly.get_or_none(id=call.content["assembly"])
    row = await own(call, assembly) if assembly is not None else None
    if assembly is None or row is None or assembly.state is not State.SEATED:
        return []
    ends = clock.long_day(date.fromisoformat(row.card["renewal"]))
    effects: list[Effect] = []
    for host in await hosts_of(call.room, call.house.me):
        effects += await asked(
            call,
            host,
            f"The card of **{room_name(call.room, 'your congregation')}** in **{escaped(assembly.name)}** holds until {ends}; "
            f"then the others see that it is old. It says:\n\n{_line(str(row.card['name']), row, now_of(call).date())}\n\n"
            "Does it still hold? ✅ yes, for another year · ✋ no, I make it anew",
            about=about_renewal(assembly),
            inquiry="card-holds",
            until=now_of(call) + PATIENCE,
            data={"assembly": assembly.id, "number": row.highest},
        )
    return effects


@inquiry(name="card-holds", options=(YES, NO))
async def holds(call: Call, question: Question, said: str) -> Effects:
    """One host is enough: the card holds for another year, or is made anew."""
    if said not in (YES.word, NO.word):
        return [Say(text="A yes or a no is enough: ✅ yes · ✋ no.")]
    standing = await _standing(call, question)
    if standing is None:
        return [Say(text="That card does not stand any more. Nothing was changed.")]
    assembly, row = standing
    if row.highest != question.data.get("number"):
        return [Say(text="The card was renewed meanwhile. Nothing was changed.")]
    await hosting(call, await Room.get(id=assembly.room))
    if said == NO.word:
        return await begun(call, assembly)
    card = {key: value for key, value in row.card.items() if key != "renewal"}
    return [
        *await publish(call, assembly, card),
        Say(text="Renewed for a year."),
    ]


async def taken_back(assembly: Assembly) -> list[Effect]:
    """Our card goes when we leave."""
    await AssemblyCard.filter(assembly=assembly.id).delete()
    room = assembly.rooms.get(Part.DIRECTORY)
    effects: list[Effect] = [CallOff(about=about_renewal(assembly))]
    if room is not None:
        effects.append(SetState(type=CARD, content={}, room=room))
    return effects
