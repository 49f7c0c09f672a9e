"""An office's web application in one file: forms in front, a ledger behind, the standard library between.

`python office_app.py` plays a day against itself and says what happened. `python office_app.py --serve 8000` stays at
http://127.0.0.1:8000, for you to try; what you record is gone when it ends. It asks nobody who they are, so it listens
to this machine only.
"""

import re
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime
from html import escape, unescape
from http.server import BaseHTTPRequestHandler, HTTPServer
from secrets import token_urlsafe
from typing import Final
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlencode, urlsplit
from urllib.request import ProxyHandler, build_opener

from cadreledger import CadreLedgerError, ConflictError, Ledger, Month, Recorded, Transaction, fen, yuan
from cadreledger.errors import InputError
from cadreledger.events.void import Void

Said = Mapping[str, str]  # what somebody typed, by field
PORT_MAX: Final = 65_535


class NowhereError(InputError):
    """There is no page at that address."""


def visit(tx: Transaction, said: Said) -> None:
    """A visit."""
    tx.cadres[said["person"]].visit(reason=said["reason"], on=day(said["on"]), content=said["content"] or None)


def pay(tx: Transaction, said: Said) -> None:
    """Dues for a month. One that is paid already is refused."""
    amount, month, receipt = yuan(said["amount"]), Month.parse(said["month"]), said["receipt"] or None
    tx.cadres[said["person"]].pay_dues(amount, for_month=month, on=day(said["on"]), receipt=receipt)


def put_right(tx: Transaction, said: Said) -> None:
    """A payment that was typed wrongly: both entries stay, the new one counts."""
    tx.cadres[said["person"]].correct(number(said["entry"]), amount=yuan(said["amount"]))


def wish(tx: Transaction, said: Said) -> None:
    """A small wish."""
    tx.cadres[said["person"]].wish(said["wish"], on=day(said["on"]), content=said["content"] or None)


def fulfil(tx: Transaction, said: Said) -> None:
    """A wish that came true."""
    tx.cadres[said["person"]].fulfil_wish(said["wish"], on=day(said["on"]), items=number(said["items"]))


def party_day(tx: Transaction, said: Said) -> None:
    """A party day and all who came: recorded together, or not at all."""
    branch = tx.branches[said["branch"]]
    branch.hold("party_day", code=said["activity"], title=said["title"], on=day(said["on"]))
    for person in said["came"].split():
        tx.cadres[person].attend(branch, said["activity"])


Form = tuple[str, Mapping[str, str], Callable[[Transaction, Said], None]]  # title, fields and labels, decision
WHO, DAY = {"person": "编号"}, {"on": "日期"}
ACTIVITY = {"branch": "支部编号", "activity": "活动编号", "title": "名称", "came": "出勤 (编号, 空格分开)"}
FORMS: Final[Mapping[str, Form]] = {
    "visit": ("走访", WHO | {"reason": "事由 (study, comfort, call)", "content": "内容"} | DAY, visit),
    "pay": ("党费", WHO | {"amount": "金额", "month": "所属月份", "receipt": "收据号"} | DAY, pay),
    "put-right": ("更正党费", WHO | {"entry": "版本", "amount": "金额"}, put_right),
    "wish": ("微心愿", WHO | {"wish": "心愿编号", "content": "内容"} | DAY, wish),
    "fulfil": ("完成微心愿", WHO | {"wish": "心愿编号", "items": "件次"} | DAY, fulfil),
    "party-day": ("主题党日", ACTIVITY | DAY, party_day),
}
PLAYED: Final = {"dues.collected": 850, "visits.made": 1, "attendance.in_person": 2, "wishes.fulfilled": 1}


def day(text: str) -> date:
    """A day, as a form gives it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError("a day cannot be read", "such as 2021-07-05") from None


def number(text: str) -> int:
    """A whole number, as a form gives it."""
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise InputError("a number cannot be read", "up to nine digits")
    return int(text)


def page(title: str, body: str) -> str:
    """A page around ``body``, which is HTML."""
    head = f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>{escape(title)}</title>'
    return f'{head}<main><h1>{escape(title)}</h1>{body}</main><p><a href="/">↩</a></p></html>'


def home(ledger: Ledger, today: date) -> str:
    """The year's figures, and every form, with a key of its own: what is sent twice with it is recorded once."""
    ask = '<form action="/history"><p><label>一人历史 <input name="person"></label> <button>OK</button></p></form>'
    rows = ""
    for key, figure in ledger.figures(str(today.year)).items():
        value = f"{fen(figure.value)} 元" if figure.unit == "CNY_fen" else f"{figure.value} {figure.unit}"
        rows += f"<tr><th>{key}</th><td>{value}</td></tr>" if figure.events else ""
    forms = ""
    for path, (title, fields, _) in FORMS.items():
        forms += f'<form method="post" action="/{path}"><h2>{title}</h2>'
        forms += f'<input type="hidden" name="key" value="{token_urlsafe()}">'
        for name, label in fields.items():
            value = str(today) if name == "on" else ""
            forms += f'<p><label>{label} <input name="{name}" value="{value}"></label></p>'
        forms += "<button>OK</button></form>"
    return page(f"{ledger.name} {today}", f"{ask}<table>{rows}</table>{forms}")


def history(ledger: Ledger, person: str) -> str:
    """What happened to one person. What was taken back is struck out, and stays."""
    entries = ledger.history(person)
    gone = {(entry.stream, entry.event.of_version) for entry in entries if isinstance(entry.event, Void)}
    rows = [row(entry, "s" if (entry.stream, entry.version) in gone else "span") for entry in entries]
    return page(f"一人历史 {person}", f"<table>{''.join(rows)}</table>")


def row(entry: Recorded, tag: str) -> str:
    """One entry of a history."""
    event, fields = entry.event, ("name", "amount", "for_month", "reason", "content", "activity", "items")
    found = [getattr(event, name) for name in fields if getattr(event, name, None) is not None]
    details = " ".join(str(getattr(value, "value", value)) for value in found)
    cells = f"v{entry.version}", str(event.occurred_on or ""), event.wire, details, entry.entry.by
    return "<tr>" + "".join(f"<td><{tag}>{escape(cell)}</{tag}></td>" for cell in cells) + "</tr>"


class Office(HTTPServer):
    """The application: a ledger, and the clock that says which day it is."""

    def __init__(self, ledger: Ledger, clock: Callable[[], datetime], port: int) -> None:
        super().__init__(("127.0.0.1", port), Request)
        self.ledger, self.clock = ledger, clock


class Request(BaseHTTPRequestHandler):
    """One request."""

    server: Office

    def do_GET(self) -> None:
        """A page to read."""
        self.answer(self.read)

    def do_POST(self) -> None:
        """A form that was filled in."""
        self.answer(self.record)

    def read(self) -> str:
        """Figures and forms, or one person's history."""
        url, ledger = urlsplit(self.path), self.server.ledger
        if url.path == "/":
            return home(ledger, self.server.clock().astimezone(ledger.zone).date())
        if url.path == "/history":
            return history(ledger, dict(parse_qsl(url.query)).get("person", ""))
        raise NowhereError("there is no such page")

    def record(self) -> str:
        """Decide and record. A key that is known gives the first answer again."""
        body = self.rfile.read(min(number(self.headers.get("Content-Length", "")), 65_536))
        said, form = dict(parse_qsl(body.decode(errors="replace"))), FORMS.get(self.path[1:])
        if form is None:
            raise NowhereError("there is no such form")
        if not said.get("key"):
            raise InputError("the form has no key", hint="Go back, and open it again.")
        _, fields, decide = form
        given = {name: said.get(name, "").strip() for name in fields}
        receipt = self.server.ledger.run(lambda tx: decide(tx, given), by="staff:desk", key=f"app/{said['key']}")
        title = "已经记录过 · recorded before" if receipt.repeated else "已记录 · recorded"
        return page(title, f"{[*receipt.positions]}")

    def answer(self, make: Callable[[], str]) -> None:
        """Send a page, or what the ledger has against it, as it reads: no error of its holds personal data."""
        try:
            status, text = 200, make()
        except CadreLedgerError as error:
            said = {"expected": error.expected, "found": error.found, "hint": error.hint}
            lines = [f"<p>{name}: {escape(words)}</p>" for name, words in said.items() if words]
            status = 404 if isinstance(error, NowhereError) else 409 if isinstance(error, ConflictError) else 422
            title = f"未记录 · not recorded: {error.what}" if self.command == "POST" else error.what
            text = page(title, "".join(lines))
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", "default-src 'none'; form-action 'self'")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Nothing: an address may hold somebody's code."""


def play(office: Office) -> None:
    """A day at the desk, and the end of it. Prints what is sent, and what is to be read of the answer."""
    browser = build_opener(ProxyHandler({}))  # this machine is reached without a proxy

    def open_page(path: str = "", body: bytes | None = None) -> str:
        try:
            with browser.open(f"http://127.0.0.1:{office.server_port}/{path}", body) as answer:
                return str(answer.read().decode())
        except HTTPError as refused:
            return refused.read().decode()

    def tell(what: str, text: str) -> None:
        lines = re.split("<p>|<tr>", re.split("<main>|</main>|<form method", text)[1])
        print(what, *(" ".join(unescape(re.sub(r"<[^>]*>", " ", line)).split()) for line in lines), sep="\n    ")

    def send(path: str, *clicks: str, **said: str) -> None:
        form = open_page().partition(f'action="/{path}"')[2]
        said |= {"key": form.partition('name="key" value="')[2].partition('"')[0], "on": "2021-07-05"}
        for click in clicks:
            tell(click, open_page(path, urlencode(said).encode()))

    try:
        send("visit", "A visit", "The same, by a double click", person="C001", reason="study", content="<b>报纸</b>")
        send("pay", "Dues, typed ten times too high", person="C001", amount="85.00", month="2021-07")
        send("pay", "Dues for the same month", person="C001", amount="8.50", month="2021-07")
        send("put-right", "The payment is put right", person="C001", entry="4", amount="8.50")
        send("wish", "A wish", person="C002", wish="W1", content="轮椅")
        send("fulfil", "It comes true", person="C002", wish="W1", items="1")
        for what, came in (("A party day, with a code that nobody has", "C001 C003"), ("A party day", "C001 C002")):
            send("party-day", what, branch="B1", activity="A1", title="学党史", came=came)
        tell("One person's history", open_page("history?person=C001"))
        tell("The year so far", open_page())
    finally:
        office.shutdown()


def port_asked_for() -> int | None:
    """What the command line says: the port to stay at. None: play the day."""
    parser = ArgumentParser(description="An office's web application. Without arguments, it plays a day and ends.")
    parser.add_argument("--serve", metavar="PORT", type=int, help="stay at this port of this machine; 0: at a free one")
    asked: int | None = parser.parse_args().serve
    if asked is not None and not 0 <= asked <= PORT_MAX:
        parser.error(f"PORT is a number from 0 to {PORT_MAX}")
    return asked


def main() -> None:
    """Make a ledger with two people in it, and open the office."""
    asked = port_asked_for()
    plays, then = asked is None, datetime(2021, 7, 5, 1, 30, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder:
        clock: Callable[[], datetime] = (lambda: then) if plays else (lambda: datetime.now(UTC))
        with (
            Ledger.create(f"{folder}/office.ledger", name="示例社区", kek_dir=f"{folder}/kek", clock=clock) as ledger,
            Office(ledger, clock, asked or 0) as office,
        ):
            with ledger.transaction(by="staff:liaison") as tx:
                branch = tx.branches.establish("B1", name="离退休干部党支部", kind="formal", on=date(2012, 6, 28))
                for code, name in (("C001", "甲某"), ("C002", "乙某")):
                    tx.cadres.register(code, kind="retired", name=name, formal=branch)
            print(f"The office is open at http://127.0.0.1:{office.server_port}")
            with ThreadPoolExecutor() as browsers, suppress(KeyboardInterrupt):
                played = browsers.submit(play, office) if plays else None
                office.serve_forever()
            if played:
                played.result()
                found = {key: figure.value for key, figure in ledger.figures("2021").items() if key in PLAYED}
                sys.exit(None if found == PLAYED else f"The figures should be {PLAYED}, and are {found}.")


if __name__ == "__main__":
    main()
