"""Those who would be beside newcomers: how many at once, in which languages, and when they rest (DYAD-6).

To say so promises nothing about anybody: each newcomer is asked about anew. Who would is told to nobody.
"""

from dataclasses import replace
from datetime import datetime, time

from handlers.asking import asked, now_of, zone_of
from handlers.crews.callings import spaces_of
from handlers.language import (
    NO,
    YES,
    Call,
    CallOff,
    Effect,
    Effects,
    Refused,
    Ring,
    Say,
    inquiry,
    ritual,
)
from handlers.names import room_name
from handlers.pairing import preferences, yearly
from handlers.pairing.preferences import Preferred
from handlers.welcome import companions, onboardings
from handlers.words import escaped, first_word, folded
from practices import clock
from practices.assembly.tongues import read_languages
from practices.assembly.tongues import words as spoken
from practices.circles import RoomKind
from practices.dates import read_when
from practices.defaults import PATIENCE
from practices.onboarding import AT_ONCE
from practices.stewardship import review_day
from practices.understanding import shown
from storage.database import row_of
from storage.members import is_in
from storage.onboardings import Welcomer, beside
from storage.questions import Question
from storage.rooms import Room

_MORNING = time(10)

_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_LITTLE = frozenset({"at", "once", "newcomer", "newcomers", "up", "to", "with", "most", "a"})

_WAYS = (
    "`welcome willing 2` is for two newcomers at once · `welcome rest until 1 march` rests · `welcome languages English, Italian` and "
    "`timezone` help to find who fits · `welcome no longer` takes it back"
)


async def congregation_of(call: Call, named: str) -> Room:
    """The sender's congregation; of several the one named. Raises Refused."""
    spaces = await spaces_of(call.person)
    if not spaces:
        raise Refused(
            "You are in no congregation that I look after, so nothing was changed. `calls` shows crews to be curious about, and "
            "`dyad` and a name asks somebody you know."
        )
    fitting = [each for each in spaces if not named or folded(each.name or "") == folded(named)]
    if len(fitting) == 1:
        return fitting[0]
    yours = ", ".join(room_name(each, "a congregation") for each in spaces)
    raise Refused(
        f"I am not sure which congregation is meant, so nothing was changed. With its name at the end I know, as in `welcome me in "
        f"Lakeside`. Yours are: {yours}."
    )


def split(said: str) -> tuple[str, str]:
    """What was said, and the congregation named behind the last “in”."""
    words = said.split()
    places = [place for place, word in enumerate(words) if folded(word) == "in"]
    if not places:
        return said.strip(), ""
    return " ".join(words[: places[-1]]), " ".join(words[places[-1] + 1 :])


async def willing(call: Call, said: str) -> Effects:
    """Somebody would be beside newcomers, so many at once; said again it changes the number and ends a rest."""
    said, named = split(said)
    space = await congregation_of(call, named)
    most = _number(said)
    if call.person in await companions.newcomers(space):
        raise Refused(
            "You are new there yourself, with somebody beside you or about to have; that comes first. Nothing was changed; afterwards "
            "`welcome willing` is open to you."
        )
    row, _new = await Welcomer.get_or_create(room=space.id, person=call.person)
    row.most, row.rests_until = most, None
    await row.save()
    many = "one newcomer" if most == 1 else f"{most} newcomers"
    text = (
        f"Thank you. In **{room_name(space, 'your congregation')}** I ask you when somebody new could be yours to be beside, {many} at "
        f"once at most; each time it is yours to say. After a year I ask whether it still holds.\n\n{_WAYS}"
    )
    return [
        Say(text=text),
        CallOff(about=about(row)),
        reviewed(call, space, row),
        *await companions.look_again(call, space),
    ]


def _number(said: str) -> int:
    """As in `2`, `two at once`; nothing said is one. Raises Refused."""
    words = [each for each in folded(said).replace(",", " ").split() if each not in _LITTLE]
    if not words:
        return 1
    raw = words[0]
    most = int(raw) if raw.isdecimal() and len(raw) < 3 else _NUMBERS.get(raw, 0)  # noqa: PLR2004
    if len(words) > 1 or most not in AT_ONCE:
        raise Refused(
            f"I read {escaped(shown(said))} as no number from {AT_ONCE[0]} to {AT_ONCE[-1]}, so nothing was changed. `welcome willing "
            "2` is for two newcomers at once."
        )
    return most


def about(row: Welcomer) -> str:
    """The subject of the hours of somebody who would be beside newcomers."""
    return f"welcomer:{row.id}"


def reviewed(call: Call, space: Room, row: Welcomer) -> Ring:
    """The day on which they are asked whether it still holds (R16)."""
    day = review_day(onboardings.today(call, space))
    return Ring(
        ritual="still-willing",
        about=about(row),
        at=clock.resolve(datetime.combine(day, _MORNING), call.house.zone_of(space)),
        when=day.isoformat(),
        room=space.id,
        content={"welcomer": row.id},
    )


@ritual(
    name="still-willing",
    help="asks somebody after a year whether they would still be beside newcomers",
)
async def still(call: Call) -> Effects:
    """Asked once; until they say so they are asked about nobody new. Whom they are beside stays."""
    row = await row_of(Welcomer, call.content["welcomer"], room=call.room.id)
    if row is None:
        return []
    await row.delete()
    return [
        CallOff(about=about(row)),
        *await asked(
            call,
            row.person,
            f"A year ago you said that you would be beside newcomers in **{room_name(call.room, 'your congregation')}**. Does it still "
            "hold? Until you say so I ask you about nobody new, and that needs no reason.\n\n✅ yes · ✋ no",
            about=about(row),
            inquiry="welcome-still",
            until=now_of(call) + PATIENCE,
            data={"space": row.room, "most": row.most},
        ),
    ]


@inquiry(
    name="welcome-still",
    options=(YES, NO),
    late="That question has rested for a while. Nothing was changed; `welcome willing` is always open.",
)
async def still_said(call: Call, question: Question, said: str) -> Effects:
    """For another year, or not."""
    if said not in (YES.word, NO.word):
        return [Say(text="A word is enough: ✅ yes · ✋ no.")]
    await question.delete()
    if said == NO.word:
        return [Say(text="Good, it rests, with thanks. `welcome willing` is always open.")]
    space = await Room.get_or_none(id=str(question.data["space"]), joined=True)
    if space is None or not await is_in(space.id, call.person):
        return [Say(text="You are not in that congregation any more. Nothing was changed.")]
    most = int(str(question.data["most"]))
    row, _new = await Welcomer.get_or_create(
        room=space.id, person=call.person, defaults={"most": most}
    )
    thanks = f"Thank you. It holds for another year in **{room_name(space, 'your congregation')}**."
    return [
        Say(text=thanks),
        CallOff(about=about(row)),
        reviewed(call, space, row),
        *await companions.look_again(call, space),
    ]


async def rests(call: Call, said: str) -> Effects:
    """Until a day they are asked about nobody; whom they are beside stays."""
    word, rest = first_word(said)
    said, named = split(rest if folded(word) == "until" else said)
    rows = await _of(call, named)
    if not said:
        raise Refused("Until when? For example `welcome rest until 1 march`. Nothing was changed.")
    effects: list[Effect] = []
    zone = await zone_of(call, call.person)
    day = read_when(said, now=call.at, zone=zone, at=time(23, 59)).local.date()
    for row in rows:
        row.rests_until = day
        await row.save(update_fields=["rests_until"])
        space = await Room.get(id=row.room)
        at = clock.resolve(datetime.combine(day, _MORNING), call.house.zone_of(space))
        effects += [
            CallOff(about=about(row), ritual="welcome-rested"),
            Ring(
                ritual="welcome-rested",
                about=about(row),
                at=max(at, call.at),
                when=day.isoformat(),
                room=row.room,
            ),
        ]
    text = (
        f"You rest until **{clock.long_day(day)}**: until then I ask you about nobody new. Whom you are beside stays; "
        "`welcome willing` ends the rest sooner."
    )
    return [Say(text=text), *effects]


@ritual(name="welcome-rested", help="thinks of newcomers who wait, when somebody has rested")
async def rested(call: Call) -> Effects:
    """Somebody is to be asked again from today on."""
    if call.room.kind is not RoomKind.CONGREGATION:
        return []
    return await companions.look_again(call, call.room)


async def no_longer(call: Call, said: str) -> Effects:
    """They are asked about nobody new; whom they are beside stays."""
    effects: list[Effect] = []
    for row in await _of(call, split(said)[1]):
        effects.append(CallOff(about=about(row)))
        await row.delete()
    text = "Good: I ask you about nobody new, and that needs no reason. Whom you are beside stays; `welcome willing` is always open."
    return [Say(text=text), *effects]


async def _of(call: Call, named: str) -> list[Welcomer]:
    """Where the sender would be beside newcomers; only in the congregation named. Raises Refused where nowhere."""
    rows = Welcomer.filter(person=call.person)
    if named:
        rows = rows.filter(room=(await congregation_of(call, named)).id)
    found = await rows.order_by("id")
    if not found:
        raise Refused(
            "You have not said that you would be beside newcomers, so there is nothing to change. `welcome willing` says it."
        )
    return found


async def languages(call: Call, said: str) -> Effects:
    """The same languages as in the pairing round: in them somebody can be beside a newcomer, or has somebody beside them."""
    codes = () if folded(said) in ("any", "all", "none", "") else read_languages(said)
    try:
        mine = await preferences.preferred(call, call.person)
    except ValueError:
        raise Refused(
            "What you had told me of whom you would like to meet, and whom not, cannot be read any more, so nothing was changed. "
            "`pairing languages` and their names begins it anew; `pairing not with` and a name, if there is somebody."
        ) from None
    await preferences.keep(call, replace(mine, languages=codes))
    named = escaped(spoken(codes)) if codes else "any language will do"
    text = f"Noted: {named}. It counts for the pairing round as well."
    return [Say(text=text), *await yearly.noted(call)]


async def standing(call: Call) -> list[str]:
    """Where the sender would be beside newcomers, in words."""
    lines = []
    for row in await Welcomer.filter(person=call.person).order_by("id"):
        space = await Room.get_or_none(id=row.room)
        if space is None:
            continue
        where = room_name(space, "your congregation")
        today = onboardings.today(call, space)
        if row.rests_until is not None and row.rests_until > today:
            how = f"you rest until **{clock.long_day(row.rests_until)}**"
        else:
            count = (await beside(row.room)).get(call.person, 0)
            how = f"beside {row.most} at once at most, and beside {count} now"
        lines.append(f"You would be beside newcomers in **{where}**: {how}.")
    if not lines:
        return []
    try:
        mine = await preferences.preferred(call, call.person)
    except ValueError:
        mine = Preferred()
    spoken_ = f"Languages: {escaped(spoken(mine.languages))}." if mine.languages else ""
    return [*lines, *([spoken_] if spoken_ else []), _WAYS]
