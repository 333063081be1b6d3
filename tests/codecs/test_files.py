import json
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from streams.codecs.agreement_yaml import write_agreements
from streams.codecs.files import read_agreements, read_evidence_holds, read_policy, read_registry
from streams.errors import InputError
from streams.examples import NAMES, example_path, read_example
from streams.policy.agreement import Agreement, VolumeBudget
from streams.policy.eligibility import statutory_bars
from streams.policy.entity import Entity
from streams.policy.live_terms import LiveTerms
from streams.policy.vocabulary import AgreementStatus, EntityClass, Purpose

POLICY = """\
agency: {entity_id: us-ca-lapd, name: Los Angeles Police Department}
purposes: [criminal_investigation]
visible_for: P2Y
retained_for: P5Y
require_case_number: false
clock_skew: PT5M
request_max_age: P180D
hold_deadline: P14D
max_window: P30D
screening:
  immigration: [ice, NO]
  placeholder: [investigation]
"""
ENTITY = """\
entities:
  - entity_id: us-ca-pasadena-pd
    name: Pasadena Police Department
    class: local_law_enforcement
    jurisdiction: US-CA
    evidence:
      source: charter
      verified_by: custodian
      verified_at: 2026-01-02
    status: active
"""
AGREEMENT = """\
agreements:
  - agreement_id: a-1
    version: 1
    entity_id: us-ca-pasadena-pd
    status: active
    start: 2026-03-08
    end: 2026-03-09
    data_types: [plate_read]
    scopes: []
    purposes: [civil]
    fields: [plate, captured_at]
    max_record_age: P30D
    live_feed: false
    onward_sharing_prohibited: true
    clause_reference: "7"
    clause_text: nothing leaves
    signed_by: [chief]
    origin: signed
"""
LIVE_TERMS = """\
    live_terms:
      {receiving_system: server, accountable_user: administrator, purpose: criminal_investigation,
      reason: stolen vehicles, time_coarseness: PT1H, place_decimals: 2, hot_lists: [stolen]}
"""


def problem(text: str, read: Callable[[str, str], object] = read_registry) -> str:
    with pytest.raises(InputError) as caught:
        read(text, "file.yaml")
    return str(caught.value)


def outcome(read: Callable[[str, str], object], text: str) -> str:
    """Return the message of the one error that a reader may raise, or that the file was read."""
    try:
        read(text, "file.yaml")
    except InputError as error:
        return str(error)
    return "file.yaml was read"


def agreement(text: str = AGREEMENT) -> Agreement:
    return read_agreements(text, "agreements.yaml")[0]


def entity(text: str = ENTITY) -> Entity:
    return read_registry(text, "registry.yaml")[0]


class TestPolicy:
    def test_is_read_whole(self) -> None:
        policy = read_policy(POLICY, "policy.yaml")
        assert policy.agency.entity_id == "us-ca-lapd"
        assert policy.purposes == (Purpose.CRIMINAL_INVESTIGATION,)
        assert policy.screening == {"immigration": ("ice", "NO"), "placeholder": ("investigation",)}
        assert policy.extensions == ()

    @pytest.mark.parametrize(
        "key",
        [
            "agency",
            "purposes",
            "visible_for",
            "retained_for",
            "require_case_number",
            "clock_skew",
            "request_max_age",
            "hold_deadline",
            "max_window",
            "screening",
        ],
    )
    def test_without_a_key_is_refused_by_its_name(self, key: str) -> None:
        document = yaml.safe_load(POLICY)
        del document[key]
        assert f"file.yaml:1: {key}: expected this key, got none" in problem(
            yaml.safe_dump(document), read_policy
        )

    def test_days_of_grace_are_fourteen_unless_said_and_thirty_at_most(self) -> None:
        assert read_policy(POLICY, "a").obligation_grace_days == 14
        for days in (0, 30):
            text = POLICY + f"obligation_grace_days: {days}\n"
            assert read_policy(text, "a").obligation_grace_days == days
        expected = "obligation_grace_days: expected a whole number up to 30, got `31`"
        assert expected in problem(POLICY + "obligation_grace_days: 31\n", read_policy)

    @pytest.mark.parametrize("text", ["2Y", "P", "P-1Y", "P1.5Y", "PT", "two years", "P2Y "])
    def test_a_duration_is_iso_8601(self, text: str) -> None:
        expected = (
            f"file.yaml:3: visible_for: expected an ISO 8601 duration such as P2Y or PT72H, got `{text}`"
        )
        assert problem(POLICY.replace("P2Y", f'"{text}"'), read_policy) == expected

    @pytest.mark.parametrize("text", ["yes", "no", "on", "True", "1", '"true"'])
    def test_a_flag_is_true_or_false_and_nothing_like_it(self, text: str) -> None:
        message = problem(
            POLICY.replace("require_case_number: false", f"require_case_number: {text}"), read_policy
        )
        assert message.startswith("file.yaml:5: require_case_number: expected true or false, got ")

    def test_a_word_of_no_list_is_refused_where_it_stands(self) -> None:
        text = POLICY.replace("[criminal_investigation]", "\n  - civil\n  - fun")
        assert problem(text, read_policy).startswith(
            "file.yaml:4: purposes: expected one of criminal_investigation"
        )

    def test_unknown_is_a_word_for_readers_alone(self) -> None:
        assert "got `unknown`" in problem(POLICY.replace("criminal_investigation", "unknown"), read_policy)

    def test_an_extension_needs_two_approvers(self) -> None:
        text = POLICY + (
            "extensions:\n"
            "  - {class: prosecutor, start: 2026-01-01, end: 2027-01-01, authority: board, reference: r1,\n"
            "     approved_by: [one]}\n"
        )
        assert "extensions[0].approved_by: expected an extension that counts" in problem(text, read_policy)
        assert read_policy(text.replace("[one]", "[one, two]"), "p").extensions[0].approved_by == (
            "one",
            "two",
        )

    def test_an_extension_does_not_end_before_it_starts(self) -> None:
        text = POLICY + (
            "extensions:\n"
            "  - {class: prosecutor, start: 2027-01-01, end: 2026-01-01, authority: board, reference: r1,\n"
            "     approved_by: [one, two]}\n"
        )
        assert "file.yaml:14: extensions[0].end: expected an end that is not before" in problem(
            text, read_policy
        )


class TestRegistry:
    @pytest.mark.parametrize(
        ("value", "described"),
        [("", "nothing"), ("~", "nothing"), ("[a]", "a list"), ("{a: b}", "keys with values")],
    )
    def test_a_text_is_one_value(self, value: str, described: str) -> None:
        text = ENTITY.replace("name: Pasadena Police Department", f"name: {value}")
        assert problem(text) == f"file.yaml:3: entities[0].name: expected text, got {described}"

    def test_a_text_is_more_than_blanks(self) -> None:
        text = ENTITY.replace("name: Pasadena Police Department", 'name: " "')
        assert problem(text) == "file.yaml:3: entities[0].name: expected text, got only blanks"

    def test_a_list_is_no_single_value(self) -> None:
        assert "entities[0].aliases: expected a list, got `x`" in problem(ENTITY + "    aliases: x\n")

    def test_an_entity_is_read_with_its_defaults(self) -> None:
        read = entity()
        assert read.entity_class is EntityClass.LOCAL_LAW_ENFORCEMENT
        assert (read.aliases, read.members, read.parent, read.inherits_parent_agreement) == (
            (),
            (),
            None,
            False,
        )

    def test_json_is_yaml_too(self) -> None:
        document = yaml.load(ENTITY, Loader=yaml.BaseLoader)  # noqa: S506  # our own text, every scalar as text
        assert read_registry(json.dumps(document, indent=1), "registry.json") == (entity(),)

    def test_an_unknown_key_is_named_with_its_line(self) -> None:
        assert problem(ENTITY + "    colour: red\n") == (
            "file.yaml:11: entities[0].colour: expected no such key"
        )

    def test_all_problems_are_told_first_line_first(self) -> None:
        text = ENTITY.replace("US-CA", "California").replace("active", "alive") + "extra: 1\n"
        lines = problem(text).splitlines()
        assert [line.split(": ")[0] for line in lines] == ["file.yaml:5", "file.yaml:10", "file.yaml:11"]

    def test_an_id_twice_is_refused(self) -> None:
        second = ENTITY.removeprefix("entities:\n").replace("name: Pasadena", "name: Other")
        assert "`us-ca-pasadena-pd` once, got it on line 2 too" in problem(ENTITY + second)

    @pytest.mark.parametrize(
        "name",
        ["Pasadena Police Department", " Pasadena Police Department ", "\uff30asadena Police Department"],
    )
    def test_a_name_of_two_entities_is_refused_whatever_its_blanks_and_width(self, name: str) -> None:
        second = ENTITY.removeprefix("entities:\n").replace("us-ca-pasadena-pd", "other")
        second = second.replace("name: Pasadena Police Department", f'name: Other\n    aliases: ["{name}"]')
        assert "entities[1].aliases: expected `Pasadena Police Department` once" in problem(ENTITY + second)

    def test_the_same_name_with_other_letters_is_another_name(self) -> None:
        second = ENTITY.removeprefix("entities:\n").replace("us-ca-pasadena-pd", "other")
        assert (
            len(read_registry(ENTITY + second.replace("Pasadena Police", "South Pasadena Police"), "r")) == 2
        )

    def test_an_alias_may_repeat_the_name_of_its_own_entity(self) -> None:
        text = ENTITY.replace("    class:", "    aliases: [Pasadena Police Department]\n    class:")
        assert entity(text).aliases == ("Pasadena Police Department",)

    def test_inheritance_needs_a_parent(self) -> None:
        assert "inherits_parent_agreement: expected `parent` beside it" in problem(
            ENTITY + "    inherits_parent_agreement: true\n"
        )

    @pytest.mark.parametrize("entity_id", ["", "a b", "a/b", "é", "-x", "x" * 201])
    def test_an_id_can_end_a_topic_name(self, entity_id: str) -> None:
        assert "entities[0].entity_id: expected an id" in problem(
            ENTITY.replace("us-ca-pasadena-pd", json.dumps(entity_id))
        )

    def test_a_legal_determination_is_read(self) -> None:
        read = entity(
            ENTITY + "    legal_determination: {by: counsel, reference: r, at: 2026-01-02T00:00:00Z}\n"
        )
        assert read.legal_determination is not None
        assert read.legal_determination.at == datetime(2026, 1, 2, tzinfo=UTC)

    def test_a_word_that_yaml_takes_for_false_is_a_word(self) -> None:
        assert entity(ENTITY.replace("name: Pasadena Police Department", "name: NO")).name == "NO"


class TestAgreements:
    def test_a_local_date_is_midnight_in_los_angeles_and_summer_time_counts(self) -> None:
        read = agreement()
        assert read.start == datetime(2026, 3, 8, 8, 0, tzinfo=UTC)
        assert read.end == datetime(2026, 3, 9, 7, 0, tzinfo=UTC)

    def test_a_local_date_is_midnight_in_the_zone_of_the_agreement(self) -> None:
        assert agreement(AGREEMENT + "    zone: America/New_York\n").start == datetime(
            2026, 3, 8, 5, tzinfo=UTC
        )

    @pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "", "America"])
    def test_a_zone_that_is_none_is_refused(self, zone: str) -> None:
        assert "agreements[0].zone: expected a time zone" in problem(
            AGREEMENT + f'    zone: "{zone}"\n', read_agreements
        )

    @pytest.mark.parametrize(
        ("text", "instant"),
        [
            ("2026-01-02T03:04:05Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
            ("2026-01-02t03:04:05z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
            ("2026-01-02T03:04:05.25-08:00", datetime(2026, 1, 2, 11, 4, 5, 250_000, tzinfo=UTC)),
        ],
    )
    def test_an_instant_with_offset_is_that_instant(self, text: str, instant: datetime) -> None:
        assert agreement(AGREEMENT.replace("start: 2026-03-08", f"start: {text}")).start == instant

    @pytest.mark.parametrize(
        "text",
        [
            "2026-01-02T03:04:05",
            "2026-01-02 03:04",
            "20260102",
            "2026-W01-1",
            "1767312000",
            "2026-02-30",
            "2026-01-02T25:00:00Z",
            "0000-01-01",
            "2026-01-02T03:04:05+25:00",
            "2\u066026-01-02",
        ],
    )
    def test_a_time_without_offset_or_out_of_the_calendar_is_refused(self, text: str) -> None:
        message = problem(AGREEMENT.replace("start: 2026-03-08", f'start: "{text}"'), read_agreements)
        assert message.startswith("file.yaml:6: agreements[0].start: expected a time with offset such as")

    def test_a_term_that_ends_before_it_starts_is_refused(self) -> None:
        assert "agreements[0].end: expected an end that is not before `start`" in problem(
            AGREEMENT.replace("end: 2026-03-09", "end: 2026-03-07"), read_agreements
        )

    @pytest.mark.parametrize("number", ["010", "0x1", "1_0", "1.0", "-1", "1e3", '"1"', "one"])
    def test_a_number_is_decimal_digits_alone(self, number: str) -> None:
        assert "agreements[0].version: expected a whole number" in problem(
            AGREEMENT.replace("version: 1", f"version: {number}"), read_agreements
        )

    def test_a_field_is_one_that_a_read_has(self) -> None:
        assert "agreements[0].fields: expected one of read_id, captured_at" in problem(
            AGREEMENT.replace("[plate, captured_at]", "[plate, colour]"), read_agreements
        )

    def test_a_blank_clause_is_read_for_the_rules_to_refuse(self) -> None:
        assert (
            agreement(AGREEMENT.replace("clause_text: nothing leaves", 'clause_text: ""')).clause_text == ""
        )

    def test_two_versions_may_stand_in_one_file_but_one_version_once(self) -> None:
        second = AGREEMENT.removeprefix("agreements:\n")
        assert len(read_agreements(AGREEMENT + second.replace("version: 1", "version: 2"), "a")) == 2
        assert "expected `a-1 version 1` once" in problem(AGREEMENT + second, read_agreements)

    def test_the_optional_parts_are_read(self) -> None:
        read = agreement(
            AGREEMENT
            + "    contract_reviewed: {by: counsel, at: 2026-01-01, due: 2027-01-01}\n"
            + "    need_evaluation: {by: custodian, at: 2026-01-01, text: neighbour}\n"
            + "    obligations: [{kind: destroy, text: at the end, due: 2026-12-31}]\n"
            + "    fulfilments: [{kind: destroy, due: 2026-12-31, by: a, at: 2026-12-30, reference: b}]\n"
            + "    volume_budget: {reads: 10, period: P1D}\n"
            + "    contract_digest: null\n"
        )
        (met,) = read.fulfilments
        assert (met.kind, met.due, met.reference, met.digest) == ("destroy", date(2026, 12, 31), "b", None)
        assert met.at == datetime(2026, 12, 30, 8, tzinfo=UTC)
        assert read.obligations[0].due == date(2026, 12, 31)
        assert read.volume_budget == VolumeBudget(reads=10, period="P1D")
        assert read.contract_digest is None
        assert read.need_evaluation is not None
        assert read.contract_reviewed is not None

    def test_the_terms_of_a_live_share_are_read(self) -> None:
        read = agreement(AGREEMENT + LIVE_TERMS)
        assert read.live_terms == LiveTerms(
            receiving_system="server",
            accountable_user="administrator",
            purpose=Purpose.CRIMINAL_INVESTIGATION,
            reason="stolen vehicles",
            time_coarseness="PT1H",
            place_decimals=2,
            hot_lists=("stolen",),
        )
        assert read_agreements(write_agreements([read], ""), "a") == (read,)

    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            ("time_coarseness: PT1H", "time_coarseness: P1D", "expected hours, minutes or seconds"),
            ("time_coarseness: PT1H", "time_coarseness: PT0S", "expected hours, minutes or seconds"),
            ("place_decimals: 2", "place_decimals: 7", "expected a whole number up to 6"),
            ("receiving_system: server, ", "", "receiving_system"),
            ("accountable_user: administrator", 'accountable_user: " "', "expected text"),
            ("purpose: criminal_investigation", "purpose: curiosity", "expected one of"),
        ],
    )
    def test_terms_of_a_live_share_that_nobody_could_keep(self, old: str, new: str, expected: str) -> None:
        assert expected in problem(AGREEMENT + LIVE_TERMS.replace(old, new), read_agreements)

    @pytest.mark.parametrize("due", ["2026-02-30", "20261231", "soon"])
    def test_an_obligation_is_due_on_a_day_of_the_calendar(self, due: str) -> None:
        text = AGREEMENT + f"    obligations: [{{kind: k, text: t, due: {due}}}]\n"
        assert (
            f"agreements[0].obligations[0].due: expected a date such as 2026-01-31, got `{due}`"
            in problem(text, read_agreements)
        )

    @pytest.mark.parametrize(
        ("obligations", "found"),
        [
            ("[]", "none"),
            ("[{kind: k, text: t, due: 2026-12-30}]", "none"),
            ("[{kind: k, text: t}]", "none"),
            ("[{kind: k, text: t, due: 2026-12-31}, {kind: k, text: u, due: 2026-12-31}]", "2"),
        ],
    )
    def test_what_was_met_is_one_obligation_and_no_other(self, obligations: str, found: str) -> None:
        text = AGREEMENT + f"    obligations: {obligations}\n"
        text += "    fulfilments: [{kind: k, due: 2026-12-31, by: a, at: 2026-12-30, reference: b}]\n"
        expected = f"agreements[0].fulfilments: expected one obligation `k` due on 2026-12-31, got {found}"
        assert expected in problem(text, read_agreements)

    @pytest.mark.parametrize("digest", ["abc", "A" * 64, "0" * 65])
    def test_a_digest_of_what_shows_it_is_a_sha_256(self, digest: str) -> None:
        text = AGREEMENT + "    obligations: [{kind: k, text: t, due: 2026-12-31}]\n    fulfilments:\n"
        text += "    - {kind: k, due: 2026-12-31, by: a, at: 2026-12-30, reference: b, "
        text += f"digest: {digest}}}\n"
        assert "agreements[0].fulfilments[0].digest: expected a SHA-256" in problem(text, read_agreements)

    def test_a_doubled_item_is_refused(self) -> None:
        assert "expected each item once, got `chief` again" in problem(
            AGREEMENT.replace("[chief]", "[chief, chief]"), read_agreements
        )


class TestTraps:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", "file.yaml:1: expected keys with values, got an empty file"),
            ("[]", "file.yaml:1: expected keys with values, got a list"),
            ("a: [1", "file.yaml:2: expected YAML or JSON: "),
            ("a: \x00", "file.yaml: expected YAML or JSON in UTF-8 without control characters"),
            ("--- {}\n--- {}", "file.yaml:2: expected YAML or JSON: but found another document"),
            ("entities: 3", "file.yaml:1: entities: expected a list, got `3`"),
            ("entities: [3]", "file.yaml:1: entities[0]: expected keys with values, got `3`"),
            ("entities:", "file.yaml:1: entities: expected a list, got nothing"),
            ("{}", "file.yaml:1: entities: expected this key, got none"),
            ("entities: []\nentities: []", "file.yaml:2: entities: expected each key once, got it again"),
            ("entities: []\n? [a]\n: b", "file.yaml:2: ?: expected no such key"),
            ("entities: []\n<<: {a: b}", "file.yaml:2: <<: expected no such key"),
            ("entities: !!python/object:os.system x", "file.yaml:1: expected no tag"),
        ],
    )
    def test_what_is_no_registry_is_one_clear_line(self, text: str, expected: str) -> None:
        assert problem(text).startswith(expected)

    def test_aliases_are_refused_before_they_grow(self) -> None:
        bomb = "a: &a [x, x]\n" + "".join(
            f"{n}: &{n} [*{p}, *{p}]\n" for p, n in zip("abcdefgh", "bcdefghi", strict=True)
        )
        assert problem(bomb).startswith(
            "file.yaml:2: expected no alias: write the value out where it is used"
        )

    @pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
    def test_deep_nesting_is_refused_and_ends_no_process(self, opening: str) -> None:
        assert problem(opening * 50_000).startswith("file.yaml:1: expected")

    def test_many_problems_are_cut_off_with_their_number(self) -> None:
        lines = problem("entities: []\n" + "".join(f"k{n}: 1\n" for n in range(50))).splitlines()
        assert len(lines) == 21
        assert lines[-1] == "file.yaml: and 30 more"

    @given(st.text(max_size=200))
    def test_any_text_is_a_registry_or_an_input_error(self, text: str) -> None:
        assert outcome(read_registry, text).startswith("file.yaml")

    @given(st.integers(0, len(AGREEMENT) - 1), st.characters())
    def test_an_agreement_with_one_changed_character_is_read_or_refused(self, place: int, char: str) -> None:
        changed = AGREEMENT[:place] + char + AGREEMENT[place + 1 :]
        assert outcome(read_agreements, changed).startswith("file.yaml")


class TestExamples:
    def test_are_there_by_path_and_by_text(self) -> None:
        for name in NAMES:
            assert example_path(name).read_text(encoding="utf-8") == read_example(name)

    def test_every_agreement_is_with_an_entity_of_the_registry(self) -> None:
        known = {
            each.entity_id: each for each in read_registry(read_example("registry.yaml"), "registry.yaml")
        }
        agreements = read_agreements(read_example("agreements.yaml"), "agreements.yaml")
        assert {each.entity_id for each in agreements} <= set(known)

    def test_every_agreement_is_with_local_law_enforcement_of_california(self) -> None:
        known = {
            each.entity_id: each for each in read_registry(read_example("registry.yaml"), "registry.yaml")
        }
        for each in read_agreements(read_example("agreements.yaml"), "agreements.yaml"):
            recipient = known[each.entity_id]
            assert recipient.entity_class is EntityClass.LOCAL_LAW_ENFORCEMENT
            assert statutory_bars(recipient, known.get) == ()

    def test_show_every_state_of_an_agreement_but_the_unsigned_draft(self) -> None:
        statuses = {each.status for each in read_agreements(read_example("agreements.yaml"), "a")}
        assert statuses == {
            AgreementStatus.ACTIVE,
            AgreementStatus.SUSPENDED,
            AgreementStatus.REVOKED,
            AgreementStatus.PROPOSED,
        }

    def test_parents_and_members_are_in_the_registry(self) -> None:
        entities = read_registry(read_example("registry.yaml"), "registry.yaml")
        known = {each.entity_id for each in entities}
        assert {member for each in entities for member in each.members} <= known
        assert {each.parent for each in entities if each.parent} <= known

    def test_the_policy_is_special_order_31(self) -> None:
        policy = read_policy(read_example("policy.yaml"), "policy.yaml")
        assert len(policy.purposes) == 6
        assert (policy.visible_for, policy.retained_for) == ("P2Y", "P5Y")
        assert {"immigration", "protected_health_care", "placeholder"} <= set(policy.screening)


EVIDENCE = """\
evidence_holds:
  - hold_id: e-1
    version: 1
    status: active
    case_number: 26-001234
    form: Form 15.02.00
    reason: for trial
    contact: robbery division
    requested_by: det. requester
    approved_by: lt. approver
    approved_at: 2026-03-08T10:00:00Z
    reverify_due: 2028-03-07
    plates: [8ABC123]
    read_ids: [read-1]
    window_from: 2024-03-10
    window_to: 2024-03-11
"""


def test_dates_of_an_evidence_hold_are_midnights_in_los_angeles_across_a_change_of_the_clock() -> None:
    (hold,) = read_evidence_holds(EVIDENCE, "e.yaml")
    assert hold.window_from == datetime(2024, 3, 10, 8, tzinfo=UTC)
    assert hold.window_to == datetime(2024, 3, 11, 7, tzinfo=UTC)
    assert (hold.plates, hold.read_ids) == (("8ABC123",), ("read-1",))


def test_versions_of_an_evidence_hold_stand_once_each() -> None:
    twice = EVIDENCE + EVIDENCE.removeprefix("evidence_holds:\n")
    assert (
        len(read_evidence_holds(EVIDENCE + twice[len(EVIDENCE) :].replace("version: 1", "version: 2"), "e"))
        == 2
    )
    assert ":17: evidence_holds[1].hold_id: expected `e-1 version 1` once, got it on line 2 too" in problem(
        twice, read_evidence_holds
    )


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        (
            "[8ABC123]",
            "['8ABC*']",
            ":13: evidence_holds[0].plates: expected a plate of letters and digits, without wildcards",
        ),
        (
            "[read-1]",
            "['*']",
            ":14: evidence_holds[0].read_ids: expected the id of one read, without wildcards",
        ),
        (
            "lt. approver",
            "DET requester",
            ":10: evidence_holds[0].approved_by: expected somebody else than `requested_by`",
        ),
        (
            "2024-03-11",
            "2024-03-10",
            ":16: evidence_holds[0].window_to: expected an end that is after `window_from`",
        ),
        (
            "2028-03-07",
            "2026-03-08",
            ":12: evidence_holds[0].reverify_due: expected a time that is after `approved_at`",
        ),
        (
            "status: active",
            "status: unknown",
            ":4: evidence_holds[0].status: expected one of active, released",
        ),
        ("contact: robbery division", "kontact: robbery division", ":8: evidence_holds[0].kontact: "),
        ("form: Form 15.02.00", "form: ' '", ":6: evidence_holds[0].form: expected text, got only blanks"),
    ],
)
def test_an_evidence_hold_that_would_not_count_is_refused_with_its_line(
    right: str, wrong: str, told: str
) -> None:
    assert told in problem(EVIDENCE.replace(right, wrong), read_evidence_holds)


def test_an_evidence_hold_that_names_nothing_is_refused() -> None:
    nothing = EVIDENCE.replace("[8ABC123]", "[]").replace("[read-1]", "[]")
    assert ":13: evidence_holds[0].plates: expected `plates` or `read_ids`" in problem(
        nothing, read_evidence_holds
    )
