"""A whole year, played only by what a browser sends, from an empty installation to the handover.

The block is the Government Inspectorate's five public-service units in 2021; the figures are those
of the worked example (``emulation/groups/ttcp-2021-results.yaml``, fictional numbers on real units
and registrations). Every form is read from the page that was served, so that a field that is
missing or bears another name is noticed; every step stands on its own day.
"""

import io
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
import yaml
from django.core.management import call_command
from django.test import Client

from blocks import clock
from blocks.numbers import show
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
        if self.kind == "file" or not isinstance(said, str):
            return [said] if self.kind == "file" else [v for one in said for v in self.choose(one)]
        if not self.choices or (said == "" and self.kind == "check"):
            return [said] if said or self.kind != "check" else []
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

    VOID = {"input", "br", "hr", "img", "meta", "link", "path", "circle", "rect", "use"}

    def __init__(self, response) -> None:
        super().__init__()
        self.status, self.url = response.status_code, response.request["PATH_INFO"]
        if query := response.request.get("QUERY_STRING"):
            self.url = f"{self.url}?{query}"
        self.html = "".join(part.decode() for part in response)
        self.words, self.links, self.forms = [], [], []
        self.cells: dict[str, str] = {}  # the name of a field that saves itself: its address
        self.labels: dict[str, str] = {}  # the aria-label of a field: its name
        self.ids: dict[str, tuple[str, str]] = {}  # an id: the name and value of its field
        self.token = ""
        self._in_main = False
        self._form = self._select = self._option = self._textarea = self._button = None
        self._label = self._link = None
        self.feed(self.html)
        self.text = " ".join(" ".join(self.words).split())

    # Reading

    def handle_starttag(self, tag, attrs) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "body":
            self.token = re.search(r'"x-csrftoken": "(\w*)"', said.get("hx-headers", "")).group(1)
        self._in_main = self._in_main or tag == "main"
        if not self._in_main:
            return
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
        if tag == "option" and self._option is not None:
            value = self._option.get("value", self._option["words"])
            self._select.choices[value] = " ".join(self._option["words"].split())
            if "selected" in self._option:
                self._select.values.append(value)
            self._option = None
        elif tag == "select" and self._select is not None:
            if not self._select.values and self._select.choices and not self._select.multiple:
                self._select.values = [next(iter(self._select.choices))]
            self._select = None
        elif tag == "textarea":
            self._textarea.values = [self._textarea.values[0].removeprefix("\n")]
            self._textarea = None
        elif tag == "label" and self._label is not None:
            self._end_of_label(self._label)
            self._label = None
        elif tag in {"form", "button", "a", "main"}:
            name = {"form": "_form", "button": "_button", "a": "_link", "main": "_in_main"}[tag]
            setattr(self, name, None)

    def _end_of_label(self, label) -> None:
        name, value = label["inside"] or self.ids.get(label["for"], ("", ""))
        form = self._form or (self.forms[-1] if self.forms else None)
        if form and name in form.controls and value in form.controls[name].choices:
            form.controls[name].choices[value] = " ".join(label["words"].split())

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
        state, attributes, inside = found.groups()
        readings = re.findall(r'data-set="([^"]*)"', inside)
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

    def get(self, address: str, status: int = 200) -> Page:
        """Open an address; a redirect is followed."""
        return self._show(self.client.get(address, follow=True), status)

    def go(self, *words: str) -> Page:
        """Follow links by their words, one after the other."""
        for one in words:
            self.get(self.page.link(one))
        return self.page

    def submit(self, button: str, *, status: int = 200, page: Page | None = None, **said) -> Page:
        """Send the form of this button, with what is typed; a redirect is followed."""
        form = (page or self.page).form(button)
        data = {name: list(control.values) for name, control in form.controls.items()}
        for name, value in said.items():
            assert name in form.controls, f"no field {name}, but {sorted(form.controls)}"
            data[name] = form.controls[name].choose(value)
        pressed = next(one for one in form.buttons if " ".join(one.words.split()) == button)
        if "name" in pressed.said:
            data[pressed.said["name"]] = [pressed.said.get("value", "")]
        address = pressed.said.get("formaction") or form.action
        assert form.method == "post"
        return self._show(self.client.post(address, data, follow=True), status)

    def do(self, *words: str, button: str = "", status: int = 200, **said) -> Page:
        """Follow links, then confirm with the button, which bears the last link's words."""
        self.go(*words)
        return self.submit(button or words[-1], status=status, **said)

    def _show(self, response, status) -> Page:
        if response.get("Content-Type", "").startswith("text/html"):
            self.page = Page(response)
            assert self.page.status == status, f"{self.page.status}: {self.page.text}"
        else:
            assert response.status_code == status
            self.page = SimpleNamespace(
                content=b"".join(response), status=status, **response.headers
            )
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
            self.submit("Change the password", new=OWN_PASSWORD, again=OWN_PASSWORD)


# The year

OWN_PASSWORD = "bốn từ ngẫu nhiên dài"
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
    slips: dict[str, tuple[str, str]] = field(default_factory=dict)
    season: str = ""  # the address of its page
    cards: dict[str, str] = field(default_factory=dict)  # a unit: the address of its sheet

    @property
    def group(self) -> dict:
        return self.stated["groups"][0]

    def name(self, code: str) -> str:
        return next(one["name"] for one in self.group["members"] if one["code"] == code)

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
        return by.do(f"Move on to {to}").says(f"The year is in “{to}” now.")


def test_a_year_from_an_empty_installation_to_the_next_head(transactional_db):
    year = Year()
    somebody_installs(year)
    the_officer_adds_the_units_and_the_block(year)
    the_officer_adds_the_people(year)
    a_paper_names_head_and_deputy(year)
    the_officer_opens_the_year(year)
    the_head_drafts_the_year(year)


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
    officer.submit("Log in", username=username, password=password)
    assert officer.get("/blocks/").url == "/password/"  # before anything else
    officer.submit("Change the password", new="ngắn", again="ngắn", status=422)
    officer.submit("Change the password", new=OWN_PASSWORD, again=OWN_PASSWORD)
    officer.get("/administration/").says("To begin: add the units")


@on(15, 1)
def the_officer_adds_the_units_and_the_block(year: Year) -> None:
    officer = year.officer
    for code, (short, *_people) in UNITS.items():
        officer.get("/administration/")
        officer.do("Add a unit", button="Save", name=year.name(code), short_name=short,
                   superior="Thanh tra Chính phủ", place="Hà Nội", symbol=code,
                   since="1/1/2015").says(year.name(code))  # fmt: skip
    officer.get("/administration/")
    officer.do("Add a block", button="Save", kind="Block", code="KHOI-SN", name=BLOCK,
               short_name="Khối sự nghiệp TTCP", since="1/1/2015")  # fmt: skip
    for code in UNITS:
        officer.do("Add a member", button="Save", unit=year.name(code), since="1/1/2015")
    officer.page.says("5 members")
    officer.go("Add a member").does_not_say(year.name("TTTT"))


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
    by.get("/people/")
    by.do("Add a person", button="Save", honorific=honorific, full_name=full_name, role=role,
          unit=year.name(code), position=position, since="1/1/2020")  # fmt: skip
    by.do("Print the first password", button="Make the password").says("Shown this once")
    username, password = re.findall(r'class="typed">([^<]+)<', by.page.html)
    browser = Browser()
    browser.log_in(username, password)
    year.slips[name] = (username, password)
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
    for target in group["block_targets"]:
        clerk.do("Add a target", button="Save", text=target["text"], value=str(target["value"]),
                 measure=target["unit"])  # fmt: skip
    clerk.page.says(f"“{group['theme']}”", *(target["text"] for target in group["block_targets"]))
