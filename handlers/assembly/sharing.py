"""Shares a script of one's own congregation with the others of an assembly: its text, its edition, licence and credit.

What would leave is shown whole before it does, and nothing else leaves with it.
"""

from collections.abc import Mapping

from handlers.assembly.outgoing import read_first
from handlers.assembly.shelf import the_one
from handlers.language import Call, Effect, Post, Refused
from handlers.names import room_name
from handlers.words import escaped, folded
from practices import library
from practices.assembly.ledger import Ledger
from practices.assembly.letters import Kind
from practices.assembly.library import Edition, Shared, edition_of, shared
from practices.assembly.licences import may_become, same_licence
from practices.assembly.roll import Seat
from practices.script import Script
from practices.understanding import shown
from storage.assemblies import Assembly, ledger
from storage.rooms import Room
from storage.scripts import OwnScript

#: Letters at most, as the schema of a practice has it.
LONGEST_TEXT, LONGEST_LICENCE, LONGEST_CREDIT = 12_000, 64, 200
LONGEST_SUMMARY, LONGEST_CHANGES = 300, 500

_UNSAID = "CC0-1.0"
"""Of a script that names no licence (practices.reading)."""

_WORDS = {"licence": "licence", "license": "licence", "credit": "credit", "new": "new", "from": "from"}  # fmt: skip

_EXAMPLE = "`assembly share Evening round; licence CC-BY-4.0; credit The Lakeside people`"


async def share(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """Show what would leave, and send it on a yes."""
    name, said = _parts(rest)
    own = await _own(assembly, name)
    script = library.read(own.text, name=own.name)
    known = await ledger(assembly)
    seat = known.roll.seat_of(call.house.me)
    assert seat is not None  # whoever speaks has one (handlers.assembly.assemblies)
    before = _before(known, seat, own)
    origin = await _origin(assembly, known, seat, own, before, said.get("from"))
    body = _body(own, script, seat, before, origin, said)
    _check(script, body, origin, seat)
    space = await Room.get(id=assembly.room)
    file = Post(
        filename=f"{own.key}.yaml", mime="application/yaml", data=str(body["text"]).encode()
    )
    title = f"**{escaped(str(body['name']))}**, edition {body['edition']}"
    ask = read_first(
        call,
        assembly,
        Kind.PRACTICE,
        body,
        shown=_shown(assembly, body, origin),
        said=f"**{room_name(space, 'A congregation')}** shares the practice {title}: {escaped(str(body['summary']))}",
        done=f"Shared: {title}. The others can look at it, adopt it or make their own of it; whoever adopted it is asked before "
        "a newer edition takes its place.",
    )
    return [file, ask]


def _parts(rest: str) -> tuple[str, dict[str, str]]:
    """The script's name, and what is said of licence, credit, news and origin. Raises Refused."""
    name, *clauses = rest.split(";")
    said: dict[str, str] = {}
    for clause in clauses:
        word, _, words = clause.strip().partition(" ")
        meant = _WORDS.get(folded(word))
        if meant is None or not words.strip():
            raise Refused(
                f"Behind a script's name I read `licence …`, `credit …`, `new …` and `from …`, each after a semicolon: {_EXAMPLE}. "
                f"{escaped(shown(clause.strip()))} is none of these. Nothing was sent."
            )
        said[meant] = " ".join(words.split())
    return " ".join(name.split()), said


async def _own(assembly: Assembly, name: str) -> OwnScript:
    own = await OwnScript.filter(room=assembly.room).order_by("key")
    found = next((each for each in own if each.key == library.key(name)), None)
    if found is not None:
        return found
    have = ", ".join(f"**{escaped(each.name)}**" for each in own)
    if not have:
        raise Refused(
            "Your congregation has no script of its own yet, so there is nothing to share. Send me one in our private chat and "
            "choose your congregation: once its people have said yes, it can be shared. Nothing was sent."
        )
    if not name:
        raise Refused(
            f"Which script is shared its name says. Yours are: {have}. Nothing was sent; {_EXAMPLE}."
        )
    raise Refused(
        f"Your congregation has no script of its own called {escaped(shown(name))}. Nothing was sent. There is: {have}. A script "
        "of one crew can be shared once it is offered to the whole congregation."
    )


def _before(known: Ledger, seat: Seat, own: OwnScript) -> Shared | None:
    """What our congregation has shared under that name."""
    mine = (each for each in shared(known) if each.seat.id == seat.id)
    return next((each for each in mine if library.key(each.name) == own.key), None)


async def _origin(
    assembly: Assembly,
    known: Ledger,
    seat: Seat,
    own: OwnScript,
    before: Shared | None,
    said: str | None,
) -> Edition | None:
    """The edition of others that it was made from: as it is said, as it was adopted, or as the edition before it says."""
    if said is not None:
        practice = await the_one(assembly, said)
        found = practice.newest
        if found is None:
            raise Refused(
                f"**{escaped(practice.name)}** cannot be run as it is, so nothing can be made from it. Nothing was sent."
            )
        return found
    letter = own.origin
    if letter is None and before is not None and before.editions:
        letter = before.editions[0].forked_from
    if letter is None:
        return None
    there = edition_of(letter, shared(known))
    if there is None:
        raise Refused(
            f"**{escaped(own.name)}** was made from what was shared in another assembly (credit: {escaped(own.credit)}), and here "
            "I could not show whose work it is. Nothing was sent; those whose it is can share it here, too."
        )
    edition = there[1]
    if edition.seat.id != seat.id and edition.text.strip() == own.text.strip():
        raise Refused(
            f"**{escaped(own.name)}** is as **{escaped(edition.seat.name)}** has shared it, so it is here already. Nothing was "
            "sent; once you have changed it, it can be shared as yours."
        )
    return edition


def _body(
    own: OwnScript,
    script: Script,
    seat: Seat,
    before: Shared | None,
    origin: Edition | None,
    said: Mapping[str, str],
) -> dict[str, object]:
    """The letter's body. Raises Refused when it was shared already as it is."""
    editions = (*before.editions, *before.set_aside) if before is not None else ()
    newest = before.editions[0] if before is not None and before.editions else None
    licence, credit = said.get("licence"), said.get("credit")
    if newest is not None:
        same = newest.text.strip() == own.text.strip()
        if same and not {"licence", "credit"} & said.keys():
            raise Refused(
                f"**{escaped(own.name)}** is shared as it is: edition {newest.number}. Nothing was sent."
            )
        licence = licence or newest.licence
    if licence is None and script.licence == _UNSAID and origin is not None:
        licence = origin.licence
    body: dict[str, object] = {
        "name": own.name,
        "edition": max((each.number for each in editions), default=0) + 1,
        "text": own.text,
        "licence": licence or script.licence,
        "credit": credit or script.credit or seat.name,
        "summary": " ".join(script.purpose.split())[:LONGEST_SUMMARY],
    }
    if "new" in said:
        body["changes"] = said["new"]
    if origin is not None:
        body["forked_from"] = origin.letter
    return body


def _check(script: Script, body: Mapping[str, object], origin: Edition | None, seat: Seat) -> None:
    """Refuse what the others could not read or would not be allowed to use."""
    licence = str(body["licence"])
    limits = (
        ("text", LONGEST_TEXT),
        ("licence", LONGEST_LICENCE),
        ("credit", LONGEST_CREDIT),
        ("changes", LONGEST_CHANGES),
    )
    for what, longest in limits:
        if len(str(body.get(what, ""))) > longest:
            raise Refused(
                f"Its {what} has more than {longest} letters, and so much no letter carries. Nothing was sent; a shorter one can."
            )
    if script.licence != _UNSAID and not same_licence(script.licence, licence):
        raise Refused(
            f"The script itself says {escaped(script.licence)}, so it cannot travel under {escaped(licence)}. Nothing was sent; "
            "without another licence it can, or its text is changed first."
        )
    if origin is None:
        return
    if origin.barred:
        raise Refused(
            f"What it was made from may not be passed on: {escaped(origin.barred)} Nothing was sent."
        )
    if origin.seat.id != seat.id and not may_become(origin.licence, licence):
        raise Refused(
            f"It was made from a practice of **{escaped(origin.seat.name)}** under {escaped(origin.licence)}, which does not allow "
            f"it to travel under {escaped(licence)}. Nothing was sent; `licence {escaped(origin.licence)}` may be possible."
        )


def _shown(assembly: Assembly, body: Mapping[str, object], origin: Edition | None) -> str:
    """What leaves, for the host who says yes to it."""
    lines = [
        f"- **Name**: {escaped(str(body['name']))}, edition {body['edition']}",
        f"- **Licence**: {escaped(str(body['licence']))}",
        f"- **Credit**: {escaped(str(body['credit']))}",
        f"- **For**: {escaped(str(body['summary']))}",
    ]
    if "changes" in body:
        lines.append(f"- **What is new**: {escaped(str(body['changes']))}")
    if origin is not None:
        lines.append(
            f"- **Made from**: {escaped(origin.name)} of {escaped(origin.seat.name)}; the credit of "
            f"{escaped(', '.join(origin.credits))} goes with it"
        )
    lines.append("- **Its text**: the file above, every word of it")
    named = escaped(str(body["name"]))
    head = f"To all congregations of **{escaped(assembly.name)}**, readable to them now and later:"
    foot = (
        f"Another licence or credit: `assembly share {named}; licence CC-BY-4.0; credit …`. Names of people who have not agreed "
        "do not belong in it."
    )
    return "\n".join([head, "", *lines, "", foot])
