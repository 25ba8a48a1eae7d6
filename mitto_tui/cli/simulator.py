"""``mitto-tui simulator``: Mitto's side of the wire, to rehearse against."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mitto_tui.cli.exits import Exit
from mitto_tui.cli.output import say


def simulator(
    port: Annotated[int, typer.Option("--port", help="0 takes any free port.", metavar="P", min=0, max=65535)] = 0,
    scenario: Annotated[
        Path | None, typer.Option("--scenario", help="What it does, as TOML; see docs/simulator.md.", metavar="FILE")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="The same seed gives the same run.", metavar="N")] = None,
    report_url: Annotated[
        str | None, typer.Option("--report-url", help="Where delivery reports go by default.", metavar="URL")
    ] = None,
) -> int:
    """Run the simulator of Mitto's API on this machine until it is stopped."""
    from mitto_tui.cli.context import run_async
    from mitto_tui.mitto.simulator import Scenario, Simulator, load_scenario
    from mitto_tui.sms.message import check_callback

    if report_url is not None:
        check_callback(report_url)
    chosen = load_scenario(scenario) if scenario is not None else Scenario()

    async def work() -> Exit:
        from mitto_tui.cli.serving import announce, until_stopped

        async with Simulator(chosen, seed=seed, port=port) as running:
            if report_url is not None:
                running.report_url = report_url
            announce(running.url)
            say(f"--seed {running.seed} repeats this run.")
            await until_stopped()
        return Exit.DONE

    return run_async(work())
