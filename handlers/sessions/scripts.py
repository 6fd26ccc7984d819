"""The scripts of a circle: those everybody has, and those it or its congregation has added by consent.

Whoever has written one offers it in the private chat, sees how it would run, and says for whom it is. It holds when
its people agree; nothing of an offer that is not taken up is kept. What was agreed on is looked at again in time (R16).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from handlers.consent import (
    Voice,
    hear_voice,
    nowhere_to_ask,
    proposed,
    rule,
    seconded,
    standing_words,
    table_of,
    ten_o_clock,
)
from handlers.conversation import not_understood
from handlers.house.adoption import CIRCLES
from handlers.language import (
    NO,
    YES,
    Argument,
    Call,
    CallOff,
    Edit,
    Effect,
    Effects,
    Option,
    Post,
    Refused,
    Ring,
    Say,
    command,
    file,
    inquiry,
    ritual,
)
from handlers.meetings import meetings
from handlers.names import name, people, room_name
from handlers.sessions.preview import one_line, preview
from handlers.words import escaped, first_word, folded, verbatim
from practices import clock, library
from practices.assembly.difference import difference
from practices.circles import Life, RoomKind, Scale
from practices.outline import unfenced
from practices.script import Script
from practices.understanding import NotUnderstood, shown
from storage.database import row_of
from storage.members import Member, is_in
from storage.questions import Question
from storage.rooms import Room
from storage.scripts import OwnScript

#: Own scripts of one circle or congregation: more than anybody looks after, enough to stop a runaway.
MOST = 50

#: Offers that may wait for an answer in one room.
MOST_WAITING = 5

#: How long whoever offers a script may think about whom it is for.
PATIENCE = timedelta(hours=1)

NUMBERS = tuple(Option(sign=f"{number}\ufe0f\u20e3", word=str(number)) for number in range(1, 10))

Offer = Mapping[str, Any]


# ---------------------------------------------------------------------------------- what a room can run


async def scripts_for(room: Room) -> list[Script]:
    """What a room can run: its own scripts, its congregation's, then the library; one of each name."""
    found: dict[str, Script] = {}
    for own in await _own(room):
        script = _readable(own)
        if script is not None:
            found.setdefault(own.key, script)
    for key, script in library.library().items():
        found.setdefault(key, script)
    return list(found.values())


async def script_for(room: Room, name: str) -> Script:
    """The script that people of a room call so. Raises NotUnderstood, with the nearest names."""
    return library.find(name, await scripts_for(room))


async def _own(room: Room) -> list[OwnScript]:
    """The scripts that a room's people, then those of its congregation, have added."""
    wheres = [room.id, *([room.congregation] if room.congregation else [])]
    found = await OwnScript.filter(room__in=wheres)
    return sorted(found, key=lambda own: (wheres.index(own.room), own.key))


def _readable(own: OwnScript) -> Script | None:
    """An own script; None when the format has moved on since it was adopted."""
    try:
        return library.read(own.text, name=own.name)
    except NotUnderstood:
        return None


@command(
    name="scripts",
    help="see the scripts there are, your own first",
    example="scripts",
    kinds=CIRCLES | {RoomKind.PRIVATE},
)
async def scripts(call: Call) -> Effects:
    """List own scripts, the congregation's, and what of the library fits this circle."""
    room = call.room
    own = await _own(room)
    parts = _listed("Your own:", [each for each in own if each.room == room.id])
    if room.congregation is not None:
        space = await Room.get_or_none(id=room.congregation)
        whose = room_name(space, "your congregation") if space else "your congregation"
        parts += _listed(f"Of {whose}:", [each for each in own if each.room != room.id])
    size = len(await people(room, call.house.me))
    scale = room.kind.scale
    taken = {each.key for each in own}
    fitting = [
        escaped(script.name)
        for key, script in library.library().items()
        if key not in taken and scale is not None and script.fits(scale, size)
    ]
    everyone = "For yourself" if call.is_private else "That everybody has, for as many as you are"
    if fitting:
        parts.append(f"{everyone}: {', '.join(fitting)}.")
    prefix = "" if call.is_private else call.house.prefix
    parts.append(
        f"`{prefix}script {_example(fitting)}` shows how one runs. A script of your own is offered in our "
        "private chat: send me its file, or `script` and its lines."
    )
    return [Say(text="\n\n".join(parts))]


def _example(fitting: list[str]) -> str:
    return fitting[0] if fitting else "case clinic"


def _listed(head: str, own: list[OwnScript]) -> list[str]:
    if not own:
        return []
    lines = []
    for each in own:
        script = _readable(each)
        gone = f"**{escaped(each.name)}**: I cannot read it any more; offering it anew mends that"
        lines.append(f"- {one_line(script) if script else gone}")
    return ["\n".join([head, "", *lines])]


@command(
    name="script",
    help="see how a script runs, offer one of your own, or propose to remove one",
    example="script listening circle",
    kinds=CIRCLES | {RoomKind.PRIVATE},
    long=True,
    arguments=(
        Argument(
            name="what",
            help="the name of a script, to see it; “remove” and the name of one you have added; or, in our private "
            "chat, the lines of a script you have written, as they are",
            rest=True,
        ),
    ),
)
async def script(call: Call, what: str | None) -> Effects:
    """Show, offer, or propose to remove."""
    if what is None:
        effects: Effects = await scripts.answer(call)
        return effects
    if "\n" in what.strip() or folded(what).startswith("name:"):
        return await offered(call, "", what)
    word, rest = first_word(what)
    if folded(word) == "remove" and rest:
        return await _propose_removal(call, rest)
    found = await script_for(call.room, what)
    own = next(
        (each for each in await _own(call.room) if each.key == library.key(found.name)), None
    )
    since = f"\n\n{_agreed_words(call, own)}" if own else ""
    return [Say(text=preview(found) + since)]


def _agreed_words(call: Call, own: OwnScript) -> str:
    zone = call.circle_zone
    return (
        f"*You agreed on it on {_day(own.adopted_at, zone)}, to look at it again on "
        f"{_day(own.review_at, zone)}.*{_credited(own)}"
    )


def _credited(own: OwnScript) -> str:
    """Whose work it is and under which licence, for as long as it is kept."""
    if own.origin is None:
        return ""
    return f"\n\n*Credit: {escaped(own.credit)} · licence: {escaped(own.licence)}*"


def _day(at: datetime, zone: ZoneInfo) -> str:
    return clock.long_day(clock.wall(at, zone))


# ---------------------------------------------------------------------------------------- offering one


async def offered(call: Call, filename: str, text: str) -> Effects:
    """Somebody sent a script: check it, show how it would run, and ask for whom it is. Raises Refused."""
    if not call.is_private:
        raise Refused(
            "A script is offered in our private chat: send it to me there, and I ask for whom it is. "
            "Nothing was changed."
        )
    written = unfenced(text)
    try:
        found = library.read(written, name=filename)
    except NotUnderstood as misunderstanding:
        raise Refused(not_understood(misunderstanding)) from misunderstanding
    every = await _circles_of(call.person)
    circles = [circle for circle in every if _can_hold(circle, found)]
    told = Say(text=f"So it would run:\n\n{preview(found)}")
    if every and not circles:
        scales = " or ".join(f"a {scale}" for scale in found.scales)
        return [
            told,
            Say(
                text=f"It can be run as it stands, in {scales}. None of your circles is one, so I have kept nothing; "
                "once you are in one, send it to me again."
            ),
        ]
    if not circles:
        return [
            told,
            Say(
                text="It can be run as it stands. You are in no circle that I look after, so I have kept nothing; "
                "once you are in one, send it to me again."
            ),
        ]
    question = await Question.create(
        room=call.room.id,
        person=call.person,
        inquiry="script-for",
        data={"text": written, "circles": [circle.id for circle in circles]},
        until=call.at + PATIENCE,
    )
    taps = (
        (YES.sign,) if len(circles) == 1 else tuple(each.sign for each in NUMBERS[: len(circles)])
    )
    ask = Say(text=_for_whom(circles), name=f"question:{question.id}", taps=(*taps, NO.sign))
    return [told, ask]


@file(suffixes=(".yaml", ".yml"))
async def received(call: Call, filename: str, text: str | None) -> Effects:
    """A script came as a file."""
    if text is None:
        raise Refused(
            f"{escaped(shown(filename))} is larger than a script can be, or no text, so I have read none of it. "
            "A script is at most 64 KiB of YAML."
        )
    return await offered(call, filename, text)


async def _circles_of(person: str) -> list[Room]:
    """The circles and congregations of a person, in alphabetical order, congregations last."""
    rooms = await Member.filter(person=person).values_list("room", flat=True)
    kinds = [*CIRCLES, RoomKind.CONGREGATION]
    found = await Room.filter(id__in=list(rooms), kind__in=kinds, joined=True)
    return sorted(
        (room for room in found if room.life is not Life.CLOSED),
        key=lambda room: (
            room.kind is RoomKind.CONGREGATION,
            (room.name or "").casefold(),
            room.id,
        ),
    )


def _can_hold(circle: Room, script: Script) -> bool:
    """Whether a script is made for a circle, or for the circles of a congregation, which runs none itself."""
    if circle.kind is RoomKind.CONGREGATION:
        return set(script.scales) != {Scale.SELF}
    return circle.kind.scale in script.scales


def _for_whom(circles: list[Room]) -> str:
    if len(circles) == 1:
        return f"Shall I put it to {_called(circles[0])}?\n\n✅ yes · ✋ no"
    lines = [f"{number}. {_called(circle)}" for number, circle in enumerate(circles, start=1)]
    return "\n".join(
        ["For whom is it?", "", *lines, "", "Tap or say its number, or ✋ for nobody."]
    )


def _called(circle: Room) -> str:
    return f"**{room_name(circle, f'your {circle.kind}')}**"


@inquiry(name="script-for", options=(*NUMBERS, YES, NO))
async def choosing(call: Call, question: Question, said: str) -> Effects:
    """Put the script to the circle that was chosen."""
    ids = question.data["circles"]
    assert isinstance(ids, list)
    found = {room.id: room for room in await Room.filter(id__in=ids)}
    circles = [found.get(each) for each in ids]
    if said == NO.word:
        await question.delete()
        return [Say(text="Then I have kept nothing of it.")]
    chosen = _chosen(circles, said)
    if chosen is None:
        return [
            Say(text="I did not find whom you mean; the number in front of it is enough, or ✋.")
        ]
    await question.delete()
    if not chosen.joined or not await is_in(chosen.id, call.person):
        raise Refused(f"You and I are not both in {_called(chosen)} any more. Nothing was changed.")
    return await put(call, chosen, str(question.data["text"]))


def _chosen(circles: list[Room | None], said: str) -> Room | None:
    word = folded(said)
    if word == YES.word and len(circles) == 1:
        return circles[0]
    if word.isdecimal() and len(word) <= len(str(MOST)):
        return circles[int(word) - 1] if 1 <= int(word) <= len(circles) else None
    named = [room for room in circles if room is not None and folded(room.name or "") == word]
    return named[0] if named else None


# ----------------------------------------------------------------------------------------- by consent


async def put(call: Call, circle: Room, text: str, origin: Offer | None = None) -> Effects:
    """Ask the people of a circle whether they take up a script. Raises Refused when they cannot be asked.

    `origin` tells of one that another congregation has shared: "letter", "seat", "from", "edition", "credit", "licence".
    """
    script = library.read(text)
    key = library.key(script.name)
    former = await OwnScript.get_or_none(room=circle.id, key=key)
    if former is not None and former.text.strip() == text.strip():
        return [
            Say(text=f"**{escaped(script.name)}** is one of {_called(circle)} already, as it is.")
        ]
    if former is None and await OwnScript.filter(room=circle.id).count() >= MOST:
        raise Refused(
            f"{_called(circle)} has {MOST} scripts of its own already, so it was not asked. Removing one of them makes room."
        )
    offer = {
        "deed": "adopt", "circle": circle.id, "key": key, "name": script.name, "text": text, "by": call.person,
        **({"origin": dict(origin)} if origin is not None else {}),
    }  # fmt: skip
    return await _ask(call, circle, offer)


async def _propose_removal(call: Call, said: str) -> Effects:
    """Ask the people of a circle whether they let a script go."""
    if call.is_private:
        raise Refused(
            "Removing a script is for those who run it to decide. Nothing was changed; "
            f"say `{call.house.prefix}script remove` and its name in their room."
        )
    own = await _own(call.room)
    found = next((each for each in own if each.key == library.key(said)), None)
    if found is None:
        common = library.library().get(library.key(said))
        if common is not None:
            raise Refused(
                f"**{escaped(common.name)}** is one that everybody has, so it stays. A script of your own with the same "
                "name takes its place; offer one in our private chat."
            )
        names = ", ".join(escaped(each.name) for each in own)
        have = f"You have {names}." if names else "You have none of your own."
        raise Refused(f"You have added no script of that name, so nothing was changed. {have}")
    circle = await Room.get_or_none(id=found.room) or call.room
    table = await table_of(circle)
    if table is None or table.id != call.room.id:
        where = f" in **{room_name(table, 'their working room')}**" if table else ""
        raise Refused(
            f"**{escaped(found.name)}** belongs to all of {_called(circle)}. Nothing was changed; propose it to them{where}."
        )
    offer = {
        "deed": "remove", "circle": circle.id, "key": found.key, "name": found.name, "text": found.text,
        "by": call.person,
    }  # fmt: skip
    return await _ask(call, circle, offer)


async def _ask(call: Call, circle: Room, offer: Offer) -> list[Effect]:
    """Put a question to those whom it concerns; whoever proposes it has said yes by that."""
    table = await table_of(circle)
    if table is None:
        raise Refused(nowhere_to_ask(call, circle))
    present = await people(table, call.house.me)
    if table.id == circle.id and call.person not in present:
        raise Refused(
            f"That is for the people of {_called(circle)} to decide. Nothing was changed."
        )
    effects = await _withdraw(table, offer)
    if present == [call.person]:
        return [*effects, *await _done(call, table, circle, offer)]
    if await Question.filter(room=table.id, inquiry="script").count() >= MOST_WAITING:
        raise Refused(
            f"{MOST_WAITING} questions about scripts wait for an answer in **{room_name(table, 'their room')}** already. "
            "Nothing was asked; once one of them is decided there is room for this."
        )
    days = timedelta(days=int(meetings.setting(circle, "invitation-days")))
    until = ten_o_clock(call.at + days, call.house.zone_of(circle))
    silent = circle.kind is RoomKind.CONGREGATION
    answers, standing = await proposed(call, table)
    question = await Question.create(
        room=table.id,
        inquiry="script",
        data={**offer, "until": until.isoformat() if silent else None},
        answers=answers,
        # Where silence is consent, the question outlives its day, so that a late hour still finds it.
        until=until + days if silent else until,
    )
    about = f"script-offer:{question.id}"
    effects.append(
        Say(
            text=standing_words(
                call,
                table,
                await _proposal(call, circle, offer, until if silent else None),
                standing,
                proposing=bool(answers),
            ),
            room=table.id,
            name=f"question:{question.id}",
            taps=(YES.sign, NO.sign),
            answers=False,
        )
    )
    if silent:
        content = {"question": question.id}
        effects.append(
            Ring(ritual="script-day", about=about, at=until, room=table.id, content=content)
        )
    if table.id != call.room.id:
        holds = rule(circle, _day(until, call.house.zone_of(circle)))
        effects.append(Say(text=f"I have put it to **{room_name(table, 'them')}**. {holds}"))
    return effects


async def _withdraw(table: Room, offer: Offer) -> list[Effect]:
    """A newer question about a script takes the place of an older one."""
    effects: list[Effect] = []
    for asked in await Question.filter(room=table.id, inquiry="script"):
        if (asked.data["circle"], asked.data["key"]) == (offer["circle"], offer["key"]):
            effects += [
                Edit(name=f"question:{asked.id}", text="Asked again below.", room=table.id),
                CallOff(about=f"script-offer:{asked.id}"),
            ]
            await asked.delete()
    return effects


async def _proposal(call: Call, circle: Room, offer: Offer, silent_until: datetime | None) -> str:
    """The question as the room sees it."""
    called = escaped(str(offer["name"]))
    day = _day(silent_until, call.house.zone_of(circle)) if silent_until else None
    holds = rule(circle, day)
    if offer["deed"] == "remove":
        return (
            f"Shall **{called}** be a script of {_called(circle)} no more? I give you its file, and offering that to me "
            f"again brings it back.\n\n{holds}\n\n✅ yes · ✋ no"
        )
    table = await table_of(circle)
    who = await name((table or circle).id, str(offer["by"]))
    runs = preview(library.read(str(offer["text"])))
    return (
        f"{who} offers {_called(circle)} a script:\n\n{runs}\n\n{_from(offer)}{await _replaces(call, circle, offer)}{holds}"
        "\n\n✅ yes · ✋ no"
    )


def _from(offer: Offer) -> str:
    """Whose work it is, where another congregation has shared it."""
    if "origin" not in offer:
        return ""
    of = offer["origin"]
    return (
        f"*Shared by **{escaped(str(of['from']))}**, edition {of['edition']} · credit: {escaped(str(of['credit']))} · "
        f"licence: {escaped(str(of['licence']))}*\n\n"
    )


def differences(old: str, new: str) -> str:
    """What is different in a newer text of a script, as a list; empty when nothing is."""
    lines = difference(old, new).splitlines()
    return "\n".join(f"- {verbatim(line)}" for line in lines if line.strip())


async def _replaces(call: Call, circle: Room, offer: Offer) -> str:
    former = await OwnScript.get_or_none(room=circle.id, key=offer["key"])
    if former is not None:
        since = _day(former.adopted_at, call.house.zone_of(circle))
        place = f"It takes the place of your own **{escaped(former.name)}** of {since}"
        new = differences(former.text, str(offer["text"])) if "origin" in offer else ""
        return f"{place}. What is new:\n\n{new}\n\n" if new else f"{place}. "
    common = library.library().get(str(offer["key"]))
    if common is not None:
        return (
            f"Among you it takes the place of the **{escaped(common.name)}** that everybody has. "
        )
    return ""


@inquiry(name="script", options=(YES, NO), matter="whether a script becomes yours")
async def agreeing(call: Call, question: Question, said: str) -> Effects:
    """Count the voices; change when all have agreed."""
    offer, message = question.data, f"question:{question.id}"
    called = escaped(str(offer["name"]))
    circle = await Room.get_or_none(id=str(offer["circle"]))
    if circle is None:
        return []
    standing = await hear_voice(call, question, said)
    over = CallOff(about=f"script-offer:{question.id}")
    match standing.voice:
        case Voice.AGREED:
            text = f"All {standing.of} of you have agreed on **{called}**."
            done = await _done(call, call.room, circle, offer)
            return [over, Edit(name=message, text=text), *done]
        case Voice.ENDED:
            text = f"**{called}**: all stays as it is. Not everybody wishes it now, and that needs no reason."
            return [over, Edit(name=message, text=text)]
        case Voice.WAITING:
            until = offer["until"]
            day = datetime.fromisoformat(str(until)) if until else None
            asked = await _proposal(call, circle, offer, day)
            return [Edit(name=message, text=standing_words(call, call.room, asked, standing))]
        case Voice.NOTHING:
            return []


@ritual(
    name="script-day",
    help="adopts a script for a congregation, if by its day somebody wished it and nobody said no",
)
async def script_day(call: Call) -> Effects:
    """The day of an offer to a congregation has come, and nobody has said no."""
    question = await row_of(Question, call.content["question"])
    circle = await Room.get_or_none(id=str(question.data["circle"])) if question else None
    if question is None or circle is None:
        return []
    offer, message = question.data, f"question:{question.id}"
    called = escaped(str(offer["name"]))
    await question.delete()
    if not await seconded(call, question):
        text = f"**{called}**: all stays as it is. Whoever likes it can offer it again."
        return [Edit(name=message, text=text)]
    text = f"You have agreed on **{called}**: nobody has said no."
    return [Edit(name=message, text=text), *await _done(call, call.room, circle, offer)]


async def _done(call: Call, table: Room, circle: Room, offer: Offer) -> list[Effect]:
    """Do what was agreed on."""
    if offer["deed"] == "remove":
        return await _removed(table, circle, offer)
    return await _adopted(call, table, circle, offer)


async def _adopted(call: Call, table: Room, circle: Room, offer: Offer) -> list[Effect]:
    """Keep a script with the day on which it is looked at again (R16)."""
    now, called = call.kept_at or call.at, str(offer["name"])
    review_at = _review_after(call, circle, now)
    kept, _ = await OwnScript.update_or_create(
        {
            "name": called,
            "text": str(offer["text"]),
            "offered_by": str(offer["by"]),
            "adopted_at": now,
            "review_at": review_at,
            **_origin(offer),
        },
        room=circle.id,
        key=str(offer["key"]),
    )
    text = (
        f"**{escaped(called)}** is a script of {_called(circle)} from now on. "
        f"`{call.house.prefix}start {escaped(called)}` calls it. "
        f"You look at it again on {_day(review_at, call.house.zone_of(circle))}."
    )
    return [*_review_hour(kept, table), Say(text=text, room=table.id, answers=False)]


def _origin(offer: Offer) -> dict[str, Any]:
    """Where it comes from, as it is kept; one's own change of what came from elsewhere keeps saying so."""
    if "origin" not in offer:
        return {}
    of = offer["origin"]
    known = {name: of[name] for name in ("seat", "edition", "credit", "licence")}
    return {**known, "origin": of["letter"], "pinned": False}


def _review_after(call: Call, circle: Room, now: datetime) -> datetime:
    zone = call.house.zone_of(circle)
    months = relativedelta(months=int(meetings.setting(circle, "review-months")))
    return ten_o_clock(clock.resolve(clock.wall(now, zone) + months, zone), zone)


def _review_hour(own: OwnScript, table: Room) -> list[Effect]:
    about = f"script:{own.id}"
    hour = Ring(
        ritual="script-review",
        about=about,
        at=own.review_at,
        when=own.review_at.isoformat(),
        room=table.id,
        content={"script": own.id},
    )
    return [CallOff(about=about), hour]


async def _removed(table: Room, circle: Room, offer: Offer) -> list[Effect]:
    own = await OwnScript.get_or_none(room=circle.id, key=str(offer["key"]))
    if own is None:
        return []
    await own.delete()
    text = (
        f"**{escaped(own.name)}** is a script of {_called(circle)} no more. Here is its file: sending it to me in our "
        "private chat offers it again."
    )
    return [
        CallOff(about=f"script:{own.id}"),
        Say(text=text, room=table.id, answers=False),
        Post(filename=f"{own.key}.yaml", mime="application/yaml", data=own.text.encode()),
    ]


@ritual(name="script-review", help="asks whether a script you have added is still good")
async def script_review(call: Call) -> Effects:
    """The day has come to look at an own script again; it stays unless its people say otherwise."""
    own = await row_of(OwnScript, call.content["script"])
    circle = await Room.get_or_none(id=own.room) if own else None
    if own is None or circle is None:
        return []
    table = await table_of(circle) or call.room
    own.review_at = _review_after(call, circle, call.kept_at or call.at)
    await own.save(update_fields=["review_at"])
    called = escaped(own.name)
    text = (
        f"You wanted to look at your script **{called}** again. If it is still good, nothing needs to be done; "
        f"`{call.house.prefix}script remove {called}` proposes to let it go."
    )
    return [*_review_hour(own, table), Say(text=text, room=table.id)]
