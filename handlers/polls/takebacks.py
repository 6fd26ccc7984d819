"""What changes around a poll: voices taken back, reworded or in doubt, a form that somebody ended, people and rooms that go.

Taking a message or a tap back takes its voice back, and what was said before counts again; editing one says it anew.
After the close nothing of that changes what came out: the position stands, and the words of whoever took them back go.
Taking back the message that asked withdraws what it asked while nobody has answered, and the room hears so; afterwards
whoever asked hears that it goes on, and how it is withdrawn.
"""

from tortoise.expressions import Q

from handlers.asking import whispered
from handlers.language import Call, Change, Edit, Effect, Effects, Say, watch
from handlers.names import people
from handlers.polls import booth, closing, opening, tallyboard, voting
from handlers.polls.voices import asks_advice, counted, form_of, renew, room_of, terms_of
from practices.understanding import NotUnderstood
from storage.database import row_of
from storage.polls import (
    Ballot,
    Cast,
    Elector,
    Poll,
    Proxy,
    Stage,
    TookPart,
    Voice,
    forget_person,
)
from storage.visitors import visits


@watch(kind=Change.TAKEN_BACK)
async def taken_back(call: Call) -> Effects:
    """Somebody redacted a voice, or what asked for one."""
    target = str(call.content.get("target") or "")
    effects: list[Effect] = []
    for cast in await Cast.filter(Q(event=target) | Q(of=target)).order_by("id"):
        poll = await Poll.get_or_none(id=cast.poll)
        if poll is None:
            continue
        if call.sender == cast.person and poll.stage is Stage.OPEN and call.at < poll.closes_at:
            effects += await _undone(call, poll, cast)
        else:
            effects += await _wordless(call, poll, cast)
    asked = Poll.filter(request=target, author=call.sender, stage__in=[Stage.OPEN, Stage.AHEAD])
    for poll in await asked.order_by("id") if target else []:
        effects += await _unasked(call, poll)
    return effects


async def _undone(call: Call, poll: Poll, cast: Cast) -> list[Effect]:
    """Their former voice counts again, or none."""
    if cast.voice is Voice.WAITS:
        await booth.done(poll, cast.person)
    cast.voice = Voice.TAKEN_BACK
    await cast.save(update_fields=["voice"])
    return await _board_after(call, poll, changed=await renew(poll, cast.person))


async def _board_after(call: Call, poll: Poll, *, changed: bool) -> list[Effect]:
    """The board as it is now; where voices are hidden also without a change, since one that waited is counted there."""
    if changed or not tallyboard.seen_by_all(terms_of(poll)):
        return await tallyboard.anew(call, poll)
    return []


async def _wordless(call: Call, poll: Poll, cast: Cast) -> list[Effect]:
    """The words are gone, the position stands: it is over, or somebody else took the message away."""
    if not cast.reason:
        return []
    cast.reason = ""
    await cast.save(update_fields=["reason"])
    await Ballot.filter(cast=cast.id).update(reason="")
    if poll.stage is not Stage.CLOSED:
        return []
    text = await closing.result_words(call, poll, await counted(call, poll))
    return [Edit(name=f"result:{poll.id}", text=text, room=poll.room)]


async def _unasked(call: Call, poll: Poll) -> list[Effect]:
    """Whoever asked took their message back: before anybody has answered that withdraws it.

    Afterwards it would take the voices of others with it, so only they are told, and say it if they mean that. Whoever is
    not in the circle any more changes nothing there, and hears nothing of it.
    """
    room = await room_of(call, poll)
    if call.person not in await people(room, call.house.me):
        return []
    if poll.stage is Stage.OPEN and call.at >= poll.closes_at:
        return []  # its time is over, and what came out is on its way
    where = await tallyboard.room_title(call, poll)
    if await _has_voices(poll):
        text = (
            f"You took back the message with which you asked **{where}**: *{tallyboard.title(poll)}*\n\nIt has been answered "
            f"already, so it goes on until **{tallyboard.closes_words(call, poll)}**, and nothing that was said is lost. "
            f"`poll {poll.id} withdraw` takes it back, with all that was said."
        )
        return await whispered(call, call.person, text, about=f"poll:{poll.id}")
    effects = await closing.taken_back(call, poll)
    kind = str(terms_of(poll).way)
    text = (
        f"**{kind.capitalize()} {poll.id}** is taken back: whoever asked it deleted their message before anybody had answered, "
        "and nothing comes of it."
    )
    effects.append(Say(text=text, room=poll.room, answers=False))
    if call.is_private:
        told = f"You took that message back, so **{where}** is not asked any more: *{tallyboard.title(poll)}*"
        effects.append(Say(text=told, answers=False))
    return effects


async def _has_voices(poll: Poll) -> bool:
    """Whether somebody's answer stands, or waits for its reason."""
    if terms_of(poll).secret:
        return await TookPart.exists(poll=poll.id)
    return await Cast.filter(poll=poll.id).exclude(voice=Voice.TAKEN_BACK).exists()


@watch(kind=Change.REWORDED)
async def reworded(call: Call) -> Effects:
    """Somebody edited a typed voice: the new words count."""
    target = str(call.content.get("target") or "")
    first = await Cast.filter(event=target, person=call.person).order_by("-id").first()
    poll = await Poll.get_or_none(id=first.poll) if first is not None else None
    if first is None or poll is None:
        return []
    why = await voting.why_not(call, poll)
    if why is not None:
        text = f"{why} What you had said before stands.\n\n*{tallyboard.title(poll)}*"
        return await whispered(call, call.person, text, about=f"poll:{poll.id}")
    effects: list[Effect] = []
    try:
        text = voting.without_command(call, poll, str(call.content.get("text") or ""))
        if voting.is_nothing(text):
            return await voting.take_nothing(call, poll, door=first.door, of=target, silent=True)
        marks, reason = voting.read(poll, text, loosely=True)
        if not reason.strip() and form_of(poll).needs_reason(terms_of(poll), marks):
            board = await _instead(call, poll, target)
            # Where nobody sees what is said, nobody sees that it is edited either: the board stays as it is in the end.
            effects = board if tallyboard.seen_by_all(terms_of(poll)) else []
        return [
            *effects,
            *await voting.take(call, poll, marks, reason, door=first.door, of=target, silent=True),
        ]
    except NotUnderstood:
        told = await whispered(
            call,
            call.person,
            "I can't read an answer in what you changed your words to, so they are not counted any more; what you said "
            f"before them is. `vote {poll.id}` asks you anew.\n\n*{tallyboard.title(poll)}*",
            about=f"poll:{poll.id}",
        )
        return [*await _instead(call, poll, target), *told]


async def _instead(call: Call, poll: Poll, target: str) -> list[Effect]:
    """The words that were edited away count no more."""
    said = Cast.filter(Q(event=target) | Q(of=target), poll=poll.id, person=call.person)
    await said.update(voice=Voice.TAKEN_BACK)
    return await _board_after(call, poll, changed=await renew(poll, call.person))


@watch(kind=Change.POLL_ENDED)
async def form_ended(call: Call) -> Effects:
    """Somebody who may has ended Element's form; what is asked goes on without it."""
    prefix, _, subject = str(call.content.get("name") or "").partition(":")
    number, _, version = subject.partition(":")
    poll = await row_of(Poll, number) if prefix == "form" else None
    if poll is None or poll.stage is not Stage.OPEN or poll.version != int(version or 1):
        return []
    poll.form = False
    await poll.save(update_fields=["form"])
    return [
        *await tallyboard.anew(call, poll),
        Say(
            text=f"The form for this was ended by one of you. Whoever has answered there is counted, and it goes on until "
            f"**{tallyboard.closes_words(call, poll)}**: tap under the message above, or write in its thread. "
            f"*{tallyboard.title(poll)}*",
            room=poll.room,
            answers=False,
        ),
    ]


@watch(kind=Change.IN_CLEAR)
async def in_clear(call: Call) -> Effects:
    """A voice came without encryption, in somebody's name, in a room where all is encrypted: they are told, once."""
    prefix, _, subject = str(call.content.get("name") or "").partition(":")
    number = subject.partition(":")[0]
    poll = await row_of(Poll, number) if prefix in ("poll", "form") else None
    if poll is None or poll.stage is not Stage.OPEN or await voting.why_not(call, poll):
        return []
    return await whispered(
        call,
        call.person,
        "An answer came in your name that was not encrypted, though the room is. I can't be sure that it was you who wrote "
        f"it, so it was not counted. If it was, `vote {poll.id}` asks you here; and in the room your answers count once your "
        f"app encrypts them.\n\n*{tallyboard.title(poll)}*",
        about=f"poll:{poll.id}",
    )


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Whoever leaves is not counted among those entitled, unless that was written down; nobody speaks for them."""
    if call.is_private or call.sender is None:
        return []
    here = await people(call.room, call.house.me)
    if not await visits(call.room.id, call.person):
        here = [*here, call.person]
    given = Proxy.filter(Q(person=call.person) | Q(holder=call.person), room=call.room.id)
    if await _stays_as_it_was(call, here):
        await given.filter(until__gt=call.at).update(until=call.at)
    else:
        await given.delete()
    return await _boards(call, gone=call.person)


@watch(kind=Change.JOINED)
async def joined(call: Call) -> Effects:
    """One more may speak in what is open."""
    if call.is_private:
        return []
    here = await people(call.room, call.house.me)
    await _stays_as_it_was(call, [each for each in here if each != call.sender])
    return await _boards(call)


async def _stays_as_it_was(call: Call, here: list[str]) -> bool:
    """Whether something is over here and not closed yet; who was entitled at its end is written down, as `here` says."""
    over = await Poll.filter(room=call.room.id, stage=Stage.OPEN, closes_at__lte=call.at)
    for poll in over:
        if poll.frozen:
            continue
        entitled = [each for each in dict.fromkeys(here) if not asks_advice(poll, each)]
        await Elector.bulk_create(Elector(poll=poll.id, person=person) for person in entitled)
        poll.frozen = True
        await poll.save(update_fields=["frozen"])
    return bool(over)


@watch(kind=Change.ARRIVED)
async def moved(call: Call) -> Effects:
    """A circle has moved to another room with all that is asked in it: what people tap on is said there again."""
    effects: list[Effect] = []
    for poll in await Poll.filter(room=call.room.id, stage=Stage.OPEN).order_by("id"):
        effects += await opening.announced(call, poll)
    return effects


async def _boards(call: Call, gone: str | None = None) -> list[Effect]:
    effects: list[Effect] = []
    for poll in await Poll.filter(room=call.room.id, stage=Stage.OPEN).order_by("id"):
        if gone is not None:
            await booth.done(poll, gone)
        effects += await tallyboard.anew(call, poll)
    return effects


async def forget(call: Call) -> list[Effect]:
    """Let polls name the sender no more; what they wanted to ask later is not asked."""
    effects: list[Effect] = []
    for poll in await Poll.filter(author=call.person, stage=Stage.AHEAD):
        effects += await closing.taken_back(call, poll)
    asked = await Poll.filter(author=call.person, stage=Stage.OPEN)
    changed = await forget_person(call.person)
    numbers = {poll.id for poll in [*asked, *changed]}
    for poll in await Poll.filter(id__in=list(numbers), stage=Stage.OPEN).order_by("id"):
        effects += await tallyboard.anew(call, poll)
    return effects
