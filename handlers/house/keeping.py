"""What is kept, in words: one list for all who ask, by the tables that there are.

It promises that no table of what people do is left out (a test compares it with the database, and with what `export` gives),
and that of a circle only that is named of which there is something.
"""

from dataclasses import dataclass

from storage import belongings


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One sort of thing: in words, by its tables, and by what it is called in somebody's `export`."""

    words: str
    tables: frozenset[str]
    exported: frozenset[str]


def _kept(words: str, tables: str, exported: str) -> Kept:
    return Kept(words=words, tables=frozenset(tables.split()), exported=frozenset(exported.split()))


#: In the order in which people meet them.
EVERYTHING = (
    _kept(
        "who is in it, its clock, host and settings",
        "room member",
        "rooms rooms_you_invited_me_to host_of called_together_by_you",
    ),
    _kept(
        "its meetings, who hosts, who comes and who was there",
        "meeting hosting coming presence",
        "attendance were_you_there asked_to_host hosted",
    ),
    _kept("how much energy each has for the next meeting, sealed", "energy", "energy"),
    _kept("its charter and who has accepted which line", "charter_line assent", "charter_lines_you_accepted"),
    _kept("its decisions and commitments", "decision commitment", "decisions_you_wrote_down commitments"),
    _kept("its cycles, and how you looked back", "cycle retrospective split", ""),
    _kept("offers and asks", "offer", "offers_and_asks"),
    _kept(
        "calls, who is curious, newcomers, and, sealed, who said yes to whom",
        "calling interest acceptance place wish open_door",
        "your_calls you_are_curious_about places_kept_for_you you_would_like_to_join "
        "you_asked_your_crew_about_somebody",
    ),
    _kept("its guests", "visitor", "visiting_helper_in guest_until_all_say_yes_in"),
    _kept("practices: whose turn it is, whose topic it last was, and what you write in them, sealed",
          "session series focus form share said", "written_and_not_opened last_the_focus running_now"),
    _kept("scripts of your own", "own_script", "scripts_you_offered"),
    _kept(
        "what you ask each other in polls and rounds, the answers, and what came of it",
        "poll wording cast ballot elector took_part secret_ballot proxy consent_round",
        "polls_you_asked outcomes_you_stated your_voices_in_polls secret_polls_you_took_part_in "
        "polls_you_were_entitled_in proxies consent_rounds",
    ),
    _kept(
        "its domains, who links two circles, and what was handed on",
        "domain domain_link domain_notice matter",
        "domains_you_proposed you_speak_for_a_circle your_words_to_hand_on",
    ),
    _kept(
        "of assemblies: what their congregations write to each other, cards with contacts who agreed, lessons on their way, "
        "who gets the newsletter, whom you send into a circle of delegates and until when, and, sealed, who asked for a mediator",
        "assembly assembly_letter assembly_newer_letter assembly_card delegate delegate_circle lesson lesson_release news_reader mediator_search",
        "assemblies_you_asked_about cards_being_made_that_name_you cards_that_name_you_as_contact "
        "assemblies_where_somebody_was_told_of_letters_of_yours letters_that_say_you_would_mediate "
        "letters_that_say_you_could_confirm_a_claim letters_that_cannot_be_read_yet_and_name_you "
        "lessons_that_wait_for_crews newsletters_you_get you_are_a_delegate your_searches_for_a_mediator",
    ),
    _kept(
        "who can be turned to for safety, until when, of what is written to them nothing but how often in a day, under a mark that "
        "names nobody, and who wants no more, under another",
        "safety_contact carried",
        "safety_contact_for",
    ),
    _kept(
        "your money note, what of it is open to a circle, and your pathway, sealed with a key of your own",
        "money_note money_opening pathway",
        "money_note money_note_open_to pathway",
    ),
    _kept(
        "who are a dyad, which times suit you for a one-to-one until it is over, and on which day you met; never what you said",
        "dyad one_to_one met",
        "dyads one_to_ones met_one_to_one",
    ),
    _kept(
        "that you look at your partnership with somebody, and, sealed until it opens or is deleted, who, and what you said",
        "reflection reflection_side",
        "partnership_reflections",
    ),
    _kept(
        "who takes part in pairing rounds, on which day they are asked whether that still holds, who has been brought together how often, whose steward is who, and, sealed with "
        "a key of your own, whom you would rather meet or not",
        "pairing partaking encounter preference own_review rota rota_pair steward_round tending stewardship",
        "pairing_rounds asked_again_about_pairing brought_together pair_rota said_in_a_stewardship_round stewardships whom_you_would_meet",
    ),
    _kept(
        "who would be beside newcomers, who is beside whom or in a welcome pod, and, sealed with a key of the two, what they commit to",
        "welcomer onboarding welcome_pod pod_place",
        "would_be_beside_newcomers onboarding welcome_pods",
    ),
    _kept("points of the game", "game player booking claim", "game"),
    _kept("open questions and their answers", "question", "open_questions your_answers_to_open_questions"),
    _kept("reminders", "reminder", "reminders"),
    _kept(
        "when you want to be offered time to write, and, while you write for yourself, that you do; never what",
        "writing own_prompt", "your_times_for_reflection you_are_writing_for_yourself_now",
    ),
    _kept("quiet hours and who wants no calls", "person muted", "settings muted_in"),
)  # fmt: skip

#: What the daemon itself goes by, and in which nothing stands that anybody said: also the marks by which nobody is asked again
#: and again, which tell of nobody.
OWN = frozenset({"asking", "condemned_key", "fact", "inbox", "outbox"})


#: What people say to the daemon alone. Whether there is any is nobody's business: no circle is told by its rows (R9).
SAID_ALONE = frozenset({
    "acceptance", "encounter", "energy", "interest", "mediator_search", "met", "muted", "onboarding", "one_to_one",
    "partaking", "share", "tending", "welcomer", "wish",
})  # fmt: skip


def everything() -> str:
    """All that can be kept of a circle and its people, as one list in words."""
    return _listed([each.words for each in EVERYTHING])


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
