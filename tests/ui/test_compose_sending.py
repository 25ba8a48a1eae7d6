"""Sending from the compose screen, over real HTTP to the simulator: asked once, not waited for, followed to its end."""

from __future__ import annotations

import threading
from pathlib import Path

import keyring
import pytest
from keyring.errors import KeyringLocked
from textual.widgets import Static

from mitto_tui.mitto.simulator import Simulator
from mitto_tui.sms.status import Status
from mitto_tui.sms.submission import OutcomeKind
from mitto_tui.storage.rows import HistoryFilter
from mitto_tui.ui.screens.compose import ComposeScreen
from mitto_tui.ui.screens.leaving import LeavingDialog
from mitto_tui.ui.widgets.dialog import Dialog
from mitto_tui.ui.widgets.options_form import OptionsForm
from tests.ui.rooms import app_of, magic, move_in, screen_text, until, workspace_of
from tests.ui.writing import ask, asked, compose_of, notified, opened, type_at_once, write


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    move_in(tmp_path, monkeypatch)


def status_of(screen: ComposeScreen, row: int = 0) -> Status | None:
    """The status that a row of what was sent shows."""
    return screen.outcomes.rows[row].status if len(screen.outcomes.rows) > row else None


def said(screen: ComposeScreen) -> str:
    """Everything that is said of what was sent, without line breaks."""
    return " ".join("\n".join(screen.outcomes._words(sent).plain for sent in screen.outcomes.rows).split())


async def test_a_message_is_asked_about_once_sent_and_turns_delivered_before_ones_eyes() -> None:
    async with opened() as pilot:
        screen = await compose_of(pilot)
        form = write(screen, "Dear “Jürgen”", magic("00"))
        options = screen.query_one(OptionsForm)
        options.fill({"reference": "R1", "validity": "60", "udh": "", "test": "no"})
        dialog = await ask(pilot)
        shown = screen_text(pilot)
        for words in (
            "+49 171 3920000   Germany, mobile",
            "MITTO SMS",
            "Dear “Jürgen”",
            "1 part   Unicode",
            "valid 1 h · reference R1",
            "sandbox   nothing leaves this machine",
        ):
            assert words in shown
        assert dialog.focused is not None
        assert dialog.focused.id == "answer-back"
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert screen.outcomes.rows == []
        assert form.form.text == "Dear “Jürgen”"
        await ask(pilot, "f9")
        await pilot.press("s")
        await until(pilot, lambda: status_of(screen) is Status.DELIVERED)
        sent = screen.outcomes.rows[0]
        assert sent.mitto_id is not None
        await until(pilot, lambda: f"id {sent.mitto_id[:8]}" in screen_text(pilot) if sent.mitto_id else False)
        assert "● delivered    +49 171 3920000" in screen_text(pilot)
        # The form is ready for the next one: what belongs to one message is gone, the way to send is not.
        assert (form.form.sender, form.form.to, form.form.text) == ("MITTO SMS", "", "")
        assert (form.form.options["reference"], form.form.options["validity"]) == ("", "60")
        assert form.recipient.has_focus
        stored = workspace_of(pilot).history.get(sent.message_id or 0)
        assert stored is not None
        assert (stored.text, stored.reference, stored.validity) == ("Dear “Jürgen”", "R1", 60)
        screen.outcomes.focus()
        await pilot.press("home", "enter")
        await until(pilot, lambda: app_of(pilot).current_mode == "history")


async def test_a_test_is_sent_as_one_and_leaves_the_message_where_it_is() -> None:
    async with opened() as pilot:
        screen = await compose_of(pilot)
        write(screen, "Hello", magic("00"))
        await ask(pilot, "ctrl+t")
        assert "Send this as a test?" in screen_text(pilot)
        await pilot.press("s")
        await until(pilot, lambda: status_of(screen) is Status.ACCEPTED)
        await until(pilot, lambda: "◔ accepted     test  +49 171 3920000" in screen_text(pilot))
        assert screen.outcomes.rows[0].settled
        assert not screen.query_one(OptionsForm).options().test
        # What was tested is now sent for real.
        assert screen.message_form.editor.text == "Hello"
        await ask(pilot)
        assert "Send this message?" in screen_text(pilot)
        await pilot.press("s")
        await until(pilot, lambda: screen.message_form.form.blank)
        await until(pilot, lambda: status_of(screen) is Status.DELIVERED)


async def test_several_can_be_under_way_and_each_ends_as_it_must() -> None:
    async with opened() as pilot:
        screen = await compose_of(pilot)
        for outcome in ("01", "25", "20", "00"):
            write(screen, f"message {outcome}", magic(outcome))
            await ask(pilot)
            await pilot.press("s")
            await until(pilot, lambda: screen.message_form.form.blank)
        ends = [Status.DELIVERED, Status.QUEUED, Status.IN_DOUBT, Status.UNDELIVERED]
        await until(pilot, lambda: [sent.status for sent in screen.outcomes.rows] == ends)
        await until(pilot, lambda: "History ▲1" in screen_text(pilot))
        flat = said(screen)
        assert "▲ in doubt" in flat
        assert "It is not known whether Mitto took it" in flat
        assert "Wait for a delivery report, or decide in History" in flat
        assert "IP address" in flat
        assert "✕ undelivered" in flat


async def test_a_key_that_repeats_asks_once_and_sends_once() -> None:
    async with opened() as pilot:
        screen = await compose_of(pilot)
        write(screen, "Hello", magic("00"))
        type_at_once(pilot, *["ctrl+s"] * 5)
        await asked(pilot)
        type_at_once(pilot, *"sss")
        await until(pilot, lambda: pilot.app.screen is screen and status_of(screen) is not None)
        await until(pilot, lambda: workspace_of(pilot).sending == 0)
        assert len(screen.outcomes.rows) == 1
        assert len(workspace_of(pilot).history.page(HistoryFilter())) == 1


async def test_typing_on_behind_the_key_is_no_answer() -> None:
    async with opened() as pilot:
        screen = await compose_of(pilot)
        write(screen, "Hello", magic("00")).editor.focus()
        type_at_once(pilot, *" you", "ctrl+s", *"see you soon")
        dialog = await asked(pilot)
        assert "typed too fast for an answer: press s again" in screen_text(pilot)
        assert screen.message_form.editor.text == "Hello you"
        # What would be sent has to be what stands there, or nobody agreed to it.
        screen.message_form.editor.put("!")
        await pilot.press("s")
        await until(pilot, lambda: pilot.app.screen is not dialog)
        assert "The message was changed meanwhile" in notified(pilot)
        assert screen.message_form.editor.text == "Hello you!"
        assert not screen.outcomes.rows


async def test_what_was_refused_stands_in_the_form_again() -> None:
    async with opened() as pilot:
        screen = await compose_of(pilot)
        before = write(screen, "Hello", magic("18")).form
        await ask(pilot)
        await pilot.press("s")
        await until(pilot, lambda: status_of(screen) is Status.REJECTED)
        await until(pilot, lambda: screen.message_form.form == before)
        await until(pilot, lambda: "It stands in the form again." in said(screen))
        assert "invalid receiver" in screen_text(pilot)
        # What the store has, but could not begin, waits in History: it must not stand in the form as well.
        with workspace_of(pilot).database.write() as connection:
            connection.exec_driver_sql(
                "CREATE TRIGGER room_ends BEFORE INSERT ON attempts BEGIN SELECT RAISE(ABORT, 'no room'); END"
            )
        await ask(pilot)
        await pilot.press("s")
        await until(pilot, lambda: status_of(screen) is Status.QUEUED and "no room" in said(screen))
        await screen.before_quit()
        assert screen.message_form.form.blank
        assert workspace_of(pilot).drafts.count("sandbox") == 0


async def test_a_message_is_kept_as_a_draft_until_it_is_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "mitto-tui"
    home.mkdir()
    (home / "config.toml").write_text('profile = "work"\n[profiles.work]\nsender = "ACME"\n')
    asked, release = threading.Event(), threading.Event()

    def hang(service: str, username: str) -> str | None:
        asked.set()
        release.wait(20)
        raise KeyringLocked

    monkeypatch.setattr(keyring.get_keyring(), "get_password", hang)
    async with opened(sandbox=False) as pilot:
        screen = await compose_of(pilot)
        drafts = workspace_of(pilot).drafts
        try:
            write(screen, "Hello")
            await ask(pilot)
            await pilot.press("s")
            await until(pilot, lambda: workspace_of(pilot).sending == 1 and asked.is_set())
            await screen.before_quit()
            assert [draft.text for draft in drafts.list("work")] == ["Hello"]
            write(screen, "the next one")
        finally:
            release.set()
        await until(pilot, lambda: "It is kept among the drafts." in said(screen))
        await screen.before_quit()
        assert sorted(draft.text for draft in drafts.list("work")) == ["Hello", "the next one"]


async def test_without_a_key_it_says_so_at_once_and_shows_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(sandbox=False) as pilot:
        await until(pilot, lambda: len(app_of(pilot).screen_stack) > 1)
        await pilot.press("escape")  # the welcome
        screen = await compose_of(pilot)
        await until(pilot, lambda: "Nothing can be sent yet." in screen_text(pilot))
        assert "F5 Settings takes one" in str(screen.query_one("#no-key", Static).content)
        write(screen, "Hello")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, Dialog))
        assert "There is no key" in screen_text(pilot)
        await pilot.press("s")
        await until(pilot, lambda: app_of(pilot).current_mode == "settings")
        # As soon as there is one, nothing is said any more.
        monkeypatch.setenv("MITTO_API_KEY", "k" * 32)
        await pilot.press("f2")
        await until(pilot, lambda: "Nothing can be sent yet." not in screen_text(pilot))


async def test_for_real_is_said_with_the_account_its_limit_and_its_price(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "mitto-tui"
    home.mkdir()
    monkeypatch.setenv("MITTO_API_KEY", "k" * 32)
    async with Simulator() as simulator:
        monkeypatch.setenv("MITTO_BASE_URL", simulator.url)
        (home / "config.toml").write_text(
            'profile = "work"\n[profiles.work]\nsender = "ACME"\ncountry = "DE"\nmax_segments = 1\n'
            '[profiles.work.prices]\ncurrency = "EUR"\nDE = 0.075\n'
        )
        async with opened(sandbox=False) as pilot:
            screen = await compose_of(pilot)
            write(screen, "x" * 200, sender="ACME")
            await ask(pilot)
            shown = screen_text(pilot)
            assert "work   for real: it is delivered and charged" in shown
            assert "2 parts   GSM   more than your 1" in shown
            assert "0.15 EUR" in shown
            await pilot.press("s")
            await until(pilot, lambda: status_of(screen) is Status.ACCEPTED)
            assert simulator.requests == 1


async def test_leaving_waits_for_what_is_under_way(tmp_path: Path) -> None:
    home = tmp_path / "mitto-tui"
    home.mkdir()
    (home / "config.toml").write_text("[profiles.sandbox]\ntimeout = 1.5\n")
    async with opened() as pilot:
        screen = await compose_of(pilot)
        write(screen, "Hello", magic("32"))
        await ask(pilot)
        await pilot.press("s")
        await until(pilot, lambda: workspace_of(pilot).sending == 1)
        write(screen, "the next one")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(pilot.app.screen, LeavingDialog))
        assert "1 message is still on the way to Mitto." in screen_text(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen is screen)
        await pilot.press("f10")
        await until(pilot, lambda: not app_of(pilot)._running or app_of(pilot)._exit)
        assert workspace_of(pilot).sending == 0
        # The attempt's own outcome: by now its delivery report may have settled the message's status.
        [attempt] = workspace_of(pilot).history.attempts(1)
        assert (attempt.outcome, attempt.reason) == (OutcomeKind.IN_DOUBT, "read_timeout")
        draft = workspace_of(pilot).drafts.latest("sandbox")
        assert draft is not None
        assert draft.text == "the next one"
