"""What our keeper owes an assembly without asking anybody, and what our hosts hear of it: counts, outcomes, disputes.

Each letter is owed once, whatever is repeated or restarted, as what is owed follows from the letters that are kept. Our
hosts hear of an outcome once, with every number's denominator.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from handlers.asking import now_of
from handlers.assembly import directory, doors, entering, prospects, seating, unseen
from handlers.assembly.assembly_matters import (
    arrivals,
    ending,
    final_words,
    number_of,
    outcome_words,
    own_seat,
    reasons,
    sealed_words,
    seat_name,
    still_ours,
)
from handlers.assembly.letterbox import post, sent
from handlers.hosts import told
from handlers.language import (
    Call,
    Effect,
    Effects,
    ReadBack,
    Refused,
    Ring,
    SetState,
    ritual,
)
from handlers.meetings.meetings import circle_state
from handlers.names import room_name
from handlers.power import may
from handlers.words import escaped
from practices.assembly import keeping
from practices.assembly.keeping import Draft
from practices.assembly.ledger import Ledger, Standing
from practices.assembly.letters import Kind, Part, identify
from practices.assembly.matters import GRACE, About, Word, awaited
from practices.circles import RoomKind
from storage.assemblies import (
    Assembly,
    AssemblyLetter,
    State,
    aside,
    ledger,
    seen,
)
from storage.database import row_of
from storage.rooms import Room

#: Where many are entitled each keeper has its turn; so often we look whether ours has come.
A_MOMENT = timedelta(minutes=10)

#: After so long a letter that is missing is asked for.
PATIENCE = keeping.PATIENCE + timedelta(minutes=1)

MOST_DISPUTES = 5


async def still_open(call: Call, assembly: Assembly, matter: str) -> None:
    """Whether our congregation's position can still be said. Raises Refused."""
    standing = (await ledger(assembly)).standing(matter)
    if standing is None:
        raise Refused("That matter is not there any more. Nothing was sent.")
    if own_seat(standing, call.house.me) in standing.seals:
        raise Refused(
            "That matter is counted: after its own count a congregation's position stands. Nothing was sent; what is to be "
            "different can be put anew."
        )
    if standing.word is not None or now_of(call) >= standing.matter.until + GRACE:
        raise Refused(
            "That matter is over. Nothing was sent; what is to be different can be put anew."
        )


# ------------------------------------------------------------------------------------------------ in turn


async def afterwards(call: Call, assembly: Assembly) -> list[Effect]:
    """All that follows from the letters as they are now: what our hosts hear, what we owe, and what came out."""
    if assembly.found is None or assembly.state is not State.SEATED:
        return []
    effects = await prospects.entered(call, assembly)
    effects += await arrivals(call, assembly)
    effects += await _owed(call, assembly)
    effects += await _outcomes(call, assembly)
    return effects + await _roll_followed(call, assembly)


@ritual(
    name="assembly-counts",
    help="counts a matter of an assembly when its time is over, and asks for letters that did not come",
)
async def counts(call: Call) -> Effects:
    """The hour of a count, or of a look at what is missing."""
    assembly = await row_of(Assembly, call.content["assembly"])
    if assembly is None:
        return []
    return [
        *seating.unread(assembly),
        *await seating.read_through(call, assembly),
        *await unseen.looked_for(call, assembly),
        *await afterwards(call, assembly),
    ]


async def _owed(call: Call, assembly: Assembly) -> list[Effect]:
    known, when, now = await ledger(assembly), await seen(assembly), now_of(call)
    asked = _asked(known, assembly, call.house.me, when)
    drafts = keeping.owed(
        known,
        call.house.me,
        now,
        seen=when,
        asked=asked,
        fit=assembly.fit,
        aside=await aside(assembly),
    )
    effects: list[Effect] = []
    for draft in drafts:
        if draft.number is not None:
            effects += await _again(call, assembly, draft)
        elif draft.kind is Kind.SEAL:
            effects += await _sealed(call, assembly, known, draft)
        else:
            _letter, carried = await post(
                call,
                assembly,
                draft.kind,
                draft.body,
                "Letters are missing here; would their keeper send them once more?",
                part=draft.part,
                answers=draft.answers,
            )
            effects.append(carried)
    requested = any(draft.kind is Kind.AGAIN and draft.number is None for draft in drafts)
    return [*effects, *_looks_again(call, assembly, known, when, requested=requested)]


async def _sealed(call: Call, assembly: Assembly, known: Ledger, draft: Draft) -> list[Effect]:
    standing = known.standing(draft.answers or "")
    assert standing is not None
    space = await Room.get(id=assembly.room)
    letter, carried = await post(
        call,
        assembly,
        Kind.SEAL,
        draft.body,
        f"**{room_name(space, 'A congregation')}** counts: {escaped(standing.matter.title)} is {draft.body['word']}, "
        f"{outcome_words(standing)}.",
        part=draft.part,
        answers=draft.answers,
    )
    return [carried, *await doors.invitations(call, assembly, letter)]


async def _again(call: Call, assembly: Assembly, draft: Draft) -> list[Effect]:
    """One of our own letters once more, as it was."""
    row = await AssemblyLetter.get_or_none(assembly=assembly.id, letter=draft.repeats)
    if row is None or identify(row.content) != row.letter:
        return []  # or somebody whom it named has asked to be forgotten
    prefix = f"again:{row.letter}:"
    kept = [each for each in assembly.told if not each.startswith(prefix)]
    assembly.told = [*kept, f"{prefix}{int(now_of(call).timestamp())}"]
    await assembly.save(update_fields=["told"])
    _letter, carried = await sent(
        call,
        assembly,
        row.content,
        row.part,
        "The same letter once more, as somebody asked for it.",
    )
    return [carried]


def _asked(
    known: Ledger, assembly: Assembly, me: str, when: Mapping[str, datetime]
) -> dict[str, datetime]:
    """When we last asked each sender, and when we last sent each of our own letters again."""
    asked: dict[str, datetime] = {}
    for letter in known.of_kind(Kind.AGAIN).values():
        if letter.sender == me and letter.id in when and "of" in letter.body:
            of = str(letter.body["of"])
            asked[of] = max(when[letter.id], asked.get(of, when[letter.id]))
    for each in assembly.told:
        if each.startswith("again:"):
            _, own, at = each.split(":")
            if own in known.letters:
                asked[own] = datetime.fromtimestamp(int(at), UTC)
    return asked


def _looks_again(
    call: Call,
    assembly: Assembly,
    known: Ledger,
    when: Mapping[str, datetime],
    *,
    requested: bool,
) -> list[Effect]:
    """When we look next: at counts whose turn has not come, and at what is missing."""
    now, effects = now_of(call), list[Effect]()
    for matter in known.unsealed(call.house.me):
        standing = known.standing(matter.id)
        if standing is None or (now < matter.until + GRACE and _is_awaited(standing)):
            continue
        if len(standing.electorate) <= keeping.TOGETHER:
            effects.append(_look(call, assembly, when.get(matter.id, now) + GRACE))
        else:
            effects.append(_look(call, assembly, now + A_MOMENT))
            break
    keepers = {*known.roll.ever, *(keeper for _, keeper in known.roll.asked_in)} - {call.house.me}
    referred = any(known.unseen(each) for each in keepers)
    if referred or any(known.missing(each) for each in keepers):
        if requested:
            effects.append(_look(call, assembly, now + keeping.AGAIN_EVERY))
        if call.sender is not None or (requested and referred):
            effects.append(_look(call, assembly, now + PATIENCE))
    return effects


def _is_awaited(standing: Standing) -> bool:
    return awaited(standing.matter.passing, standing.outcome) > 0


def _look(call: Call, assembly: Assembly, at: datetime) -> Ring:
    minute = at.replace(minute=at.minute - at.minute % 10, second=0, microsecond=0)
    return Ring(
        ritual="assembly-counts",
        about=f"assembly:{assembly.id}",
        when=f"{minute:%Y%m%d%H%M}",
        at=minute + A_MOMENT,
        room=assembly.room,
        content={"assembly": assembly.id},
    )


# ---------------------------------------------------------------------------------------------- what came out


async def _outcomes(call: Call, assembly: Assembly) -> list[Effect]:
    """Tell our hosts what came out, that counts differ, or that a matter is torn; each once."""
    known = await ledger(assembly)
    effects: list[Effect] = []
    for number, standing in list(still_ours(assembly, known, call.house.me)):
        effects += await _disputed(call, assembly, known, number, standing)
        if standing.word is not None:
            text = _final_words(call, assembly, known, number, standing)
            effects += await told(call, assembly, text, once=f"final:{standing.matter.id}")
        elif standing.torn:
            text = (
                f"Matter {number} of **{escaped(assembly.name)}** is torn: {ending(standing.matter.title)} The counts differ so "
                f"much that none of them can become final. Now {outcome_words(standing)}.\n\nNothing follows from it. Talk in the "
                "room for people about what came to whom; then it can be put again."
            )
            effects += await told(call, assembly, text, once=f"torn:{standing.matter.id}")
    return effects


async def _disputed(
    call: Call, assembly: Assembly, known: Ledger, number: str, standing: Standing
) -> list[Effect]:
    """Whose count differs from ours, once we have counted ourselves; each congregation's is told of once."""
    if own_seat(standing, call.house.me) not in standing.seals:
        return []
    about = f"dispute:{standing.matter.id}:"
    before = {each for each in assembly.told if each.startswith(about)}
    differing = _differences(known, standing, call.house.me)
    fresh = {f"{about}{by}": text for by, text in differing.items() if f"{about}{by}" not in before}
    if not fresh or len(before) >= MOST_DISPUTES:
        return []
    assembly.told = [*assembly.told, *fresh]
    said = list(dict.fromkeys(fresh.values()))
    more = f"\n\n…and {len(said) - MOST_DISPUTES} more." if len(said) > MOST_DISPUTES else ""
    if len(before) + len(fresh) >= MOST_DISPUTES:
        more += "\n\nOf further counts to this matter I tell you no more."
    text = (
        f"Counts differ in **{escaped(assembly.name)}**, matter {number}.\n\n"
        + "\n\n".join(escaped(each) for each in said[:MOST_DISPUTES])
        + f"{more}\n\nNothing was changed by this. Letters that are missing are asked for; what a congregation makes of the "
        f"rest, its people can tell in the room for people. `assembly matter {number}` shows all positions."
    )
    await assembly.save(update_fields=["told"])
    return await told(call, assembly, text)


def _differences(known: Ledger, standing: Standing, me: str) -> dict[str, str]:
    """By keeper how its seal differs from our count; of several that do, that of the highest number."""
    letters = [each for each in known.answers_to(standing.matter.id) if each.kind is Kind.SEAL]
    found = ((e.sender, keeping.dispute(known, standing, e)) for e in letters if e.sender != me)
    return {keeper: text for keeper, text in found if text is not None}


def _final_words(
    call: Call, assembly: Assembly, known: Ledger, number: str, standing: Standing
) -> str:
    matter = standing.matter
    head = (
        f"Matter {number} of **{escaped(assembly.name)}** is **{standing.word}**: {ending(matter.title)}\n\n"
        f"{final_words(known, standing)}; final: {sealed_words(standing)}."
    )
    if standing.word is Word.REFUSED:
        anew = (
            f" `assembly amend {number}: …` puts it in other words." if not matter.on_roll else ""
        )
        why = reasons(standing)
        because = f"\n\n{why}" if why else ""
        return f"{head}{because}\n\nNothing follows from it. `assembly matter {number}` shows all positions.{anew}"
    return f"{head}\n\n{_follows(call, known, standing)}"


def _follows(call: Call, known: Ledger, standing: Standing) -> str:
    matter, who = standing.matter, seat_name(known, standing.matter.seat)
    match matter.about:
        case About.ADMIT:
            names = ", ".join(f"**{escaped(name)}**" for name in sorted(matter.candidates.values()))
            if matter.sender == call.house.me:
                return f"I have invited the keeper of {names}; whether it comes, its own hosts say."
            return f"{names} is asked in by whoever introduced it; whether it comes, its own hosts say."
        case About.PART:
            return f"**{who}** has no seat any more. What each adopted from the other stays."
        case About.KEEPER:
            return f"{escaped(matter.to or '')} speaks for **{who}** from now on."
        case About.MOVE:
            return (
                f"“{matter.part}” goes on in the other room: I read and write there as soon as I am let in. What was written in the "
                "old one stays, and counts."
            )
        case About.DECIDE:
            earlier = matter.amends
            amended = (
                f" It words matter {number_of(known, earlier)} anew."
                if earlier is not None and earlier in known.of_kind(Kind.MATTER)
                else ""
            )
            return (
                "These are words: nothing in your congregation changes by them, and what it makes of them is its own."
                f"{amended} `assembly decisions` keeps them."
            )


# ------------------------------------------------------------------------------------------------ the roll


async def _roll_followed(call: Call, assembly: Assembly) -> list[Effect]:
    """Go where the protocol rooms go; and leave once our seat was ended by the others."""
    known = await ledger(assembly)
    effects: list[Effect] = []
    for part, room_id in known.roll.rooms.items():
        if assembly.rooms.get(part) != room_id:
            effects += await _moved(call, assembly, known, part, room_id)
    for part, rooms in known.roll.former.items():
        for room_id in rooms:
            if assembly.part_of(room_id) is None:
                effects += await _heard_too(call, assembly, part, room_id)
    seat = known.roll.taken.get(assembly.seat or "")
    if seat is None or seat in known.roll.seats:
        return effects
    text = (
        f"Your congregation has no seat in **{escaped(assembly.name)}** any more: the others have parted from it. I leave its "
        "rooms. What you adopted stays yours; another congregation can introduce you again. Whoever of you is in the room for people "
        "stays there until they leave it themselves."
    )
    effects += await told(call, assembly, text, once="parted")
    return [*effects, *await entering.declined(assembly)]


async def _moved(
    call: Call, assembly: Assembly, known: Ledger, part: Part, room_id: str
) -> list[Effect]:
    """Go on in the room where a part goes on, unless it is something else to us: no letter changes what a room of ours is."""
    room = await Room.get_or_none(id=room_id) or Room(id=room_id)
    if list(known.roll.rooms.values()).count(room_id) > 1 or not await _is_free(assembly, room):
        text = (
            f"In **{escaped(assembly.name)}** the room “{part}” is said to go on in {escaped(room_id)}, which is another room of "
            "ours or of theirs already. I do not follow, and nothing of yours was changed; the room for people is open to say so."
        )
        return await told(call, assembly, text, once=f"not moved:{part}:{room_id}")
    if not room.joined:
        return await _let_us_in(call, assembly, room, part)
    return await _gone_on(call, assembly, part, room)


async def _is_free(assembly: Assembly, room: Room) -> bool:
    if assembly.former.get(room.id) is not None:
        return True  # a part goes back to where it was
    return await prospects.is_ours_to_take(assembly, room)


async def _heard_too(call: Call, assembly: Assembly, part: Part, room_id: str) -> list[Effect]:
    """A room that a part was in without us, as of two that were agreed on at once the other is gone on in: it is read as well."""
    room = await Room.get_or_none(id=room_id)
    if room is None or not await _is_free(assembly, room):
        return []
    if not room.joined:
        return await _goes_in(call, assembly, room)
    assembly.former = {**assembly.former, room_id: part.value}
    await assembly.save(update_fields=["former"])
    await prospects.dropped(assembly, room_id)
    room.kind, room.congregation = RoomKind.PROTOCOL, assembly.room
    await room.save()
    return [
        circle_state(room),
        ReadBack(room=room_id, about=f"assembly:{assembly.id}:{part.value}"),
    ]


async def _goes_in(call: Call, assembly: Assembly, room: Room) -> list[Effect]:
    """Enter a room of the roll into which we are invited as into a part; nothing, where we are not or are on our way."""
    seen = assembly.looked_at.get(room.id)
    if room.invited_by is None or seen is None or seen["since"] is not None:
        return []
    return await prospects.look(call, assembly, room, via=room.invited_by)


async def _let_us_in(call: Call, assembly: Assembly, room: Room, part: Part) -> list[Effect]:
    """A part goes on where we are not yet: an invitation is followed, or our hosts hear that there is none."""
    goes_in = await _goes_in(call, assembly, room)
    if goes_in:
        return goes_in
    text = (
        f"The congregations of **{escaped(assembly.name)}** agreed that “{part}” goes on in another room, and I was not let into it "
        f"so far. Until then I miss what is written there. Any host of another congregation can say `assembly invite "
        f"{escaped(call.house.me)}`; the room for people is open to ask."
    )
    return await told(call, assembly, text, once=f"not let in:{part}:{room.id}"[:300])


async def _gone_on(call: Call, assembly: Assembly, part: Part, room: Room) -> list[Effect]:
    """Read and write in the room where a part goes on; the old one stays, as what was written there counts."""
    former = assembly.rooms.get(part)
    assembly.goes_on(part, room.id)
    await assembly.save(update_fields=["rooms", "former", "read"])
    await prospects.dropped(assembly, room.id)
    room.kind, room.congregation = RoomKind.PROTOCOL, assembly.room
    await room.save()
    effects: list[Effect] = [
        circle_state(room),
        ReadBack(room=room.id, about=f"assembly:{assembly.id}:{part.value}"),
        *await _listed(call, assembly, room.id, former),
    ]
    if part is Part.DIRECTORY:
        effects += await directory.published_anew(call, assembly)
    return effects


async def _listed(call: Call, assembly: Assembly, room: str, former: str | None) -> list[Effect]:
    """The space lists the room where a part goes on, if we have the power to say so there."""
    space = await Room.get_or_none(id=assembly.listed) if assembly.listed else None
    if space is None or not may(space, call.house.me, "m.space.child", state=True):
        return []
    via = {"via": [call.house.me.partition(":")[2]]}
    rooms = {room: via, **({} if former is None else {former: {}})}
    return [
        SetState(type="m.space.child", content=content, room=space.id, key=each)
        for each, content in rooms.items()
    ]
