"""The defaults a circle may change: shown to anybody, changed by the consent of all, looked at again in time (R17)."""

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from handlers import meetings
from handlers.adoption import CIRCLES
from handlers.consent import Voice, hear_voice
from handlers.language import (
    NO,
    YES,
    Argument,
    Ask,
    Call,
    CallOff,
    Edit,
    Effect,
    Effects,
    Ring,
    Say,
    command,
    inquiry,
    ritual,
)
from handlers.names import people
from handlers.words import escaped, folded
from practices import clock, defaults
from practices.defaults import Setting
from practices.understanding import NotUnderstood
from storage.questions import Question


def _setting(text: str, call: Call) -> Setting:
    found = defaults.find(text)
    if found not in defaults.settings_for(call.room.kind):
        raise NotUnderstood(f"“{found.name}” does not concern a {call.room.kind} room.")
    return found


@command(
    name="settings",
    aliases=("setting", "defaults"),
    help="see what you may change here together, or propose a change",
    example="settings ask-hours 48",
    kinds=CIRCLES,
    arguments=(
        Argument(name="name", help="one of the settings", read=_setting),
        Argument(name="value", help="its new value, or “default”", rest=True),
    ),
)
async def settings(call: Call, name: Setting | None, value: str | None) -> Effects:
    """Show, or ask everybody for consent to a change."""
    if name is None:
        return [Say(text=_table(call))]
    if value is None:
        return [Say(text=_one(call, name))]
    new = _new_value(name, value)
    if new in (_current(call, name), _in_words(call, name)):
        return [Say(text=f"**{name.name}** is {escaped(new)} already.")]
    present = await people(call.room, call.house.me)
    if len(present) == 1:
        return await _changed(call, name.name, new)
    return [
        Ask(
            inquiry="setting",
            text=_proposal(call, name, new),
            until=call.at + timedelta(days=int(meetings.setting(call.room, "invitation-days"))),
            data={"name": name.name, "value": new},
        )
    ]


def _new_value(name: Setting, value: str) -> str:
    """The value in words; "default" for none of one's own. Raises NotUnderstood."""
    if folded(value) == "default":
        return "default"
    return defaults.words(defaults.read(name, value))


def _current(call: Call, name: Setting) -> str:
    changed = call.room.settings.get(name.name)
    return str(changed["value"]) if isinstance(changed, dict) else "default"


def _in_words(call: Call, name: Setting) -> str:
    return defaults.words(meetings.setting(call.room, name.name))


def _table(call: Call) -> str:
    lines = [
        f"- **{each.name}** {escaped(_in_words(call, each))}: {each.help}"
        for each in defaults.settings_for(call.room.kind)
    ]
    foot = f"`{call.house.prefix}settings ask-hours 48` proposes a change; it holds when all of you agree."
    return "\n".join(["What you may change here together:", "", *lines, "", foot])


def _one(call: Call, name: Setting) -> str:
    changed = call.room.settings.get(name.name)
    since = ""
    if isinstance(changed, dict):
        since = (
            f" You agreed on it on {_day_words(str(changed['since']))}, to look at it again on "
            f"{_day_words(str(changed['review']))}."
        )
    default = f" The default is {escaped(defaults.words(name.default))}."
    return (
        f"**{name.name}** is {escaped(_in_words(call, name))}: {name.help}.{since}{default}\n\n"
        f"`{call.house.prefix}settings {name.name} …` proposes another value."
    )


def _day_words(day: str) -> str:
    """A day that may be a year away, as in `Monday 22 November 2027`."""
    read = date.fromisoformat(day)
    return f"{clock.WEEKDAYS[read.weekday()]} {read.day} {clock.MONTHS[read.month - 1]} {read.year}"


def _proposal(call: Call, name: Setting, new: str) -> str:
    return (
        f"Shall **{name.name}** be **{escaped(new)}** instead of {escaped(_in_words(call, name))}? ({name.help})\n\n"
        "It holds when each of you has said yes; one no, and it stays as it is.\n\n✅ yes · ✋ no"
    )


@inquiry(name="setting", options=(YES, NO))
async def changing(call: Call, question: Question, said: str) -> Effects:
    """Count the voices; change when all have agreed."""
    name, new = str(question.data["name"]), str(question.data["value"])
    message = f"question:{question.id}"
    standing = await hear_voice(call, question, said)
    match standing.voice:
        case Voice.AGREED:
            agreed = f"All {standing.of} of you have agreed on **{name}**: {escaped(new)}."
            return [Edit(name=message, text=agreed), *await _changed(call, name, new)]
        case Voice.ENDED:
            return [Edit(name=message, text=f"**{name}** stays as it is.")]
        case Voice.WAITING:
            text = _proposal(call, defaults.find(name), new)
            count = f"\n\n{standing.agreed} of {standing.of} have said yes."
            return [Edit(name=message, text=text + count)]
        case Voice.NOTHING:
            return []


async def _changed(call: Call, name: str, new: str) -> list[Effect]:
    """Keep a change with the day on which it is looked at again."""
    room, about = call.room, f"setting:{name}:{call.room.id}"[:64]
    months = int(meetings.setting(room, "review-months"))
    today = clock.wall(call.at, call.circle_zone)
    review = today + relativedelta(months=months)
    kept = {key: value for key, value in room.settings.items() if key != name}
    if new != "default":
        kept[name] = {
            "value": new,
            "since": today.date().isoformat(),
            "review": review.date().isoformat(),
        }
    room.settings = kept
    await room.save()
    effects: list[Effect] = [CallOff(about=about)]
    if new != "default":
        at = clock.resolve(
            review.replace(hour=10, minute=0, second=0, microsecond=0), call.circle_zone
        )
        effects.append(
            Ring(ritual="review", about=about, at=at, when=at.isoformat(), content={"name": name})
        )
    text = f"**{name}** is {escaped(_in_words(call, defaults.find(name)))} from now on."
    if new != "default":
        text += f" We look at it again on {_day_words(review.date().isoformat())}."
    return [
        *effects,
        *await meetings.plan_again(call, call.at),
        meetings.circle_state(room),
        Say(text=text),
    ]


@ritual(name="review", help="asks whether a changed default is still good")
async def review(call: Call) -> Effects:
    """The day has come to look at a change again."""
    name = str(call.content["name"])
    if name not in call.room.settings:
        return []
    return [
        Say(
            text=f"You wanted to look at **{name}** again: it is {escaped(_in_words(call, defaults.find(name)))}. "
            f"If it is still good, nothing needs to be done; `{call.house.prefix}settings {name} default` proposes to undo it."
        )
    ]
