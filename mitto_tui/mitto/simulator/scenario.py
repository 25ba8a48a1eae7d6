"""What a simulator run is like: the settings, as plain frozen data. ``scenario_file`` reads them from TOML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

Delay = float | tuple[float, float]
"""Seconds: a fixed number, or (least, most) to draw from evenly."""

MAGIC_PREFIX: Final = "4917139200"
"""+49 171 39200 00 to 99: a hundred mobile numbers that the German networks keep unassigned for films and manuals
(Bundesnetzagentur, notice 148/2021), so that none of them can ever ring. Number metadata takes them as valid."""


class AnswerProfile(StrEnum):
    """The shapes of answers seen from Mitto."""

    LIVE = "live"
    """As captured from the live API."""
    IDS = "ids"
    """``ids`` instead of ``id``, as on the getting-started page."""
    SPACED = "spaced"
    """``textLength`` as a string with a space in front."""


class Endpoint(StrEnum):
    """Mitto's four paths, without suffix and base path."""

    SMS = "sms"
    SMSBULK = "smsbulk"
    CONVERTED = "sms/converted"
    USAGE = "usage/bycountry"


SUBMISSIONS: Final = frozenset({Endpoint.SMS, Endpoint.SMSBULK})


class ReportForm(StrEnum):
    """How delivery reports are sent."""

    NONE = "none"
    GET = "get"
    POST_FORM = "post_form"
    POST_JSON = "post_json"
    POST_JSON_ARRAY = "post_json_array"


class ReportWord(StrEnum):
    """The statuses a report can carry; ``ReportSettings.words`` changes how they are spelled."""

    BUFFERED = "BUFFERED"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    UNDELIVERED = "UNDELIVERED"
    EXPIRED = "EXPIRED"


VARIABLES: Final = (
    "msgid",
    "mcc",
    "mnc",
    "status",
    "receiver",
    "errorcode",
    "reference",
    "sendtime",
    "sendtimestamp",
)
"""What Mitto's report template can hold; ``ReportSettings.names`` changes the outer names."""

# MAP user errors of 3GPP TS 29.002: 1 is an unknown subscriber, 27 an absent one. Which codes Mitto uses is not known.
ERROR_CODES: Final[Mapping[ReportWord, str]] = {ReportWord.UNDELIVERED: "1", ReportWord.EXPIRED: "27"}
NO_ERROR: Final = "0"


class FaultKind(StrEnum):
    """What can go wrong on purpose. The first group strikes before anything is checked or accepted."""

    CUT_BEFORE_READING = "cut_before_reading"
    HTTP_401 = "http_401"
    HTTP_403 = "http_403"
    HTTP_429 = "http_429"
    HTTP_500 = "http_500"
    HTML_BODY = "html_body"
    RESPONSE_CODE = "response_code"

    SLOW = "slow"
    CUT_AFTER_ACCEPTANCE = "cut_after_acceptance"
    HALF_BODY = "half_body"
    NO_ID = "no_id"
    PARTIAL_BULK = "partial_bulk"
    WRONG_ORDER = "wrong_order"
    IDS = "ids"
    SPACED = "spaced"


STRIKES_FIRST: Final = frozenset(
    {
        FaultKind.CUT_BEFORE_READING,
        FaultKind.HTTP_401,
        FaultKind.HTTP_403,
        FaultKind.HTTP_429,
        FaultKind.HTTP_500,
        FaultKind.HTML_BODY,
        FaultKind.RESPONSE_CODE,
    }
)
"""Faults that replace the processing of a request; the others only spoil its answer."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong, with what its kind needs to know.

    ``seconds``: how late a slow answer is. ``retry_after``: seconds in the header of a 429, None for no header.
    ``code``: the responseCode to refuse with. ``drop``: how many items a partial bulk answer lacks. ``status``: the
    HTTP status of an HTML page. ``accepted``: whether the messages behind a 500 or an HTML page were taken even so.
    """

    kind: FaultKind
    seconds: float = 0.0
    retry_after: int | None = None
    code: int = 1
    drop: int = 1
    status: int = 200
    accepted: bool = False

    @property
    def strikes_first(self) -> bool:
        """True where the request is neither checked nor accepted."""
        return self.kind in STRIKES_FIRST and not self.accepted


@dataclass(frozen=True, slots=True)
class Rule:
    """When a fault strikes: where every condition that is set holds. Without any condition it always strikes.

    ``to``, ``to_prefix`` and ``to_suffix`` are digits without a plus. ``requests`` are counted from 1 over the rule's
    ``endpoints``. ``times`` bounds how often the rule strikes in a run, ``per_number`` how often for one number.
    """

    fault: Fault
    to: str | None = None
    to_prefix: str | None = None
    to_suffix: str | None = None
    requests: frozenset[int] = frozenset()
    probability: float | None = None
    times: int | None = None
    per_number: int | None = None
    endpoints: frozenset[Endpoint] = SUBMISSIONS

    @property
    def by_recipient(self) -> bool:
        """True where the recipients have to be known to decide."""
        conditions = (self.to, self.to_prefix, self.to_suffix, self.per_number)
        return any(condition is not None for condition in conditions)

    @property
    def by_request_alone(self) -> bool:
        """True where the request's number decides, before its body is read."""
        return bool(self.requests) and not self.by_recipient and self.probability is None


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most ``per_second`` requests; above it 429, with Retry-After or without.

    ``burst`` is how many may come at once after a pause; None is one second's worth.
    """

    per_second: float
    burst: int | None = None
    retry_after: bool = False


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """Which delivery reports follow an accepted message, how and when.

    The waits are seconds after the stage before (the first: after the answer). ``delivered``, ``undelivered`` and
    ``expired`` are weights; ``buffered`` to ``missing`` are shares of messages, 0 to 1.
    """

    form: ReportForm = ReportForm.POST_JSON
    url: str | None = None
    """The account's report URL, used where a request brings no ``callback``."""
    any_callback: bool = False
    """Report to callbacks on other machines too. Without it only loopback addresses get reports, so that a rehearsal
    with a real callback URL tells nothing untrue to a real system."""

    buffered_after: Delay = 0.5
    sent_after: Delay = 0.5
    final_after: Delay = 1.5

    delivered: float = 1.0
    undelivered: float = 0.0
    expired: float = 0.0

    buffered: float = 0.0
    duplicate: float = 0.0
    reordered: float = 0.0
    early: float = 0.0
    orphan: float = 0.0
    no_final: float = 0.0
    missing: float = 0.0

    attempts: int = 3
    """How often one report is tried where the receiver fails. Whether Mitto repeats a report is not known."""
    retry_after: float = 0.5
    """Seconds before the second try; each later wait is twice as long."""
    timeout: float = 5.0
    """Seconds for one try."""

    error_codes: Mapping[ReportWord, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    """Outer name for each of ``VARIABLES``; an empty name leaves it out."""
    words: Mapping[ReportWord, str] = field(default_factory=dict)
    """Other spellings of the statuses, such as FAILED for UNDELIVERED."""


@dataclass(frozen=True, slots=True)
class MagicNumbers:
    """The recipient numbers that choose their own outcome: ``prefix`` and two digits. An empty prefix: none."""

    prefix: str = MAGIC_PREFIX
    slow: float = 60.0
    """Seconds that the slow number's answer takes."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Everything about a run but its seed. The defaults: any key, live answers, every message delivered."""

    api_key: str | None = field(default=None, repr=False)
    """The key to ask for; None takes any that is not empty."""
    profile: AnswerProfile = AnswerProfile.LIVE
    refusal_status: int = 200
    """HTTP status of a refusal by responseCode: which one Mitto uses is not known, 200 or 400."""
    latency: Delay = 0.0
    """Seconds before every answer."""
    conversion: bool = True
    """Whether conversion tracking is enabled for the account."""
    magic: MagicNumbers = field(default_factory=MagicNumbers)
    rate_limit: RateLimit | None = None
    reports: ReportSettings = field(default_factory=ReportSettings)
    faults: tuple[Rule, ...] = ()
