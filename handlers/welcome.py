"""Welcome: one word for all of it, and welcome pods, in which one who knows the place welcomes up to seven newcomers (DYAD-6).

A pod is eight people at most (R44), made of those who have said yes themselves; a no and a silence are "not this time" to
whoever invited, and nothing to the others (R13). One is in a pod or in a pair, not in both. After three months each
newcomer is asked, alone, how it goes on; then the pod is over, and its room stays theirs.
"""

import re
from dataclasses import replace
from datetime import datetime, time, timedelta

from tortoise.expressions import Q

from handlers import askings, meetings, onboarding, welcomers
from handlers.adoption import LET_GO
from handlers.asking import asked, now_of, whispered
from handlers.callings import spaces_of
from handlers.language import (
    YES,
    Argument,
    Ask,
    Call,
    CallOff,
    Change,
    Effect,
    Effects,
    Invite,
    MakeRoom,
    Refused,
    Remove,
    Ring,
    Say,
    command,
    inquiry,
    ritual,
    watch,
)
from handlers.names import name, names, room_name
from handlers.onboarding import NOT_NOW
from handlers.power import may_remove
from handlers.welcomers import congregation_of, split
from handlers.whom import named, whom
from handlers.words import escaped, first_word, folded
from practices import clock, rhythm
from practices import onboarding as pure
from practices.circles import RoomKind
from practices.dates import read_rhythm
from practices.defaults import PATIENCE
from practices.onboarding import MOST_NEWCOMERS, POD, Standing
from storage.database import row_of
from storage.members import Member, is_in
from storage.onboardings import (
    Onboarding,
    Pod,
    PodPlace,
    PodStage,
    pairs_of,
    places,
    pods_of,
)
from storage.questions import Question
from storage.rooms import Room

_MORNING = time(10)
_STILL_PROMPTED = timedelta(days=6)

#: A pod begins when so many newcomers would come; with one it would be a pair.
_FEWEST = POD[0] - 1

#: A room that was refused is asked for again so often, a day apart.
_MOST_REFUSALS = 3

_EVERYWHERE = (
    "`welcome me` asks for somebody beside you · `welcome` and a name lets somebody new be asked · `welcome willing` says that you "
    "would be beside newcomers · `welcome pod` and names welcomes several at once"
)


# ------------------------------------------------------------------------------------------- the command


@command(
    name="welcome",
    help="have somebody beside you while you are new, be beside a newcomer, or welcome several in a pod",
    example="welcome me",
    kinds=frozenset({RoomKind.PRIVATE}),
    instead="In our private chat `welcome` shows where you stand, without anybody else hearing of it.",
    arguments=(
        Argument(
            name="what",
            rest=True,
            help="nothing to see where you stand; “me”, or a name; “willing 2”, “rest until 1 march”, “no longer”, “languages "
            "English”; in a pair “commit”, “meet”, “met”, “visited”, “end”; “pod Nia, Omar”",
        ),
    ),
    sentences={
        "i|im [am] new here": "me",
        "who can show me around": "me",
        "i would|can|could welcome newcomers": "willing",
    },
)
async def welcome(call: Call, what: str | None) -> Effects:
    """One word, and what follows it."""
    said = (what or "").strip()
    word, rest = first_word(said)
    match folded(word):
        case "":
            return await _status(call)
        case "me":
            return await onboarding.wanted(call, await congregation_of(call, split(rest)[1]))
        case "willing" | "most":
            return await welcomers.willing(call, rest)
        case "rest" | "snooze" | "pause":
            return await welcomers.rests(call, rest)
        case "languages" | "language":
            return await welcomers.languages(call, rest)
        case "pod":
            return await _of_pod(call, rest)
    if folded(said) in ("no longer", "unwilling") or folded(said).startswith("no longer in "):
        return await welcomers.no_longer(call, said)
    return await _in_a_pair(call, folded(word), said, rest)


async def _in_a_pair(call: Call, word: str, said: str, rest: str) -> Effects:
    """What one says of a pair; anything else is the name of somebody new."""
    match word:
        case "commit" | "commitment" | "commitments":
            return await onboarding.writes(call, await _pair(call, rest))
        case "meet" | "talk":
            return await onboarding.meets(call, await _pair(call, rest))
        case "met":
            return await onboarding.ticked(call, await _own(call), met=1)
        case "visited":
            return await onboarding.ticked(call, await _own(call), visited=True)
        case "untick" if folded(rest) == "met":
            return await onboarding.ticked(call, await _own(call), met=-1)
        case "untick" if folded(rest) == "visited":
            return await onboarding.ticked(call, await _own(call), visited=False)
        case "end" | "stop" | "leave" | "close":
            return await _ends(call, rest)
    return await _somebody_new(call, said)


async def _status(call: Call) -> list[Effect]:
    """Where one stands in everything, and the next step of each."""
    effects: list[Effect] = []
    for row in await _mine(call):
        effects += await onboarding.shown(call, row)
    for pod in await _pods(call):
        effects += await _pod_shown(call, pod)
    lines = await welcomers.standing(call)
    if lines:
        effects.append(Say(text="\n\n".join(lines)))
    if not effects:
        if not await spaces_of(call.person):
            await congregation_of(call, "")
        effects.append(Say(text=f"Nobody is beside you, and you are beside nobody. {_EVERYWHERE}"))
    return effects


async def _mine(call: Call) -> list[Onboarding]:
    """What goes on with the sender: as a newcomer, and beside newcomers."""
    rows = await Onboarding.filter(newcomer=call.person).order_by("id")
    return [*rows, *await Onboarding.filter(member=call.person).order_by("id")]


async def _pair(call: Call, named_: str) -> Onboarding:
    """The pair that is meant; of several the one with that person. Raises Refused."""
    return await _chosen(call, await pairs_of(call.person), named_)


async def _own(call: Call) -> Onboarding:
    """The pair in which the sender is new; a member's own one tells them that the tour is not theirs. Raises Refused."""
    rows = await pairs_of(call.person)
    mine = [row for row in rows if row.newcomer == call.person]
    return await _chosen(call, mine or rows[:1], "")


async def _chosen(call: Call, rows: list[Onboarding], named_: str) -> Onboarding:
    if not rows:
        raise Refused(
            f"You are in no onboarding pair just now, so nothing was changed. {_EVERYWHERE}"
        )
    fitting = [row for row in rows if not named_ or await _is(row, call.person, named_)]
    if len(fitting) == 1:
        return fitting[0]
    with_ = ", ".join(sorted([await name(row.room, row.other(call.person)) for row in rows]))
    raise Refused(
        f"I am not sure who is meant, so nothing was changed. You are in a pair with: {with_}. With the name at the end I know, as in "
        "`welcome commit nia`."
    )


async def _is(row: Onboarding, person: str, said: str) -> bool:
    """Whether the other one of a pair is called so."""
    # Whoever is asked about a newcomer is not told to them, nor by what they can name.
    if row.member is None or (row.newcomer == person and row.state is Standing.ASKED):
        return False
    other = row.other(person)
    members = await Member.filter(room=row.room, person=other)
    return bool(named(members, folded(said).removeprefix("@")))


async def _ends(call: Call, said: str) -> Effects:
    """Out of a pair, a search or a pod, in one act and without a reason (R11)."""
    rows = [row for row in await _mine(call) if row.state is not Standing.DECLINED]
    rows = [row for row in rows if row.newcomer == call.person or row.state is not Standing.ASKED]
    pods = await _pods(call)
    if folded(said) == "pod":
        rows = []
    elif said:
        rows, pods = [row for row in rows if await _is(row, call.person, said)], []
    if len(rows) + len(pods) > 1:
        raise Refused(
            "There is more than one thing to end, so nothing was changed. `welcome end nia` ends the pair with Nia, and `welcome end "
            "pod` leaves a pod."
        )
    if rows:
        return await onboarding.end(call, rows[0])
    if pods:
        return await _pod_left(call, pods[0])
    raise Refused(f"There is nothing of yours to end, so nothing was changed. {_EVERYWHERE}")


async def _somebody_new(call: Call, said: str) -> Effects:
    """A member names somebody new, who is asked themselves; that member comes first (R38)."""
    who, named_ = split(said)
    space = await congregation_of(call, named_)
    person = await whom(call, space, who)
    if person == call.person:
        return await onboarding.wanted(call, space)
    called = await name(space.id, person)
    thanks = Say(
        text=f"Thank you. It is {called}’s to say whether they would like somebody beside them; if they would, I ask you first "
        "whether that could be you. You hear of it here then."
    )
    # The same words whether they are asked now, were asked before, or are not to be asked by the sender.
    if await askings.lately(call, person, askings.OFFER):
        return [thanks]
    if not await askings.may_ask(call, person, askings.OFFER):
        return [thanks]
    # They have begun it themselves, should the newcomer name them.
    await askings.lift(call, person, call.person, askings.INVITER)
    return [thanks, *await onboarding.offered(call, space, person, inviter=call.person)]


# --------------------------------------------------------------------------------------------- the pod


def _about(pod: Pod) -> str:
    return f"pod:{pod.id}"


async def _pods(call: Call) -> list[Pod]:
    return await pods_of(call.person)


async def _of_pod(call: Call, said: str) -> Effects:
    """Open a pod, or ask more people into it."""
    word, rest = first_word(said)
    if folded(word) in ("end", "close", "leave", "stop"):
        return await _ends(call, "pod")
    if not said:
        pods = await _pods(call)
        if pods:
            return [effect for pod in pods for effect in await _pod_shown(call, pod)]
        raise Refused(
            "Whom would you like to welcome? For example `welcome pod Nia, Omar, Pia`: from two to seven newcomers. Nobody was asked."
        )
    words, named_ = split(rest if folded(word) in ("invite", "with", "add") else said)
    space = await congregation_of(call, named_)
    people = await _people(call, space, words)
    mine = await Pod.filter(room=space.id, opener=call.person).first()
    if mine is not None:
        return await _more(call, space, mine, people)
    return await _opened(call, space, people)


async def _people(call: Call, space: Room, said: str) -> list[str]:
    """Those named between commas or “and”, each once. Raises Refused."""
    members = await Member.filter(room=space.id).exclude(person=call.house.me)
    parts: list[str] = []
    for part in re.split(r",|;|\band\b", said):
        # “nia omar” is two people, unless somebody is called so.
        words = part.split()
        parts += words if not named(members, folded(part)) else [" ".join(words)]
    found = list(dict.fromkeys([await whom(call, space, part) for part in parts]))
    return [person for person in found if person != call.person]


async def _opened(call: Call, space: Room, people: list[str]) -> list[Effect]:
    """Ask each newcomer; the room is made when enough would come."""
    refusal = pure.pod_refusal(len(people))
    if refusal is not None:
        raise Refused(refusal)
    if len(people) < _FEWEST:
        raise Refused(
            "A welcome pod is three people or more: you and at least two newcomers. Nobody was asked; for one newcomer `welcome` and "
            "their name brings somebody beside them."
        )
    if call.person in await onboarding.newcomers(space):
        raise Refused(
            "A pod is opened by somebody who knows the place, and you are new there yourself just now. Nobody was asked; `dyad` and a "
            "name is open to everybody."
        )
    put = await askings.may_ask_each(call, people, askings.POD)
    until = call.at + PATIENCE
    pod = await Pod.create(
        room=space.id,
        opener=call.person,
        until=until,
        review=pure.closing_day(onboarding.today(call, space)),
    )
    effects: list[Effect] = []
    for person in people:
        effects += await _invited(call, space, pod, person, put=person in put)
    last = clock.long_day(clock.wall(until, call.house.zone_of(space)).date())
    text = (
        f"{len(people)} people are asked, each in private, and can answer until {last}. As soon as {_FEWEST} of them would come I "
        "make your room. `welcome pod invite` and a name asks another, `welcome end pod` takes it back."
    )
    return [Say(text=text), *effects, _turn_hour(pod, until)]


def _turn_hour(pod: Pod, at: datetime) -> Ring:
    return Ring(
        ritual="pod-turn",
        about=_about(pod),
        at=at,
        when=at.isoformat(),
        room=pod.room,
        content={"pod": pod.id},
    )


async def _more(call: Call, space: Room, pod: Pod, people: list[str]) -> list[Effect]:
    """Ask others into a pod that there is, as long as it stays eight at most (R44)."""
    there = {place.person for place in await places(pod)}
    before = {
        str(each) for each in await PodPlace.filter(pod=pod.id).values_list("person", flat=True)
    }
    fresh = [person for person in people if person not in before]
    if not fresh:
        raise Refused(
            "They are with you, or were asked already: nobody is asked twice. `welcome pod` shows who comes."
        )
    if len(there) + len(fresh) > MOST_NEWCOMERS:
        refusal = pure.pod_refusal(len(there) + len(fresh))
        raise Refused(
            f"{refusal} When somebody leaves, or would rather not, there is a place again."
        )
    put = await askings.may_ask_each(call, fresh, askings.POD)
    until = call.at + PATIENCE
    effects: list[Effect] = []
    for person in fresh:
        effects += await _invited(call, space, pod, person, put=person in put)
    asked_ = ", ".join(await names(space.id, fresh))
    return [Say(text=f"Asked in private: {asked_}."), *effects, _turn_hour(pod, until)]


async def _invited(call: Call, space: Room, pod: Pod, person: str, *, put: bool) -> list[Effect]:
    """Keep a place for them until they have answered, or their time is over; it may be that nothing is put to them."""
    until = now_of(call) + PATIENCE
    await PodPlace.create(pod=pod.id, person=person, until=until)
    if not put:
        return []
    opener, where = await name(space.id, pod.opener), room_name(space, "your congregation")
    paired = any(row.newcomer == person for row in await pairs_of(person, space.id))
    also = (
        "One is in a pod or in a pair, not in both: a yes ends your onboarding pair.\n\n"
        if paired
        else ""
    )
    text = (
        f"**{opener}** invites you into a welcome pod in **{where}**: {opener} and up to {MOST_NEWCOMERS} newcomers, a room of your "
        f"own, a meeting about once a month, for three months. You can leave at any time with a word.\n\n{also}✅ yes · ✋ not this "
        "time\n\n*Not this time needs no reason.*"
    )
    return await asked(
        replace(call, room=space, thread=None),
        person,
        f"{await onboarding.hello(person)}{text}",
        about=_about(pod),
        inquiry="pod-invited",
        until=until,
        data={"pod": pod.id, "paired": paired},
    )


@inquiry(
    name="pod-invited",
    options=(YES, NOT_NOW),
    late="That invitation has rested for a while. `welcome me` asks for somebody beside you.",
)
async def invited_said(call: Call, question: Question, said: str) -> Effects:
    """A place in the pod, or not this time."""
    if said not in (YES.word, "no"):
        return [Say(text="A word is enough: ✅ yes · ✋ not this time.")]
    pod = await row_of(Pod, question.data.get("pod"))
    place = (
        await PodPlace.get_or_none(pod=pod.id, person=call.person, agreed=False, declined=False)
        if pod
        else None
    )
    if pod is None or place is None:
        await question.delete()
        return [Say(text="That invitation is over. `welcome me` asks for somebody beside you.")]
    space = await Room.get(id=pod.room)
    if said == YES.word:
        return await _comes(call, question, space, pod, place)
    await question.delete()
    await _declined(place)
    mine = await name(space.id, call.person)
    told = await _tell(call, pod, pod.opener, f"**{mine}** and your welcome pod: not this time.")
    return [Say(text="Good: not this time, and that needs no reason."), *told]


async def _declined(place: PodPlace) -> None:
    place.declined = True
    await place.save(update_fields=["declined"])


async def _comes(
    call: Call, question: Question, space: Room, pod: Pod, place: PodPlace
) -> list[Effect]:
    if await pods_of(call.person, space.id):
        return [
            Say(
                text="You are in another welcome pod there. `welcome end pod` leaves it; then a yes takes you into this one."
            )
        ]
    paired = any(row.newcomer == call.person for row in await pairs_of(call.person, space.id))
    if paired and not question.data.get("paired"):
        question.data = {**question.data, "paired": True}
        await question.save(update_fields=["data"])
        return [
            Say(
                text="You are in an onboarding pair by now, and one is in a pod or in a pair, not in both. Another yes ends the pair and "
                "takes you into the pod; ✋ leaves all as it is."
            )
        ]
    await question.delete()
    place.agreed = True
    await place.save(update_fields=["agreed"])
    await askings.lift(call, pod.opener, call.person, askings.POD)
    effects = await onboarding.without(call, space, as_newcomer=True)
    if pod.home is not None:
        home = await _home(pod)
        text = "Good that you come. The invitation to the pod’s room is in your app."
        invite = [Invite(person=call.person, room=home.id)] if home is not None else []
        return [Say(text=text), *effects, *invite]
    text = "Good that you come. I make the room as soon as enough of you would; the invitation comes in your app."
    return [Say(text=text), *effects, *await _perhaps_made(call, space, pod)]


async def _perhaps_made(call: Call, space: Room, pod: Pod) -> list[Effect]:
    """Ask for the room once enough would come."""
    coming = await places(pod, agreed=True)
    if pod.stage is not PodStage.INVITING or len(coming) < _FEWEST:
        return []
    pod.stage = PodStage.MAKING
    await pod.save(update_fields=["stage"])
    return [await _room_wanted(space, pod)]


async def _room_wanted(space: Room, pod: Pod) -> MakeRoom:
    where = (space.name or "").strip()
    coming = [place.person for place in await places(pod, agreed=True)]
    return MakeRoom(
        name=f"Welcome pod of {where}" if where else "Welcome pod",
        about=f"{_about(pod)}:{pod.refusals}" if pod.refusals else _about(pod),
        kind=RoomKind.WORKING,
        invite=(pod.opener, *coming),
        content={"pod": pod.id, "people": coming},
    )


async def _tell(
    call: Call, pod: Pod, person: str, text: str, *, last: bool = False
) -> list[Effect]:
    """A private word about a pod; a last one outlives it."""
    space = await Room.get(id=pod.room)
    whose = onboarding.about_space(space) if last else _about(pod)
    return await whispered(replace(call, room=space, thread=None), person, text, about=whose)


async def _home(pod: Pod) -> Room | None:
    """The room of a pod, or the one that has taken its place, as long as it is looked after."""
    seen: set[str] = set()
    known, room = pod.home, None
    while known and known not in seen:
        seen.add(known)
        room = await Room.get_or_none(id=known) or room
        known = room.successor if room is not None else None
    return room if room is not None and room.joined and room.kind is not RoomKind.NONE else None


async def _pod_shown(call: Call, pod: Pod) -> list[Effect]:
    """Where a pod stands, and its next step."""
    space = await Room.get(id=pod.room)
    where = room_name(space, "your congregation")
    coming = [place.person for place in await places(pod, agreed=True)]
    mine = pod.opener == call.person
    whose = (
        "Your welcome pod" if mine else f"The welcome pod of **{await name(space.id, pod.opener)}**"
    )
    who = ", ".join(await names(space.id, coming)) or "nobody so far"
    if pod.stage is not PodStage.OPEN:
        last = clock.long_day(clock.wall(pod.until, call.house.zone_of(space)).date())
        text = f"{whose} in **{where}**: with {who}. I make its room when {_FEWEST} newcomers would come; answers are open until {last}."
    else:
        text = (
            f"{whose} in **{where}**: with {who}, until **{clock.long_day(pod.review)}**. Next: your monthly meeting, in the pod’s "
            "room; `when` shows the date."
        )
    invites = " `welcome pod invite` and a name asks another;" if mine else ""
    end = "ends it" if mine else "leaves it"
    return [Say(text=f"{text}\n\n{invites} `welcome end pod` {end}.".replace("\n\n ", "\n\n"))]


# ---------------------------------------------------------------------------------- its room, its months


async def _of_room(call: Call) -> Pod | None:
    kind, _, number = str(call.content.get("about", "")).partition(":")
    return await row_of(Pod, number.partition(":")[0]) if kind == "pod" else None


@watch(kind=Change.MADE)
async def made(call: Call) -> Effects:
    """The room of a pod is there: what happens in three months, and a rhythm to say yes to."""
    pod = await _of_room(call)
    if pod is None:
        return []
    room, space = call.room, await Room.get(id=pod.room)
    coming = [place.person for place in await places(pod, agreed=True)]
    given = call.content.get("people")
    invited = given if isinstance(given, list) else []
    room.name = room.name or str(call.content.get("name") or "") or None
    room.zone, room.adopted_at = space.zone or call.house.zone, call.at
    room.noticed_size = len(coming) + 1
    await room.save()
    began = onboarding.today(call, space)
    pod.home, pod.stage, pod.review = room.id, PodStage.OPEN, pure.closing_day(began)
    await pod.save()
    zone = call.house.zone_of(room)
    rings = []
    for week, day in pure.weeks(began):
        at = clock.resolve(datetime.combine(day, _MORNING), zone)
        rings.append(_pod_hour("pod-week", pod, at, str(week), at + _STILL_PROMPTED, week=week))
    at = clock.resolve(datetime.combine(pod.review, _MORNING), zone)
    who, prefix = await name(space.id, pod.opener), call.house.prefix
    text = (
        f"Welcome. This is your welcome pod in **{room_name(space, 'your congregation')}**: **{who}**, who knows the place, and you who "
        f"are new; equals in this room, which is encrypted. Until **{clock.long_day(pod.review)}** I offer something to think of in "
        "weeks 1, 4, 8 and 12; what you say here I do not keep.\n\n"
        f"Next: a first meeting, with stories, hopes and fears, and then about one a month. Each of you can leave at any time; "
        f"`{prefix}release` sends me away."
    )
    return [
        meetings.circle_state(room),
        # Who said yes while the room was being made was not among those it was made for.
        *(Invite(person=each, room=room.id) for each in coming if each not in invited),
        Say(text=text, answers=False),
        _rhythm(call, pod),
        *rings,
        _pod_hour("pod-closing", pod, at, "closing"),
    ]


def _pod_hour(
    ritual_: str,
    pod: Pod,
    at: datetime,
    when: str,
    until: datetime | None = None,
    **content: object,
) -> Ring:
    return Ring(
        ritual=ritual_,
        about=_about(pod),
        at=at,
        when=when,
        useful_until=until,
        room=pod.room,
        content={"pod": pod.id, **content},
    )


_ORDINALS = ("first", "second", "third", "fourth")


def _rhythm(call: Call, pod: Pod) -> Ask:
    """A monthly meeting, said back before it is kept; other words are as good."""
    zone = call.house.zone_of(call.room)
    day = clock.wall(call.at, zone).date() + timedelta(days=9)
    place = _ORDINALS[min((day.day - 1) // 7, len(_ORDINALS) - 1)]
    kept = read_rhythm(f"{place} {day:%A} 19:00".casefold(), now=call.at, zone=zone)
    return Ask(
        inquiry="rhythm",
        text=f"When do you meet? One way would be **{rhythm.words(kept)}**, {escaped(zone.key)}. When you have spoken about it, whoever "
        f"opened the pod taps ✅, or says another time here; `{call.house.prefix}rhythm second tuesday 18:30` is anybody’s to say.\n\n"
        "✅ right · ✏️ change",
        until=call.at + PATIENCE,
        data={"rhythm": rhythm.as_state(kept)},
        person=pod.opener,
    )


@watch(kind=Change.NOT_MADE)
async def not_made(call: Call) -> Effects:
    """The homeserver refused: it is tried again, a few times; whoever opened the pod hears what else works."""
    pod = await _of_room(call)
    if pod is None:
        return []
    pod.refusals += 1
    if pod.refusals > _MOST_REFUSALS:
        text = (
            "I could not make the room for your welcome pod: the server did not let me, and I try no more. What works: make a room in "
            f"your app, invite the others and me, and say `{call.house.prefix}adopt` there."
        )
        told = await _tell(call, pod, pod.opener, text, last=True)
        return [*await _pod_gone(pod), *told]
    await pod.save(update_fields=["refusals"])
    text = "I could not make the room for your welcome pod just now. Nothing is lost: I try again tomorrow."
    again = _pod_hour("pod-make", pod, now_of(call) + timedelta(days=1), str(pod.refusals))
    return [again, *await _tell(call, pod, pod.opener, text)]


@ritual(name="pod-make", help="asks once more for the room of a welcome pod")
async def make_again(call: Call) -> Effects:
    """A day later."""
    pod = await row_of(Pod, call.content.get("pod"))
    if pod is None or pod.stage is not PodStage.MAKING:
        return []
    return [await _room_wanted(await Room.get(id=pod.room), pod)]


@ritual(
    name="pod-turn", help="closes what was asked of newcomers who were invited into a welcome pod"
)
async def turn(call: Call) -> Effects:
    """The time to answer is over; with fewer than two newcomers there is no pod."""
    pod = await row_of(Pod, call.content.get("pod"))
    if pod is None:
        return []
    for place in await places(pod, agreed=False):
        if place.until is None or place.until <= now_of(call):
            await _declined(place)
    if pod.stage is not PodStage.INVITING or await places(pod, agreed=False):
        return []
    return await _comes_to_nothing(call, pod)


async def _comes_to_nothing(call: Call, pod: Pod) -> list[Effect]:
    """Fewer than two would come, or it was taken back: whoever would have come hears the same words."""
    coming = await places(pod, agreed=True)
    effects: list[Effect] = []
    for place in coming:
        text = "The welcome pod does not come about this time. `welcome me` asks for somebody to be beside you."
        effects += await _tell(call, pod, place.person, text, last=True)
    if pod.opener != call.sender:
        text = (
            "Your welcome pod does not come about this time; that is common. `welcome` and a name lets somebody new be asked whether "
            "they would like one person beside them."
        )
        effects += await _tell(call, pod, pod.opener, text, last=True)
    return [*await _pod_gone(pod), *effects]


async def _pod_gone(pod: Pod) -> list[Effect]:
    """Nothing is kept of a pod; its room stays as it is."""
    for question in await Question.filter(inquiry="pod-invited"):
        if question.data.get("pod") == pod.id:
            await question.delete()
    await PodPlace.filter(pod=pod.id).delete()
    await pod.delete()
    return [CallOff(about=_about(pod))]


@ritual(name="pod-week", help="offers a welcome pod something to think of, in weeks 1, 4, 8 and 12")
async def week_prompt(call: Call) -> Effects:
    """Said in its room, silently, and to nobody in particular."""
    pod = await row_of(Pod, call.content.get("pod"))
    home = pod and await _home(pod)
    if pod is None or home is None:
        return []
    week = int(str(call.content["week"]))
    text = f"**Week {week}.** {pure.prompt(week, pod=True)}"
    return [Say(text=text, room=home.id, answers=False)]


@ritual(
    name="pod-closing",
    help="closes a welcome pod after three months, and asks each newcomer how it goes on",
)
async def closing(call: Call) -> Effects:
    """Each newcomer is asked alone; the room hears that it stays theirs (R43, R44)."""
    pod = await row_of(Pod, call.content.get("pod"))
    if pod is None:
        return []
    space = await Room.get(id=pod.room)
    effects: list[Effect] = []
    for place in await places(pod, agreed=True):
        if await is_in(space.id, place.person):
            effects += await onboarding.ask_to_stay(
                replace(call, room=space, thread=None),
                place.person,
                about=onboarding.about_space(space),
                until=now_of(call) + onboarding.CLOSES,
                data={"space": space.id},
            )
    text = (
        "Three months have gone by, and your welcome pod is complete, with thanks to all of you. I ask each newcomer in private how it "
        f"goes on for them.\n\n{_STAYS.format(prefix=call.house.prefix)}"
    )
    return [*await _pod_gone_with(call, pod, text), *effects]


_STAYS = (
    "This room stays yours, with its rhythm, for as long as you like. To become a crew, `{prefix}release` and then `{prefix}adopt crew` "
    "begin as one; `{prefix}release` alone sends me away."
)


async def _pod_gone_with(call: Call, pod: Pod, text: str) -> list[Effect]:
    home = await _home(pod)
    said = [Say(text=text, room=home.id, answers=False)] if home is not None else []
    return [*await _pod_gone(pod), *said]


# ---------------------------------------------------------------------------------------- going out of it


async def _pod_left(call: Call, pod: Pod) -> list[Effect]:
    """The sender goes out of a pod; when whoever opened it goes, its frame ends, and the room stays theirs (R11)."""
    if pod.opener == call.person:
        ended = await _ended(call, pod)
        return [Say(text="Done: it is over, and that needs no reason."), *ended]
    home = await _home(pod)
    await PodPlace.filter(pod=pod.id, person=call.person).delete()
    if home is None or not await is_in(home.id, call.person):
        gone: list[Effect] = [Remove(person=call.person, room=home.id)] if home is not None else []
        return [Say(text="Done: you are not in the pod any more, and that needs no reason."), *gone]
    if may_remove(home, call.house.me, call.person):
        text = "Done: you are not in the pod and its room any more, and that needs no reason."
        return [Remove(person=call.person, room=home.id), Say(text=text)]
    text = (
        "Done: you are not in the pod any more, and that needs no reason. Its room does not let me take you out: in your app open it, "
        "then its name at the top, then *Leave*."
    )
    return [Say(text=text)]


async def _ended(call: Call, pod: Pod) -> list[Effect]:
    if pod.stage is not PodStage.OPEN:
        return await _comes_to_nothing(call, pod)
    text = (
        "Your welcome pod ends here as a pod. In our private chat `welcome me` asks for somebody to be beside you.\n\n"
        + _STAYS.format(prefix=call.house.prefix)
    )
    return await _pod_gone_with(call, pod, text)


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Whoever leaves a pod's room, or its congregation, is in the pod no more."""
    effects: list[Effect] = []
    quiet = replace(call, sender=None)
    for pod in await Pod.filter(Q(room=call.room.id) | Q(home=call.room.id)):
        if pod.opener == call.person:
            effects += await _without_opener(quiet, pod)
        else:
            await PodPlace.filter(pod=pod.id, person=call.person).delete()
    return effects


async def _without_opener(call: Call, pod: Pod) -> list[Effect]:
    """Whoever opened it is gone: nobody is told why, and nothing is said to them."""
    if pod.stage is PodStage.OPEN:
        return await _ended(call, pod)
    coming = await places(pod, agreed=True)
    effects: list[Effect] = []
    for place in coming:
        text = "The welcome pod does not come about this time. `welcome me` asks for somebody to be beside you."
        effects += await _tell(call, pod, place.person, text, last=True)
    return [*await _pod_gone(pod), *effects]


async def let_go(call: Call, space: Room) -> list[Effect]:
    """A congregation is looked after no more: its pods hear so, where they talk or else each in private.

    To be called while its rows are still there.
    """
    effects: list[Effect] = []
    of = room_name(space, "your congregation")
    for pod in await Pod.filter(room=space.id).order_by("id"):
        head = f"I look after **{of}** no more, so your welcome pod"
        if await _home(pod) is not None:
            text = f"{head} ends here as a pod. {_STAYS.format(prefix=call.house.prefix)}"
            effects += await _pod_gone_with(call, pod, text)
            continue
        people = [pod.opener, *(place.person for place in await places(pod, agreed=True))]
        effects += await _pod_gone(pod)
        for person in people:
            effects += await whispered(
                replace(call, room=space, thread=None),
                person,
                f"{head} is over.",
                about=onboarding.about_space(space),
            )
    return effects


LET_GO.append(let_go)


async def forget(call: Call) -> list[Effect]:
    """The sender asks to be forgotten: pods that they opened end, and in others they have no place."""
    effects: list[Effect] = []
    for pod in await Pod.filter(opener=call.person):
        effects += await _without_opener(replace(call, sender=None), pod)
    await PodPlace.filter(person=call.person).delete()
    return effects


async def kept_of(person: str) -> list[dict[str, object]]:
    """The pods that somebody opened or is in, and into which they are invited: values that JSON can hold."""
    rows: list[dict[str, object]] = [
        {
            "room": each.room,
            "you_are": "who opened it",
            "review": each.review,
            "state": each.stage.value,
        }
        for each in await Pod.filter(opener=person).order_by("id")
    ]
    for place in await PodPlace.filter(person=person, declined=False).order_by("id"):
        pod = await Pod.get_or_none(id=place.pod)
        if pod is not None:
            how = "a newcomer" if place.agreed else "invited"
            rows.append(
                {"room": pod.room, "you_are": how, "review": pod.review, "state": pod.stage.value}
            )
    return rows
