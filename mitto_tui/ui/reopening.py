"""Going on with another account, or with the sandbox, without leaving the program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.screen import Screen

from mitto_tui.settings.config import Config, find_profile
from mitto_tui.settings.profiles import Profile
from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.ui.screens.base import ModeScreen
from mitto_tui.ui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from mitto_tui.ui.app import MittoApp

_BETWEEN: Final = "between"
_GATEWAY: Final = ("base_url", "timeout", "connect_timeout", "format")
"""What a standing connection was made with."""


class MessagesUnderWay(MittoTuiError):
    """Messages are on their way, and their answers must be waited for."""

    def __init__(self, count: int) -> None:
        messages = "1 message is" if count == 1 else f"{count} messages are"
        super().__init__(f"{messages} still on the way to Mitto.", "Try again when the answer is there.")


class CampaignUnderWay(MittoTuiError):
    """A campaign is being sent."""

    def __init__(self, campaign: int) -> None:
        super().__init__(f"Campaign {campaign} is being sent.", "Pause it in Bulk first: it can be resumed any time.")


async def reopen(app: MittoApp, profile: str | None, *, sandbox: bool = False) -> None:
    """Open a profile in place of the one that is open, every screen anew.

    Raises MittoTuiError where messages are under way or the profile can't be opened; the old one stays open then.
    """
    from mitto_tui.workspace.workspace import Workspace

    old = app.workspace
    if old is not None and old.runs.all:
        raise CampaignUnderWay(old.runs.all[0].id)
    if old is not None and old.sending:
        raise MessagesUnderWay(old.sending)
    for screen in app.standing_screens():
        if isinstance(screen, ModeScreen):
            await screen.before_quit()
    workspace = await Workspace.open(profile, sandbox=sandbox)
    # A mode can only be made anew while another one is shown.
    app.add_mode(_BETWEEN, Screen)
    await app.switch_mode(_BETWEEN)
    for mode, make in app.MODES.items():
        await app.remove_mode(mode)
        app.add_mode(mode, make)
    app.use_workspace(workspace)
    await app.remove_mode(_BETWEEN)
    if old is not None:
        await old.aclose()


async def adopt(app: MittoApp, config: Config) -> None:
    """Go on with a changed configuration: what it says counts from the next message on.

    What a campaign under way was begun with stays, until it is paused and resumed.

    Raises MittoTuiError where the connection can't be made anew.
    """
    workspace = app.workspace
    if workspace is None:
        return
    before = workspace.profile
    workspace.config = config
    workspace.profile = find_profile(config, before.name)
    for screen in app.standing_screens():
        for bar in screen.query(TitleBar):
            bar.refresh_account()
    if _differ(before, workspace.profile):
        if workspace.sending:
            raise MessagesUnderWay(workspace.sending)
        await workspace.use_key()
        if running := [run.id for run in workspace.runs.all]:
            app.notify(f"Campaign {running[0]} goes on as it began; resumed after a pause, it uses the new settings.")


def _differ(one: Profile, other: Profile) -> bool:
    return any(getattr(one, name) != getattr(other, name) for name in _GATEWAY)
