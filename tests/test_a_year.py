"""A whole year, played only by what a browser sends, from an empty installation to the handover.

The block is the Government Inspectorate's five public-service units in 2021; the figures are those
of the worked example (``emulation/groups/ttcp-2021-results.yaml``, fictional numbers on real units
and registrations). Every form is read from the page that was served, so that a field that is
missing or bears another name is noticed; every step stands on its own day.
"""

import io
import re
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, time
from html import unescape
from html.parser import HTMLParser
from types import SimpleNamespace
from unicodedata import normalize
from urllib.parse import urljoin

import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from blocks import clock
from emulation.demo.cast import GROUPS

# A browser


@dataclass
class Control:
    """A field of a form, as its page holds it: what it would send, and what there is to choose."""

    kind: str
    values: list[str] = field(default_factory=list)
    choices: dict[str, str] = field(default_factory=dict)  # value: the words beside it

    def choose(self, said) -> list[str]:
        """What is sent when this is typed, chosen or ticked."""
        if self.kind == "check" and not isinstance(said, str):  # several ticks
            return [value for one in said for value in self.choose(one)]
        if not self.choices:
            return [said]
        exact = [value for value, words in self.choices.items() if said in (value, words)]
        found = exact or [value for value, words in self.choices.items() if said in words]
        assert len(found) == 1, f"“{said}” is not one of {self.choices}"
        return found


@dataclass
class FormOnPage:
    """A form with its fields and the buttons that send it."""

    action: str
    method: str
    controls: dict[str, Control] = field(default_factory=dict)
    buttons: list[SimpleNamespace] = field(default_factory=list)


class Page(HTMLParser):
    """What a browser makes of an answer: its words, links, forms and cells."""

    INLINE = {"a", "b", "code", "em", "label", "output", "small", "span", "strong"}

    def __init__(self, response) -> None:
        super().__init__()
        self.status, self.url = response.status_code, response.request["PATH_INFO"]
        if query := response.request.get("QUERY_STRING"):
            self.url = f"{self.url}?{query}"
        self.html = b"".join(response).decode()
        self.words, self.links, self.forms = [], [], []
        self.cells: dict[str, str] = {}  # the name of a field that saves itself: its address
        self.labels: dict[str, str] = {}  # the aria-label of a field: its name
        self.ids: dict[str, tuple[str, str]] = {}  # an id: the name and value of its field
        self.token = ""
        self._in_main = False
        self._form = self._select = self._option = self._textarea = self._button = None
        self._label = self._link = None
        self.feed(self.html)
        self.text = " ".join("".join(self.words).split())

    # Reading

    def handle_starttag(self, tag, attrs) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "body":
            self.token = re.search(r'"x-csrftoken": "(\w*)"', said.get("hx-headers", "")).group(1)
        self._in_main = self._in_main or tag == "main"
        if not self._in_main:
            return
        if tag not in self.INLINE:
            self.words.append(" ")
        read = getattr(self, f"_read_{tag}", None)
        if read:
            read(said)
        if "hx-post" in said and "hx-params" in said:
            name = said["hx-params"].split(",")[0]
            self.cells[name] = said["hx-post"]
        if "aria-label" in said and "name" in said:
            self.labels[said["aria-label"]] = said["name"]

    def _read_form(self, said) -> None:
        self._form = FormOnPage(said.get("action") or self.url, said.get("method", "get"))
        self.forms.append(self._form)

    def _control(self, said, kind) -> Control:
        name = said.get("name", "")
        if not name or self._form is None:
            return Control(kind)
        return self._form.controls.setdefault(name, Control(kind))

    def _read_input(self, said) -> None:
        kind = {"checkbox": "check", "radio": "radio", "file": "file"}.get(said.get("type"), "text")
        control = self._control(said, kind)
        value = said.get("value", "on" if kind in {"check", "radio"} else "")
        if kind in {"check", "radio"}:
            control.choices.setdefault(value, "")
            self.ids[said.get("id", "")] = (said.get("name", ""), value)
            if self._label is not None:
                self._label["inside"] = (said.get("name", ""), value)
            if "checked" in said:
                control.values.append(value)
        elif kind == "text":
            control.values = [value]

    def _read_select(self, said) -> None:
        self._select = self._control(said, "select")
        self._select.multiple = "multiple" in said

    def _read_option(self, said) -> None:
        self._option = said
        self._option["words"] = ""

    def _read_textarea(self, said) -> None:
        self._textarea = self._control(said, "text")
        self._textarea.values = [""]

    def _read_button(self, said) -> None:
        if self._form is not None and said.get("type", "submit") == "submit":
            self._button = SimpleNamespace(words="", said=said)
            self._form.buttons.append(self._button)

    def _read_label(self, said) -> None:
        self._label = {"for": said.get("for", ""), "words": "", "inside": None}

    def _read_a(self, said) -> None:
        self._link = SimpleNamespace(words="", href=said.get("href", ""))
        self.links.append(self._link)

    def handle_data(self, data) -> None:
        if not self._in_main:
            return
        if self._textarea is not None:
            self._textarea.values = [self._textarea.values[0] + data]
            return
        if self._option is not None:
            self._option["words"] += data
            return
        self.words.append(data)
        if self._button is not None:
            self._button.words += data
        if self._label is not None:
            self._label["words"] += data
        if self._link is not None:
            self._link.words += data

    def handle_endtag(self, tag) -> None:
        if tag not in self.INLINE:
            self.words.append(" ")
        end = getattr(self, f"_end_{tag}", None)
        if end:
            end()

    def _end_option(self) -> None:
        value = self._option.get("value", self._option["words"])
        self._select.choices[value] = " ".join(self._option["words"].split())
        if "selected" in self._option:
            self._select.values.append(value)
        self._option = None

    def _end_select(self) -> None:
        if not self._select.values and self._select.choices and not self._select.multiple:
            self._select.values = [next(iter(self._select.choices))]
        self._select = None

    def _end_textarea(self) -> None:
        self._textarea.values = [self._textarea.values[0].removeprefix("\n")]
        self._textarea = None

    def _end_label(self) -> None:
        label, self._label = self._label, None
        name, value = label["inside"] or self.ids.get(label["for"], ("", ""))
        form = self._form or (self.forms[-1] if self.forms else None)
        if form and name in form.controls and value in form.controls[name].choices:
            form.controls[name].choices[value] = " ".join(label["words"].split())

    def _end_form(self) -> None:
        self._form = None

    def _end_button(self) -> None:
        self._button = None

    def _end_a(self) -> None:
        self._link = None

    def _end_main(self) -> None:
        self._in_main = False

    # Asking

    def says(self, *sentences: str) -> "Page":
        """The page tells these sentences."""
        for sentence in sentences:
            assert sentence in self.text, f"“{sentence}” is not told by {self.url}: {self.text}"
        return self

    def does_not_say(self, *sentences: str) -> "Page":
        """The page tells none of these."""
        for sentence in sentences:
            assert sentence not in self.text, f"“{sentence}” is told by {self.url}: {self.text}"
        return self

    def link(self, words: str) -> str:
        """The address of the link with these words."""
        named = [link.href for link in self.links if " ".join(link.words.split()) == words]
        named = named or [link.href for link in self.links if words in link.words]
        assert named, f"no link “{words}” on {self.url}: {[link.words for link in self.links]}"
        return named[0]

    def has_link(self, words: str) -> bool:
        """Whether there is a link with these words."""
        return any(words in link.words for link in self.links)

    def form(self, button: str) -> FormOnPage:
        """The form that this button sends."""
        for form in self.forms:
            if any(" ".join(one.words.split()) == button for one in form.buttons):
                return form
        known = [one.words for form in self.forms for one in form.buttons]
        raise AssertionError(f"no button “{button}” on {self.url} but {known}: {self.text}")


@dataclass
class Answer:
    """What came back for one cell: what the cells and the points say now."""

    status: int
    html: str

    def said(self, name: str) -> SimpleNamespace:
        """What the mark of a cell says."""
        found = re.search(rf'<output class="said([^"]*)" id="{name}-said"([^>]*)>(.*?)</output>',
                          self.html, re.DOTALL)  # fmt: skip
        assert found, f"nothing is said of {name}: {self.html}"
        state, _attributes, inside = found.groups()
        readings = re.findall(r'data-answers="[^"]+" name="[^"]+" value="([^"]*)"', inside)
        words = " ".join(re.sub("<[^>]*>", " ", inside).split())
        return SimpleNamespace(
            state=state.split()[0] if state.split() else "", words=words, readings=readings
        )


class Browser:
    """Somebody at a browser: keeps cookies, sends forms as they stand on the page."""

    def __init__(self, language: str = "en") -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.client.cookies["django_language"] = language
        self.page: Page | None = None
        self.onward = ""  # where the last form that was not followed leads

    def get(self, address: str, status: int = 200) -> Page:
        """Open an address; a redirect is followed."""
        here = urljoin(self.page.url, address) if self.page else address
        return self._show(self.client.get(here, follow=True), status)

    def go(self, *words: str) -> Page:
        """Follow links by their words, one after the other."""
        for one in words:
            self.get(self.page.link(one))
        return self.page

    def submit(
        self, button: str, *, status: int = 200, page: Page | None = None, follow: bool = True,
        **said,
    ) -> Page:  # fmt: skip
        """Send the form of this button, with what is typed; a redirect is followed."""
        form = (page or self.page).form(button)
        data = {name: list(control.values) for name, control in form.controls.items()}
        for name, value in said.items():
            assert name in form.controls, f"no field {name}, but {sorted(form.controls)}"
            data[name] = form.controls[name].choose(value)
        pressed = next(one for one in form.buttons if " ".join(one.words.split()) == button)
        if "name" in pressed.said:
            data[pressed.said["name"]] = [pressed.said.get("value", "")]
        address = urljoin((page or self.page).url, pressed.said.get("formaction") or form.action)
        assert form.method == "post"
        response = self.client.post(address, data, follow=follow)
        if not follow:
            assert response.status_code == 302, Page(response).text
            self.onward = response["Location"]
            return self.page
        return self._show(response, status)

    def do(self, *words: str, button: str = "", **said) -> Page:
        """Follow links, then confirm with the button, which bears the last link's words."""
        self.go(*words)
        return self.submit(button or words[-1], **said)

    def send(self, address: str, button: str, **said) -> str:
        """Send the form at an address; return where it leads, without looking at it."""
        self.get(address)
        self.submit(button, follow=False, **said)
        return self.onward

    def _show(self, response, status) -> Page:
        if response.get("Content-Type", "").startswith("text/html"):
            self.page = Page(response)
            assert self.page.status == status, f"{self.page.status}: {self.page.text}"
        else:
            assert response.status_code == status
            url = response.request["PATH_INFO"]
            self.page = SimpleNamespace(content=b"".join(response), status=status, url=url)
        return self.page

    def name_of(self, label: str) -> str:
        """The name of the field with this label: ``I.1: Done``."""
        named = [name for words, name in self.page.labels.items() if words.startswith(label)]
        assert len(named) == 1, f"“{label}” among {sorted(self.page.labels)}: {self.page.text}"
        return named[0]

    def type(self, label: str, text: str, *, state: str = "saved") -> SimpleNamespace:
        """Type into one cell and leave it: it posts itself; the answer never holds a field."""
        page, name = self.page, self.name_of(label)
        form = next(form for form in page.forms if name in form.controls)
        value = form.controls[name].choose(text)
        was = form.controls[f"was-{name}"]
        response = self.client.post(
            page.cells[name],
            {name: value, f"was-{name}": was.values},
            headers={"HX-Request": "true", "X-CSRFToken": page.token},
        )
        answer = Answer(response.status_code, response.content.decode())
        assert not re.search("<(input|select|textarea)", answer.html)
        said = answer.said(name)
        said.status, said.answer = answer.status, answer
        assert said.state == state, f"{label}: {said.words}"
        if state == "saved":
            assert said.status == 200
            form.controls[name].values = value
            was.values = re.findall(rf'id="{name}-said"[^>]*data-was="([^"]*)"', answer.html)
        return said

    def log_in(self, username: str, password: str) -> None:
        """Log in, and choose a password of one's own where it is asked."""
        self.get("/log-in/")
        self.submit("Log in", username=username, password=password)
        if self.page.url == "/password/":
            self.submit("Change the password", follow=False, new=OWN_PASSWORD, again=OWN_PASSWORD)


# The year

OWN_PASSWORD = "bốn từ ngẫu nhiên dài"
FLAG = "Cờ thi đua của Thanh tra Chính phủ"
MERIT = "Bằng khen của Tổng Thanh tra Chính phủ"
NEXT_HEAD, NEXT_DEPUTY = "Head of the block in 2022", "Deputy of the block in 2022"
RULES_PAPER = "Quy chế hoạt động năm 2021 của Khối"
BLOCK = "Khối thi đua các đơn vị sự nghiệp cơ quan Thanh tra Chính phủ"
#         short name, title of its head, principal, clerk
UNITS = {
    "TTTT": ("TT Thông tin", "Giám đốc", "Ông Nguyễn Đức Thắng", "Bà Trần Thu Hà"),
    "TCBTT": ("Trường CBTT", "Hiệu trưởng", "Ông Lê Minh Đức", "Bà Phạm Thị Lan"),
    "VCLKH": ("Viện CL&KHTT", "Viện trưởng", "Ông Hoàng Quốc Cường", "Bà Vũ Thanh Mai"),
    "BTT": ("Báo Thanh tra", "Tổng Biên tập", "Ông Đặng Văn An", "Bà Bùi Thị Ngọc"),
    "TCTT": ("Tạp chí TT", "Tổng Biên tập", "Ông Đỗ Hữu Hải", "Bà Hồ Thị Yến"),
}
DATES = {
    "planning": ("19/3/2021", None),
    "registration": ("31/3/2021", "3/4/2021"),
    "execution": ("15/6/2021", ""),
    "self_scoring": ("30/9/2021", ""),
    "inspection": ("15/10/2021", ""),
    "settlement": ("20/11/2021", ""),
    "meeting": ("3/12/2021", None),
    "closed": ("20/12/2021", None),
}


REASONS = {
    "I.1": "Đối chiếu danh mục sản phẩm: 01 sản phẩm chưa nghiệm thu trước ngày 30/9.",
    "I.2": "01 nhiệm vụ đột xuất hoàn thành sau thời hạn trong văn bản giao.",
    "III.1": "Sổ văn bản đến: hai văn bản đăng ký gửi chậm, tổng cộng 04 ngày.",
    "III.2": "Sổ văn bản đến: 01 báo cáo gửi sau thời hạn.",
    "III.3": "Vắng 01 hoạt động của Khối (theo danh sách điểm danh).",
    "III.4": "Mới có 01 sáng kiến được công nhận.",
    "P.3": "Có 01 quyết định kỷ luật cảnh cáo trong năm.",
}
OUTCOMES = {
    FLAG: (
        "Viện Chiến lược và Khoa học Thanh tra: 04/05 phiếu đồng ý, đạt 80,00% tổng số đơn vị"
        " thành viên (quy định từ 80% trở lên) – được đề nghị.",
        "Trường Cán bộ Thanh tra: 01/05 phiếu đồng ý, đạt 20,00% tổng số đơn vị thành viên (quy"
        " định từ 80% trở lên) – chưa đủ tỷ lệ.",
    ),
    MERIT: (
        "Trường Cán bộ Thanh tra: 05/05 phiếu đồng ý, đạt 100,00% tổng số đơn vị thành viên (quy"
        " định từ 70% trở lên) – được đề nghị.",
        "Trung tâm Thông tin: 04/05 phiếu đồng ý, đạt 80,00% tổng số đơn vị thành viên (quy định"
        " từ 70% trở lên) – bằng phiếu, xét điểm thẩm định 99,90 > 92,67, được đề nghị.",
        "Báo Thanh tra: 04/05 phiếu đồng ý, đạt 80,00% tổng số đơn vị thành viên (quy định từ 70%"
        " trở lên) – đủ tỷ lệ, ngoài số lượng được đề nghị (02), dự phòng số 1 (bằng phiếu, xét"
        " điểm thẩm định 99,90 > 92,67).",
    ),
    NEXT_HEAD: (
        "Trường Cán bộ Thanh tra: 05/05 phiếu đồng ý, đạt 100,00% tổng số đơn vị thành viên (quy"
        " định trên 50%) – được giới thiệu làm Khối trưởng năm 2022.",
    ),
    NEXT_DEPUTY: (
        "Viện Chiến lược và Khoa học Thanh tra: 05/05 phiếu đồng ý, đạt 100,00% tổng số đơn vị"
        " thành viên (quy định trên 50%) – được giới thiệu làm Khối phó năm 2022.",
    ),
}
WORDS = {
    "opening": "Chủ trì khai mạc Hội nghị, nêu mục đích, yêu cầu và chương trình làm việc.",
    "discussion": "Các đại biểu nhất trí với kết quả chấm điểm, xếp hạng.\n\n"
    "Đại diện Tạp chí Thanh tra nhận trách nhiệm về việc gửi chậm văn bản đăng ký.",
    "reservations": "",
    "closing": "Chủ trì cảm ơn các đơn vị, giao Khối trưởng hoàn chỉnh hồ sơ trước 15/12/2021.",
}
DISPUTED = "Sáng kiến thứ hai đã được Hội đồng sáng kiến họp ngày 28/9 thông qua."
ANSWERED = "Chưa có quyết định công nhận tại thời điểm kiểm tra; giữ điểm thẩm định."
INSPECTS = {"TTTT": "TCBTT", "TCBTT": "VCLKH", "VCLKH": "BTT", "BTT": "TCTT", "TCTT": "TTTT"}
CHOSEN = {"II.2": "Xếp loại chi bộ, đảng bộ", "B.3": "Đơn vị Khối trưởng của năm"}
REGISTERED = ("I.1", "I.3")  # their bases are not typed again
FAULTS = ("II.3", "III.1", "III.2")  # lines from which each fault takes points


def of_group(name: str) -> dict:
    return yaml.safe_load((GROUPS / name).read_text(encoding="utf-8"))


@contextmanager
def on(day: int, month: int, hour: int = 9, minute: int = 0, year: int = 2021):
    """Stand the clock on a day of the played year."""
    with clock.standing_on(date(year, month, day), time(hour, minute)):
        yield


@dataclass
class Year:
    """Who plays, and what the story knows of addresses."""

    stated: dict = field(default_factory=lambda: of_group("ttcp-2021.yaml"))
    results: dict = field(default_factory=lambda: of_group("ttcp-2021-results.yaml"))
    officer: Browser = field(default_factory=Browser)
    principals: dict[str, Browser] = field(default_factory=dict)
    clerks: dict[str, Browser] = field(default_factory=dict)
    season: str = ""  # the address of its page
    meeting: str = ""  # the address of its desk
    stale: Page | None = None  # a page that stayed open
    cards: dict[str, str] = field(default_factory=dict)  # a unit: the address of its sheet

    @property
    def group(self) -> dict:
        return self.stated["groups"][0]

    def name(self, code: str) -> str:
        return next(one["name"] for one in self.group["members"] if one["code"] == code)

    def desk(self, by: Browser) -> Page:
        """Open the desk of the meeting."""
        return by.get(self.meeting)

    @property
    def head(self) -> Browser:
        return self.principals["TTTT"]

    @property
    def drafter(self) -> Browser:
        return self.clerks["TTTT"]

    def move(self, to: str, by: Browser | None = None) -> Page:
        """The head's principal moves the year on."""
        by = by or self.head
        by.get(self.season)
        return by.do(f"Move on to {to}").says(f"The year moved on to “{to}”.")


def test_a_year_from_an_empty_installation_to_the_next_head(transactional_db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    year = Year()
    somebody_installs(year)
    the_officer_adds_the_units_and_the_block(year)
    the_officer_adds_the_people(year)
    a_paper_names_head_and_deputy(year)
    the_officer_opens_the_year(year)
    the_head_drafts_the_year(year)
    the_head_drafts_the_scale_and_the_rules(year)
    the_scale_is_locked(year)
    the_units_register(year)
    two_papers_come_late(year)
    the_wall_of_registration(year)
    the_units_report_at_mid_year(year)
    the_units_score_themselves(year)
    the_plan_is_laid_and_fixed(year)
    the_units_inspect_each_other(year)
    an_explanation_is_answered(year)
    each_settler_settles(year)
    the_ranking_is_fixed(year)
    the_meeting_is_called(year)
    the_meeting_is_opened(year)
    the_flag_is_voted_in_secret(year)
    the_certificates_are_voted_openly(year)
    the_next_offices_are_voted(year)
    the_minutes_are_written_and_final(year)
    the_papers_say_what_happened(year)
    the_year_is_closed(year)
    the_next_year_begins(year)


@on(15, 1)
def somebody_installs(year: Year) -> None:
    Browser().get("/").says("This installation is still empty")
    told = io.StringIO()
    call_command(
        "begin", authority="Thanh tra Chính phủ", short="TTCP", place="Hà Nội",
        officer="Phan Văn Khánh", honorific="Ông", stdout=told,
    )  # fmt: skip
    username, password = re.findall(r"(?:đăng nhập|Mật khẩu): +(\S+)", told.getvalue())[:2]
    officer = year.officer
    officer.get("/").does_not_say("still empty")
    officer.submit("Log in", username=username, password="nhầm", status=422).says(
        "The user name or the password is wrong."
    )
    Browser("vi").get("/").says("Tên đăng nhập")
    officer.submit("Log in", username=username, password=password)
    assert officer.get("/blocks/").url == "/password/"  # before anything else
    officer.submit("Change the password", new="ngắn", again="ngắn", status=422)
    officer.submit("Change the password", new=OWN_PASSWORD, again=OWN_PASSWORD)
    officer.get("/administration/").says("To begin: add the units")


@on(15, 1)
def the_officer_adds_the_units_and_the_block(year: Year) -> None:
    officer = year.officer
    unit, block = officer.page.link("Add a unit"), officer.page.link("Add a block")
    for code, (short, *_people) in UNITS.items():
        officer.send(unit, "Save", name=year.name(code), short_name=short, symbol=code,
                     superior="Thanh tra Chính phủ", place="Hà Nội", since="1/1/2015")  # fmt: skip
    officer.get(block)
    officer.submit("Save", kind="Block", code="KHOI-SN", name=BLOCK,
                   short_name="Khối sự nghiệp TTCP", since="1/1/2015")  # fmt: skip
    block, member = officer.page.url, officer.page.link("Add a member")
    for code in UNITS:
        officer.send(member, "Save", unit=year.name(code), since="1/1/2015")
    assert officer.get(member).form("Save").controls["unit"].choices == {"": "---------"}
    officer.get(block).says("5 members", *(year.name(code) for code in UNITS))


@on(18, 1)
def the_officer_adds_the_people(year: Year) -> None:
    for code, (_short, title, principal, clerk) in UNITS.items():
        a_person(year, year.officer, code, principal, "Principal", f"{title} {year.name(code)}")
        if code != "TCTT":
            a_person(year, year.officer, code, clerk, "Clerk", "Chuyên viên")
    # A principal replaces the clerks of its own unit, and nobody else's.
    principal = year.principals["TCTT"]
    a_person(year, principal, "TCTT", UNITS["TCTT"][3], "Clerk", "Phóng viên")
    form = principal.get("/people/new/").form("Save")
    assert list(form.controls["unit"].choices.values()).count(year.name("BTT")) == 0
    assert form.controls["role"].choices == {"clerk": "Clerk"}


def a_person(year: Year, by: Browser, code: str, name: str, role: str, position: str) -> None:
    """Add a person with its first seat; it logs in with its slip and chooses a password."""
    honorific, _blank, full_name = name.partition(" ")
    person = by.send(
        "/people/new/", "Save", honorific=honorific, full_name=full_name, role=role,
        unit=year.name(code), position=position, since="1/1/2020",
    )  # fmt: skip
    by.get(f"{person}password/")
    by.submit("Make the password").says("Shown this once")
    username, password = re.findall(r'class="typed">([^<]+)<', by.page.html)
    browser = Browser()
    browser.log_in(username, password)
    (year.principals if role == "Principal" else year.clerks)[code] = browser


@on(20, 1)
def a_paper_names_head_and_deputy(year: Year) -> None:
    officer = year.officer
    officer.get("/recognitions/")
    officer.do("Draft a recognition paper", button="Save", kind="Notice", year="2021")
    officer.page.says("Still missing: number.", "The paper names no head and no deputy yet.")
    assert not officer.page.has_link("Issue the paper")
    officer.do("Edit", button="Save", number="86", symbol="TB-TTCP", dated="20/1/2021",
               signer="Trần Ngọc Liêm", signer_position="Phó Tổng Thanh tra Chính phủ")  # fmt: skip
    same = year.name("TTTT")
    officer.do("Name them", button="Save", head=same, deputy=same, status=422)
    officer.submit("Save", head=same, deputy=year.name("TCBTT"))
    officer.do("Issue the paper").says("The paper counts from now on.")


@on(1, 2)
def the_officer_opens_the_year(year: Year) -> None:
    officer = year.officer
    officer.get("/blocks/")
    officer.go(BLOCK, "Open the season 2021")
    officer.submit("Open the year").says("The year is open.", "Trung tâm Thông tin")
    year.season = officer.page.url
    officer.get("/blocks/")
    officer.go(BLOCK).says("86/TB-TTCP")


@on(15, 2)
def the_head_drafts_the_year(year: Year) -> None:
    clerk, group = year.drafter, year.group
    clerk.get(year.season)
    clerk.do("Edit the theme", button="Save", theme=group["theme"])
    days = {
        f"{phase}_{name}": day
        for phase, said in DATES.items()
        for name, day in zip(("due", "closes_on"), said, strict=True)
        if day is not None
    }
    clerk.do("Dates", button="Save", status=422, **days | {"meeting_due": "3/10/2021"})
    clerk.submit("Save", **days)
    another = clerk.page.link("Add a target")
    for target in group["block_targets"]:
        clerk.send(another, "Save", text=target["text"], value=str(target["value"]),
                   measure=target["unit"])  # fmt: skip
    clerk.get(year.season).says(
        f"“{group['theme']}”", *(target["text"] for target in group["block_targets"])
    )


@on(16, 2)
def the_head_drafts_the_scale_and_the_rules(year: Year) -> None:
    clerk = year.drafter
    clerk.get(year.season)
    clerk.go("Point scale").says("No point scale yet.")
    clerk.do("Begin a scale", button="Begin", source="Worked example")
    clerk.page.says("Thang điểm ví dụ Khối các đơn vị sự nghiệp", "Vượt kế hoạch năm (I.1)")
    clerk.get(year.season)
    clerk.do(
        "Edit the rules",
        button="Save",
        source=RULES_PAPER,
        explanation_days="23",
    )
    clerk.page.says("1. higher score in section I", RULES_PAPER)
    clerk.go("Rules of the votes").says("Nothing is voted yet")
    another = clerk.page.link("Add rules for a vote")
    secretly = {"mode": "Secret", "quorum": "2/3", "source": RULES_PAPER}
    openly = secretly | {"mode": "Public"}
    by_score = {"tie_order": "The higher verified score"}
    share = {"threshold": "50", "strict": "above", "places": "1"}
    for matter, rules in (
        (FLAG, secretly | by_score | {"threshold": "80", "places": "1", "max_marks": "1"}),
        (MERIT, openly | by_score | {"threshold": "70", "places": "40%"}),
        (NEXT_HEAD, openly | share),
        (NEXT_DEPUTY, openly | share),
    ):
        clerk.send(another, "Save", matter=matter, **rules)
    clerk.get(f"{year.season}votes/").says(FLAG, MERIT, NEXT_HEAD, NEXT_DEPUTY, "at least 80%")


@on(19, 3)
def the_scale_is_locked(year: Year) -> None:
    clerk, head = year.drafter, year.head
    head.get(year.season)
    head.go("Move on to Registration").says("The scale is not locked yet.")
    assert not head.page.forms
    # A scale that does not add up is not locked, whoever sends the old page.
    head.get(year.season)
    page = head.go("Point scale", "Lock the point scale")
    clerk.get(year.season)
    clerk.go("Point scale", "Hoàn thành kế hoạch năm")
    clerk.submit("Save", max="28").says("Not to be locked yet")
    assert not clerk.page.has_link("Lock the point scale")
    head.submit("Lock the point scale", page=page, status=422).says("58")
    clerk.go("Hoàn thành kế hoạch năm")
    clerk.submit("Save", max="30").does_not_say("Not to be locked yet")
    assert not clerk.page.has_link("Lock the point scale")  # a clerk drafts
    head.get(year.season)
    head.do("Point scale", "Lock the point scale").says("The scale is locked.")
    year.move("Registration")
    head.page.says("0/5 units have sent")
    year.cards = {code: head.page.link(UNITS[code][0]) for code in UNITS}


def the_units_register(year: Year) -> None:
    with on(25, 3):
        for code in ("TTTT", "TCBTT", "VCLKH", "BTT"):
            a_clerk_registers(year, code)
            a_principal_sends_the_registration(year, code)
    # Sent twice, from the page that was open still.
    with on(26, 3):
        principal = year.principals["TTTT"]
        principal.get(f"{year.cards['TTTT']}?column=target")
        page = principal.go("Take back")
        year.clerks["TTTT"].get(year.cards["TTTT"]).says("Sent")
        principal.submit("Take back").says("Taken back.")
        principal.submit("Take back", page=page, status=409).says(
            "The sheet is in the state “Taken back” already."
        )
        page = principal.go("Back to the sheet", "Send")
        principal.submit("Send").says("Sent.")
        principal.submit("Send", page=page, status=409).says(
            "The sheet is in the state “Sent” already."
        )
        # The head does not go on while somebody is missing.
        year.head.get(year.season)
        year.head.go("Move on to Execution").says(
            "Tạp chí TT has not sent its targets.", "Tạp chí TT has not sent the titles it aims at."
        )


def a_clerk_registers(year: Year, code: str) -> None:
    """Type the bases cell by cell, tick the titles, hand both up; only the principal sends."""
    clerk, facts = year.clerks[code], year.results["verified"][code]
    if code == "TTTT":
        clerk.get("/").says("Registration of targets – Khối sự nghiệp TTCP 2021")
        clerk.go("Begin")
    else:
        clerk.get(year.cards[code])
    if code == "BTT":  # a point is doubtful: thousands, or a decimal
        doubt = clerk.type("I.3: Base", "5.000", state="asked")
        assert (doubt.status, doubt.readings) == (422, ["5000", "5"])
        assert clerk.type("I.3: Base", "1.250", state="asked").readings == ["1250", "1,25"]
        assert clerk.type("I.3: Base", "năm nghìn", state="refused").status == 422
    for line in ("I.1", "I.3"):
        clerk.type(f"{line}: Base", str(facts[line][1]))
    clerk.do("To the principal", follow=False)
    clerk.get(f"{year.cards[code]}aims/")
    registers = next(one for one in year.group["members"] if one["code"] == code)["registers"]
    for award in registers:
        clerk.type(year.stated["titles"][award], "1")
    clerk.do("To the principal", follow=False)


def a_principal_sends_the_registration(year: Year, code: str) -> None:
    principal, card = year.principals[code], year.cards[code]
    if code == "TTTT":
        principal.get(card)
        principal.do("Approve and send").says("Sent.")
        principal.go("Titles aimed at")
        principal.do("Approve and send").says("Sent.")
    else:
        principal.send(f"{card}submit/?column=target&act=send", "Approve and send")
        principal.send(f"{card}aims/submit/?column=aim&act=send", "Approve and send")


@on(2, 4)
def two_papers_come_late(year: Year) -> None:
    a_clerk_registers(year, "TCTT")
    principal = year.principals["TCTT"]
    principal.get(year.cards["TCTT"])
    principal.do("Return…", button="Return", note="Ghi thêm đơn vị tính.").says("Returned")
    clerk = year.clerks["TCTT"]
    clerk.get(year.cards["TCTT"]).says("Ghi thêm đơn vị tính.")
    # A clerk of another unit finds no field here, nor does the head.
    for other in (year.clerks["BTT"], year.head):
        other.get(year.cards["TCTT"]).does_not_say("Ghi thêm")
        assert not other.page.cells
    year.stale = clerk.get(year.cards["TCTT"])  # stays open over night
    clerk.do("To the principal", follow=False)
    a_principal_sends_the_registration(year, "TCTT")
    # The head goes on a moment after a sheet was taken back: nothing has moved.
    head, sheet = year.head, f"{year.cards['TCTT']}submit/?column=target&act="
    head.get(year.season).says("5/5 units have sent", "Sent 2 days late")
    page = head.go("Move on to Execution")
    principal.send(f"{sheet}take_back", "Take back")
    head.submit("Move on to Execution", page=page, status=422).says(
        "Tạp chí TT has not sent its targets."
    )
    principal.send(f"{sheet}send", "Send")
    head.get(year.season).says("Registration", "5/5 units have sent")


@on(3, 4)
def the_wall_of_registration(year: Year) -> None:
    clerk = year.clerks["TCTT"]
    clerk.page = year.stale
    refused = clerk.type("I.1: Base", "20", state="refused")
    assert (refused.status, refused.words) == (403, "This column closed on 03/04/2021.")
    year.move("Execution")


def the_units_report_at_mid_year(year: Year) -> None:
    with on(10, 6):
        for code in UNITS:
            facts = year.results["verified"][code]
            clerk, principal = year.clerks[code], year.principals[code]
            clerk.get(year.cards[code])
            for line in ("I.1", "I.3"):
                clerk.type(f"{line}: Done", str(facts[line][0] // 2))
            principal.send(f"{year.cards[code]}submit/?column=interim&act=send", "Send")
    with on(1, 9):
        year.head.get(year.season).says("5/5 units have sent")
        year.move("Self-scoring")


@on(25, 9)
def the_units_score_themselves(year: Year) -> None:
    for code in UNITS:
        clerk, principal = year.clerks[code], year.principals[code]
        clerk.get(year.cards[code])
        typed, staff = claims_of(year, code), staff_of(year, code)
        if code == "TTTT":  # cell by cell
            for label, text in typed.items():
                clerk.type(label, text)
            # Not complete without the staff figures.
            clerk.go("To the principal").says("The staff figures are not filled yet.")
            clerk.go("Back to the sheet")
            what_backs_a_line(year, clerk)
            clerk.type("Advanced workers", "41")
            clerk.type("People of the unit", "40", state="refused")
            clerk.type("Advanced workers", "30")
            for label, text in staff.items():
                clerk.type(label, text)
            clerk.get(year.cards[code])
        else:  # without JavaScript the whole form is sent
            whole = typed | staff
            clerk.submit("Save", **{clerk.name_of(label): text for label, text in whole.items()})
            sheet = clerk.page.url
            clerk.go("To the principal").says("Evidence is required.")
            clerk.get(sheet)
            clerk.go("Add I.1")
            clerk.do("Attach", number="45", symbol="BC", dated="20/9/2021", subject="Báo cáo năm")
            clerk.get(sheet)
        clerk.page.says(points(year.results["expected"]["claimed"][code]))
        principal.send(f"{year.cards[code]}submit/?column=claimed&act=send", "Send")
    # Nobody reads a claim before the inspection, not even the head or the officer.
    for reader in (year.head, year.officer, year.principals["TCTT"]):
        sheet = reader.get(f"{year.cards['TCBTT']}?column=claimed")
        sheet.does_not_say("104,25", "8/8")
    year.clerks["TCBTT"].get(f"{year.cards['TCBTT']}?column=claimed").says("104,25", "8/8")


def what_backs_a_line(year: Year, clerk: Browser) -> None:
    """Attach a scan and name a paper; others read neither before the inspection."""
    sheet = clerk.page.url
    scan = SimpleUploadedFile("Danh mục sản phẩm.pdf", b"%PDF-1.4 scan")
    line = clerk.go("Add I.1").url
    clerk.do("Attach", status=422).says(
        "Attach a file, or name the paper seen: number, date, subject."
    )
    clerk.submit("Attach", file=scan).says("Attached.", "Danh mục sản phẩm.pdf")
    clerk.do("Attach", number="12", symbol="BC-TTTT", dated="20/9/2021",
             subject="Báo cáo sản phẩm", original_seen="on")  # fmt: skip
    clerk.page.says("12/BC-TTTT, 20/09/2021")
    assert clerk.get(clerk.page.link("Danh mục sản phẩm.pdf")).content == b"%PDF-1.4 scan"
    year.officer.get(line).does_not_say("12/BC-TTTT")
    clerk.get(sheet)


def counted(line: str) -> str:
    """The label of a cell in which cases or faults are counted."""
    return f"{line}: {'faults' if line in FAULTS else 'cases'}"


def claims_of(year: Year, code: str) -> dict[str, str]:
    """What the unit declares, by the labels of the cells."""
    facts = year.results["verified"][code] | year.results["claimed"][code]
    typed = {}
    for line, fact in facts.items():
        if isinstance(fact, list):
            typed[f"{line}: Done"] = str(fact[0])
            if line not in REGISTERED:
                typed[f"{line}: Base"] = str(fact[1])
        elif line in CHOSEN:
            typed[f"{line}: {CHOSEN[line]}"] = {True: "Yes", False: "No"}.get(fact, fact)
        else:
            typed[counted(line)] = str(fact)
    return typed


def staff_of(year: Year, code: str) -> dict[str, str]:
    staff = year.results["staff"][code]
    return {
        "People of the unit": str(staff["people"]),
        "Advanced workers": str(staff["advanced"]),
        "Base-level emulation fighters": str(staff["fighters"]),
        "Everybody completed the tasks": "Yes" if staff["all_completed"] else "No",
    }


def points(number: float) -> str:
    """``103.0`` as pages write it."""
    return f"{number:.2f}".replace(".", ",")


@on(28, 9)
def the_plan_is_laid_and_fixed(year: Year) -> None:
    clerk, head = year.drafter, year.head
    clerk.get(year.season)
    clerk.go("Inspection plan").says("Nobody inspects anybody yet.")
    head.get(year.season)
    head.go("Move on to Cross-inspection").says("The inspection plan is not fixed yet.")
    clerk.do("Draw the plan", button="Lay the plan", how="the order of the rotation").says(
        "The plan was laid."
    )
    me, other = UNITS["TTTT"][0], UNITS["TCBTT"][0]
    clerk.submit("Assign", status=422, inspector=me, inspected=me).says(
        f"{me} cannot inspect itself."
    )
    clerk.submit("Assign", status=422, inspector=other, inspected=me).says(
        f"{other} cannot inspect {me}: {me} inspects {other} already."
    )
    assert not clerk.page.has_link("Fix the inspection plan")
    head.get(year.season)
    head.do("Inspection plan", "Fix the inspection plan").says("The inspection plan is fixed.")


def the_units_inspect_each_other(year: Year) -> None:
    with on(4, 10):
        year.move("Cross-inspection")
    for day, (inspector, inspected) in enumerate(INSPECTS.items(), start=5):
        with on(day, 10):
            an_inspection(year, inspector, inspected)
    with on(18, 10):
        year.move("Explanation, settlement")


def an_inspection(year: Year, inspector: str, inspected: str) -> None:
    """Take the claim over, correct what differs, with a reason each; the principal confirms."""
    clerk, principal = year.clerks[inspector], year.principals[inspector]
    if inspected == "TCBTT":
        clerk.get(f"{year.season}plan/")
        clerk.do("Edit Trường CBTT", button="Save", held_on="5/10", place="Trụ sở đơn vị",
                 leader=UNITS[inspector][2], team="").says("05/10/2021")  # fmt: skip
    clerk.get(year.cards[inspected])
    clerk.submit("Take the self-score over into the empty lines").says("15 lines taken over.")
    verified, claimed = (year.results[name][inspected] for name in ("verified", "claimed"))
    for line in claimed:
        found = verified[line]
        is_ratio = isinstance(found, list)
        clerk.type(
            f"{line}: Done" if is_ratio else counted(line), str(found[0] if is_ratio else found)
        )
    if inspected == "TCBTT":  # a value that differs needs its reason
        principal.get(year.cards[inspected])
        principal.go("Confirm the inspection").says(
            "I.2 Nhiệm vụ đột xuất hoàn thành đúng hạn / được giao:"
            " A value that differs needs a reason."
        )
        assert not principal.page.forms
    for line in claimed:
        clerk.type(f"{line}: Reason", REASONS[line])
    principal.get(year.cards[inspected]).says(
        points(year.results["expected"]["verified"][inspected])
    )
    principal.do("Confirm the inspection", follow=False)


def an_explanation_is_answered(year: Year) -> None:
    """A unit disputes a line; whoever settles answers and keeps it; then the card is settled."""
    with on(9, 11):
        owner = year.principals["BTT"]
        owner.get(year.cards["BTT"])
        owner.go("Explain III.4")
        line = owner.page.url
        owner.do("Explain", button="Send the explanation", text=DISPUTED)
        owner.page.says("The explanation was sent; whoever settles the sheet answers it.")
    with on(11, 11):
        settler = year.head
        settler.get(f"{year.cards['BTT']}submit/?column=final&act=send").says(
            "An explanation is not answered yet."
        )
        settler.get(line)
        settler.do("Answer", button="Send the answer", reason=ANSWERED).says("Answered.")
        owner.get(line).says(DISPUTED, "Kept as it was", ANSWERED)


def each_settler_settles(year: Year) -> None:
    """The head, but the deputy for the head's own, and the officer for the head's inspected."""
    settlers = {
        "TTTT": year.principals["TCBTT"], "TCBTT": year.officer, "VCLKH": year.head,
        "BTT": year.head, "TCTT": year.head,
    }  # fmt: skip
    with on(15, 11):
        head = year.head
        head.get(year.cards["TTTT"])
        assert not head.page.has_link("Settle the score sheet")
        head.get(year.season)
        head.go("Ranking board", "Fix the ranking").says("The card of TT Thông tin is not settled")
        for code, settler in settlers.items():
            settler.get(year.cards[code]).says(points(year.results["expected"]["verified"][code]))
            settler.do("Settle the score sheet").says("The score sheet is settled.")


@on(22, 11)
def the_ranking_is_fixed(year: Year) -> None:
    head = year.head
    head.get(year.season)
    head.go("Move on to Meeting").says("The ranking is not fixed yet.")
    head.get(year.season)
    head.go("Trong đó hoàn thành xuất sắc nhiệm vụ")
    head.get("reached/")
    head.submit("Save", reached="31", as_of="20/11/2021").says("31% by 20/11/2021 reached")
    head.do("Ranking board", "Fix the ranking").says("The ranking is fixed.")
    expected = year.results["expected"]
    in_order = sorted(UNITS, key=lambda code: expected["ranks"][code])
    rows = rows_of(head.page)[1:6]
    for row, code in zip(rows, in_order, strict=True):
        verified, claimed = expected["verified"][code], expected["claimed"][code]
        assert row[0] == f"Rank {expected['ranks'][code]}"
        assert row[1:3] == [UNITS[code][0], points(expected["section_I"][code])]
        assert row[7:10] == [
            points(verified),
            points(verified - claimed).replace("-", "−"),
            "Khá" if code == "TCTT" else "Xuất sắc",
        ]
    assert "decided by higher score in section I" in rows[0][10]
    year.move("Meeting")


def rows_of(page: Page) -> list[list[str]]:
    """The rows of the tables of a page, as words."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", page.html, re.DOTALL)
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in rows]
    words = [[re.sub("<[^>]*>", " ", unescape(one)).split() for one in row] for row in cells]
    return [[" ".join(one) for one in row] for row in words]


@on(25, 11)
def the_meeting_is_called(year: Year) -> None:
    clerk = year.drafter
    clerk.get("/meetings/")
    clerk.go("Call the meeting")
    called = clerk.page.form("Call the meeting").controls
    assert called["starts_on"].values == ["03/12/2021"]
    assert called["chair_name"].values == ["Nguyễn Đức Thắng"]
    clerk.submit("Call the meeting", place="Hội trường Trung tâm Thông tin, Hà Nội")
    clerk.page.says("The meeting is called.", FLAG, MERIT, NEXT_HEAD, NEXT_DEPUTY)
    year.meeting = clerk.page.url
    # Rules that a meeting was called with stay as they are.
    clerk.get(year.season)
    clerk.go("Rules of the votes").says("they stay as they are")
    assert not clerk.page.has_link("Add rules for a vote")


def the_meeting_is_opened(year: Year) -> None:
    clerk = year.drafter
    with on(3, 12, 8):
        for code in ("TTTT", "TCBTT", "VCLKH"):
            somebody_sits(year, code)
        for code, duty in (("TCBTT", "Head of"), ("VCLKH", "Member"), ("TCTT", "Secretary")):
            person = UNITS[code][3]
            clerk.do("Add a member", button="Save", person=person, duty=duty).says(person)
        clerk.do("Add a guest", button="Save", name="Ông Phan Văn Khánh", position="Vụ Thi đua")
        # Only the named secretary clicks, by the chair's direction.
        year.desk(year.head).says("Bà Trần Thu Hà opens it by the direction of the chair.")
        year.head.get(f"{year.meeting}open/", status=403).says("Your seats do not include this.")
        clerk.do("Open the meeting")
        # Three of five: no quorum. The page that opens a vote refuses too.
        question = clerk.go(FLAG).says("Not enough: 01 more unit is needed").url
        assert not clerk.page.has_link("Open the vote")
        clerk.get(f"{question}open/").says("Not enough: 01 more unit is needed")
        clerk.client.post(f"{question}open/")
        clerk.get(question).says("Not opened yet")
    with on(3, 12, 9, 15):
        somebody_sits(year, "TCTT", arrived_at="9h10", letter_of_authority="")
        year.desk(clerk)
        short = UNITS["BTT"][0]
        clerk.do(short, button="Save", presence="Absent, with a written opinion", status=422).says(
            "State when the letter was received."
        )
        clerk.submit("Save", letter_received_at="15:30, 2/12/2021").says("received")
        clerk.page.says("Enough take part (05/05)")


def somebody_sits(year: Year, code: str, **said: str) -> None:
    """Note the principal of a unit as present."""
    short, _title, principal, _clerk = UNITS[code]
    year.desk(year.drafter)
    year.drafter.do(
        short, button="Save", presence="Present", representative=principal, **said
    ).says(principal)


def the_flag_is_voted_in_secret(year: Year) -> None:
    clerk, voters = year.drafter, year.principals
    with on(3, 12, 9, 30):
        year.desk(clerk)
        question = clerk.go(FLAG).says("103,00").does_not_say("99,90").url
        clerk.do("Open the vote").says("Voted 00/05")
        # Who stands: registered and over-fulfilled.
        ballot = voters["TCBTT"]
        year.desk(ballot)
        ballot.go(f"Vote for {UNITS['TCBTT'][0]}").says("Choose no more than 01 unit.")
        both = dict.fromkeys(names_on(ballot.page).values(), "1")
        assert list(names_on(ballot.page)) == [year.name("VCLKH"), year.name("TCBTT")]
        ballot.submit("Look it over and vote", status=422, **both).says(
            "Mark at most 01; 02 are marked."
        )
        for code in ("TTTT", "TCBTT", "VCLKH", "TCTT"):
            a_ballot(year, question, code, yes=["TCBTT" if code == "TCBTT" else "VCLKH"])
        # Voted twice, from the page that was open still.
        ballot.client.cookies["django_language"] = "vi"
        ballot.submit("Cast the ballot", page=year.stale, status=409).says(
            "Trường Cán bộ Thanh tra đã bỏ phiếu; phiếu thứ hai này không được tính."
        )
        ballot.client.cookies["django_language"] = "en"
        # The letter lies unopened in the box until two of the committee key its one paper.
        first, second = year.clerks["TCBTT"], year.clerks["VCLKH"]
        marked = [year.name("VCLKH")]
        key = {"button": "Key the ballot", "marks": marked}
        first.get(question)
        first.do("Key a paper of the box", **key).says("Keyed once")
        first.get(question)
        assert not first.page.has_link("Key")  # another person keys it the second time
        year.desk(year.clerks["BTT"])
        assert not year.clerks["BTT"].page.has_link("Vote for")
        year.clerks["BTT"].get(f"{question}ballot/", status=403)
        second.get(question)
        second.do("Key again", **key).says("Both keyings agree")
        # Secret: while it is open nothing is told but who has voted.
        year.desk(clerk).says("Voted 05/05").does_not_say("01/05", "04/05")
    with on(3, 12, 9, 40):
        clerk.get(question)
        clerk.do("Close the vote").says(
            *OUTCOMES[FLAG], "Ballots returned 05", "Spoiled ballots 00"
        )


def a_ballot(year: Year, question: str, code: str, yes: list[str], no: tuple = ()) -> None:
    """Mark, look it over, cast; the ballot of the deputy's unit stays open on its screen."""
    browser = year.principals[code]
    browser.get(f"{question}ballot/")
    names = names_on(browser.page)
    marked = {names[year.name(one)]: "1" for one in yes}
    marked |= {names[year.name(one)]: "0" for one in no}
    reviewed = browser.submit("Look it over and vote", **marked)
    for one in yes:
        reviewed.says(year.name(one))
    if code == "TCBTT":
        year.stale = reviewed
    browser.submit("Cast the ballot", follow=False)


def names_on(page: Page) -> dict[str, str]:
    """The candidates on a ballot, each with the name of its field."""
    ticks = re.findall(r'name="(m\d+)" value="1"[^>]*> <span><b>([^<]*)', page.html)
    pairs = re.findall(r'<b id="(m\d+)-name">([^<]*?)\s*<', page.html)
    return {unescape(unit): name for name, unit in ticks or pairs}


def the_certificates_are_voted_openly(year: Year) -> None:
    """Everybody for everybody, but TCTT not for TTTT and TTTT not for BTT."""
    everybody = ("TTTT", "TCBTT", "BTT")
    refused = {"TCTT": ("TTTT",), "TTTT": ("BTT",)}
    with on(3, 12, 9, 45):
        an_open_vote(year, MERIT, yes=everybody, no=refused)


def the_next_offices_are_voted(year: Year) -> None:
    with on(3, 12, 10, 15):
        an_open_vote(year, NEXT_HEAD, yes=("TCBTT",))
    with on(3, 12, 10, 30):
        an_open_vote(year, NEXT_DEPUTY, yes=("VCLKH",))
    with on(3, 12, 11, 15):
        clerk = year.drafter
        year.desk(clerk)
        clerk.do("Close the meeting").says("The meeting is closed")
        for sentences in OUTCOMES.values():
            clerk.page.says(*sentences)


def an_open_vote(year: Year, matter: str, yes: tuple[str, ...], no=None) -> None:
    """Open, vote, key the letter twice, close; the sentences are those of the worked example."""
    clerk = year.drafter
    no = no or {}
    year.desk(clerk)
    question = clerk.go(matter).url
    clerk.do("Open the vote", follow=False)
    for code in ("TTTT", "TCBTT", "VCLKH", "TCTT"):
        against = no.get(code, ())
        a_ballot(year, question, code, yes=[one for one in yes if one not in against], no=against)
    marks = [year.name(one) for one in yes]
    for code, way in (("TCBTT", "Key the ballot"), ("VCLKH", "Key again")):
        counter = year.clerks[code]
        counter.get(question)
        counter.do(way, button="Key the ballot", follow=False, marks=marks)
    clerk.get(question)
    clerk.do("Close the vote").says(*OUTCOMES[matter])


def the_minutes_are_written_and_final(year: Year) -> None:
    clerk, head = year.drafter, year.head
    with on(3, 12, 11, 30):
        head.get(year.season)
        head.go("Move on to Closed").says("The minutes of the meeting are not final.")
        year.desk(clerk)
        clerk.go("Minutes").says("99,90")
        for sentences in OUTCOMES.values():
            clerk.page.says(*sentences)
        clerk.submit("Save the words", **WORDS)
        assert clerk.page.form("Save the words").controls["opening"].values == [WORDS["opening"]]
        draft = clerk.go("Open the draft PDF")
        assert draft.content.startswith(b"%PDF")
    with on(3, 12, 11, 45):
        year.desk(clerk)
        attendance = clerk.go(UNITS["TCTT"][0])
        year.desk(head)
        head.go("Minutes")
        page = head.go("Finalise the minutes…")
        head.submit("Finalise the minutes").says("The minutes of the meeting are final.")
        head.submit("Finalise the minutes", page=page, status=422).says("is final already")
        head.get(year.season)
        head.go("Move on to Closed").says("The count minutes are not final.")
        year.desk(head)
        head.go("Finalise the count minutes…")
        head.submit("Finalise the count minutes").says("The count minutes are final.")
        # What the minutes say is not changed any more.
        clerk.submit("Save", page=attendance, presence="Absent", status=403).says(
            "The minutes are final"
        )
        clerk.get("/papers/")
        clerk.go("Biên bản hội nghị bình xét thi đua")
        clerk.do("Enter number and date", button="Save", number="12", symbol="BB-TTTT",
                 numbered_on="3/12/2021").says("12/BB-TTTT")  # fmt: skip


@on(6, 12)
def the_papers_say_what_happened(year: Year) -> None:
    """Read back from the PDF what was printed: every unit, score, vote and outcome."""
    reader = year.principals["BTT"]
    reader.get("/papers/")
    reader.go("Biên bản hội nghị bình xét thi đua")
    minutes = text_of(reader.go("Open the PDF").content)
    assert "DỰ THẢO" not in minutes
    expected = year.results["expected"]
    told = [year.name(code) for code in UNITS]
    told += [points(number) for number in expected["verified"].values()]
    told += [sentence for sentences in OUTCOMES.values() for sentence in sentences]
    told += [people[2] for people in UNITS.values() if people[2] != UNITS["BTT"][2]]
    told += [sentence for words in WORDS.values() for sentence in words.split("\n\n")]
    told += ["08 giờ 00", "11 giờ 15", "30 % 31 % (đến 20/11/2021) Đạt"]
    for words in told:
        assert squeezed(words) in minutes, f"the minutes do not say “{words}”: {minutes}"
    assert squeezed(DISPUTED) not in minutes  # only what was accepted is told
    # The same bytes, whoever opens it when.
    again = year.officer.get(reader.page.url).content
    assert again == reader.page.content
    # A unit's own score table, with what was claimed and what was found.
    owner = year.principals["TTTT"]
    owner.get(year.cards["TTTT"])
    table = owner.get(f"{year.cards['TTTT']}print/final/")
    owner.do("Finalise").says("The paper is final.")
    table = text_of(owner.go("Open the PDF").content)
    for words in ("99,90", "49/50", REASONS["I.1"]):
        assert squeezed(words) in table
    # A stranger to the block sees none of it.
    Browser().get(reader.page.url).says("Log in")


def text_of(content: bytes) -> str:
    """The words of a PDF, without blanks: lines break where the page ends."""
    said = subprocess.run(
        ["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True
    )
    return squeezed(said.stdout.decode())


def squeezed(text: str) -> str:
    return "".join(normalize("NFC", text).split())


@on(20, 12)
def the_year_is_closed(year: Year) -> None:
    year.move("Closed")
    head, clerk = year.head, year.drafter
    assert not head.page.has_link("Move on")
    clerk.get(f"{year.season}edit/", status=422).says("The season is closed")
    clerk.get(year.cards["TTTT"])
    assert not clerk.page.cells
    # Everybody of the block reads every sheet now.
    year.clerks["TCTT"].get(f"{year.cards['TTTT']}?column=final").says("99,90", "101,00")


@on(10, 1, year=2022)
def the_next_year_begins(year: Year) -> None:
    """The next paper is filled with whom the meeting put forward; the year takes things over."""
    officer = year.officer
    officer.get("/recognitions/")
    officer.do("Draft a recognition paper", button="Save", kind="Notice", number="14",
               symbol="TB-TTCP", dated="10/1/2022", signer="Trần Ngọc Liêm")  # fmt: skip
    officer.go("Name them").says("Proposed: whom the meeting of 2021 put forward.")
    named = officer.page.form("Save").controls
    for office, code in (("head", "TCBTT"), ("deputy", "VCLKH")):
        assert named[office].choices[named[office].values[0]] == year.name(code)
    officer.submit("Save")
    officer.do("Issue the paper").says("The paper counts from now on.")
    officer.get("/blocks/")
    officer.go(BLOCK, "Open the season 2022")
    officer.submit("Open the year").says(year.name("TCBTT"), year.group["block_targets"][0]["text"])
    # Last year's head is a member like others: its clerk drafts nothing here.
    season = officer.page.url
    year.clerks["TCBTT"].get(season)
    assert year.clerks["TCBTT"].page.has_link("Edit the theme")
    year.drafter.get(season)
    assert not year.drafter.page.has_link("Edit the theme")
    year.drafter.get(f"{season}edit/", status=403)
