"""One profile, opened: what the screens and the commands stand on.

Opening reads the configuration, opens the database and takes an owner id; the gateway (and in the sandbox the simulator
and the receiver) comes to life when the first message is sent. Whatever an earlier program left half done is settled on
opening: its attempts become in doubt.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from mitto_tui.recipients.numbers import NumberReading, read_number
from mitto_tui.sending.single import SendPolicy, SendResult, SingleSender
from mitto_tui.settings.config import Config, find_profile, load_config
from mitto_tui.settings.logs import logging_to
from mitto_tui.settings.paths import Paths, find_paths, private_dir
from mitto_tui.settings.profiles import Profile, WireFormat
from mitto_tui.settings.secrets import KEY_VARIABLE, KeyStatus, find_key, key_status
from mitto_tui.sms.errors import InvalidInput, KeyProblem
from mitto_tui.sms.message import NewMessage, Options, check_message
from mitto_tui.sms.status import Status
from mitto_tui.sms.submission import Outcome
from mitto_tui.storage.campaigns import Campaigns
from mitto_tui.storage.database import Database
from mitto_tui.storage.drafts import Drafts
from mitto_tui.storage.history import History
from mitto_tui.storage.list_shapes import ListShapes
from mitto_tui.storage.messages import Messages
from mitto_tui.storage.meta import Meta
from mitto_tui.storage.opt_outs import OptOuts
from mitto_tui.storage.purging import Purging
from mitto_tui.storage.reports import Reports
from mitto_tui.storage.templates import Templates
from mitto_tui.storage.usage import CountryUsage, Usage
from mitto_tui.workspace.changes import Changes
from mitto_tui.workspace.gateway import ClientGateway
from mitto_tui.workspace.owner import Owner
from mitto_tui.workspace.report_store import ProfileReports
from mitto_tui.workspace.runs import Runs
from mitto_tui.workspace.sandbox import SANDBOX_KEY, Sandbox
from mitto_tui.workspace.tending import Tending

if TYPE_CHECKING:
    from mitto_tui.mitto.client import MittoClient
    from mitto_tui.mitto.queries import UsageRow
    from mitto_tui.reports.receiver import ReportReceiver

MAX_TIMEOUT: Final = 600.0
"""Seconds: the longest that a request may be waited for."""
_CONNECTIONS: Final = 1000
"""As many as any limit allows to be in flight; each is opened only when it is needed."""
_CLOSING_MARGIN: Final = 5.0
"""Seconds beyond a request's own timeout that closing waits for sends under way."""


class KeyMissing(KeyProblem):
    """There is no API key for this profile."""

    def __init__(self, profile: str) -> None:
        super().__init__(
            f"There is no API key for the profile {profile}.",
            f"Run mitto-tui --profile {profile} key set, or set {KEY_VARIABLE}. Use --sandbox to rehearse without.",
        )


_TEST_NUMBER: Final = "+491713920000"
"""Set aside for the media by Germany's regulator (Bundesnetzagentur, notice 148/2021): a valid mobile, and nobody's."""
_TEST_SENDER: Final = "MITTO SMS"
_TEST_TEXT: Final = "A test call of mitto-tui"


def now() -> datetime:
    """The time: aware, UTC."""
    return datetime.now(UTC)


class Workspace:
    """One profile with its store, key and gateway. Use ``open`` and close it again; not for several event loops."""

    def __init__(self, config: Config, profile: Profile, paths: Paths, database: Database, owner: Owner) -> None:
        self.config = config
        self.profile = profile
        self.sandbox = profile.is_sandbox
        self.paths = paths
        self.database = database
        self.history = History(database)
        self.messages = Messages(database, profile.name)
        self.drafts = Drafts(database)
        self.templates = Templates(database)
        self.reports = Reports(database)
        self.campaigns = Campaigns(database)
        self.opt_outs = OptOuts(database)
        self.purging = Purging(database, profile.name)
        self.list_shapes = ListShapes(database)
        self._owner = owner
        self._environ: Mapping[str, str] = os.environ
        self._client: MittoClient | None = None
        self._retired: list[MittoClient] = []
        self._sandbox: Sandbox | None = None
        self._connecting = asyncio.Lock()
        self._under_way: set[asyncio.Task[SendResult]] = set()
        self._changes = Changes(database.data_version)
        self._opened = ExitStack()
        self._tending = Tending(
            database, profile.name, owner, lambda: self.profile.retention_days, self.now, self._is_busy
        )
        self.runs = Runs(self)

    @classmethod
    async def open(
        cls, profile: str | None = None, *, sandbox: bool = False, environ: Mapping[str, str] = os.environ
    ) -> Self:
        """Open a profile by name, or the active one. A broken configuration only fills ``config.problems``.

        Raises MittoTuiError (an unknown profile, a database that can't be used) with a sentence for a person.
        """
        workspace = await asyncio.to_thread(cls._open, profile, sandbox, environ)
        workspace._tending.begin()
        return workspace

    @classmethod
    def _open(cls, name: str | None, sandbox: bool, environ: Mapping[str, str]) -> Self:
        paths = find_paths(environ)
        config = load_config(paths.config_file)
        profile = find_profile(config, "sandbox" if sandbox else name, environ)
        private_dir(paths.owners_dir)
        with ExitStack() as opened:
            database = opened.enter_context(Database.open(paths.database_file))
            owner = opened.enter_context(Owner(paths.owners_dir))
            opened.enter_context(logging_to(paths.log_file))
            workspace = cls(config, profile, paths, database, owner)
            workspace._environ = environ
            workspace.settle()
            workspace._opened = opened.pop_all()
        return workspace

    def settle(self) -> None:
        """Put in order what other programs left half done; see ``Tending``. May block on the disk."""
        self._tending.settle()

    async def aclose(self, *, stop: bool = False) -> None:
        """Wait for sends under way (bounded by their own timeouts), then close everything.

        With ``stop`` they are not waited for: each is ended where it stands, and written down as in doubt.
        """
        if stop:
            for task in self._under_way:
                task.cancel()
        self._tending.stop()
        await self.runs.aclose(stop=stop)
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=self.profile.timeout + _CLOSING_MARGIN)
        try:
            await self._tending.ended()
            await self._changes.aclose()
            await self._disconnect()
        finally:
            await asyncio.to_thread(self._opened.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    @property
    def owner(self) -> str:
        """This program's owner id, as it stands at its attempts."""
        return self._owner.id

    def now(self) -> datetime:
        """The time: aware, UTC."""
        return now()

    def is_alive(self, owner: str) -> bool:
        """Whether the program with that owner id still runs. May block on the disk."""
        return self._owner.is_alive(owner)

    def touch(self) -> None:
        """Tell whoever subscribed that something changed."""
        self._changes.touch()

    def _is_busy(self) -> bool:
        return bool(self._under_way or self.runs.all)

    @property
    def sending(self) -> int:
        """How many sends are under way."""
        return len(self._under_way)

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` on the event loop after anything in the store changed; returns the way to stop."""
        return self._changes.subscribe(listener)

    def key_status(self) -> KeyStatus:
        """Whether there is a key and where. May block on a keyring: call it in a thread."""
        return key_status(self.profile.name, self._environ)

    async def use_key(self) -> bool:
        """Read the key anew and use it from the next message on; False if there is none.

        Sends under way end with the key they began with.
        """
        async with self._connecting:
            if self._client is not None:
                self._retired.append(self._client)
                self._client = None
        await self._close_retired()
        try:
            await self._connect()
        except KeyMissing:
            return False
        return True

    def override(self, *, format: str | None = None, timeout: float | None = None) -> None:  # noqa: A002
        """Use another answer format or timeout (seconds) than the profile's. Raises InvalidInput where it can't be."""
        if format is not None:
            if format not in ("json", "xml"):
                raise InvalidInput("format", "The format must be json or xml.")
            self.profile = replace(self.profile, format=WireFormat(format))
        if timeout is not None:
            if not 0 < timeout <= MAX_TIMEOUT:
                raise InvalidInput("timeout", f"The timeout must be more than 0 and at most {MAX_TIMEOUT:g} seconds.")
            self.profile = replace(self.profile, timeout=timeout)

    def read_number(self, text: str) -> NumberReading:
        """``text`` as a recipient, with the profile's country for national notation."""
        reading = read_number(text, self.profile.country or "")
        # The rehearsal's own numbers are fictional, and nothing there reaches anybody anyway.
        return replace(reading, warning="") if self.sandbox else reading

    def check(self, sender: str, to: str, text: str, options: Options) -> NewMessage:
        """Everything that can be known to be wrong, as InvalidInput with its field; else the message."""
        number = self.read_number(to)
        if number.error:
            raise InvalidInput("to", number.error)
        return check_message(sender, number.digits, text, options)

    async def send(self, message: NewMessage, on_stored: Callable[[], None] = lambda: None) -> SendResult:
        """Store and send a message. Raises KeyMissing before anything is stored where there is no key.

        ``on_stored`` is called on the event loop as soon as the message is in the store, before anything leaves. The
        send goes on where the caller is cancelled: what has left can't be called back. It counts as under way from this
        call on, also while the key is still being looked for.
        """

        async def carry() -> SendResult:
            sender = await self._sender()
            return await sender.send(message, on_stored)

        return await self._run(carry())

    async def send_queued(self, message_id: int) -> SendResult:
        """Another go at a stored message that is still queued."""
        sender = await self._sender()
        return await self._run(sender.send_stored(message_id))

    async def send_again(self, message_id: int, *, seen: int | None = None) -> SendResult:
        """A person's word: queue the message again, whatever doubt there was, and send it.

        ``seen`` is how many attempts the person knew of: raises Outdated where there have been others since.
        """
        await self._connect()
        await asyncio.to_thread(self.messages.send_again, message_id, now(), seen=seen)
        return await self.send_queued(message_id)

    async def assume_sent(self, message_id: int) -> Status:
        """A person's word: the message in doubt has been sent."""
        status = await asyncio.to_thread(self.messages.assume_sent, message_id, now())
        self._changes.touch()
        return status

    async def test_key(self, to: str = "", sender: str | None = None) -> Outcome:
        """A test call: nothing is delivered or charged. ``to`` and ``sender`` may be left empty.

        Raises KeyMissing, and InvalidInput where the number or the sender can't be one.
        """
        client = await self._connect()
        options = Options(test=True)
        message = self.check(sender or self.profile.sender or _TEST_SENDER, to or _TEST_NUMBER, _TEST_TEXT, options)
        return await client.submit(message.recipient, message.content)

    async def client(self) -> MittoClient:
        """The gateway, for what goes beyond sending. Raises KeyMissing."""
        return await self._connect()

    async def usage(self, since: date, until: date, account: str) -> list[UsageRow]:
        """Messages and cost by country between two days, from Mitto; remembered in the store."""
        client = await self._connect()
        rows = await client.usage_by_country(since, until, account)
        kept = [CountryUsage(row.country, row.messages, row.cost) for row in rows]
        usage = Usage(self.database)
        await asyncio.to_thread(usage.save, self.profile.name, account, since, until, kept, now())
        return rows

    def report_token(self) -> str:
        """The token in this profile's report URL: made once, then the same for good. May block on the disk."""
        from mitto_tui.reports.receiver import new_receiver_token

        return Meta(self.database).get_or_create(self.profile.name, "report_token", new_receiver_token)

    def receiver(self, host: str | None = None, port: int | None = None) -> ReportReceiver:
        """The receiver for this profile's reports, not started. Where it listens is the profile's unless given."""
        from mitto_tui.reports.receiver import ReportReceiver

        return ReportReceiver(
            ProfileReports(self.reports, self.profile.name, now),
            self.report_token(),
            host=host or self.profile.receiver.host,
            port=self.profile.receiver.port if port is None else port,
            on_stored=lambda _: self._changes.touch(),
            names=self.profile.receiver.fields,
        )

    async def _run(self, sending: Coroutine[object, object, SendResult]) -> SendResult:
        task = asyncio.create_task(sending)
        self._under_way.add(task)
        task.add_done_callback(self._done)
        return await asyncio.shield(task)

    def _done(self, task: asyncio.Task[SendResult]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, so that a caller who went away leaves no warning behind
        self._changes.touch()

    async def _sender(self) -> SingleSender:
        profile = self.profile
        policy = SendPolicy(timeout=profile.timeout, tracked=profile.tracking, callback=profile.callback)
        return SingleSender(ClientGateway(await self._connect()), self.messages, now, self._owner.id, policy)

    async def _connect(self) -> MittoClient:
        async with self._connecting:
            if self._client is None:
                self._client = await self._new_client()
            return self._client

    async def _new_client(self) -> MittoClient:
        from mitto_tui.mitto.client import MittoClient

        if self.sandbox:
            if self._sandbox is None:
                reports = ProfileReports(self.reports, self.profile.name, now)
                self._sandbox = await Sandbox.start(reports, lambda _: self._changes.touch())
            url, key = self._sandbox.url, SANDBOX_KEY
        else:
            self.config.require_sound(self.profile.name)
            found = await asyncio.to_thread(find_key, self.profile.name, self._environ)
            if found is None:
                raise KeyMissing(self.profile.name)
            url, key = self.profile.base_url, found.value.reveal()
        return MittoClient(
            url,
            key,
            timeout=self.profile.timeout,
            connect_timeout=self.profile.connect_timeout,
            format=self.profile.format,
            max_connections=_CONNECTIONS,
        )

    async def _close_retired(self) -> None:
        """Close clients that are not used any more, once nothing is under way with them."""
        if not self._under_way and not self.runs.all:
            retired, self._retired = self._retired, []
            for client in retired:
                await client.aclose()

    async def _disconnect(self) -> None:
        async with self._connecting:
            clients = [*self._retired, *([self._client] if self._client is not None else [])]
            self._client, self._retired = None, []
            sandbox, self._sandbox = self._sandbox, None
            try:
                for client in clients:
                    await client.aclose()
            finally:
                if sandbox is not None:
                    await sandbox.aclose()
