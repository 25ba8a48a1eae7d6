"""A person's word on a message: asked once, with what it may cost, then carried out whatever is on screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.message import udh_bytes
from mitto_tui.sms.submission import WireType
from mitto_tui.ui.cost import most_segments_of, worst_cost
from mitto_tui.ui.history_words import Action
from mitto_tui.ui.literal import literal
from mitto_tui.ui.status_words import words
from mitto_tui.ui.themes import BAD, DIM, WARN
from mitto_tui.ui.widgets.dialog import Answer, Dialog
from mitto_tui.ui.widgets.hanging_text import HangingText, Paragraph
from mitto_tui.workspace.marking import mark_converted, take_report

if TYPE_CHECKING:
    from mitto_tui.sending.single import SendResult
    from mitto_tui.ui.app import MittoApp
    from mitto_tui.ui.widgets.message_detail import Detail
    from mitto_tui.workspace.workspace import Workspace

_LABEL: Final = 10


class ConfirmDecision(Dialog):
    """Dismissed with ``yes`` or ``back``. Back has the focus."""

    def __init__(self, title: str, rows: list[tuple[str, Content]], note: str, yes: Answer, *, risky: bool) -> None:
        super().__init__(title, "", (Answer("back", "Back", "esc"), yes), kind="-warning" if risky else "")
        self._rows = rows
        self._note = note
        self._risky = risky

    def body_widgets(self) -> ComposeResult:
        yield HangingText(_LABEL, [Paragraph(Content.styled(label, DIM), value) for label, value in self._rows])
        if self._note:
            yield Static(literal(self._note, 400, WARN if self._risky else ""), markup=False, classes="advice")


class Decisions:
    """Asks and carries out. What has begun goes on, whichever screen is shown."""

    def __init__(self, app: MittoApp, workspace: Workspace) -> None:
        self._app = app
        self._workspace = workspace

    def decide(self, action: Action, detail: Detail) -> None:
        """Ask for a decision on a message and carry it out."""
        if action not in (Action.ASSUME_SENT, Action.TAKE_REPORT):
            try:
                self._workspace.config.require_sound(self._workspace.profile.name)
            except MittoTuiError as error:
                self._app.report_problem(error)
                return

        def answered(answer: str | None) -> None:
            if answer == "yes":
                # Not a screen's: what has left can't be called back.
                self._app.run_worker(self._carry_out(action, detail), group="sending", exit_on_error=False)

        self._app.push_screen(self._question(action, detail), answered)

    def _question(self, action: Action, detail: Detail) -> ConfirmDecision:
        message = detail.line.message
        rows = [("To", literal(self._app.number(detail.line.to), 40, "bold")), ("Text", literal(message.text, 160))]
        if action is Action.ASSUME_SENT:
            note = "Nothing is sent. If it never arrived, nobody will notice; if a delivery report comes, it counts."
            return ConfirmDecision("Take it as sent?", rows, note, Answer("yes", "Take as sent", "a"), risky=False)
        if action is Action.TAKE_REPORT:
            report = detail.possible[0]
            rows.append(
                ("Report", literal(f"{report.status_text}, {report.received_at.astimezone():%d %b %H:%M:%S}", 80))
            )
            note = "It names this number, and nothing else proves it: a report on another message to it looks the same."
            return ConfirmDecision("Take the report?", rows, note, Answer("yes", "Take it", "t"), risky=True)
        if action is Action.CONVERTED:
            note = "Mitto counts it as converted: the person did what it was sent for. That can't be taken back."
            return ConfirmDecision("Mark it as converted?", rows, note, Answer("yes", "Mark it", "v"), risky=False)
        rows.append(("Cost", self._cost(detail)))
        again = action is Action.SEND_AGAIN
        title, label = ("Send it again?", "Send again") if again else ("Send it now?", "Send now")
        risk = detail.explained.risk
        return ConfirmDecision(title, rows, risk, Answer("yes", label, "s"), risky=bool(risk))

    def _cost(self, detail: Detail) -> Content:
        if self._workspace.sandbox:
            return Content("nothing: this is the sandbox")
        message = detail.line.message
        if message.test:
            return Content("nothing: it is a test")
        region, segments = self._workspace.read_number(f"+{message.to}").region, message.segments
        if message.type is WireType.AUTO:
            segments = max(segments, most_segments_of(message.text, udh_bytes(message.udh)))
        return literal(worst_cost(self._workspace.profile, region, segments), 60, "bold")

    async def _carry_out(self, action: Action, detail: Detail) -> None:
        message_id = detail.line.message.id
        try:
            if action is Action.ASSUME_SENT:
                await self._workspace.assume_sent(message_id)
                self._app.notify("It counts as sent.", title=f"Message {message_id}")
            elif action is Action.TAKE_REPORT:
                await take_report(self._workspace, detail.possible[0].id, message_id)
                self._app.notify("The report is this message’s now.", title=f"Message {message_id}")
            elif action is Action.CONVERTED:
                await mark_converted(self._workspace, detail.line.message.mitto_id or "")
                self._app.notify("Mitto has marked it as converted.", title=f"Message {message_id}")
            elif action is Action.SEND_NOW:
                self._say(await self._workspace.send_queued(message_id))
            else:
                seen = detail.line.message.attempts
                self._say(await self._workspace.send_again(message_id, seen=seen))
        except MittoTuiError as error:
            self._app.report_problem(error)
        except Exception as error:
            self._app.report_error(error)

    def _say(self, result: SendResult) -> None:
        shown = words(result.status)
        detail = result.detail or shown.meaning
        severity: Any = "information" if shown.style not in _LOUD else "warning"
        self._app.notify(
            f"{shown.sign} {shown.word}. {detail}", title=f"Message {result.message_id}", severity=severity
        )


_LOUD: Final = frozenset({WARN, BAD})
