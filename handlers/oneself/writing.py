"""A time of writing for oneself in the private chat: what stays of it, the bell, and how it is taken back (SELF-1, SELF-2).

Whoever begins chooses first whether anything stays. Until the bell nothing is said and nothing is read. With "keep" all
of it stays in their own chat and nowhere else. With "keep nothing" the homeserver is asked to forget what both sides
wrote, and then our own rows of it go, with their ids (R24). Nothing is counted, and that somebody wrote is not kept.
Both wait until all is heard that was written before: after an absence what comes late is known as theirs, and goes too.
What is written from the end on is said to us again: it is answered, and never taken back.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from handlers import guided
from handlers.asking import now_of
from handlers.language import (
    Ask,
    Call,
    CallOff,
    Change,
    Effect,
    Effects,
    MakeRoom,
    Option,
    Redact,
    Ring,
    Say,
    Scrub,
    inquiry,
    ritual,
    watch,
)
from handlers.power import may_take_back
from practices.circles import RoomKind
from practices.journal import TAIL
from practices.understanding import NotUnderstood
from storage.database import row_of
from storage.inbox import Heard, Kind, Settled
from storage.journals import EDITED, Phase, Way, Writing
from storage.outbox import Deed, Delivery, Owed
from storage.questions import Question

KEEP = Option(sign="🗒️", word="keep", also=("keep it", "keep all"))
NOTHING = Option(sign="🍃", word="keep nothing", also=("nothing", "none", "keep none"))
PASS = Option(sign="⏭️", word="pass", also=("skip", "another", "another one", "next"))
STOP = Option(sign="✋", word="stop", also=("stop here", "done", "cancel"))
FRESH = Option(sign="🆕", word="fresh chat", also=("fresh", "new chat"))
HERE = Option(sign="✍️", word="here", also=("stay here",))

#: Whoever does not choose has begun nothing, after so long.
PATIENCE = timedelta(minutes=30)

#: A bell that comes later than this says nothing: nobody sits there any more.
STALE = timedelta(hours=1)

#: What was taken back is looked after once more, until the homeserver has answered; so long after it was first asked it is told.
AGAIN = timedelta(minutes=3)
LONGEST = timedelta(days=1)

#: What begins when it is chosen what stays; each way of writing adds its own.
BEGINS: dict[Way, Callable[[Call, Writing], Awaitable[list[Effect]]]] = {}

#: What we say that stands in a chat.
SAID = (Deed.SEND, Deed.REACT, Deed.EDIT, Deed.FILE, Deed.PICTURE)

ASKED = frozenset(
    {"writing-keep", "writing-room", "writing-minutes", "writing-silence", "parts-step"}
)


def about(writing: Writing) -> str:
    """The subject of its hours."""
    return f"writing:{writing.id}"


# --------------------------------------------------------------------------------------- beginning


async def begin(call: Call, way: Way, words: str, *, prompt: str = "") -> list[Effect]:
    """Begin a time of writing, by asking whether anything shall stay; one that runs here ends."""
    effects: list[Effect] = []
    for former in await Writing.filter(room=call.room.id).exclude(phase=Phase.OVER):
        effects += (
            await ended(call, former, "") if former.phase is Phase.SILENT else await left(former)
        )
    own = await Heard.get_or_none(key=call.key)
    newest = await Owed.all().order_by("-id").first()
    writing = await Writing.create(
        room=call.room.id,
        person=call.person,
        way=way,
        prompt=prompt,
        began=call.at,
        heard_after=own.id - 1 if own else 0,
        owed_after=newest.id if newest else 0,
    )
    until = call.at + PATIENCE
    return [
        *effects,
        Ring(ritual="bell", at=until, about=about(writing), when="choosing", room=writing.room,
             content={"writing": writing.id}),
        Ask(
            inquiry="writing-keep",
            text=f"{words}\n\nShall anything of it stay?\n\n"
            "🗒️ keep: what you write stays here in our chat, and nowhere else\n\n"
            "🍃 keep nothing: at the end I take back what you and I wrote in it\n\n"
            "*Either way I don't read it and keep no copy, and I say nothing until the end. A line for your crew is yours to "
            "copy there before that; I carry none.*\n\n⏭️ pass is “keep nothing” · ✋ stop",
            until=until,
            data={"writing": writing.id},
            person=call.person,
        ),
    ]  # fmt: skip


async def left(writing: Writing) -> list[Effect]:
    """Nothing had begun yet: nothing is left of it."""
    await _unasked(writing)
    await writing.delete()
    return [CallOff(about=about(writing))]


async def _unasked(writing: Writing) -> None:
    mine = Question.filter(person=writing.person, room=writing.room, inquiry__in=list(ASKED))
    await mine.delete()


async def of(question: Question) -> Writing | None:
    """The time of writing that a question belongs to; None when it is over."""
    found = await row_of(Writing, question.data["writing"])
    return found if found is not None and found.phase is not Phase.OVER else None


GONE = "That is over already, and nothing was begun anew. `reflect` begins another."


@inquiry(name="writing-keep", options=(KEEP, NOTHING, PASS, STOP), alone=True)
async def kept_or_not(call: Call, question: Question, said: str) -> Effects:
    """What shall stay is chosen before the first word is written."""
    writing = await of(question)
    if writing is None:
        await question.delete()
        return [Say(text=GONE)]
    if said == STOP.word:
        return [*await left(writing), Say(text="Left. Nothing was begun.")]
    if said not in (KEEP.word, NOTHING.word, PASS.word):
        raise NotUnderstood("Shall it stay? Say “keep” or “keep nothing”.")
    await question.delete()
    writing.keeps = said == KEEP.word
    await writing.save(update_fields=["keeps"])
    if writing.keeps or may_take_back(call.room, call.house.me):
        return await BEGINS[writing.way](call, writing)
    return [_where(call, writing)]


def _where(call: Call, writing: Writing) -> Ask:
    return Ask(
        inquiry="writing-room",
        text="Before you begin: you made this chat, and its rules don't let me take back what **you** write here, only what "
        "I write.\n\n🆕 fresh chat: I make one in which I can take back both, and invite you to it\n\n"
        "✍️ here: I take back mine at the end, and you delete yours yourself\n\n✋ stop",
        until=call.at + PATIENCE,
        data={"writing": writing.id},
        person=writing.person,
    )


@inquiry(name="writing-room", options=(FRESH, HERE, STOP), alone=True)
async def where(call: Call, question: Question, said: str) -> Effects:
    """Where somebody writes whose messages cannot be taken back here."""
    writing = await of(question)
    if writing is None:
        await question.delete()
        return [Say(text=GONE)]
    if said == STOP.word:
        return [*await left(writing), Say(text="Left. Nothing was begun.")]
    if said == HERE.word:
        await question.delete()
        return await BEGINS[writing.way](call, writing)
    if said != FRESH.word:
        raise NotUnderstood("Where do you want to write? Say “fresh chat” or “here”.")
    effects = await left(writing)
    chat = MakeRoom(
        name="Kinkeeper, for writing",
        about=f"own-chat:{writing.id}",
        kind=RoomKind.PRIVATE,
        invite=(call.person,),
        content={"person": call.person, "way": writing.way.value},
    )
    return [
        *effects,
        chat,
        Say(text="I am making it, and you get an invitation. Nothing was begun here."),
    ]


@watch(kind=Change.MADE)
async def made(call: Call) -> Effects:
    """The chat in which both sides can be taken back is there: from now on it is our private chat."""
    if not str(call.content.get("about") or "").startswith("own-chat:"):
        return []
    call.room.private_with, call.room.kind = str(call.content["person"]), RoomKind.PRIVATE
    call.room.encrypted, call.room.adopted_at = True, call.at
    await call.room.save()
    word = "parts" if call.content.get("way") == Way.PARTS else "reflect"
    return [
        Say(
            text=f"This chat is for the two of us, like the other one, and here I can take back what both of us write. "
            f"`{word}` begins."
        )
    ]


@watch(kind=Change.NOT_MADE)
async def not_made(call: Call) -> Effects:
    """The homeserver refused to make the chat."""
    if not str(call.content.get("about") or "").startswith("own-chat:"):
        return []
    return [
        Say(
            text="The server did not let me make that chat just now. Nothing was begun; `reflect` asks again, and with "
            "“here” you delete your own words afterwards."
        )
    ]


def too_early(call: Call) -> list[Effect]:
    """Words where nothing shall stay, said before the silence: they go like those in it, if that can be."""
    ways = "3, 5 or 10: from then on it is yours alone. `stop` ends it."
    if call.event_id is None or not may_take_back(call.room, call.house.me):
        text = "The time has not begun, so what you just wrote stays here until you delete it yourself."
        return [Say(text=f"{text} I have not kept it.\n\nHow many minutes? {ways}")]
    text = "The time has not begun, so I took back what you just wrote and have not kept it."
    return [Redact(target=call.event_id), Say(text=f"{text}\n\nHow many minutes? {ways}")]


async def silent(writing: Writing, call: Call, length: timedelta) -> list[Effect]:
    """From now on nothing is read and nothing is said, until a bell after `length`."""
    writing.phase, writing.ends = Phase.SILENT, call.at + length
    await writing.save(update_fields=["phase", "ends"])
    return [
        CallOff(about=about(writing)),
        Ring(ritual="bell", at=writing.ends, about=about(writing), when=writing.ends.isoformat(),
             room=writing.room, content={"writing": writing.id}),
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------ ending


@ritual(
    name="bell", help="ends a time of writing for oneself, with one kind word", hears_first=True
)
async def bell(call: Call) -> Effects:
    """The time is over; or nothing was chosen, and so nothing had begun."""
    writing = await row_of(Writing, call.content["writing"])
    if writing is None or writing.phase is Phase.OVER:
        return []
    if writing.phase is Phase.CHOOSING:
        return await left(writing)
    late = now_of(call) - call.at > STALE
    return await ended(call, writing, "" if late else "🔔 The time is over. It was yours.")


async def ended(call: Call, writing: Writing, words: str) -> list[Effect]:
    """End a time of writing with these words, "" for none; with "keep nothing" what was written goes."""
    now = now_of(call)
    # A bell that rings late ends it when it rings, and not before anybody heard of it.
    writing.phase, writing.ends = Phase.OVER, min(now, (writing.ends or now) + TAIL)
    await writing.save(update_fields=["phase", "ends"])
    await _unasked(writing)
    await guided.follow(call, writing.person, [])
    effects: list[Effect] = [CallOff(about=about(writing)), *await _taken_back(call, writing)]
    if words:
        text = " ".join(filter(None, (words, _what_stays(call, writing))))
        ring = (writing.person,) if call.sender is None else ()
        effects.append(Say(text=text, room=writing.room, name=_last(writing), mention=ring))
    effects.append(_look_again(writing, now + TAIL, since=now))
    return effects


def _last(writing: Writing) -> str:
    """The name of the one word that stays."""
    return f"written:{writing.id}"


def _what_stays(call: Call, writing: Writing) -> str:
    if writing.keeps:
        return "What you wrote stays here, for you alone."
    if may_take_back(call.room, call.house.me):
        return "What you and I wrote in it is being taken back, and I keep nothing of it."
    return "I take back what I wrote; what you wrote is yours to delete here, and I keep nothing of it."


def _look_again(writing: Writing, at: datetime, *, since: datetime) -> Ring:
    """`since` is when it was taken back, which after an absence is long after it ended."""
    return Ring(ritual="unwrite", at=at, about=about(writing), when=at.isoformat(), room=writing.room,
                content={"writing": writing.id, "since": since.isoformat()})  # fmt: skip


async def _events(call: Call, writing: Writing) -> list[str]:
    """All that belongs to it and stands in the chat: what its person wrote and tapped, and what we answered."""
    ends = writing.ends or now_of(call)
    events: list[str] = []
    if may_take_back(call.room, call.house.me):
        heard = _heard(writing, ends).order_by("id")
        keys = [str(key) for key in await heard.values_list("key", flat=True)]
        events = [key[key.index("$") :] for key in keys if "$" in key]
    ours = Owed.filter(room=writing.room, asker=writing.person, id__gt=writing.owed_after)
    said = ours.filter(event_id__not_isnull=True, made_at__lte=ends, deed__in=list(SAID))
    events += [str(row.event_id) for row in await said.order_by("id") if row.name != _last(writing)]
    return list(dict.fromkeys(events))


def _heard(writing: Writing, ends: datetime) -> QuerySet[Heard]:
    """What was heard of its person until it ended, and how they changed that later; what they said later is said to us."""
    heard = Heard.filter(room=writing.room, sender=writing.person, id__gt=writing.heard_after)
    return heard.filter(Q(at__lte=ends) | Q(key__startswith=EDITED))


async def _taken_back(call: Call, writing: Writing) -> list[Effect]:
    """Have the homeserver forget what belongs to it and was not taken back yet."""
    if writing.keeps or writing.keeps is None:
        return []
    asked = Owed.filter(lane=writing.room, deed=Deed.REDACT, id__gt=writing.owed_after)
    already = {row.target for row in await asked}
    events = await _events(call, writing)
    return [Redact(target=event, room=writing.room) for event in events if event not in already]


@ritual(
    name="unwrite",
    help="looks whether all that was to be taken back of a time of writing is gone",
    hears_first=True,
)
async def unwrite(call: Call) -> Effects:
    """What came a moment late goes, too; when the homeserver has forgotten all, so do we."""
    writing = await row_of(Writing, call.content["writing"])
    if writing is None:
        return []
    now = now_of(call)
    told = call.content.get("since")
    since = datetime.fromisoformat(str(told)) if told else now
    more = await _taken_back(call, writing)
    owed = Owed.filter(lane=writing.room, id__gt=writing.owed_after, state=Delivery.OWED)
    waits = bool(more) or await owed.exists()
    if waits and now < since + LONGEST:
        return [*more, _look_again(writing, now + AGAIN, since=since)]
    asked = Owed.filter(lane=writing.room, deed=Deed.REDACT, id__gt=writing.owed_after)
    left = bool(more) or await asked.exclude(state=Delivery.SENT).exists()
    await _forgotten(writing)
    if left and not writing.keeps:
        return [
            *more,
            Scrub(),
            Say(
                text="The server did not let me take back all of what was written. What is still to be seen above is yours to "
                "delete; I keep nothing of it.",
                room=writing.room,
            ),
        ]
    return [Scrub()]


async def _forgotten(writing: Writing) -> None:
    """Delete every row that says that somebody wrote: what was heard, what was said, the hours, and this."""
    ends = writing.ends or writing.began
    await _heard(writing, ends).exclude(state=Settled.WAITING).delete()
    await Heard.filter(about=about(writing), kind=Kind.HOUR).delete()
    done = Owed.filter(room=writing.room, id__gt=writing.owed_after).exclude(state=Delivery.OWED)
    theirs = Q(asker=writing.person, made_at__lte=ends) | Q(deed=Deed.REDACT)
    named = Q(name__isnull=True) | Q(name__not=_last(writing))
    await done.filter(theirs).filter(named).delete()
    await Owed.filter(name=_last(writing)).update(name=None, asker=None)
    await writing.delete()


async def forget(call: Call) -> list[Effect]:
    """Whoever asks to be forgotten in the middle of it: what was written goes, and nothing says that it was."""
    effects: list[Effect] = []
    for writing in await Writing.filter(person=call.person):
        effects += [CallOff(about=about(writing)), *await _taken_back(call, writing)]
        await _unasked(writing)
        await writing.delete()
    return effects
