"""The scripts that everybody has: their numbers, their words, and how they are found."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practices.circles import Scale
from practices.library import find, key, library
from practices.script import Form, Opens, Outcome, Phase, Script, Shows, Turns
from practices.understanding import NotUnderstood

SCRIPTS = list(library().values())
EVERY = pytest.mark.parametrize("script", SCRIPTS, ids=[script.name for script in SCRIPTS])


def texts(script: Script) -> Iterator[str]:
    """Every text of a script that people see."""
    yield from (script.name, script.purpose, script.credit, *script.keeps)
    for role in script.roles:
        yield from (role.name, role.holds)
    for sitting in script.sittings:
        yield from (sitting.name, sitting.before)
        for phase in sitting.phases:
            yield from (phase.name, phase.prompt, phase.without)
            for field in phase.form.fields if phase.form else ():
                yield from (field.name, field.text)


def minutes(script: Script, sitting: int = 0) -> list[float]:
    """The minutes of each phase, of the whole or of one turn."""
    return [phase.minutes or phase.minutes_each or 0 for phase in script.sittings[sitting].phases]


def turns(script: Script, sitting: int = 0) -> list[Turns]:
    return [phase.turns for phase in script.sittings[sitting].phases]


def called(script: Script, name: str, sitting: int = 0) -> Phase:
    (found,) = [phase for phase in script.sittings[sitting].phases if phase.name == name]
    return found


def form(script: Script, sitting: int = 0) -> Form:
    (found,) = [phase.form for phase in script.sittings[sitting].phases if phase.form]
    return found


# ------------------------------------------------------------------------------------------ one by one


@pytest.mark.requirement("R64", "R65")
@pytest.mark.parametrize(("size", "whole"), [(3, 14), (6, 23), (8, 29)])
def test_a_listening_circle_takes_three_minutes_each_and_five_beside(size: int, whole: int) -> None:
    script = find("listening circle")

    assert script.minutes_for(size) == 3 * size + 5 == whole
    assert called(script, "Round").turns is Turns.EACH
    assert (called(script, "Round").minutes_each, called(script, "Round").up_to) == (3, 10)
    assert minutes(script)[0] == 1
    assert script.outcome is Outcome.LISTENED


@pytest.mark.requirement("R66")
def test_nothing_is_asked_in_writing_while_a_circle_listens() -> None:
    script = find("listening circle")

    assert [phase.form for phase in script.phases] == [None] * 4
    assert called(script, "Round").without == "replies, questions and advice"


@pytest.mark.requirement("R67")
def test_a_round_of_listening_offers_everybody_a_turn_so_that_a_pass_can_come_back() -> None:
    assert called(find("listening circle"), "Round").turns is Turns.EACH
    assert called(find("listening circle"), "Round").rounds == 1


@pytest.mark.requirement("R97")
def test_a_money_conversation_has_paid_work_meaning_a_talk_offers_and_asks() -> None:
    script = find("money conversation")

    assert script.focus
    assert [phase.name for phase in script.phases] == [
        "What I do for money",
        "What means most to me",
        "Questions of understanding",
        "Closer together",
        "Offers",
        "Asks",
        "Thanks",
    ]
    assert minutes(script) == [5, 5, 5, 15, 5, 5, 5]
    assert turns(script)[:4] == [Turns.FOCUS, Turns.FOCUS, Turns.OTHERS, Turns.TOGETHER]
    assert (called(script, "Offers").turns, called(script, "Asks").turns) == (
        Turns.OTHERS,
        Turns.EACH,
    )
    assert script.outcome is Outcome.RESPECT
    assert {script.minutes_for(size) for size in range(2, 9)} == {45}


def test_reflecting_and_envisioning_takes_eight_minutes_each_for_two_to_eight() -> None:
    script = find("reflect and envision")

    assert called(script, "Reflect and envision").minutes_each == 8
    assert (script.least, script.most) == (2, 8)
    assert script.fits(Scale.DYAD, 2)
    assert script.minutes_for(6) == 62
    assert script.minutes_for(8) == 80


@pytest.mark.requirement("R68")
def test_a_case_clinic_has_its_times_its_booking_and_its_short_form() -> None:
    script = find("case clinic")

    assert (script.least, script.most) == (3, 5)
    assert minutes(script) == [3, 10, 2, 10, 20, 10]
    assert {script.minutes_for(size) for size in (3, 4, 5)} == {55}
    assert script.booked == 75
    assert script.forms == (("short", (5, 4, 1, 5, 12, 5)),)
    assert script.in_form("short").minutes_for(4) == 32


@pytest.mark.requirement("R69")
@pytest.mark.parametrize("name", ["Stillness", "Mirroring"])
def test_stillness_and_mirroring_ask_for_images_and_name_advice_as_no_part(name: str) -> None:
    phase = called(find("case clinic"), name)

    for word in ("images", "feelings", "gestures"):
        assert word in phase.prompt
    assert phase.without == "advice"


@pytest.mark.requirement("R70")
@pytest.mark.parametrize(
    "name",
    ["case clinic", "money conversation", "project kitchen", "peer action learning", "clearness"],
)
def test_what_has_one_person_in_the_centre_says_so_for_the_rota(name: str) -> None:
    assert find(name).focus


@pytest.mark.requirement("R71")
def test_a_care_pod_has_eight_sittings_of_ninety_minutes_for_four_to_six() -> None:
    script = find("care pod")

    assert (script.least, script.most) == (4, 6)
    assert [sitting.name for sitting in script.sittings] == [
        "Overview",
        "Getting started",
        "Ideal self",
        "Real self",
        "Learning plan",
        "Carrying it out",
        "Retrospective",
        "Next iteration",
    ]
    for size in (4, 5, 6):
        assert {sitting.minutes_for(size) for sitting in script.sittings} == {90}
    assert script.every_days == 14
    assert all(sitting.before for sitting in script.sittings)


@pytest.mark.requirement("R72")
def test_a_feelz_circle_has_three_processes() -> None:
    assert [script.name for script in SCRIPTS if script.name.startswith("feelz")] == [
        "feelz circle: clearness committee",
        "feelz circle: council",
        "feelz circle: three P's",
    ]


def test_three_ps_takes_six_to_eight_minutes_each() -> None:
    phase = called(find("three ps"), "Three P's")

    assert (phase.minutes_each, phase.up_to) == (6, 8)


def test_a_council_goes_round_more_than_once() -> None:
    assert called(find("council"), "Rounds with the talking piece").rounds == 2


@pytest.mark.requirement("R73")
def test_a_clearness_committee_has_its_people_its_length_and_only_open_questions_in_time() -> None:
    script = find("clearness committee")

    assert (script.least - 1, script.most - 1) == (4, 6)
    optional = sum(phase.minutes_for(6) for phase in script.phases if phase.optional)
    assert script.minutes_for(6) - optional == 90
    assert script.minutes_for(6, longest=True) == 120
    names = [phase.name for phase in script.phases]
    before = script.phases[: names.index("Open questions only")]
    assert sum(phase.minutes_for(6, longest=True) for phase in before) == 15
    assert called(script, "Open questions only").without.startswith("advice, stories")


@pytest.mark.requirement("R74")
@pytest.mark.parametrize("name", ["three ps", "council", "clearness committee"])
def test_in_every_feelz_circle_a_share_can_be_marked(name: str) -> None:
    assert any(phase.may_mark for phase in find(name).phases)


@pytest.mark.requirement("R75")
def test_the_elephants_report_weekly_at_one_moment_and_look_back_quarterly() -> None:
    script = find("Elephants")
    weekly = form(script, 1)

    assert (script.least, script.most) == (3, 4)
    assert [field.name for field in weekly.fields] == [
        "Did",
        "Did not",
        "Felt",
        "Learned",
        "Next",
    ]
    assert (weekly.opens, weekly.hours, weekly.only_to_writers) == (Opens.HOURS, 48, True)
    assert [sitting.every_days for sitting in script.sittings] == [None, 7, 91]
    assert [field.name for field in form(script, 2).fields] == [
        "Relationships",
        "Work",
        "Money",
        "Health",
        "Leisure",
    ]
    each = called(script, "Each in the middle", 2)
    assert (each.minutes_each, each.up_to) == (60, 90)


@pytest.mark.requirement("R76")
def test_troika_is_three_people_and_ten_minutes_each() -> None:
    script = find("troika")

    assert (script.least, script.most) == (3, 3)
    assert sum(minutes(script)) == 10
    assert script.minutes_for(3) == 30
    assert all(phase.for_each for phase in script.phases)
    assert script.in_form("long").minutes_for(3) == 45


@pytest.mark.requirement("R76")
def test_project_kitchen_has_its_five_times() -> None:
    script = find("project kitchen")

    held = [phase.minutes for phase in script.phases if not phase.optional]
    assert held == [4, 4, 1, 8, 3]
    assert (script.least, script.most) == (4, 8)


@pytest.mark.requirement("R76")
@pytest.mark.parametrize("size", range(3, 8))
def test_peer_action_learning_takes_thirty_to_forty_minutes_a_person(size: int) -> None:
    script = find("peer action learning")
    person = [phase for phase in script.phases if phase.name != "Since last time"]

    assert sum(phase.minutes_for(size) for phase in person) == 30
    assert sum(phase.minutes_for(size, longest=True) for phase in person) <= 40
    assert script.least == 3
    assert script.most == 7


@pytest.mark.requirement("R76")
def test_an_empathy_circle_is_three_to_five_people_with_turns_of_three_to_five_minutes() -> None:
    script = find("empathy circle")
    phase = called(script, "Speaking and reflecting")

    assert (script.least, script.most) == (3, 5)
    assert (phase.minutes_each, phase.up_to, phase.turns) == (3, 5, Turns.HANDED)


@pytest.mark.requirement("R76")
def test_a_three_week_sprint_is_three_people_three_weeks_and_three_commitments() -> None:
    script = find("three-week sprint")

    assert (script.least, script.most) == (3, 3)
    assert script.every_days is not None
    assert script.every_days * (len(script.sittings) - 1) == 21
    assert [field.name for field in form(script).fields] == ["Practice", "Without", "Gift"]
    assert form(script).shows is Shows.NOTHING


@pytest.mark.requirement("R77")
def test_working_out_loud_is_twelve_weeks_and_a_link_and_no_text_of_its_guides() -> None:
    script = find("working out loud")

    assert len(script.sittings) == 12
    assert script.every_days == 7
    assert script.link == "https://workingoutloud.com/"
    assert {sitting.minutes_for(4) for sitting in script.sittings} == {60}
    for number, sitting in enumerate(script.sittings, start=1):
        assert (sitting.name, sitting.before) == (f"Week {number}", "")
        assert [phase.prompt for phase in sitting.phases] == [
            f"The guide for week {number} is behind the link."
        ]


@pytest.mark.requirement("R78")
def test_the_smorgasbord_has_twenty_fields_and_shows_only_overlaps() -> None:
    asked = form(find("smorgasbord"))

    assert len(asked.fields) == 20
    assert (asked.fields[0].name, asked.fields[-1].name) == ("Food", "Finances")
    assert {field.name for field in asked.fields if field.sensitive} == {
        "Faith",
        "Sexuality",
        "Substances",
    }
    assert asked.choices == ("none", "small", "large")
    assert (asked.opens, asked.shows) == (Opens.ALL, Shows.OVERLAPS)


@pytest.mark.requirement("R79")
def test_a_safety_pulse_has_seven_statements_and_shows_averages_from_five_answers_on() -> None:
    asked = form(find("safety pulse"))

    assert len(asked.fields) == 7
    assert (asked.scale, asked.shows, asked.least) == ((1, 7), Shows.AVERAGE, 5)
    assert find("safety pulse").least == 5


def test_a_retrospective_takes_its_time_and_leads_to_the_question_that_is_asked_in_private() -> (
    None
):
    script = find("retrospective")
    asked = [phase.form for phase in script.phases if phase.form]

    assert 45 <= script.minutes_for(6) <= 60
    assert [each.shows for each in asked] == [Shows.UNNAMED]
    assert "private chat" in next(each for each in script.phases if each.name == "Going on").prompt


@pytest.mark.requirement("R51")
def test_a_first_meeting_has_the_three_conversations_and_ends_with_the_charter() -> None:
    script = find("first meeting")

    assert [(phase.name, phase.minutes) for phase in script.phases[1:4]] == [
        ("How shall we be with each other?", 30),
        ("Which time works?", 15),
        ("What am I ready to commit to?", 30),
    ]
    assert script.minutes_for(5) == script.booked == 90
    assert "charter" in script.phases[-1].prompt


def test_a_learning_group_says_what_its_sources_ask_for() -> None:
    script = find("learning group")
    said = " ".join(texts(script))

    assert (script.least, script.most) == (3, 8)
    for word in ("want to learn", "a day before", "guests", "guardian", "Review date"):
        assert word in said
    assert script.sittings[1].every_days == 7


def test_a_mastery_board_meeting_takes_half_an_hour_in_its_order() -> None:
    script = find("community mastery board")

    assert script.minutes_for(5) == 30
    assert [phase.name for phase in script.phases] == [
        "Celebrating what is done",
        "Looking at tests",
        "New awarenesses",
        "A test for each",
        "Tasks",
        "The known void",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "check-in round",
        "minute of silence",
        "music and movement",
        "object with a story",
        "share and tell",
        "check-out round",
    ],
)
def test_openings_and_closings_are_one_phase_for_any_circle(name: str) -> None:
    script = find(name)

    assert len(script.phases) == 1
    assert script.fits(Scale.DYAD, 2)
    assert script.fits(Scale.CREW, 8)
    assert script.fits(Scale.CONGREGATION, 30)


def test_a_voice_message_meeting_has_a_window_of_two_days() -> None:
    assert find("voice-message meeting").minutes_for(5) == 48 * 60


def test_a_pod_map_is_for_oneself_and_shown_to_nobody() -> None:
    script = find("pod map")

    assert script.fits(Scale.SELF, 1)
    assert form(script).shows is Shows.NOTHING


@pytest.mark.requirement("R34")
def test_in_listen_and_loop_only_whoever_speaks_hands_on() -> None:
    script = find("listen and loop")

    assert script.fits(Scale.DYAD, 2)
    assert called(script, "Speaking and looping").turns is Turns.HANDED
    assert called(script, "Speaking and looping").minutes_each == 3


@pytest.mark.requirement("R35")
def test_peer_coaching_runs_ten_three_five_and_ten_to_twenty() -> None:
    script = find("peer coaching")

    assert minutes(script)[:4] == [10, 3, 5, 10]
    assert script.phases[3].up_to == 20
    assert turns(script)[:3] == [Turns.FOCUS, Turns.SILENT, Turns.OTHERS]
    assert script.fits(Scale.DYAD, 2)


# -------------------------------------------------------------------------------------- all of them


@EVERY
def test_every_script_fits_somebody_at_every_scale_it_names(script: Script) -> None:
    for scale in script.scales:
        assert any(script.fits(scale, size) for size in scale.sizes)


@EVERY
def test_every_text_is_short_and_invites(script: Script) -> None:
    for text in texts(script):
        assert len(text) <= 400
        assert "!" not in text
        assert not re.search(r"\bplease\b|\bmust\b|\bshould\b|\bnever forget\b", text.casefold())
        assert text == text.strip()


@pytest.mark.requirement("R80")
@EVERY
def test_every_script_can_be_held_by_voice_with_time_order_and_prompts_alone(
    script: Script,
) -> None:
    for sitting in script.sittings:
        for phase in sitting.phases:
            assert phase.prompt
            assert (phase.minutes or phase.minutes_each or 0) > 0
            # What is answered in private has a talk, a telling or nobody else to see it beside it.
            if phase.form is not None:
                assert phase.turns is Turns.SILENT


@EVERY
def test_whoever_is_in_the_centre_is_named(script: Script) -> None:
    for sitting in script.sittings:
        for phase in sitting.phases:
            if phase.turns in {Turns.FOCUS, Turns.OTHERS} or phase.next_step:
                assert script.focus or phase.for_each


# ------------------------------------------------------------------------------------------ by name


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Case Clinic", "case clinic"),
        ("case-clinic", "case clinic"),
        ("CASE_CLINIC.", "case clinic"),
        ("smorgasbord", "smörgåsbord"),
        ("Smörgåsbord", "smörgåsbord"),
        ("three week sprint", "three-week sprint"),
        ("feelz circle three ps", "feelz circle: three P's"),
        ("Three P’s", "feelz circle: three P's"),
        ("clearness", "feelz circle: clearness committee"),
        ("voicemessage meeting", "voice-message meeting"),
        ("the Elephants", None),
    ],
)
def test_a_name_a_little_off_still_finds_it(said: str, name: str | None) -> None:
    if name is None:
        with pytest.raises(NotUnderstood, match="Did you mean “Elephants”"):
            find(said)
    else:
        assert find(said).name == name


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("caes clinik", "Did you mean “case clinic”?"),
        ("feelz", "Did you mean “feelz circle: clearness committee” or “feelz circle: council” or"),
        ("xyzzy", "“scripts” lists what there is."),
        ("", "“scripts” lists what there is."),
        ("!!", "“scripts” lists what there is."),
    ],
)
def test_a_name_that_is_none_is_answered_with_what_is_near(said: str, told: str) -> None:
    with pytest.raises(NotUnderstood) as found:
        find(said)

    assert told in str(found.value)


def test_names_are_looked_up_among_those_that_are_given() -> None:
    with pytest.raises(NotUnderstood):
        find("case clinic", [find("troika")])


@given(said=st.text())
def test_any_name_is_found_or_answered(said: str) -> None:
    try:
        assert find(said) in SCRIPTS
    except NotUnderstood as told:
        assert str(told)
    assert len(key(said)) <= 64
