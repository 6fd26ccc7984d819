"""Welcome: one word for being new and for being beside those who are, and where one stands in all of it (DYAD-6).

What follows the word goes to the feature it concerns; what is not one of its words is a name: of whom somebody new would like
beside them, or of somebody new, and where that cannot be told it is asked. The way out
is one word, whatever one is in (R11), and one is in a pod or in a pair, not in both.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from tortoise.expressions import Q

from handlers import askings
from handlers.crews.callings import spaces_of
from handlers.hosts import hosts_of
from handlers.language import (
    NO,
    Argument,
    Ask,
    Call,
    Change,
    Effect,
    Effects,
    Option,
    Refused,
    Say,
    command,
    inquiry,
    watch,
)
from handlers.names import name, room_name
from handlers.welcome import (
    companions,
    onboarding,
    onboardings,
    pod_invitations,
    pods,
    promises,
    staying,
    tour,
    weeks,
    welcomers,
)
from handlers.welcome.welcomers import congregation_of, split
from handlers.whom import named, whom
from handlers.words import first_word, folded
from practices.circles import RoomKind
from practices.onboarding import Standing
from storage.members import Member, is_in
from storage.onboardings import (
    PAIRED,
    UNDER_WAY,
    Onboarding,
    Pod,
    PodPlace,
    Welcomer,
    onboarding_of,
    pairs_of,
    pods_of,
)
from storage.questions import Question, forget_about, open_about
from storage.rooms import Room

_EVERYWHERE = (
    "`welcome me` asks for somebody beside you · `welcome` and a name asks for that person, or lets somebody new be asked · "
    "`welcome willing` says that you would be beside newcomers · `welcome pod` and names welcomes several at once"
)


# ---------------------------------------------------------------------------------------------- the command


@command(
    name="welcome",
    unseen=True,
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
            return await _wanted(call, await congregation_of(call, split(rest)[1]))
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
            return await promises.writes(call, await _pair(call, rest))
        case "meet" | "talk":
            return await weeks.meets(call, await _pair(call, rest))
        case "met":
            return await tour.ticked(call, await _own(call), met=1)
        case "visited":
            return await tour.ticked(call, await _own(call), visited=True)
        case "untick" if folded(rest) == "met":
            return await tour.ticked(call, await _own(call), met=-1)
        case "untick" if folded(rest) == "visited":
            return await tour.ticked(call, await _own(call), visited=False)
        case "end" | "stop" | "leave" | "close":
            return await _ends(call, rest)
    return await _named(call, said)


# ----------------------------------------------------------------------------------------- where one stands


async def _status(call: Call) -> list[Effect]:
    """Where one stands in everything, and the next step of each."""
    effects: list[Effect] = []
    for row in await _mine(call):
        effects += await _shown(call, row)
    for pod in await pods_of(call.person):
        effects += await pods.shown(call, pod)
    lines = await welcomers.standing(call)
    if lines:
        effects.append(Say(text="\n\n".join(lines)))
    if not effects:
        if not await spaces_of(call.person):
            await congregation_of(call, "")
        effects.append(Say(text=f"Nobody is beside you, and you are beside nobody. {_EVERYWHERE}"))
    return effects


async def _wanted(call: Call, space: Room) -> list[Effect]:
    """The sender would like somebody beside them."""
    if await pods_of(call.person, space.id):
        raise Refused(
            "You are in a welcome pod, and one is in a pod or in a pair, not in both. Nothing was changed; `welcome end` leaves the "
            "pod, and then `welcome me` asks for somebody."
        )
    row = await onboarding_of(space.id, call.person)
    if row is None:
        row = await Onboarding.create(
            room=space.id,
            newcomer=call.person,
            review=onboardings.today(call, space) + onboarding.LOOKED_FOR,
        )
    elif row.state is Standing.LOOKING:
        return await _once_more(call, row)
    elif row.state not in (Standing.OFFERED, Standing.DECLINED):
        return await _shown(call, row)
    return await onboarding.would(call, row)


async def _once_more(call: Call, row: Onboarding) -> list[Effect]:
    """They ask again while nobody was free: perhaps somebody is now."""
    if await open_about("onboarding", row.id, person=call.person, inquiry="welcome-inviter"):
        return await _still_looking(call, row)
    effects = await companions.look(call, row, again=True)
    # The same words whether somebody could be asked now or not.
    return [*await _still_looking(call, row), *effects]


async def _still_looking(call: Call, row: Onboarding) -> list[Effect]:
    """The same words whoever was asked, and however often."""
    if await open_about("onboarding", row.id, person=call.person, inquiry="welcome-inviter"):
        return await onboarding.would(call, row)
    where = room_name(await onboardings.space_of(row), "your congregation")
    return [
        Say(
            text=f"I look for somebody in **{where}** to be beside you, and you hear of it here. `pairing languages` and `timezone` "
            "help to find who fits; `welcome end` takes it back."
        )
    ]


async def _shown(call: Call, row: Onboarding) -> list[Effect]:
    """Where one stands, and the next step; a question that waits for one is asked anew."""
    mine = row.newcomer == call.person
    match row.state:
        case Standing.OFFERED:
            return await onboarding.ask_would(call, row)
        case Standing.DECLINED:
            return [Say(text="Nobody is beside you, as you said. `welcome me` asks for somebody.")]
        case Standing.INTRODUCED if mine:
            return await companions.ask_newcomer(call, row)
        case Standing.INTRODUCED:
            who = await name(row.room, row.newcomer)
            return [Say(text=f"You would be beside **{who}**; they are asked, and you hear of it.")]
        case Standing.ASKED if not mine:
            return await companions.ask_member(call, row)
        case Standing.LOOKING | Standing.ASKED:
            return await _still_looking(call, row)
    return await _pair_shown(call, row)


async def _pair_shown(call: Call, row: Onboarding) -> list[Effect]:
    """A pair for one of the two, and what is asked of them just now."""
    text, taps = await tour.text_of(call, row)
    stands: list[Effect] = [Say(text=text, name=tour.card(row) if taps else None, taps=taps)]
    if (
        row.state is not Standing.CLOSING
        or promises.side_of(row, call.person) in promises.read(call, row).on
    ):
        return stands
    if await open_about("onboarding", row.id, person=call.person, inquiry="welcome-stay"):
        return [*stands, *await staying.ask_of_staying(call, row)]
    return [*stands, *await staying.ask_of_going_on(call, row, call.person)]


# ----------------------------------------------------------------------------------- the pair that is meant


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


# ----------------------------------------------------------------------------- pods, the way out, and names


async def _of_pod(call: Call, said: str) -> Effects:
    """Open a pod, or ask more people into it."""
    word, rest = first_word(said)
    if folded(word) in ("end", "close", "leave", "stop"):
        return await _ends(call, "pod")
    if not said:
        theirs = await pods_of(call.person)
        if theirs:
            return [effect for pod in theirs for effect in await pods.shown(call, pod)]
        raise Refused(
            "Whom would you like to welcome? For example `welcome pod Nia, Omar, Pia`: from two to seven newcomers. Nobody was asked."
        )
    words, named_ = split(rest if folded(word) in ("invite", "with", "add") else said)
    space = await congregation_of(call, named_)
    people = await pod_invitations.people_of(call, space, words)
    mine = await Pod.filter(room=space.id, opener=call.person).first()
    if mine is not None:
        return await pod_invitations.more(call, space, mine, people)
    return await pod_invitations.opened(call, space, people)


async def _ends(call: Call, said: str) -> Effects:
    """Out of a pair, a search or a pod, in one act and without a reason (R11)."""
    rows = [row for row in await _mine(call) if row.state is not Standing.DECLINED]
    rows = [row for row in rows if row.newcomer == call.person or row.state is not Standing.ASKED]
    theirs = await pods_of(call.person)
    if folded(said) == "pod":
        rows = []
    elif said:
        rows, theirs = [row for row in rows if await _is(row, call.person, said)], []
    if len(rows) + len(theirs) > 1:
        raise Refused(
            "There is more than one thing to end, so nothing was changed. `welcome end nia` ends the pair with Nia, and `welcome end "
            "pod` leaves a pod."
        )
    if rows:
        return await onboarding.end(call, rows[0])
    if theirs:
        return await pods.leaves(call, theirs[0])
    raise Refused(f"There is nothing of yours to end, so nothing was changed. {_EVERYWHERE}")


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Whoever leaves a pod's room, or its congregation, is in the pod no more."""
    effects: list[Effect] = []
    quiet = replace(call, sender=None)
    for pod in await Pod.filter(Q(room=call.room.id) | Q(home=call.room.id)):
        if pod.opener == call.person:
            effects += await pods.without_opener(quiet, pod)
        else:
            await PodPlace.filter(pod=pod.id, person=call.person).delete()
    return effects


_BESIDE_ME = Option(sign="1️⃣", word="1", also=("beside me", "one"))
_IS_NEW = Option(sign="2️⃣", word="2", also=("they are new", "two"))

#: So long it can be said which of the two is meant.
_A_WHILE = timedelta(hours=1)


async def _named(call: Call, said: str) -> Effects:
    """A name alone: who is new themselves would like that person beside them, and a member means somebody new."""
    who, named_ = split(said)
    space = await congregation_of(call, named_)
    person = await whom(call, space, who)
    if person == call.person:
        return await _wanted(call, space)
    hosts = await hosts_of(space, call.house.me)
    if await _is_new(call, space):
        return await _would_like(call, space, person)
    if person not in hosts and await _is_settled(call, space, hosts):
        return await _somebody_new(call, space, person)
    # Nothing that only the other one has told us decides it: else the answer would tell of it.
    who = await name(space.id, person)
    return [
        Ask(
            inquiry="welcome-which",
            text=f"Which do you mean?\n\n1️⃣ I would like **{who}** beside me, as I am new\n2️⃣ **{who}** is new, and may like somebody "
            "beside them\n✋ neither\n\n*Nobody was asked yet.*",
            until=call.at + _A_WHILE,
            data={"space": space.id, "person": person},
            person=call.person,
        )
    ]


async def _is_new(call: Call, space: Room) -> bool:
    """Whether the sender has said that they are new: they look for somebody, have somebody, or are in a pod."""
    row = await onboarding_of(space.id, call.person)
    if row is not None and row.state in UNDER_WAY:
        return True
    theirs = await pods_of(call.person, space.id)
    return any(pod.opener != call.person for pod in theirs)


async def _is_settled(call: Call, space: Room, hosts: Collection[str]) -> bool:
    """Whether the sender is surely no newcomer: they host, would be beside newcomers, or are beside one."""
    mine = Q(room=space.id, person=call.person)
    return (
        call.person in hosts
        or await Welcomer.filter(mine).exists()
        or await Onboarding.filter(room=space.id, member=call.person, state__in=PAIRED).exists()
        or await Pod.filter(room=space.id, opener=call.person).exists()
    )


@inquiry(name="welcome-which", options=(_BESIDE_ME, _IS_NEW, NO), begun=True)
async def which_said(call: Call, question: Question, said: str) -> Effects:
    """The one or the other, or neither."""
    if said not in (_BESIDE_ME.word, _IS_NEW.word, NO.word):
        return [Say(text="Nobody was asked yet: 1️⃣ beside me · 2️⃣ they are new · ✋ neither.")]
    await question.delete()
    space = await Room.get_or_none(id=str(question.data["space"]), joined=True)
    person = str(question.data["person"])
    if said == NO.word or space is None or not await is_in(space.id, person):
        return [Say(text=f"Good: nobody was asked. {_EVERYWHERE}")]
    if said == _BESIDE_ME.word:
        return await _would_like(call, space, person)
    return await _somebody_new(call, space, person)


async def _would_like(call: Call, space: Room, person: str) -> list[Effect]:
    """Somebody new names whom they would like beside them, who is asked before all others; the same words whoever it is."""
    row = await onboarding_of(space.id, call.person)
    if await pods_of(call.person, space.id):
        return await _wanted(call, space)
    if row is None:
        review = onboardings.today(call, space) + onboarding.LOOKED_FOR
        row = await Onboarding.create(room=space.id, newcomer=call.person, review=review)
    if row.state not in (
        Standing.OFFERED,
        Standing.DECLINED,
        Standing.LOOKING,
        Standing.ASKED,
    ):
        return await _shown(call, row)
    row.inviter = person
    await row.save(update_fields=["inviter"])
    await forget_about("onboarding", row.id, person=call.person)
    if row.state is Standing.ASKED:
        return [Say(text=onboarding.I_ASK)]
    return await onboarding.would(call, row)


async def _somebody_new(call: Call, space: Room, person: str) -> Effects:
    """A member names somebody new, who is asked themselves; that member comes first (R38)."""
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
