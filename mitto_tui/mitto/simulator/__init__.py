"""The other side of Mitto's wire, to rehearse against: same checks, answers, reports and faults.

It shares nothing with the client but the response codes and what an SMS is (``sms``). See docs/simulator.md.
"""

from mitto_tui.mitto.simulator.journal import Journal, RecordedRequest
from mitto_tui.mitto.simulator.reports import ReportCounts
from mitto_tui.mitto.simulator.scenario import (
    AnswerProfile,
    Endpoint,
    Fault,
    FaultKind,
    MagicNumbers,
    RateLimit,
    ReportForm,
    ReportSettings,
    ReportWord,
    Rule,
    Scenario,
)
from mitto_tui.mitto.simulator.scenario_file import ScenarioError, load_scenario
from mitto_tui.mitto.simulator.server import Simulator, SimulatorError

__all__ = [
    "AnswerProfile",
    "Endpoint",
    "Fault",
    "FaultKind",
    "Journal",
    "MagicNumbers",
    "RateLimit",
    "RecordedRequest",
    "ReportCounts",
    "ReportForm",
    "ReportSettings",
    "ReportWord",
    "Rule",
    "Scenario",
    "ScenarioError",
    "Simulator",
    "SimulatorError",
    "load_scenario",
]
