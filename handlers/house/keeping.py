"""What is kept, in words: one list for all who ask, by the tables that there are.

It promises that no table of what people do is left out (a test compares it with the database, and with what `export` gives),
that the handbook shows the same list with what each is for and how long (R12), and that of a circle only that is named of which there is something.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from storage import belongings


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One sort of thing: in words, by its tables, and by what it is called in somebody's `export`."""

    words: str
    #: What it is kept for, and how long.
    why: str
    until: str
    tables: frozenset[str]
    exported: frozenset[str]


def _kept(words: str, tables: str, exported: str, *, why: str, until: str) -> Kept:
    return Kept(
        words=words,
        why=why,
        until=until,
        tables=frozenset(tables.split()),
        exported=frozenset(exported.split()),
    )


#: What is said of it where somebody is asked whether they agree: all of it is one tap or word away.
IN_SHORT = (
    "I keep who is in it, when you meet and who comes, what you agree on, and what you answer me or have me hold, until its "
    "time is over; never what you say to each other."
)

#: What is never done, wherever it is asked.
NEVER = (
    "I never record what is said, rank anybody, decide anything, hold money, or call you at night."
)

_LET_GO = "until you let me go"
_LIVES = "while the crew lives, and 14 days after it for you to take along"
_YOURS = "until you say otherwise, or `forget me`"

#: In the order in which people meet them.
EVERYTHING = (
    _kept(
        "who is in it, its clock, host and settings",
        "room member",
        "rooms rooms_you_invited_me_to host_of called_together_by_you",
        why="to know whom to ask, and to do it as you wish",
        until=f"{_LET_GO}; who is in a room, and its name, while I am in it",
    ),
    _kept(
        "its meetings, who hosts, who comes and who was there",
        "meeting hosting coming presence",
        "attendance were_you_there asked_to_host hosted",
        why="to list and remind those who come; the record of a crew",
        until="a year, then only how many; less when you let me go or say `forget me`",
    ),
    _kept(
        "how much energy each has for the next meeting, sealed",
        "energy",
        "energy",
        why="to open one average for all",
        until="until that meeting is over",
    ),
    _kept(
        "its charter and who has accepted which line",
        "charter_line assent",
        "charter_lines_you_accepted",
        why="to bring it up when it is to be looked at",
        until=_LIVES,
    ),
    _kept(
        "its decisions and commitments",
        "decision commitment",
        "decisions_you_wrote_down commitments",
        why="to bring them up when they are due",
        until=_LIVES,
    ),
    _kept(
        "its cycles, and how you looked back",
        "cycle retrospective split",
        "",
        why="to ask when a cycle ends; what each of you chooses is sealed, to count it",
        until=f"{_LIVES}; what each chose until it is counted",
    ),
    _kept(
        "offers and asks",
        "offer",
        "offers_and_asks",
        why="so that who gives gladly and who needs find each other",
        until=_LIVES,
    ),
    _kept(
        "calls, who is curious, newcomers, and, sealed, who said yes to whom",
        "calling interest acceptance place wish open_door",
        "your_calls you_are_curious_about places_kept_for_you you_would_like_to_join "
        "you_asked_your_crew_about_somebody",
        why="to find those who all accept each other",
        until="until the crew is found or the call ends",
    ),
    _kept(
        "its guests",
        "visitor",
        "visiting_helper_in guest_until_all_say_yes_in",
        why="to know who is there for a while, and decides nothing",
        until="until the visit is over",
    ),
    _kept(
        "practices: whose turn it is, whose topic it last was, and what you write in them, sealed",
        "session series focus form share said",
        "written_and_not_opened last_the_focus running_now",
        why="to keep the clock, and to open what is written for all at one moment",
        until="until the sitting ends, or half a day longer where it may go on; what was written until it opens, and a day later it is "
        f"gone from the room, too; whose topic it was {_LET_GO}",
    ),
    _kept(
        "scripts of your own",
        "own_script",
        "scripts_you_offered",
        why="to run them",
        until=f"{_LET_GO}, or remove them",
    ),
    _kept(
        "what you ask each other in polls and rounds, the answers, and what came of it",
        "poll wording cast ballot elector took_part secret_ballot proxy consent_round",
        "polls_you_asked outcomes_you_stated your_voices_in_polls secret_polls_you_took_part_in "
        "polls_you_were_entitled_in proxies consent_rounds",
        why="to count it, and count it again",
        until=_LIVES,
    ),
    _kept(
        "its domains, who links two circles, and what was handed on",
        "domain domain_link domain_notice matter",
        "domains_you_proposed you_speak_for_a_circle your_words_to_hand_on",
        why="to say whose call something is",
        until="while the circles hold them",
    ),
    _kept(
        "of assemblies: what their congregations write to each other, cards with contacts who agreed, lessons on their way, "
        "who gets the newsletter, whom you send into a circle of delegates and until when, and, sealed, who asked for a mediator",
        "assembly assembly_letter assembly_newer_letter assembly_card delegate delegate_circle lesson lesson_release news_reader mediator_search",
        "assemblies_you_asked_about cards_being_made_that_name_you cards_that_name_you_as_contact "
        "assemblies_where_somebody_was_told_of_letters_of_yours letters_that_say_you_would_mediate "
        "letters_that_say_you_could_confirm_a_claim letters_that_cannot_be_read_yet_and_name_you "
        "lessons_that_wait_for_crews newsletters_you_get you_are_a_delegate your_searches_for_a_mediator",
        why="so that each congregation can act with others, and check what they say",
        until="while your congregation has its seat there; a search for a mediator until its day is over",
    ),
    _kept(
        "who can be turned to for safety, until when, of what is written to them nothing but how often in a day, under a mark that "
        "names nobody, and who wants no more, under another",
        "safety_contact carried",
        "safety_contact_for",
        why="so that everybody finds somebody outside their crews, and nobody is flooded",
        until="to the end of the term, or a step back; the marks a day, and half a year",
    ),
    _kept(
        "your money note, what of it is open to a circle, and your pathway, sealed with a key of your own",
        "money_note money_opening pathway",
        "money_note money_note_open_to pathway",
        why="so that you find it again, and nobody else does",
        until="until you delete it, or say `forget me`",
    ),
    _kept(
        "who are a dyad, which times suit you for a one-to-one until it is over, and on which day you met; never what you said",
        "dyad one_to_one met",
        "dyads one_to_ones met_one_to_one",
        why="to ask the two of you for a time, and when you look at it again",
        until="while you are one; the day on which you met for a year",
    ),
    _kept(
        "that you look at your partnership with somebody, and, sealed until it opens or is deleted, who, and what you said",
        "reflection reflection_side",
        "partnership_reflections",
        why="to open it for both of you at one moment, or for neither",
        until="until it has opened, or was left",
    ),
    _kept(
        "who takes part in pairing rounds, on which day they are asked whether that still holds, who has been brought together how often, whose steward is who, and, sealed with "
        "a key of your own, whom you would rather meet or not",
        "pairing partaking encounter preference own_review rota rota_pair steward_round tending stewardship",
        "pairing_rounds asked_again_about_pairing brought_together pair_rota said_in_a_stewardship_round stewardships whom_you_would_meet",
        why="to bring you together with different people, and never with whom you would rather not",
        until=_YOURS,
    ),
    _kept(
        "who would be beside newcomers, who is beside whom or in a welcome pod, and, sealed with a key of the two, what they commit to",
        "welcomer onboarding welcome_pod pod_place",
        "would_be_beside_newcomers onboarding welcome_pods",
        why="so that somebody new has somebody beside them",
        until="until the pair or the pod is over; that a newcomer said not this time, half a year; that you would be beside some, "
        "until you say otherwise",
    ),
    _kept(
        "points of the game",
        "game player booking claim",
        "game",
        why="to show you yours, if you play",
        until="while the game is on; after a year only totals",
    ),
    _kept(
        "open questions and their answers",
        "question",
        "open_questions questions_that_are_over_and_not_deleted_yet your_answers_to_open_questions",
        why="to know what an answer is for, and to name it, sealed, when I ask back which you mean",
        until="until it is answered, or 14 days after its time",
    ),
    _kept(
        "reminders",
        "reminder",
        "reminders",
        why="to say them, in your words",
        until="until they are said or called off",
    ),
    _kept(
        "when you want to be offered time to write, and, while you write for yourself, that you do; never what",
        "writing own_prompt",
        "your_times_for_reflection you_are_writing_for_yourself_now",
        why="to ring the bell, and to listen to nothing meanwhile",
        until=f"while you write; your times {_YOURS}",
    ),
    _kept(
        "quiet hours and who wants no calls",
        "person muted",
        "settings muted_in",
        why="to leave you in peace, by your own clock",
        until="until you say `forget me`",
    ),
)

#: What the daemon itself goes by, and in which nothing stands that anybody said: also the marks by which nobody is asked again
#: and again, which tell of nobody.
OWN = frozenset({"asking", "condemned_key", "fact", "inbox", "outbox"})


#: What people say to the daemon alone. Whether there is any is nobody's business: no circle is told by its rows (R9).
SAID_ALONE = frozenset({
    "acceptance", "encounter", "energy", "interest", "mediator_search", "met", "muted", "onboarding", "one_to_one",
    "partaking", "share", "tending", "welcomer", "wish",
})  # fmt: skip


def everything() -> str:
    """All that can be kept of a circle and its people, and how long, as a list in Markdown."""
    lines = [f"- {each.words} – *{each.until}*" for each in EVERYTHING]
    return "\n".join(
        ["**What I keep of a circle and its people**, where there is any of it:", "", *lines]
    )


def whole(*, private: bool) -> str:
    """The list for whoever asks for all of it, with what is done with everything else and what one may do."""
    where = "" if private else " in our private chat"
    return (
        f"{everything()}\n\nWhatever else you type I forget as soon as I have answered it. {NEVER} `export`{where} gives you what is "
        "yours, and `forget me` removes it. The handbook says of each what it is for."
    )


def rows() -> Iterator[tuple[str, str, str]]:
    """What, why and how long, for the handbook."""
    for each in EVERYTHING:
        yield each.words, each.why, each.until


async def here(room: str) -> str:
    """What is kept of one circle now: that of which there is a row, but for what somebody has said alone."""
    found = {"room", "member"}
    for model in belongings.belongings():
        rows = [row.pk for row in await model.filter(room=room)]
        if rows:
            found.add(belongings.table(model))
        for part, column in belongings.parts(model):
            if rows and await part.filter(**{f"{column}__in": rows}).exists():
                found.add(belongings.table(part))
    return _listed([each.words for each in EVERYTHING if each.tables & (found - SAID_ALONE)])


def _listed(words: list[str]) -> str:
    return "; ".join(words)
