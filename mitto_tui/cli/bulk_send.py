"""Sending a list: checked and kept as a draft, asked about, approved, sent. Until it is approved nothing is kept."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NoReturn

import typer

from mitto_tui.cli import lists
from mitto_tui.cli.bulk_job import ListJob, emit_summary
from mitto_tui.cli.bulk_words import cost_words, say_findings
from mitto_tui.cli.campaign_run import ended, on_interrupt, raising_interrupts, send_campaign
from mitto_tui.cli.campaign_words import UNFINISHED, Sums, program, summary
from mitto_tui.cli.context import Globals, ending_signals, globals_of, question
from mitto_tui.cli.exits import Exit
from mitto_tui.cli.output import OutputLost, emit_outcome, plural, say
from mitto_tui.cli.progress import ProgressLine
from mitto_tui.cli.timeline import local
from mitto_tui.sms.campaign import CampaignLimits, CampaignState
from mitto_tui.sms.errors import InvalidInput, MittoTuiError
from mitto_tui.sms.message import MessageType
from mitto_tui.sms.visible import one_line

if TYPE_CHECKING:
    from mitto_tui.recipients.checking import Checking
    from mitto_tui.sms.checked_row import CheckedBatch
    from mitto_tui.storage.campaigns import Campaign
    from mitto_tui.workspace.list_check import WorstCase
    from mitto_tui.workspace.workspace import Workspace

_NOTHING_KEPT: Final = "Nothing was sent, and nothing is kept."
_NAMED: Final = 3
"""Campaigns with the same content that are named."""
_BETWEEN_DIGITS: Final = str.maketrans("", "", " ,.'’_\u00a0\u202f")
"""What people write between the thousands of a number."""


def send_list(
    context: typer.Context,
    job: ListJob,
    limits: CampaignLimits,
    *,
    timeout: float | None,
    again: bool,
    yes: bool,
) -> Exit:
    """Check a list and send it. Raises InvalidInput and KeyProblem with nothing stored."""
    from mitto_tui.workspace.workspace import Workspace

    chosen = globals_of(context)
    # The list is checked in the main thread, between two runs of the event loop: so Ctrl+C ends it at once.
    with raising_interrupts(), asyncio.Runner() as runner:
        workspace = runner.run(Workspace.open(chosen.profile, sandbox=chosen.sandbox))
        stop = True
        try:
            workspace.override(timeout=timeout)
            runner.run(workspace.client())
            sending = _Sending(workspace, runner, job, limits, program(chosen))
            campaign = sending.approved(again=again, yes=yes)
            code = sending.sent(campaign, chosen)
            stop = False
        finally:
            runner.run(workspace.aclose(stop=stop))
    return ended(code)


class _Sending:
    """One list on its way from a file to an approved campaign."""

    def __init__(
        self, workspace: Workspace, runner: asyncio.Runner, job: ListJob, limits: CampaignLimits, call: str
    ) -> None:
        self._workspace = workspace
        self._runner = runner
        self._job = job
        self._limits = limits
        self._call = call
        self._known: frozenset[int] = frozenset()
        """The campaigns with the same content that have been looked at."""
        self.report = self._emit if job.for_programs else None

    def approved(self, *, again: bool, yes: bool) -> Campaign:
        """The list as a campaign that can be started. Ends the program where nobody wants that, or it can't be."""
        try:
            draft, question = self._stored()
        except OutputLost as lost:
            # Whoever reads the lines has gone, and can't have wanted what comes after them.
            raise InvalidInput("output", f"{lost.message} {_NOTHING_KEPT}") from None
        except KeyboardInterrupt:
            self._end(Exit.INTERRUPTED, f"Interrupted. {_NOTHING_KEPT}")
        self._refuse_nobody(draft)
        try:
            self._look_for_the_same(draft, again=again, yes=yes)
            if not yes:
                _ask(question, draft)
            found = self._approve(draft)
            if not again:
                self._refuse_a_twin(found)
            return found
        except (KeyboardInterrupt, typer.Abort):
            if self._delete(draft):
                self._end(Exit.INTERRUPTED, f"Interrupted. {_NOTHING_KEPT}")
            say("Interrupted before anything was sent.")
            self._say_kept(draft)
            raise SystemExit(Exit.INTERRUPTED) from None
        except InvalidInput:
            self._delete(draft)
            raise
        except BaseException:
            if not self._delete(draft):
                self._say_kept(draft)
            raise

    def sent(self, campaign: Campaign, chosen: Globals) -> Exit:
        """Send an approved campaign, and tell how it ended."""
        if self.report is None:
            how = " as test calls: nothing is delivered or charged" if self._job.options.test else ""
            say(f"Sending campaign {campaign.id}{how}. Ctrl+C pauses it.")
        try:
            return self._runner.run(send_campaign(self._workspace, chosen, campaign.id, self.report))
        except (KeyboardInterrupt, Exception):
            self._say_kept(campaign)
            raise

    # -- checking -----------------------------------------------------------------------------------------------------

    def _stored(self) -> tuple[Campaign, str]:
        """The checked list as a draft, and what to ask about it."""
        from mitto_tui.workspace.list_check import WorstCase

        job, workspace = self._job, self._workspace
        profile = workspace.profile
        worst = WorstCase(job.options) if job.options.type is MessageType.MITTO else None
        with lists.list_errors(), job.opened(workspace.opt_outs.numbers(profile.name)) as (opened, checking):
            with ProgressLine(quiet=job.for_programs) as progress:
                draft = self._save(opened.name, checking, progress, worst)
            most = None if worst is None else worst.segments
            if not job.for_programs:
                say_findings(opened, checking, profile, most)
            parts = max(sum(most.values()), checking.totals.segments) if most else checking.totals.segments
            cost = cost_words(checking.totals, profile, most)
        return draft, self._question(checking.totals.ok, parts, cost, worst is not None)

    def _save(self, name: str, checking: Checking, progress: ProgressLine, worst: WorstCase | None) -> Campaign:
        from mitto_tui.storage.campaigns import NewCampaign
        from mitto_tui.workspace.list_check import options_json

        job, workspace = self._job, self._workspace
        new = NewCampaign(
            profile=workspace.profile.name,
            name=name,
            sender=job.sender,
            template=job.template,
            text=checking.fixed_text,
            options=options_json(job.options),
            source=checking.source(),
        )
        with _patient_interrupts() as interrupts:

            def batches() -> Iterator[CheckedBatch]:
                with interrupts.at_once():
                    for batch in job.batches(checking, progress):
                        if worst is not None:
                            worst.add(batch)
                        with interrupts.later():
                            yield batch

            draft = workspace.campaigns.save(new, batches(), checking.totals.as_json, workspace.now)
            if interrupts.pending:
                self._delete(draft)
                raise KeyboardInterrupt
        return draft

    def _refuse_nobody(self, draft: Campaign) -> None:
        if draft.totals.get("ok"):
            return
        if self.report is not None:
            emit_summary(self._job, {**summary(draft, {}, None), "campaign": None, "state": None})
        else:
            say("To see all that is left out, add --dry-run --jsonl.")
        self._delete(draft)
        raise SystemExit(Exit.USAGE)

    # -- asking -------------------------------------------------------------------------------------------------------

    def _look_for_the_same(self, draft: Campaign, *, again: bool, yes: bool) -> None:
        """Refuse, ask or warn where the same messages went to the same numbers before."""
        same = self._runner.run(self._workspace.runs.same_content(draft.id))
        self._known = frozenset(one.id for one in same)
        open_one = next((one for one in same if one.state in UNFINISHED), None)
        if open_one is not None and not again:
            raise InvalidInput(
                "again",
                f"Campaign {open_one.id} of {local(open_one.created_at)[:16]} has the same messages for the same "
                f"numbers, and has not ended: it is {open_one.state.value}. {_NOTHING_KEPT}",
                f"{self._how_to_go_on(open_one)}To send everything once more, add --again.",
            )
        reached = [(one, sums) for one in same if (sums := self._sums(one)).accepted or sums.in_doubt]
        if not reached:
            return
        for one, sums in reached[:_NAMED]:
            went = f"{plural(sums.accepted, 'message')} accepted, {sums.in_doubt:,} in doubt"
            say(
                f"Warning: campaign {one.id} of {local(one.created_at)[:16]} had the same messages for the same numbers"
            )
            say(f"({went}). Sending again reaches the same people a second time.")
        if yes or again:
            return
        if _prompt("Type again to send it all once more").casefold() != "again":
            raise InvalidInput("again", _NOTHING_KEPT)

    def _refuse_a_twin(self, campaign: Campaign) -> None:
        """Give it up where another program approved the same while this one was asking or making messages."""
        same = self._runner.run(self._workspace.runs.same_content(campaign.id))
        twin = next((one for one in same if one.id not in self._known), None)
        if twin is None:
            return
        self._runner.run(self._workspace.runs.cancel(campaign.id))
        raise InvalidInput(
            "again",
            f"Another program began campaign {twin.id} meanwhile, with the same messages for the same numbers. "
            f"This one, campaign {campaign.id}, was cancelled before anything was sent.",
            f"Look at the other one: {self._call} campaign show {twin.id}\nTo send everything once more, add --again.",
        )

    def _how_to_go_on(self, open_one: Campaign) -> str:
        if open_one.state is CampaignState.RUNNING:
            return f"See how far it is: {self._call} campaign show {open_one.id}\n"
        return f"Go on with it: {self._call} campaign resume {open_one.id}\n"

    def _sums(self, campaign: Campaign) -> Sums:
        return Sums.of(self._runner.run(self._workspace.runs.counts(campaign.id)))

    def _question(self, messages: int, parts: int, cost: str, let_mitto: bool) -> str:
        options, profile = self._job.options, self._workspace.profile
        kind = "test call" if options.test else "message"
        at_most = " at most" if let_mitto else ""
        costs = f", {cost}" if cost else ""
        said = [f"This sends {plural(messages, kind)} from {one_line(self._job.sender, 40)}"]
        said.append(f" with the profile {profile.name}: {plural(parts, 'part')}{at_most}{costs}.")
        if options.test:
            said.append(" Nothing is delivered or charged.")
        return "".join(said)

    # -- approving ----------------------------------------------------------------------------------------------------

    def _approve(self, draft: Campaign) -> Campaign:
        canary = self._limits.canary
        if canary is not None and not self._workspace.sandbox:
            say("Delivery reports must reach this machine meanwhile: see mitto-tui reports listen.")
        found = self._runner.run(self._approving(draft))
        if found is None:
            raise KeyboardInterrupt
        return found

    async def _approving(self, draft: Campaign) -> Campaign | None:
        """The approved campaign; None where somebody interrupted that."""
        interrupted = threading.Event()
        with ProgressLine("Making messages:") as line, on_interrupt(interrupted.set):

            def progress(done: int, of: int) -> None:
                if interrupted.is_set():
                    raise _Interrupted
                line(done, of)

            try:
                found = await self._workspace.runs.approve(draft.id, self._limits, progress)
            except _Interrupted:
                return None
        return None if interrupted.is_set() else found

    # -- ending -------------------------------------------------------------------------------------------------------

    def _emit(self, answer: dict[str, object]) -> None:
        emit_outcome({"summary": answer} if self._job.jsonl else answer)

    def _delete(self, draft: Campaign) -> bool:
        """Keep nothing of a draft; whether it was one still. Never hides why it goes."""
        try:
            return self._workspace.campaigns.delete(draft.id)
        except MittoTuiError as error:
            say(f"The checked list is kept as a draft: {error.message}")
            return True

    def _say_kept(self, campaign: Campaign) -> None:
        say(f"Campaign {campaign.id} is kept. To go on with it:")
        say(f"  {self._call} campaign resume {campaign.id}")
        say("To give it up:")
        say(f"  {self._call} campaign cancel {campaign.id}")

    def _end(self, code: Exit, sentence: str) -> NoReturn:
        say(sentence)
        raise SystemExit(code)


def _ask(question: str, draft: Campaign) -> None:
    """Have a person type how many recipients there are. Raises InvalidInput where they don't."""
    number = draft.totals["ok"]
    say(question)
    answer = _prompt(f"Type {number:,} to send")
    if answer.translate(_BETWEEN_DIGITS) != str(number):
        raise InvalidInput("yes", f"That is not {number:,}. {_NOTHING_KEPT}")


def _prompt(text: str) -> str:
    with question():
        return str(typer.prompt(text, default="", show_default=False, err=True)).strip()


class _Interrupted(Exception):
    """Somebody wants no more messages to be made."""


class _Interrupts:
    """Ctrl+C while a list is stored: at once where nothing is half done, and else as soon as that is so."""

    def __init__(self) -> None:
        self.pending = False
        self._now = False

    def __call__(self, *_: object) -> None:
        self.pending = True
        if self._now:
            self._now = False
            raise KeyboardInterrupt

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Interrupt at once, until the end of this."""
        self._set(now=True)
        try:
            yield
        finally:
            self._now = False

    @contextmanager
    def later(self) -> Iterator[None]:
        """Not within this."""
        self._now = False
        yield
        self._set(now=True)

    def _set(self, *, now: bool) -> None:
        self._now = now
        if self.pending:
            self._now = False
            raise KeyboardInterrupt


@contextmanager
def _patient_interrupts() -> Iterator[_Interrupts]:
    interrupts = _Interrupts()
    if threading.current_thread() is not threading.main_thread():
        yield interrupts
        return
    before: Mapping[int, object] = {number: signal.getsignal(number) for number in (signal.SIGINT, *ending_signals())}
    for number in before:
        signal.signal(number, interrupts)
    try:
        yield interrupts
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # as it was got
