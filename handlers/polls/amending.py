"""Other words for what is asked: before anybody has answered as one likes, afterwards as a new version.

The room sees what was changed into what. Whose voice touches nothing of the change keeps it; the others are asked again,
privately and once, and until they have answered theirs is not counted. The rule is `practices.polls.amending`.
"""

from dataclasses import fields, replace
from datetime import datetime, timedelta

from handlers.asking import now_of
from handlers.language import Call, Effect, Effects, Refused, Say, ritual, tap
from handlers.meetings.meetings import quiet_of
from handlers.polls import booth, closing, opening, tallyboard, voting
from handlers.polls.voices import anybody_has_spoken, may_speak, renew, room_of, terms_of
from handlers.words import sign, verbatim
from practices import terms as wordings
from practices.drafts import Draft
from practices.meetings import next_waking
from practices.polls import forms, times
from practices.polls.poll import Terms, Way
from storage.database import row_of
from storage.polls import Ballot, Cast, Door, Poll, Stage, Wording

#: After a change there is at least so much time to answer again.
TIME = timedelta(hours=48)

#: What an amendment may change, and the way, which is known when it is read.
_WORDS = frozenset({"way", "topic", "options"})


async def amend(call: Call, poll: Poll, draft: Draft) -> list[Effect]:
    """Ask in other words. Raises NotUnderstood and Refused."""
    await closing.check_keeper(call, poll)
    closing.check_open(call, poll)
    old = terms_of(poll)
    _check_terms(poll, old, draft)
    clocks = opening.on_the_circles_clocks(draft, tallyboard.zone_of(call, poll))
    new = forms.form(old.way).settle(_reworded(old, clocks))
    _check_times(poll, new)
    if new == old:
        raise Refused("That is what it says already, so nothing was changed.")
    frozen = await anybody_has_spoken(poll)
    if frozen and old.secret:
        raise Refused(
            "Somebody has answered already, and as nobody can tell whose voice is whose, nobody could be asked again. "
            f"Nothing was changed; `poll {poll.id} withdraw` takes it back, and then it can be asked anew."
        )
    return await _changed(call, poll, old, new, anew=frozen)


def _check_terms(poll: Poll, old: Terms, draft: Draft) -> None:
    """Refuse terms that stand with the words, other than those that hold: nothing of them would be kept."""
    kept = {each.name: getattr(old, each.name) for each in fields(old)}
    said = {
        each.name: getattr(draft, each.name)
        for each in fields(draft)
        if getattr(draft, each.name) not in (None, False, ()) and each.name not in _WORDS
    }
    other = {name for name, value in said.items() if kept.get(name) != value}
    if other & {"closes", "length"}:
        raise Refused(
            "Words and time are changed one after the other, so nothing was changed. "
            f"`poll {poll.id} extend until friday 18:00` gives more time; `poll {poll.id} amend …` changes the words alone."
        )
    if other:
        raise Refused(
            "The terms stay as people were told, so nothing was changed. "
            f"`poll {poll.id} amend …` changes the words alone; `poll {poll.id} withdraw` takes it back, and then it can be "
            "asked anew."
        )


def _check_times(poll: Poll, new: Terms) -> None:
    """Refuse times of which one would be over before the answers are."""
    first = opening.first_slot(new)
    if first is not None and poll.closes_at > first:
        raise Refused(
            f"The first of those times, {times.label(new.options[0])}, comes before the end. Nothing was changed; "
            "later times would do."
        )


def _reworded(old: Terms, draft: Draft) -> Terms:
    """The new words; the answers stay where only the question is reworded."""
    own = bool(forms.form(old.way).positions) or old.way is Way.QUESTION
    options = old.options if own or not draft.options else draft.options
    return replace(old, topic=draft.topic or old.topic, options=options)


async def _changed(call: Call, poll: Poll, old: Terms, new: Terms, *, anew: bool) -> list[Effect]:
    ends = (
        closing.end_form(poll, "It is asked in other words below.")
        if poll.stage is Stage.OPEN
        else []
    )
    poll.terms = wordings.as_state(new)
    if poll.stage is not Stage.OPEN:
        await poll.save(update_fields=["terms"])
        return [*await tallyboard.anew(call, poll), Say(text="Changed.")]
    poll.version += 1
    await poll.save(update_fields=["terms", "version"])
    await Wording.create(poll=poll.id, version=poll.version, terms=poll.terms, at=call.at)
    touched = await _carried_over(poll)
    effects: list[Effect] = []
    later = await _later(call, poll, new, anew=anew, reworded=old.topic != new.topic)
    if later > poll.closes_at:
        effects += await closing.put_off(call, poll, later)
    effects += [*await tallyboard.anew(call, poll), *ends, *opening.form(poll)]
    stands = await Ballot.exists(poll=poll.id)
    effects.append(_told(call, poll, old, new, stands=stands, touched=bool(touched)))
    for person in touched:
        effects += await booth.ask_anew(call, poll, person)
    return effects


async def _later(call: Call, poll: Poll, new: Terms, *, anew: bool, reworded: bool) -> datetime:
    """Until when it is open at least: others answer again, and a proposal is thought about as long as its type wants.

    What is proposed now was not proposed before, whether somebody has answered or not (R130).
    """
    zone, now = tallyboard.zone_of(call, poll), now_of(call)
    least = opening.least_end(new, now, zone) if reworded else None
    ends = [*([now + TIME] if anew else []), *([least] if least is not None else [])]
    if not ends or max(ends) <= poll.closes_at:
        return poll.closes_at
    later = next_waking(max(ends), zone, quiet_of(await room_of(call, poll)))
    first = opening.first_slot(new)
    return later if first is None else min(later, first)


async def _carried_over(poll: Poll) -> list[str]:
    """Read every voice under the new wording; returns those whose does not stand, or waits for a reason of former words."""
    touched = []
    for person in sorted({each.person for each in await Cast.filter(poll=poll.id)}):
        had = await Ballot.exists(poll=poll.id, person=person)
        await renew(poll, person)
        waits = await booth.waiting(poll, person) is not None
        if waits:
            await booth.done(poll, person)
        if waits or (had and not await Ballot.exists(poll=poll.id, person=person)):
            touched.append(person)
    return touched


def _told(call: Call, poll: Poll, old: Terms, new: Terms, *, stands: bool, touched: bool) -> Effect:
    parts = [f"**Changed** ({old.way} {poll.id}, version {poll.version}):"]
    if old.topic != new.topic:
        parts.append(
            f"~~{tallyboard.shortened(old.topic)}~~\n{verbatim(new.topic[: tallyboard.LONGEST])}"
        )
    gone = [at for at, each in enumerate(old.options) if each not in new.options]
    come = [at for at, each in enumerate(new.options) if each not in old.options]
    if gone or come:
        parts.append(
            "\n".join(
                [
                    *(f"- gone: ~~{tallyboard.option_words(old, at)}~~" for at in gone),
                    *(f"- new: {tallyboard.option_words(new, at)}" for at in come),
                ]
            )
        )
    if stands:
        stays = "What it does not touch of what you said stands unless you say something else."
        if come and new.way is Way.TIMES:
            stays += " A new time is nobody's yet: whoever can come then says all times anew that suit them."
        parts.append(stays)
    if touched:
        parts.append("Those whose answer it touches are asked again.")
    return Say(text="\n\n".join(parts), room=poll.room, answers=call.room.id == poll.room)


@ritual(
    name="poll-asks-again",
    help="in the morning, asks again whoever's answer touches what was changed at night",
)
async def asks_again(call: Call) -> Effects:
    """The night of one person is over: they read what is asked by now, and until when."""
    poll = await row_of(Poll, call.content["poll"], stage=Stage.OPEN)
    person = str(call.content["person"])
    if poll is None or now_of(call) >= poll.closes_at:
        return []
    if not await may_speak(call, poll, person) or not await booth.was_to_former_words(poll, person):
        return []
    return await booth.ask_anew(call, poll, person)


@tap(prefix="again", labels={"it stands": booth.STANDS})
async def again(call: Call, subject: str, said: str) -> Effects:
    """Somebody stands by what they said, or says it anew."""
    number, _, version = subject.partition(":")
    poll = await row_of(Poll, number)
    if poll is None or not call.is_private:
        return []
    if sign(said) != booth.STANDS:
        return await voting.privately(call, poll, said)
    last = await booth.last_of(poll, call.person)
    if last is None or int(version) != poll.version or last.version >= poll.version:
        raise Refused(
            "That has been changed again, or you have answered since. Nothing was changed."
        )
    if not booth.readable(poll):
        raise Refused(
            "What you said was to other options, so it can't stand as it was. Nothing was changed; "
            f"`vote {poll.id} {tallyboard.example(terms_of(poll))}` answers anew."
        )
    return await voting.take(call, poll, wordings.marks(last.marks), last.reason, door=Door.PRIVATE)
