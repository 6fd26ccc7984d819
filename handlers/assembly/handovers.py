"""Who speaks for a congregation: handing its seat over to another account, and replacing one that is lost by consent.

A claim proves nothing: the others ask the contacts whom the last card names, and their consent makes the new account speak.
"""

from datetime import timedelta

from handlers.assembly.assembly_matters import contact_words, seat_called, zone_of
from handlers.assembly.outgoing import A_DAY, read_first
from handlers.hosts import hosting, told
from handlers.house.adoption import kept_by
from handlers.language import (
    NO,
    YES,
    Ask,
    Call,
    Effect,
    Effects,
    Invite,
    Refused,
    Say,
    inquiry,
)
from handlers.names import room_name
from handlers.words import escaped, first_word, verbatim
from practices import clock
from practices.assembly.ledger import Ledger
from practices.assembly.letters import ACCOUNT, Kind, Letter, Part
from practices.assembly.matters import About
from practices.assembly.roll import Seat
from storage.assemblies import Assembly, AssemblyCard, State, ledger
from storage.questions import Question
from storage.rooms import Room

LONGEST_WORDS = 500

#: Hosts are told of so many claims in one assembly, whoever makes them.
MOST_TOLD = 10

#: So long the others have to ask the contacts and to find their positions.
OPEN = timedelta(days=14)


# ---------------------------------------------------------------------------------------------- hand over


async def hand_over(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """Let another account speak for our congregation, once the host has read what that means."""
    to = rest.strip().removeprefix("over").removeprefix(" to ").strip()
    known = await ledger(assembly)
    _check_address(to, "assembly hand over @kinkeeper:new.example")
    seat = known.roll.seat_of(call.house.me)
    if seat is None or to == call.house.me or known.roll.seat_of(to) is not None:
        raise Refused(
            "An account speaks for one congregation in an assembly, and that one or I cannot change places. Nothing was sent; an "
            "address that speaks for nobody here works."
        )
    space = await Room.get(id=assembly.room)
    return [
        read_first(
            call,
            assembly,
            Kind.HAND_OVER,
            {"to": to},
            answers=seat.id,
            shown=(
                f"From then on {escaped(to)} speaks for **{room_name(space, 'your congregation')}** in "
                f"**{escaped(assembly.name)}**, and I do not. Only that account can hand it back; one letter wrong in the address, "
                "and nobody speaks for you until the others consent to another. I invite it into all rooms."
            ),
            said=f"From now on {escaped(to)} speaks for **{room_name(space, 'a congregation')}**.",
            done=f"Handed over. {escaped(to)} is invited; once it has entered, `assembly leave` lets me go.",
        )
    ]


async def handed(_call: Call, assembly: Assembly, to: str) -> list[Effect]:
    """Whoever speaks from now on is invited to where it speaks; the space comes before its rooms."""
    rooms = assembly.everywhere
    return [Invite(person=to, room=room) for room in [*rooms[-1:], *rooms[:-1]]]


# ---------------------------------------------------------------------------------------------- lost accounts


async def let_in(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """Let an account read that may speak for a congregation one day, once the host has read what it could read."""
    to = rest.strip()
    _check_address(to, "assembly invite @kinkeeper:new.example")
    if to == call.house.me:
        raise Refused(
            "That is my own address, and I am in the rooms already. Nothing was sent; the address of another account works."
        )
    seat = (await ledger(assembly)).roll.seat_of(to)
    if seat is not None:  # it may miss a room in which a part goes on
        text = (
            f"{escaped(to)} speaks for **{escaped(seat.name)}** here. I have invited it once more into every room; where it is "
            "already, nothing changes."
        )
        return [*await handed(call, assembly, to), Say(text=text)]
    return [
        Ask(
            inquiry="assembly-invite",
            text=f"{escaped(to)} could read everything that keepers ever wrote in the rooms of **{escaped(assembly.name)}**, and "
            "would have no seat: it is for a congregation that has lost its account and says so from inside.\n\n"
            "Invite it? ✅ yes · ✋ no",
            until=call.at + A_DAY,
            data={"assembly": assembly.id, "to": to},
            person=call.person,
            private=True,
        )
    ]


@inquiry(name="assembly-invite", options=(YES, NO))
async def inviting(call: Call, question: Question, said: str) -> Effects:
    """A host says whether the account is let in."""
    if said not in (YES.word, NO.word):
        return [Say(text="A yes or a no is enough: ✅ yes · ✋ no.")]
    await question.delete()
    assembly = await Assembly.get_or_none(id=question.data["assembly"])
    if said == NO.word or assembly is None or assembly.state is not State.SEATED:
        return [Say(text="Nobody was invited.")]
    space = await Room.get(id=assembly.room)
    await hosting(call, space)
    to = str(question.data["to"])
    text = f"{escaped(to)} is invited. Its host says yes there, and then `assembly claim` with the name of the congregation."
    return [*await handed(call, assembly, to), Say(text=text)]


async def claim(call: Call, rest: str) -> list[Effect]:
    """Say that our account keeps a congregation whose former account is lost."""
    name, _, because = f"{rest} ".partition(" because ")
    assembly = await _entered(call)
    known = await ledger(assembly)
    if not name.strip():
        raise Refused(
            "Which congregation it is its name on the roll says: `assembly claim Harbour because the server has burnt down`. "
            "Nothing was sent."
        )
    seat = seat_called(known, name.strip())
    words = because.strip()
    if len(words) > LONGEST_WORDS:
        raise Refused(
            f"At most {LONGEST_WORDS} letters of reasons can be sent. Nothing was sent; a shorter text can."
        )
    contacts = await _contacts(assembly, seat)
    body = {"congregation": seat.name, **({"words": words} if words else {})}
    whom = (
        f" They ask {' and '.join(map(escaped, contacts))}, whom its last card names, whether it is so."
        if contacts
        else " No card of yours names a contact, so they ask in the room for people whether it is so."
    )
    return [
        read_first(
            call,
            assembly,
            Kind.CLAIM,
            body,
            answers=seat.id,
            shown=(
                f"To all congregations of **{escaped(assembly.name)}**: that I keep **{escaped(seat.name)}** now, as its former "
                f"account {escaped(seat.keeper)} is lost.{whom} The letter itself names no person."
            ),
            said=f"{escaped(call.house.me)} says that it keeps **{escaped(seat.name)}** now, whose former account is lost. "
            f"{verbatim(words)}".strip(),
            done="Sent. The others ask the contacts and then each other; when they consent, I speak for your congregation and tell "
            "you. Until then I only read.",
        )
    ]


async def _entered(call: Call) -> Assembly:
    """The assembly whose rooms we read without a seat. Raises Refused."""
    mine = [space.id for space in await kept_by(call)]
    found = await Assembly.filter(room__in=mine, state=State.ENTERING).order_by("id")
    ready = [each for each in found if each.found is not None and each.is_read]
    if found and not ready:
        raise Refused(
            "I have not read all of that assembly yet, and write nothing in it before. Nothing was sent; `assembly` tells how far "
            "I am."
        )
    if not ready:
        raise Refused(
            "A claim is sent from inside, and I am in no assembly where a seat is still missing. Nothing was sent. A host of "
            f"another congregation there says `assembly invite {escaped(call.house.me)}`, and you say yes to it here."
        )
    return ready[-1]


async def claim_came(call: Call, assembly: Assembly, letter: Letter) -> list[Effect]:
    """Tell our hosts of a claim, with whom to ask; an account that keeps a seat claims no other."""
    if assembly.state is not State.SEATED:
        return []
    known = await ledger(assembly)
    seat = known.roll.seat(letter.answers or "")
    if seat is None or known.roll.seat_of(letter.sender) is not None:
        return []
    if sum(each.startswith("claim:") for each in assembly.told) >= MOST_TOLD:
        return []  # whoever claims from ever new accounts says nothing new
    if seat.keeper == call.house.me:
        return await _ours_claimed(call, assembly, letter)
    words = str(letter.body.get("words") or "").strip()
    text = (
        f"{escaped(letter.sender)} says that it keeps **{escaped(seat.name)}** in **{escaped(assembly.name)}** now, and that the "
        "account that spoke for it is lost. Nobody has checked this."
        + (f"\n\n{verbatim(words)}" if words else "")
        + f"\n\n{await contact_words(assembly, known, seat.id)}\n\n"
        f"When they say it is so, `assembly keeper {escaped(seat.name)} {escaped(letter.sender)}` asks the congregations."
    )
    return await told(call, assembly, text, once=f"claim:{letter.sender}:{seat.id}")


async def _ours_claimed(call: Call, assembly: Assembly, letter: Letter) -> list[Effect]:
    text = (
        f"{escaped(letter.sender)} says in **{escaped(assembly.name)}** that it keeps your congregation now, as if my account were "
        "lost. Nothing was changed: I speak for you.\n\nIf that account is not yours, tell the others in the room for people. If "
        "it is, `assembly hand over` and its address is the shorter way."
    )
    return await told(call, assembly, text, once=f"claim:{letter.sender}:ours")


async def _contacts(assembly: Assembly, seat: Seat) -> list[str]:
    row = await AssemblyCard.get_or_none(assembly=assembly.id, keeper=seat.keeper)
    return list(row.card.get("contacts", ())) if row is not None else []


async def keeper(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """Put to the others whether a new account speaks for a congregation."""
    name, _, to = rest.strip().rpartition(" ")
    if first_word(to)[0] != to or not name.strip():
        to = ""
    _check_address(to, "assembly keeper Harbour @kinkeeper:new.example")
    known = await ledger(assembly)
    seat = seat_called(known, name.strip())
    claimed = _claim_of(known, seat, to)
    space, zone = await Room.get(id=assembly.room), await zone_of(call, assembly)
    until = call.at + OPEN
    contacts = await contact_words(assembly, known, seat.id)
    body = {
        "about": About.KEEPER.value,
        "title": f"Shall {to} speak for {seat.name}?"[:120],
        "until": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "passing": {},
        "seat": seat.id,
        "rests_on": claimed.id,
        "to": to,
    }
    return [
        read_first(
            call,
            assembly,
            Kind.MATTER,
            body,
            part=Part.CHARTER,
            shown=(
                f"All congregations of **{escaped(assembly.name)}** but **{escaped(seat.name)}** would be asked whether "
                f"{escaped(to)} speaks for it from now on, by consent, until **{clock.words(until, zone)}**.\n\n{contacts}"
            ),
            said=f"**{room_name(space, 'A congregation')}** asks whether {escaped(to)} speaks for **{escaped(seat.name)}** from "
            "now on.",
            done="The others find their positions now; yours, too, says its own.",
        )
    ]


def _claim_of(known: Ledger, seat: Seat, to: str) -> Letter:
    """The claim by which an account says that it keeps a congregation. Raises Refused."""
    if known.roll.seat_of(to) is not None:
        raise Refused(
            f"{escaped(to)} speaks for a congregation here already, and for no second one. Nothing was sent."
        )
    answers = known.answers_to(seat.id)
    found = [each for each in answers if each.kind is Kind.CLAIM and each.sender == to]
    if not found:
        raise Refused(
            f"{escaped(to)} has not said that it keeps **{escaped(seat.name)}**. Nothing was sent. `assembly invite "
            f"{escaped(to)}` lets it in; there its host says `assembly claim {escaped(seat.name)}`."
        )
    return found[0]


def _check_address(to: str, example: str) -> None:
    if not ACCOUNT.fullmatch(to):
        raise Refused(
            f"I need the whole address of the new account: `{example}`. Nothing was sent; its operator can tell you."
        )
