"""Which fault strikes a request: the scenario's rules first, then the magic numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mitto_tui.mitto.simulator.chance import Chance
from mitto_tui.mitto.simulator.magic import MagicTable
from mitto_tui.mitto.simulator.scenario import Endpoint, Fault, FaultKind, Rule


class Asked(NamedTuple):
    """A recipient of a request, digits only, and how often it has been asked for so far, this time included."""

    digits: str
    time: int


class Strike(NamedTuple):
    """A fault, and the recipients that it is about. Empty ``numbers``: the request as a whole."""

    fault: Fault
    numbers: frozenset[str] = frozenset()


class Faults:
    """Decides, and remembers how often each rule has struck."""

    def __init__(self, rules: Sequence[Rule], magic: MagicTable, chance: Chance) -> None:
        self._rules = rules
        self._magic = magic
        self._chance = chance
        self._struck = [0] * len(rules)
        self._requests = dict.fromkeys(Endpoint, 0)

    def arrived(self, endpoint: Endpoint) -> Strike | None:
        """Count a request to ``endpoint``; a fault that its number alone decides, before its body is read."""
        self._requests[endpoint] += 1
        for index, rule in enumerate(self._rules):
            if rule.by_request_alone and self._applies(index, rule, endpoint):
                self._struck[index] += 1
                return Strike(rule.fault)
        return None

    def read(self, endpoint: Endpoint, recipients: Sequence[Asked]) -> Strike | None:
        """The fault for a request that has been read: the first rule that applies, else the first magic number."""
        for index, rule in enumerate(self._rules):
            if rule.by_request_alone or not self._applies(index, rule, endpoint):
                continue
            numbers = self._chosen(index, rule, recipients)
            if numbers is not None:
                self._struck[index] += 1
                return Strike(rule.fault, numbers)
        return self._magic_fault(recipients)

    def _applies(self, index: int, rule: Rule, endpoint: Endpoint) -> bool:
        if endpoint not in rule.endpoints or (rule.times is not None and self._struck[index] >= rule.times):
            return False
        return not rule.requests or sum(self._requests[each] for each in rule.endpoints) in rule.requests

    def _chosen(self, index: int, rule: Rule, recipients: Sequence[Asked]) -> frozenset[str] | None:
        """The recipients that the rule is about (empty: it is about the request), or None where it does not strike."""
        if not rule.by_recipient:
            first = recipients[0] if recipients else Asked("", sum(self._requests.values()))
            return frozenset() if self._lucky(index, rule, first) else None
        chosen = [asked for asked in recipients if _matches(rule, asked)]
        if rule.fault.kind is FaultKind.PARTIAL_BULK:
            return frozenset(asked.digits for asked in chosen if self._lucky(index, rule, asked)) or None
        for asked in chosen:
            if self._lucky(index, rule, asked):
                return frozenset((asked.digits,))
        return None

    def _lucky(self, index: int, rule: Rule, asked: Asked) -> bool:
        if rule.probability is None:
            return True
        return self._chance.draw(asked.digits, asked.time, f"rule {index}").hit(rule.probability)

    def _magic_fault(self, recipients: Sequence[Asked]) -> Strike | None:
        first: Strike | None = None
        missing: set[str] = set()
        for asked in recipients:
            magic = self._magic.get(asked.digits)
            if magic is None or magic.fault is None or (magic.times is not None and asked.time > magic.times):
                continue
            # One fault strikes a request. What is refused outright goes before what only spoils an answer.
            if first is None or (magic.fault.strikes_first and not first.fault.strikes_first):
                first = Strike(magic.fault, frozenset((asked.digits,)))
            if magic.fault.kind is FaultKind.PARTIAL_BULK:
                missing.add(asked.digits)
        if first is not None and first.fault.kind is FaultKind.PARTIAL_BULK:
            return Strike(first.fault, frozenset(missing))
        return first


def _matches(rule: Rule, asked: Asked) -> bool:
    return (
        (rule.to is None or asked.digits == rule.to)
        and (rule.to_prefix is None or asked.digits.startswith(rule.to_prefix))
        and (rule.to_suffix is None or asked.digits.endswith(rule.to_suffix))
        and (rule.per_number is None or asked.time <= rule.per_number)
    )
