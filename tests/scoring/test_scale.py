"""A scale is drafted by lines or loaded whole, adds up, is locked, and is amended as another."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from blocks import clock
from scoring.forms import SHOWN, PairsField
from scoring.methods import METHODS, Method
from scoring.models import Criterion, Entry, Exemption, Scale, Season
from scoring.phases import Column, Phase
from scoring.scale_files import SCALES, read, read_bytes
from tests.factories import AwardFactory, CriterionFactory
from tests.pages import page, post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def planned(cast):
    """The cast's next year, planning, with the worked example's scale as a draft."""
    season = Season.open(cast.block, 2027)
    Scale.from_file(season, read(SCALES / "ex-100.yaml"))
    return season


@pytest.fixture
def scale(planned):
    return planned.newest_scale


def line(scale, code):
    return scale.criteria.get(code=code)


def codes(scale):
    return list(scale.criteria.values_list("code", flat=True))


# Locking


def test_a_scale_that_adds_up_is_locked_by_the_heads_principal(planned, scale, cast, as_):
    response, _text = post(as_(cast.cedar), "lock_scale", scale.pk)
    assert response.status_code == 302
    planned.refresh_from_db()
    assert planned.scale == scale
    assert planned.scale.locked_by == cast.cedar_seat


@pytest.mark.parametrize(("code", "most"), [("I.2", 8), ("II", 18)])
def test_a_scale_whose_sums_do_not_agree_is_not_locked(planned, scale, cast, as_, code, most):
    Criterion.objects.filter(scale=scale, code=code).update(max=most)
    client = as_(cast.cedar)
    for response, text in (
        page(client, "lock_scale", scale.pk),
        post(client, "lock_scale", scale.pk),
        page(client, "show_scale", planned.pk),
    ):
        assert response.status_code in (200, 422)
        assert "adds up to" in text
    scale.refresh_from_db()
    assert not scale.is_locked


def test_the_page_of_a_scale_says_how_much_its_lines_are_short(planned, scale, cast, as_):
    Criterion.objects.filter(scale=scale, code="I.2").update(max=8)
    text = page(as_(cast.cedar), "show_scale", planned.pk)[1]
    assert "Total 98/100: 2 short" in text


def test_a_line_that_a_condition_names_and_the_draft_has_not_is_told_before_it_is_locked(
    planned, scale, cast, as_
):
    flag = AwardFactory(short_name="Cờ")
    for rule, code in (("over_fulfilled", "I.1"), ("none_counted", "P.9"), ("has_fighters", "1")):
        flag.requirements.create(rule=rule, parameter=code)
    client, told = as_(cast.cedar), "“Cờ” has a condition on line P.9, which the scale does not"
    pages = [("show_scale", planned.pk), ("lock_scale", scale.pk), ("show_season", planned.pk)]
    for name, key in pages:
        text = page(client, name, key)[1]
        assert (text.count(told), text.count("has a condition on line")) == (1, 1)
    assert told not in page(as_(cast.ash), "show_scale", planned.pk)[1]
    assert post(client, "lock_scale", scale.pk)[0].status_code == 302
    CriterionFactory(scale=planned.add_scale(), code="P.9")
    assert told not in page(client, "show_season", planned.pk)[1]


def test_a_scale_without_lines_is_not_locked(planned, cast):
    empty = planned.add_scale(name="Trắng")
    with pytest.raises(ValidationError, match="no lines"):
        empty.lock(cast.cedar_seat)


def test_a_scale_is_locked_once_and_only_while_planning(planned, scale, cast, in_phase):
    scale.lock(cast.cedar_seat)
    with pytest.raises(ValidationError, match="locked already"):
        Scale.objects.get(pk=scale.pk).lock(cast.cedar_seat)
    Season.objects.filter(pk=planned.pk).update(phase=Phase.REGISTRATION)
    with pytest.raises(ValidationError, match="only while planning"):
        Scale.objects.get(pk=scale.pk).lock(cast.cedar_seat)


def test_the_database_keeps_a_locked_scale_as_it_is(scale, cast):
    scale.lock(cast.cedar_seat)
    plan = line(scale, "I.1")
    for change in (
        lambda: Criterion.objects.filter(pk=plan.pk).update(max=31),
        lambda: Criterion.objects.filter(pk=plan.pk).delete(),
        lambda: CriterionFactory(scale=scale),
        lambda: Scale.objects.filter(pk=scale.pk).update(total=99),
        lambda: Scale.objects.filter(pk=scale.pk).update(locked_at=None),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_the_lines_of_a_locked_scale_are_read_once(scale, cast):
    scale.lock(cast.cedar_seat)
    first, again = (Scale.objects.get(pk=scale.pk) for _ in range(2))
    held = [str(criterion) for criterion in first.criteria_in_order]
    with CaptureQueriesContext(connection) as queries:
        assert [str(criterion) for criterion in again.criteria_in_order] == held
        assert again.lines.lines == first.lines.lines
    assert not queries


def test_a_draft_that_was_locked_and_rolled_back_is_read_as_it_was_locked_at_last(scale, cast):
    with clock.standing_on(clock.today() - timedelta(days=1)), transaction.atomic():
        scale.lock(cast.cedar_seat)
        assert Scale.objects.get(pk=scale.pk).criteria_in_order[0].name != "Đổi tên"
        transaction.set_rollback(True)
    draft = Scale.objects.get(pk=scale.pk)
    Criterion.objects.filter(pk=draft.criteria_in_order[0].pk).update(name="Đổi tên")
    draft.lock(cast.cedar_seat)
    assert Scale.objects.get(pk=scale.pk).criteria_in_order[0].name == "Đổi tên"


@pytest.mark.parametrize("name", ["edit_scale", "add_criterion", "discard_scale"])
def test_a_locked_scale_is_not_changed_on_its_pages(scale, cast, as_, name):
    scale.lock(cast.cedar_seat)
    data = {"name": "X", "total": "100", "places": "2", "code": "Z", "method": "manual"}
    places = {"max": "1", "kind": "main", "evidence": "none", "place": "in:"}
    response, text = post(as_(cast.cedar), name, scale.pk, **data | places)
    assert response.status_code == 422
    assert "The scale is locked; amend it instead." in text


PEOPLE = ["officer", "cedar", "cedar_clerk", "birch", "ash", "stranger", "dogwood"]
ALLOWED = [
    # address         officer cedar clerk deputy member stranger outsider
    ("edit_scale", [200, 200, 200, 403, 403, 404, 404]),
    ("add_criterion", [200, 200, 200, 403, 403, 404, 404]),
    ("amend_scale", [200, 200, 200, 403, 403, 404, 404]),
    ("discard_scale", [200, 200, 200, 403, 403, 404, 404]),
    ("lock_scale", [200, 200, 403, 403, 403, 404, 404]),
]


@pytest.mark.parametrize(("name", "statuses"), ALLOWED, ids=[name for name, _s in ALLOWED])
def test_the_heads_clerk_drafts_its_principal_locks_and_members_read(
    scale, cast, as_, name, statuses
):
    got = [page(as_(getattr(cast, who)), name, scale.pk)[0].status_code for who in PEOPLE]
    assert got == statuses


def test_a_line_is_changed_by_who_drafts(scale, cast, as_):
    key = line(scale, "I.1").pk
    for name in ("edit_criterion", "remove_criterion"):
        got = [page(as_(getattr(cast, who)), name, key)[0].status_code for who in PEOPLE]
        assert got == [200, 200, 200, 403, 403, 404, 404]


# Reading


def test_members_read_the_draft_while_planning_whole(planned, scale, cast, as_):
    _response, text = page(as_(cast.ash), "show_scale", planned.pk)
    for criterion in scale.criteria_in_order:
        assert criterion.name in text
    assert "draft 1" in text
    assert "Total 100/100" in text
    assert "from 95%: 16" in text  # the tiers of I.3
    assert "XS: 5" in text  # the levels of II.2
    assert "0,1 points for every 1% above 100% of I.1" in text
    assert str(METHODS[Method.TIERED].explanation) in text
    assert "as registered" in text
    assert "at most 10 over all" in text
    assert reverse("add_criterion", args=[scale.pk]) not in text
    assert reverse("lock_scale", args=[scale.pk]) not in text


def test_a_season_without_a_scale_says_what_to_do(cast, as_):
    season = Season.open(cast.block, 2028)
    load = reverse("load_scale", args=[season.pk])
    assert load in page(as_(cast.cedar), "show_scale", season.pk)[1]
    assert "No point scale yet" in page(as_(cast.ash), "show_scale", season.pk)[1]


# Loading


@pytest.mark.parametrize(
    ("source", "count"), [("starter-tt-100", 36), ("ex-100", 19), ("blank", 0), ("last", 7)]
)
def test_a_scale_is_begun_from_a_starter_last_year_or_a_blank_page(cast, as_, source, count):
    season = Season.open(cast.block, 2027)
    response, _text = post(as_(cast.cedar_clerk), "load_scale", season.pk, source=source)
    assert response.status_code == 302
    assert season.newest_scale.criteria.count() == count
    assert (season.newest_scale.faults == []) is (count > 0)


def test_every_starter_file_can_be_locked_as_it_is(cast):
    for number, path in enumerate(sorted(SCALES.glob("*.yaml"))):
        season = Season.open(cast.block, 2030 + number)
        Scale.from_file(season, read(path)).lock(cast.cedar_seat)


GOOD = (SCALES / "ex-100.yaml").read_text(encoding="utf-8")
BAD = [
    (GOOD.replace("method: tiered", "method: magic"), "I.3: the method “magic” is unknown."),
    (GOOD.replace("of: I.1,", "of: X.9,"), "Line B.1 names X.9, which the scale does not have."),
    (GOOD.replace("{code: P.1,", "{code: P.1, parent: Q,"), "Line P.1 names Q"),
    (GOOD.replace("{code: I,", "{code: I, parent: I.1,"), "stands in itself"),
    (GOOD.replace("code: P.3,", "code: P.2,"), "Another line of the scale has this code."),
    (GOOD.replace("max: 30,", "max: 30.125,"), "I.1: maximum:"),
    (GOOD.replace("code: II.3,", f"code: {'X' * 30},"), "at most 20 characters"),
    (GOOD.replace("total: 100", "total: 123456789"), "EX-100: total:"),
    (
        "a: [",
        "The file cannot be read from line 1, character 5, on; compare it there with the sample",
    ),
    ("", "lines of the form “name: value” are expected"),
]


@pytest.mark.parametrize(("text", "sentence"), BAD, ids=range(len(BAD)))
def test_a_wrong_file_is_refused_with_a_sentence_and_nothing_is_saved(cast, as_, text, sentence):
    season = Season.open(cast.block, 2027)
    file = SimpleUploadedFile("thang.yaml", text.encode())
    response, shown = post(as_(cast.cedar), "load_scale", season.pk, source="file", file=file)
    assert response.status_code == 422
    assert sentence in shown
    assert not season.scales.exists()


def test_a_good_file_is_loaded(cast, as_):
    season = Season.open(cast.block, 2027)
    file = SimpleUploadedFile("thang.yaml", GOOD.encode())
    post(as_(cast.cedar), "load_scale", season.pk, source="file", file=file)
    assert codes(season.newest_scale)[:3] == ["I", "I.1", "I.2"]
    season.rules.refresh_from_db()
    assert season.rules.tie_rules == ["section I", "fewer penalties"]


def test_a_file_that_was_chosen_counts_whatever_is_ticked_above_it(cast, as_):
    season = Season.open(cast.block, 2027)
    file = SimpleUploadedFile("thang.yaml", GOOD.encode())
    post(as_(cast.cedar), "load_scale", season.pk, source="blank", file=file)
    assert codes(season.newest_scale)[:3] == ["I", "I.1", "I.2"]


def test_a_new_draft_beside_a_locked_scale_says_what_it_holds_up(cast, as_, in_phase):
    sentence = "must be locked, or discarded, before registration opens"
    season = in_phase(Phase.PLANNING)
    assert sentence in page(as_(cast.cedar), "load_scale", season.pk)[1]
    post(as_(cast.cedar), "load_scale", season.pk, source="blank")
    assert sentence not in page(as_(cast.cedar), "load_scale", season.pk)[1]


def test_a_file_of_more_than_one_megabyte_is_refused(cast, as_):
    season = Season.open(cast.block, 2027)
    file = SimpleUploadedFile("thang.yaml", b"#" * (1024 * 1024 + 1))
    response, text = post(as_(cast.cedar), "load_scale", season.pk, source="file", file=file)
    assert response.status_code == 422
    assert "larger than 1 MB" in text
    assert "Choose a file." in post(as_(cast.cedar), "load_scale", season.pk, source="file")[1]


def test_a_file_that_names_a_line_before_it_stands_is_read_all_the_same(cast):
    text = """
code: T
name: T
total: 10
criteria:
  - {code: B.1, name: Vượt, max: 2, method: over_fulfilment, each: 0.1, of: I.1, bonus: true}
  - {code: I.1, name: Kế hoạch, max: 10, method: proportional}
  - {code: I, name: Nhiệm vụ, max: 10, method: section}
"""
    season = Season.open(cast.block, 2027)
    scale = Scale.from_file(season, read_bytes(text.encode(), "t.yaml"))
    assert codes(scale) == ["B.1", "I", "I.1"]
    assert scale.faults == []


def test_a_file_without_tie_rules_leaves_those_of_the_season(cast):
    season = Season.open(cast.block, 2027)
    season.rules.tie_rules = ["section II"]
    season.rules.save()
    Scale.from_file(season, read(SCALES / "starter-tt-100.yaml"))
    season.rules.refresh_from_db()
    assert season.rules.tie_rules == ["section II"]


# Lines


def said(**changed):
    return {
        "method": "proportional", "code": "I.4", "name": "Việc khác", "max": "5", "kind": "main",
        "denominator": "stated", "cap": "1", "when_nothing_due": "not_assigned",
        "evidence": "optional", "place": "in:",
    } | changed  # fmt: skip


def test_a_line_is_added_at_its_place(planned, scale, cast, as_):
    place = f"after:{line(scale, 'I.2').pk}"
    response, _text = post(as_(cast.cedar_clerk), "add_criterion", scale.pk, **said(place=place))
    added = line(scale, "I.4")
    assert response.url == reverse("show_scale", args=[planned.pk]) + f"#line-{added.pk}"
    assert codes(scale)[:6] == ["I", "I.1", "I.2", "I.4", "I.3", "II"]
    assert added.parent == line(scale, "I")


def test_the_sample_file_is_one_that_can_be_loaded(planned, cast, as_):
    client = as_(cast.cedar_clerk)
    address = reverse("sample_scale", args=[planned.pk])
    assert address in page(client, "load_scale", planned.pk)[1]
    answer = client.get(address)
    assert "attachment" in answer["Content-Disposition"]
    assert read_bytes(answer.content, "mau.yaml").total == 100


def test_a_line_says_what_counts_when_nothing_was_due_wherever_it_is_written(scale, cast, as_):
    response, text = post(as_(cast.cedar), "add_criterion", scale.pk, **said(when_nothing_due=""))
    assert (response.status_code, 'id="error_1_id_when_nothing_due"' in text) == (422, True)
    known = "what_counts_when_nothing_was_due_is_known"
    with pytest.raises(IntegrityError, match=known), transaction.atomic():
        CriterionFactory(scale=scale, when_nothing_due="")


def test_a_cap_below_the_whole_base_is_refused_at_its_field(scale, cast, as_):
    response, text = post(as_(cast.cedar), "add_criterion", scale.pk, **said(cap="0"))
    assert response.status_code == 422
    assert "Enter a number from 1" in text
    assert not scale.criteria.filter(code="I.4").exists()


def test_a_section_is_moved_with_its_lines(scale, cast, as_):
    section = line(scale, "II")
    data = {"method": "section", "code": "II", "name": section.name, "max": "20"}
    post(as_(cast.cedar), "edit_criterion", section.pk, **data, place="in:")
    assert codes(scale)[:6] == ["II", "II.1", "II.2", "II.3", "I", "I.1"]


def test_a_section_never_stands_in_itself(scale):
    section = line(scale, "I")
    inner = scale.criteria.create(code="I.9", name="Trong", method="section", parent=section)
    with pytest.raises(ValidationError, match="in itself"):
        scale.put(section, parent=inner, after=None)


@pytest.mark.parametrize("method", Method)
def test_the_form_shows_only_the_fields_of_the_method(scale, cast, as_, method):
    client = as_(cast.cedar)
    _response, text = post(client, "add_criterion", scale.pk, **said(method=method), redraw="1")
    every = {name for names in SHOWN.values() for name in names}
    shown = {name for name in every if f'name="{name}"' in text}
    assert shown == set(SHOWN[method])
    assert str(METHODS[method].explanation) in text
    assert 'value="I.4"' in text  # what was typed stays
    assert not scale.criteria.filter(code="I.4").exists()


def test_what_only_another_method_uses_is_forgotten(scale, cast, as_):
    tiered = line(scale, "I.3")
    place = f"after:{line(scale, 'I.2').pk}"
    post(
        as_(cast.cedar), "edit_criterion", tiered.pk,
        **said(method="count", code="I.3", each="2", max="20", place=place),
    )  # fmt: skip
    tiered.refresh_from_db()
    assert (tiered.method, tiered.each, tiered.tiers) == ("count", 2, [])
    assert tiered.denominator == "stated"


REFUSED = [
    ({"code": "I.1"}, "code", "Another line of the scale has this code."),
    ({"max": "nhiều"}, "max", "was not saved"),
    ({"denominator": "fixed"}, "fixed_target", "State the fixed base."),
    ({"method": "tiered", "tiers": "100 20"}, "tiers", "“100 20”: write it as in the example."),
    ({"method": "tiered", "tiers": "9 = 2\n9 = 1"}, "tiers", "A bound is named twice."),
    ({"method": "select", "levels": "Tốt = nhiều"}, "levels", "was not saved"),
    ({"method": "count"}, "each", "Fill in “"),
    ({"max": "1.250"}, "max", 'name="max" value="1,25">1,25</button>'),
]


@pytest.mark.parametrize(("changed", "field", "sentence"), REFUSED)
def test_a_wrong_field_of_a_line_is_refused_at_its_place(
    scale, cast, as_, changed, field, sentence
):
    response, text = post(as_(cast.cedar), "add_criterion", scale.pk, **said(**changed))
    assert response.status_code == 422
    assert sentence in text.split(f'id="error_1_id_{field}"')[1][:500]
    assert scale.criteria.count() == 19


def test_tiers_are_put_highest_first_and_levels_keep_their_order(scale, cast, as_):
    client = as_(cast.cedar)
    post(client, "add_criterion", scale.pk, **said(method="tiered", tiers="90 = 2,5\n\n100=5"))
    assert line(scale, "I.4").rule.tiers == (
        (Decimal(100), Decimal(5)),
        (Decimal(90), Decimal("2.5")),
    )
    levels = said(method="select", code="I.5", levels="Tốt = 4\nKhá = 2")
    post(client, "add_criterion", scale.pk, **levels)
    assert line(scale, "I.5").levels == [["Tốt", "4"], ["Khá", "2"]]


def test_pairs_are_written_as_they_are_typed():
    field = PairsField(numbers=(True, True))
    assert field.prepare_value([["97.5", "16"]]) == "97,5 = 16"
    assert field.clean("97,5 = 16") == [["97.5", "16"]]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (said(max="12", try_actual="9", try_target="10"), "9/10 × 12 = 10,80"),
        (
            said(method="count", each="2,5", max="5", try_actual="3"),
            "3 × 2,5 = 7,50 → 5,00 (at most 5)",
        ),
        (
            said(method="over_fulfilment", max="3", each="0,1", try_actual="11", try_target="10"),
            "0,1 × (100 × 11/10 − 100) = 1,00",
        ),
        (said(try_actual="1.250", try_target="10"), "It may mean two numbers: type 1250 or 1,25."),
    ],
)
def test_a_line_is_tried_without_being_saved(scale, cast, as_, data, words):
    if data["method"] == "over_fulfilment":
        data["of"] = line(scale, "I.1").pk
    response, text = post(as_(cast.cedar), "add_criterion", scale.pk, **data, **{"try": "1"})
    assert response.status_code == 200
    assert words in text
    assert not scale.criteria.filter(code="I.4").exists()


def test_a_line_opens_with_a_trial_of_its_own(scale, cast, as_):
    assert "9/10 × 30 = 27,00" in page(as_(cast.cedar), "edit_criterion", line(scale, "I.1").pk)[1]


def test_a_section_is_removed_with_its_lines(scale, cast, as_):
    client, section = as_(cast.cedar), line(scale, "III")
    assert "4 lines that stand in it" in page(client, "remove_criterion", section.pk)[1]
    post(client, "remove_criterion", section.pk)
    assert not scale.criteria.filter(code__startswith="III").exists()


@pytest.mark.parametrize("code", ["I.1", "I"])
def test_a_line_that_another_reads_is_not_removed(scale, cast, as_, code):
    response, text = post(as_(cast.cedar), "remove_criterion", line(scale, code).pk)
    assert response.status_code == 422
    assert "Line B.1 reads this line; take it out first." in text
    assert scale.criteria.count() == 19


def test_the_scale_as_a_whole_is_edited(scale, cast, as_):
    post(
        as_(cast.cedar_clerk), "edit_scale", scale.pk,
        name="Thang 2027", total="1000", bonus_cap="", places="1",
        classification="800 = Tốt\n900 = Xuất sắc",
    )  # fmt: skip
    scale.refresh_from_db()
    assert (scale.name, scale.total, scale.bonus_cap, scale.places) == ("Thang 2027", 1000, None, 1)
    assert scale.classes == [(Decimal(900), "Xuất sắc"), (Decimal(800), "Tốt")]


def test_once_planning_is_over_nothing_of_the_scale_is_changed(planned, scale, cast):
    Season.objects.filter(pk=planned.pk).update(phase=Phase.REGISTRATION)
    scale = Scale.objects.get(pk=scale.pk)
    for change in (
        scale.discard,
        scale.amended,
        lambda: scale.take_out(line(scale, "I.2")),
        lambda: scale.put(Criterion(code="X", name="X", method="manual"), None, None),
    ):
        with pytest.raises(ValidationError, match="only while planning"):
            change()


# Versions


def test_after_going_back_the_scale_is_amended_as_a_new_version(cast, in_phase, as_):
    season = in_phase(Phase.REGISTRATION)
    client = as_(cast.cedar)
    entry = Entry.objects.create(
        card=cast.card, criterion=cast.lines.plan, column=Column.TARGET, target=10,
        seat=cast.cedar_seat,
    )  # fmt: skip
    exemption = Exemption.leave_out(cast.card, cast.lines.sudden, cast.cedar_seat, "Vì")
    assert post(client, "amend_scale", cast.lines.scale.pk)[0].status_code == 422
    season.go_back(cast.cedar_seat, "Sửa thang bảng điểm")
    post(client, "amend_scale", cast.lines.scale.pk)
    second = season.newest_scale
    assert second.version == 2
    assert line(second, "I.1").parent == line(second, "I")

    season.refresh_from_db()
    with pytest.raises(ValidationError, match="Version 2 of the scale is not locked yet"):
        season.move_to(Phase.REGISTRATION, cast.cedar_seat)
    second.lock(cast.cedar_seat)
    season.refresh_from_db()
    season.move_to(Phase.REGISTRATION, cast.cedar_seat)
    assert season.scale == second
    entry.refresh_from_db()
    exemption.refresh_from_db()
    assert entry.criterion == line(second, "I.1")  # what was registered goes on
    assert exemption.criterion == line(second, "I.2")

    text = page(as_(cast.ash), "show_scale", season.pk)[1]
    assert "Version 1" in text
    assert "Version 2" in text
    older = page(as_(cast.ash), "show_scale", season.pk, query="?version=1")[1]
    assert "To the newest version" in older
    assert page(as_(cast.ash), "show_scale", season.pk, query="?version=9")[0].status_code == 404


def test_a_line_that_takes_other_facts_now_begins_anew_which_is_told_before(cast, in_phase, as_):
    season = in_phase(Phase.REGISTRATION)
    entry = Entry.objects.create(
        card=cast.card, criterion=cast.lines.plan, column=Column.TARGET, target=10,
        seat=cast.cedar_seat,
    )  # fmt: skip
    season.go_back(cast.cedar_seat, "Vì")
    season.refresh_from_db()
    Exemption.leave_out(cast.card, cast.lines.sudden, cast.cedar_seat, "Không có đoàn")
    second = Scale.objects.get(pk=cast.lines.scale.pk).amended()
    told = "for the draft lacks them or scores them otherwise: I.1, I.2."
    shown = ("show_scale", season.pk), ("lock_scale", second.pk)
    assert not any(told in page(as_(cast.cedar), *each)[1] for each in shown)
    Exemption.leave_out(cast.card, cast.lines.late, cast.cedar_seat, "Không gửi báo cáo")
    anew = second.criteria.filter(code__in=["I.1", cast.lines.late.code])
    anew.update(method=Method.MANUAL)
    Criterion.objects.filter(scale=second, code="I.2").update(code="I.9")
    for each in shown:
        _, text = page(as_(cast.cedar), *each)
        assert told in text.partition("Once it is locked, this does not go on to the new scale:")[2]
    assert "Không có đoàn" in page(as_(cast.cedar), "list_exemptions", season.pk)[1]
    second.lock(cast.cedar_seat)
    entry.refresh_from_db()
    assert entry.criterion == cast.lines.plan
    amended, left = "the scale was amended (version 2)", "that do not go on: I.1"
    for who, is_its_own in (("ash", True), ("birch", False), ("officer", False)):
        news = as_(getattr(cast, who)).get("/").content.decode()
        assert (amended in news, left in news) == (True, is_its_own)
    stranger = as_(cast.stranger).get("/").content.decode()
    assert amended not in stranger
    left_out = page(as_(cast.cedar), "list_exemptions", season.pk)[1]
    assert "Không có đoàn" not in left_out
    assert "Không gửi báo cáo" in left_out  # it is about the line, whatever its method


@pytest.mark.parametrize(
    ("code", "column", "now", "ends"),
    [
        ("I.1", Column.TARGET, "stated", True),
        ("I.1", Column.CLAIMED, "stated", False),  # its unit, excused, gave it with the result
        ("I.2", Column.CLAIMED, "registered", True),
        ("I.2", Column.TARGET, "registered", False),  # registered since
        ("I.1", Column.CLAIMED, "registered", False),  # as it was
    ],
)
def test_the_news_of_an_amended_scale_tell_a_unit_where_its_base_counts_no_more(
    cast, in_phase, as_, code, column, now, ends
):
    season = in_phase(Phase.REGISTRATION)
    given = {"column": column, "target": 10, "seat": cast.cedar_seat}
    Entry.objects.create(card=cast.card, criterion=line(season.scale, code), **given)
    season.go_back(cast.cedar_seat, "Sửa thang bảng điểm")
    second = season.scale.amended()
    second.criteria.filter(code=code).update(denominator=now)
    second.lock(cast.cedar_seat)
    told = f"that count no more: {code}"
    assert (told in as_(cast.ash).get("/").content.decode()) == ends
    assert told not in as_(cast.birch).get("/").content.decode()


@pytest.mark.parametrize(
    ("was", "now", "goes_on"),
    [
        ("count", "deduct", True),
        ("proportional", "frontrunner", True),
        ("count", "pass_fail", False),
        ("pass_fail", "deduct", False),
        ("tiered", "plus_minus", False),
        ("plus_minus", "proportional", False),
        ("select", "manual", False),
    ],
)
def test_what_was_said_goes_on_where_it_means_the_same_by_the_new_method(
    planned, scale, cast, was, now, goes_on
):
    def locked_by(method, version):
        rule = {"each": 1, "penalty_each": 1, "tiers": [["50", "1"]], "levels": [["Tốt", "1"]]}
        Criterion.objects.filter(of__code="I.1", scale=version).delete()
        version.criteria.filter(code="I.1").update(method=method, **rule)
        version.lock(cast.cedar_seat)
        return line(version, "I.1")

    first = locked_by(was, scale)
    says = dict.fromkeys(first.takes, 1) if was != "select" else {"level": "Tốt"}
    card = planned.cards.create(unit=cast.ash_unit, official_order=1, turn=1)
    entry = Entry.objects.create(
        card=card, criterion=first, column=Column.CLAIMED, seat=cast.cedar_seat, **says
    )
    second = locked_by(now, scale.amended())
    entry.refresh_from_db()
    assert entry.criterion == (second if goes_on else first)


def test_a_level_that_the_amended_scale_lost_is_to_be_chosen_anew(cast):
    levels = [["Tốt", "2"], ["Khá", "1"]]
    line = CriterionFactory.build(scale=cast.lines.scale, method=Method.SELECT, levels=levels)
    filled = [
        Entry(level=level).fills(line, Column.CLAIMED, None) for level in ("Tốt", "Trung bình")
    ]
    assert filled == [True, False]


def test_a_draft_is_discarded_and_the_locked_version_counts_again(cast, in_phase, as_):
    season = in_phase(Phase.REGISTRATION)
    season.go_back(cast.cedar_seat, "Vì")
    season.refresh_from_db()
    second = Scale.objects.get(pk=cast.lines.scale.pk).amended()
    post(as_(cast.cedar_clerk), "discard_scale", second.pk)
    assert season.missing == []


def test_a_copy_reads_its_own_lines(scale):
    copy = scale.amended()
    assert line(copy, "B.1").of == line(copy, "I.1")
    assert copy.faults == []


def test_a_tie_rule_whose_line_the_draft_lost_is_told_and_read_in_the_rules(cast, in_phase, as_):
    season = in_phase(Phase.PLANNING)
    head, code = as_(cast.cedar), cast.lines.late.code
    season.rules.tie_rules = ["section I", f"criterion {code}"]
    season.rules.save()
    second = Scale.objects.get(pk=cast.lines.scale.pk).amended()
    told = f"“higher score in criterion {code}” decides nothing: the scale has no such line."
    lock, move = ("lock_scale", second.pk), ("move_season", season.pk, "registration")
    assert told not in page(head, *lock)[1]
    second.criteria.filter(code=code).update(code="II.9")
    assert told in page(head, *lock)[1]
    rules = page(head, "edit_rules", season.pk)[1]
    assert f"higher score in criterion {code} (no longer on the scale)" in rules
    second.lock(cast.cedar_seat)
    assert told in page(head, *move)[1]
    assert "“higher score in section I” decides" not in page(head, *move)[1]


# Cost


def test_the_scale_costs_the_same_with_many_lines(planned, scale, cast, as_):
    client = as_(cast.officer)
    counts = []
    for more in (0, 30):
        for number in range(more):
            of = line(scale, "I.1") if number % 2 else None
            CriterionFactory(
                scale=scale, code=f"B.{number + 10}", bonus=True, max=1, of=of,
                method=Method.OVER_FULFILMENT if of else Method.COUNT,
            )  # fmt: skip
        page(client, "show_scale", planned.pk)
        with CaptureQueriesContext(connection) as queries:
            page(client, "show_scale", planned.pk)
        counts.append(len(queries))
    assert counts[0] == counts[1]
