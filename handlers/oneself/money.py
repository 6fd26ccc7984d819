"""The money note: seven questions about work and money, answered for oneself, each of them or none (SELF-4, R28).

It is sealed with the person's own key, and nobody else is ever shown it but what they open themselves, one field to one
circle for one meeting (handlers/oneself/openings.py). Every field can be passed, changed and erased by itself.
"""

from datetime import timedelta

from handlers.house.courier import quoted
from handlers.language import (
    PASS,
    STOP,
    Argument,
    Ask,
    Call,
    Effect,
    Effects,
    KeyGone,
    Refused,
    Say,
    Scrub,
    command,
    inquiry,
)
from handlers.oneself import openings, safety
from handlers.words import first_word, folded
from practices import money
from practices.circles import RoomKind
from practices.money import Theme
from practices.understanding import NotUnderstood
from storage.notes import MoneyNote
from storage.questions import Question

#: What it is sealed for.
PURPOSE = "money note"

PATIENCE = timedelta(hours=1)

WAYS = "⏭️ pass · ✋ stop"

GONE = (
    "What you wrote in your money note could not be read any more: its key is not on this machine, or was destroyed. "
    "Nobody else can read it either."
)

_BEGIN = frozenset({"begin", "start", "all", "everything", "write"})
_ERASE = frozenset({"erase", "delete", "clear", "forget"})


async def fields_of(call: Call, person: str) -> dict[Theme, str]:
    """What somebody has written, by field. Raises KeyGone."""
    row = await MoneyNote.get_or_none(person=person)
    if row is None:
        return {}
    kept = call.house.keys.of(person).open(PURPOSE, row.sealed)
    assert isinstance(kept, dict)
    return {theme: str(kept[theme.value]) for theme in Theme if theme.value in kept}


async def _own(call: Call) -> dict[Theme, str]:
    """The sender's own note. Raises Refused when its key is gone; what is unreadable is no use to anybody."""
    try:
        return await fields_of(call, call.person)
    except KeyGone:
        raise Refused(
            f"{GONE} `money erase all` removes it, and `money begin` begins anew."
        ) from None


async def _keep(call: Call, fields: dict[Theme, str]) -> None:
    if not fields:
        await MoneyNote.filter(person=call.person).delete()
        return
    content = {theme.value: text for theme, text in fields.items()}
    sealed = call.house.keys.of(call.person).seal(PURPOSE, content)
    await MoneyNote.update_or_create({"sealed": sealed}, person=call.person)


@command(
    name="money",
    unseen=True,
    aliases=("money-note",),
    help="a note about work and money for yourself, in seven questions; nobody else sees it",
    example="money note",
    kinds=frozenset({RoomKind.PRIVATE}),
    arguments=(
        Argument(
            name="what",
            help="a field, such as “income”, with what it is to say; “erase income”, “open income”, “close income”",
            rest=True,
        ),
    ),
)
async def note(call: Call, what: str | None) -> Effects:
    """Show the note, or begin it; change, erase, open or close one field."""
    word, rest = first_word(what or "")
    if folded(word) in ("note", "notes"):
        word, rest = first_word(rest)
    said = folded(word)
    if said in _ERASE:
        return await _erased(call, rest)
    if said == "open":
        fields = await _own(call)
        return await openings.proposed(call, rest, fields)
    if said == "close":
        return await openings.closed_by_word(call, rest)
    if said in _BEGIN:
        return [_question(Theme.INCOME, call, lead=_LEAD, all_=True)]
    if word:
        return await _one(call, f"{word} {rest}".strip())
    fields = await _own(call)
    if not fields:
        return [_question(Theme.INCOME, call, lead=_LEAD, all_=True)]
    return [Say(text=await _shown(call, fields))]


_LEAD = (
    "Seven questions about work and money, for you alone: answer those you like, in any words. What you write I keep sealed "
    "with a key of your own, and show it to nobody. What stands here in our chat is yours."
)


def _question(theme: Theme, call: Call, *, lead: str = "", all_: bool = False) -> Ask:
    place = f"{list(Theme).index(theme) + 1} of {len(Theme)} – " if all_ else ""
    parts = [lead, f"{place}{money.QUESTIONS[theme]}", WAYS]
    return Ask(
        inquiry="money-field",
        text="\n\n".join(filter(None, parts)),
        until=call.at + PATIENCE,
        data={"theme": theme.value, "all": all_},
        person=call.person,
    )


@inquiry(name="money-field", options=(PASS, STOP), takes_words=True, begun=True)
async def answered(call: Call, question: Question, said: str) -> Effects:
    """Seal one field, or leave it as it is, and go on."""
    theme, all_ = Theme(str(question.data["theme"])), bool(question.data["all"])
    effects: list[Effect] = []
    if said not in (PASS.word, STOP.word):
        effects = await _written(call, theme, said)
    await question.delete()
    following = list(Theme)[list(Theme).index(theme) + 1 :]
    if all_ and following and said != STOP.word:
        return [*effects, _question(following[0], call, all_=True)]
    if effects and not all_:
        return effects
    return [*effects, Say(text=f"`money note` shows what you keep there.\n\n{safety.DOOR}")]


async def _written(call: Call, theme: Theme, text: str) -> list[Effect]:
    """Keep what one field says now, and say it back where it was read. Raises NotUnderstood, Refused."""
    kept = money.as_said(text)
    fields = await _own(call)
    fields[theme] = kept
    await _keep(call, fields)
    closed = await openings.changed(call, theme)
    return [Say(text=f"Kept for **{theme}**:\n\n{quoted(kept)}"), *closed, Scrub()]


async def _one(call: Call, said: str) -> list[Effect]:
    """Ask one field, or take what stands behind its name. Raises NotUnderstood for another word."""
    words = said.split()
    for many in (2, 1):
        try:
            theme = money.theme(" ".join(words[:many]))
        except NotUnderstood:
            if many == 1:
                raise
            continue
        text = said
        for _word in words[:many]:
            text = text.split(maxsplit=1)[1] if len(text.split(maxsplit=1)) > 1 else ""
        if text:
            return await _written(call, theme, text)
        before = (await _own(call)).get(theme)
        lead = f"So far you say:\n\n{quoted(before)}" if before else ""
        return [*([Say(text=lead)] if lead else []), _question(theme, call)]
    raise AssertionError("a line has a first word")


async def _erased(call: Call, rest: str) -> list[Effect]:
    if folded(rest) in ("all", "everything", "note", "the note"):
        await MoneyNote.filter(person=call.person).delete()
        closed = [each for theme in Theme for each in await openings.changed(call, theme)]
        return [Say(text="Your money note is erased, all of it."), *closed, Scrub()]
    theme = money.theme(rest)
    fields = await _own(call)
    if theme not in fields:
        raise Refused(f"Nothing stands under **{theme}**, so nothing was changed.")
    del fields[theme]
    await _keep(call, fields)
    closed = await openings.changed(call, theme)
    return [Say(text=f"**{theme}** is erased."), *closed, Scrub()]


async def _shown(call: Call, fields: dict[Theme, str]) -> str:
    parts = ["**Your money note.** Nobody sees it but you."]
    parts += [
        f"**{theme}**\n\n{quoted(fields[theme])}" if theme in fields else f"**{theme}** –"
        for theme in Theme
    ]
    parts += [line for line in [await openings.standing_words(call)] if line]
    parts.append(
        "`money income 1200–1600 a month` changes one field, `money erase income` removes it, `money open income` shows it to a "
        "crew of yours for one meeting."
    )
    return "\n\n".join(parts)


async def kept_of(call: Call) -> dict[str, str] | str | None:
    """The sender's own note: values that JSON can hold, or words where it can't be read."""
    try:
        found = await fields_of(call, call.person)
    except KeyGone:
        return GONE
    return {theme.value: text for theme, text in found.items()} or None
