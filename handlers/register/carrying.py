"""Takes the decisions of a circle along as files, and brings those from elsewhere, by the consent of the circle.

A file holds what everybody of the circle may see by now and nothing else. What is brought says where it comes from, counts
nobody's voice, and is brought once: the same file a second time changes nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from handlers.asking import now_of
from handlers.consent import Voice, is_whole
from handlers.language import (
    NO,
    YES,
    Ask,
    Call,
    Change,
    Edit,
    Effect,
    Effects,
    Post,
    Refused,
    Say,
    file,
    inquiry,
    ritual,
    watch,
)
from handlers.names import fallback, name, room_name
from handlers.polls.drafting import KEYCAPS, circles_of
from handlers.polls.tallyboard import shortened
from handlers.polls.voices import counted, form_of, terms_of
from handlers.register import putting, register
from handlers.words import escaped, folded, verbatim
from practices import carried
from practices.agreements import Standing
from practices.carried import Entry
from practices.polls import seeing
from practices.round import Stand, from_state
from practices.understanding import NotUnderstood, shown
from storage.commitments import Commitment
from storage.decisions import Decision
from storage.members import Member
from storage.polls import FORGOTTEN, Poll
from storage.questions import Question
from storage.rooms import Room
from storage.rounds import Round

Row = dict[str, Any]

#: A file larger than this would not be read when it is brought: there are several then, in bytes.
LARGEST = 60_000

BROUGHT = "decisions-brought"

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

#: How long somebody may think about where to.
PATIENCE = timedelta(hours=1)

#: So many of what is brought are shown beforehand.
SHOWN = 8

_COLUMNS = (
    "number", "decided", "text", "standing", "review", "replaced by", "asked", "way", "result", "voices", "entitled",
    "who said what", "concerns", "tasks", "from", "against its terms",
)  # fmt: skip


def mark_of(call: Call, row: Decision) -> str:
    """By what a decision is known wherever it is taken; it says nothing of where it comes from."""
    if row.mark is not None:
        return row.mark
    key = call.house.keys.key("decisions")
    return blake2b(str(row.id).encode(), key=key, digest_size=16).hexdigest()


# ----------------------------------------------------------------------------------------------- taking along


async def files(call: Call, which: str) -> Effects:
    """The register of one circle of the sender's, as JSON and as a table; `which` is its name, or "". Raises Refused."""
    room = await _circle(call, which)
    rows = [await _row(call, each) for each in await Decision.filter(room=room.id).order_by("id")]
    where = room_name(room, "your circle")
    if not rows:
        raise Refused(f"**{where}** has written no decision down yet, so there is no file.")
    effects: list[Effect] = []
    parts = _parts(rows)
    for place, part in enumerate(parts, 1):
        number = f"-{place}" if len(parts) > 1 else ""
        data = carried.as_json(room.name or "", now_of(call), part)
        effects.append(
            Post(filename=f"kinkeeper-decisions{number}.json", mime="application/json", data=data)
        )
    table = carried.as_csv(_COLUMNS, (_cells(row) for row in rows))
    effects.append(Post(filename="kinkeeper-decisions.csv", mime="text/csv", data=table))
    text = (
        f"This is what **{where}** has decided, as far as everybody there may see it: for a table, and to be brought "
        "elsewhere. The last file is the table; what came before it, sent back to me here, is put to a circle of yours."
    )
    return [*effects, Say(text=text)]


async def _circle(call: Call, which: str) -> Room:
    mine = await register.circles(call)
    found = [room for room in mine if not which or folded(room.name or "") == folded(which)]
    if not which:
        ids = {room.id for room in found}
        rows = await Decision.filter(room__in=list(ids))
        with_some = {row.room for row in rows}
        found = [room for room in found if room.id in with_some] or found
    if len(found) == 1:
        return found[0]
    if not mine:
        raise Refused(
            "You are in no circle that I look after, so there is nothing of one to take along. Nothing was sent."
        )
    known = ", ".join(f"`export decisions {room_name(room, 'a circle')}`" for room in mine)
    why = (
        f"You are in no circle called {escaped(shown(which))} that I look after"
        if which and not found
        else "More than one circle of yours could be meant"
    )
    raise Refused(f"{why}. Nothing was sent; what works is {known}.")


def _parts(rows: list[Row]) -> list[list[Row]]:
    """The entries in files that can be read again."""
    parts: list[list[Row]] = [[]]
    size = 0
    for row in rows:
        length = len(carried.as_json("", _EPOCH, [row]))
        if length > LARGEST:
            row = {**row, "voices": [], "voices_left_out": len(row["voices"])}  # noqa: PLW2901
            length = len(carried.as_json("", _EPOCH, [row]))
        if parts[-1] and (size + length > LARGEST or len(parts[-1]) >= carried.MOST):
            parts.append([])
            size = 0
        parts[-1].append(row)
        size += length
    return parts


async def _row(call: Call, row: Decision) -> Row:
    """One entry as plain values."""
    story = row.story or {}
    by = await Decision.get_or_none(id=row.replaced_by or 0)
    lines = story.get("lines")
    taken: Row = {
        "mark": mark_of(call, row),
        "number": row.id,
        "text": row.what,
        "made": row.made_at.isoformat(),
        "standing": row.standing.value,
        "review": row.review_on.isoformat() if row.review_on else None,
        "replaced_by": mark_of(call, by) if by else None,
        "replaced_by_number": by.id if by else None,
        "circle": str(story.get("circle") or ""),
        "asked": str(story.get("asked") or ""),
        "way": "",
        "lines": list(lines) if isinstance(lines, list) else [],
        "entitled": None,
        "cast": None,
        "passes": None,
        "by_proxy": 0,
        "against": await register.against(row),
        "voices": [],
        "concerns": [],
        "tasks": await _tasks(row),
    }
    return {**taken, **await _of_poll(call, row), **await _of_round(row)}


async def _of_poll(call: Call, row: Decision) -> Row:
    """What was asked, and what came out as far as everybody may see it; who said what, where that is no secret."""
    poll = await Poll.filter(decision=row.id).first()
    if poll is None:
        return {}
    terms, kept = terms_of(poll), poll.result or {}
    found: Row = {
        "asked": terms.topic,
        "way": terms.way.value,
        **{key: kept.get(key) for key in ("lines", "entitled", "cast", "passes")},
    }
    count = await counted(call, poll)
    visible = seeing.voices_visible(
        terms,
        viewer_took_part=False,
        closed=True,
        place=seeing.Place.ROOM,
        turnout=count.turnout,
    )
    if not visible:
        return found
    given = dict(await Member.filter(room=poll.room).values_list("person", "name"))
    voices = [
        {
            "who": _who(person, given),
            "said": form_of(poll).words(terms, ballot.marks),
            "reason": ballot.reason,
        }
        for person, ballot in count.ballots.items()
    ]
    key = [(str(each["who"]).casefold(), str(each["said"])) for each in voices]
    found["by_proxy"] = len(count.through)
    found["voices"] = [
        each for _key, each in sorted(zip(key, voices, strict=True), key=lambda pair: pair[0])
    ]
    return found


def _who(person: str, given: Mapping[Any, Any]) -> str:
    if person.startswith(FORGOTTEN):
        return "somebody"
    return str(given.get(person) or "") or fallback(person).replace("\\", "")


async def _of_round(row: Decision) -> Row:
    round_ = await Round.filter(decision=row.id).first()
    if round_ is None:
        return {}
    state = from_state(round_.state)
    concerns = [each.words for each in state.voices if each.stand is Stand.CONCERN and each.words]
    concerns += [each.words for each in state.objections]
    return {"way": "consent round", "concerns": concerns}


async def _tasks(row: Decision) -> list[Row]:
    return [
        {
            "who": (await name(row.room, each.owner)).replace("\\", ""),
            "what": each.what,
            "due": each.due.isoformat() if each.due else None,
            "done": each.done_at is not None,
        }
        for each in await Commitment.filter(decision=row.id, room=row.room).order_by("id")
    ]


def _cells(row: Row) -> list[object]:
    voices = [
        f"{each['who']}: {each['said']}" + (f" – {each['reason']}" if each["reason"] else "")
        for each in row["voices"]
    ]
    tasks = [
        f"{each['who']}: {each['what']}" + (f", by {each['due']}" if each["due"] else "")
        for each in row["tasks"]
    ]
    return [
        *(row[key] for key in ("number", "made", "text", "standing", "review")),
        *(row[key] for key in ("replaced_by_number", "asked", "way")),
        "\n".join(str(line) for line in row["lines"] or []),
        *(row[key] for key in ("cast", "entitled")),
        *("\n".join(each) for each in (voices, row["concerns"], tasks)),
        row["circle"],
        row["against"],
    ]


# -------------------------------------------------------------------------------------------------- bringing


@file(suffixes=(".json",))
async def received(call: Call, filename: str, text: str | None) -> Effects:
    """Decisions came as a file."""
    if text is None:
        raise Refused(
            f"{escaped(shown(filename))} is larger than I read, or no text, so nothing was changed. What `export decisions` "
            "gives is at most 64 KiB a file."
        )
    _read(call, filename, text)
    mine = await circles_of(call)
    if not mine:
        raise Refused(
            "You are in no circle that I look after, so there is nowhere to bring it. Nothing was changed."
        )
    if len(mine) == 1:
        return await _put(call, mine[0], filename, text)
    lines = [
        f"{number}. **{room_name(each, 'your circle')}**" for number, each in enumerate(mine, 1)
    ]
    return [
        Ask(
            inquiry="decisions-where",
            text="\n".join(
                ["Which circle do you bring it to?", "", *lines, "", "Its number is enough."]
            ),
            until=call.at + PATIENCE,
            data={"file": text, "name": filename},
            person=call.person,
        )
    ]


def _read(call: Call, filename: str, text: str) -> tuple[Entry, ...]:
    """The entries of a file. Raises Refused, with the line or the field that is wrong."""
    try:
        return carried.read(text, now_of(call))
    except NotUnderstood as wrong:
        raise Refused(
            f"I could not read {escaped(shown(filename))}. {verbatim(str(wrong))}\n\nNothing was changed. What "
            "`export decisions` gives I can read."
        ) from wrong


@inquiry(name="decisions-where", options=KEYCAPS, takes_words=True, begun=True)
async def where(call: Call, question: Question, said: str) -> Effects:
    """Somebody says which circle they bring decisions to."""
    mine, word = await circles_of(call), folded(said)
    room = next((each for each in mine if folded(each.name or "") == word), None)
    if word.isdecimal() and 1 <= int(word[:4]) <= len(mine):
        room = mine[int(word[:4]) - 1]
    if room is None:
        return [
            Say(text="I did not find which circle you mean; the number in front of it is enough.")
        ]
    await question.delete()
    return await _put(
        call, room, str(question.data.get("name", "")), str(question.data.get("file", ""))
    )


async def _new(call: Call, room: Room, entries: Iterable[Entry]) -> list[Entry]:
    """Those of a file that a circle does not have yet."""
    known = {mark_of(call, row) for row in await Decision.filter(room=room.id)}
    return [entry for entry in entries if entry.mark not in known]


async def _put(call: Call, room: Room, filename: str, text: str) -> list[Effect]:
    """Ask a circle whether it takes in what a file holds."""
    new = await _new(call, room, _read(call, filename, text))
    where_ = room_name(room, "your circle")
    if not new:
        return [Say(text=f"**{where_}** has all of that already, so nothing was changed.")]
    effects: list[Effect] = []
    for asked in await Question.filter(room=room.id, inquiry=BROUGHT):
        await asked.delete()
        effects.append(Edit(name=f"question:{asked.id}", text="Asked again below.", room=room.id))
    one = len(new) == 1
    head = f"Shall {'one decision' if one else f'{len(new)} decisions'} from elsewhere stand in your register, too?"
    listed = [f"- {shortened(entry.text)}" for entry in new[:SHOWN]]
    more = [f"- and {len(new) - SHOWN} more"] if len(new) > SHOWN else []
    words = "\n".join(
        [head, "", *listed, *more, "", "✅ yes · ✋ no", "", putting.rule(call, room)]
    )
    effects += await putting.put(call, room, BROUGHT, "brought-day", words, {"file": text})
    return [*effects, Say(text=f"I have asked **{where_}**, with what is new in it: {len(new)}.")]


@inquiry(name=BROUGHT, options=(YES, NO), matter="whether decisions from elsewhere are taken in")
async def answered(call: Call, question: Question, said: str) -> Effects:
    """One more voice about what is brought."""
    voice, effects = await putting.heard(call, question, said)
    if voice is Voice.AGREED:
        return [*effects, *await _taken_in(call, question)]
    if voice is Voice.ENDED:
        text = "Not everybody wishes that, and it needs no reason. Nothing was taken in."
        return [*effects, Edit(name=f"question:{question.id}", text=text)]
    return effects


@ritual(
    name="brought-day",
    help="takes decisions from elsewhere in, where nobody said no until its day",
)
async def by_silence(call: Call) -> Effects:
    """The day has come on which silence is consent."""
    question = await putting.by_silence(call)
    return await putting.struck(call) if question is None else await _taken_in(call, question)


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Whoever was waited for has left: those who stay may all have agreed."""
    effects: list[Effect] = []
    for question in await Question.filter(room=call.room.id, inquiry=BROUGHT):
        if await is_whole(call, question):
            await question.delete()
            effects += await _taken_in(call, question)
    return effects


async def _taken_in(call: Call, question: Question) -> list[Effect]:
    """Write down what a circle has agreed to take in, as far as it does not have it by now."""
    entries = _read(call, "the file", str(question.data.get("file", "")))
    new = await _new(call, call.room, entries)
    effects: list[Effect] = []
    for entry in new:
        effects += await _written(call, entry)
    await _in_their_places(call, entries)
    text = f"Taken in from elsewhere: {len(new)}. `{call.house.prefix}decisions` lists them."
    return [*effects, Edit(name=f"question:{question.id}", text=text)]


async def _written(call: Call, entry: Entry) -> list[Effect]:
    over = entry.standing is not Standing.HOLDS
    row = await Decision.create(
        room=call.room.id,
        what=entry.text,
        person="",
        made_at=entry.made,
        review_on=entry.review,
        standing=entry.standing,
        ended_at=now_of(call) if over else None,
        mark=entry.mark,
        story={"circle": entry.circle, "asked": entry.asked, "lines": list(entry.lines)},
    )
    if entry.review is None or entry.review <= register.today(call, call.room):
        return []  # what is past its day is listed as such, and does not ask all at once
    return register.hours(call, call.room, row)


async def _in_their_places(call: Call, entries: Iterable[Entry]) -> None:
    """Which of them took the place of which, as far as both are here."""
    rows = {mark_of(call, row): row for row in await Decision.filter(room=call.room.id)}
    for entry in entries:
        row, by = rows[entry.mark], rows.get(entry.replaced_by or "")
        if by is not None and row.story is not None and row.standing is Standing.REPLACED:
            row.replaced_by = by.id
            await row.save(update_fields=["replaced_by"])
