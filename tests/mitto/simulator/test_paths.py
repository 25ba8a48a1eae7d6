"""Paths, suffixes, methods, and XML."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.mitto.simulator.rehearsal import PERSON, message, rehearse

JSON_PATHS = ["/sms", "/sms.json", "/sms?format=json", "/v2/sms", "/v2/sms.json", "/sms/", "/sms.json?format=xml"]
XML_PATHS = ["/sms.xml", "/sms?format=xml", "/sms?format=XML", "/v2/sms.xml", "/v2/sms?format=xml"]


async def test_every_form_of_a_path_answers_in_its_own_format() -> None:
    async with rehearse() as rehearsal:
        for path in JSON_PATHS:
            for each in (path, path.replace("sms", "smsbulk", 1)):
                answer = await rehearsal.post(each, message())
                assert (answer.status, answer.code) == (200, 0), each
                assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
        for path in XML_PATHS:
            for each in (path, path.replace("sms", "smsbulk", 1)):
                answer = await rehearsal.post(each, message())
                assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"
                assert ElementTree.fromstring(answer.body).findtext("responseCode") == "0", each
        assert rehearsal.simulator.accepted == 2 * (len(JSON_PATHS) + len(XML_PATHS))


async def test_xml_carries_the_same_names_and_values_as_json() -> None:
    async with rehearse() as rehearsal:
        root = ElementTree.fromstring((await rehearsal.post("/sms.xml", message("+" + PERSON))).body)
        assert root.tag == "SmsResponse"
        assert [child.tag for child in root] == list((await rehearsal.send()).data)
        assert (root.findtext("to"), root.findtext("textLength"), root.findtext("messageParts")) == (
            "+" + PERSON,
            "5",
            "1",
        )

        root = ElementTree.fromstring((await rehearsal.post("/smsbulk.xml", message([PERSON, "4915112345678"]))).body)
        assert root.tag == "SmsBulkResponse"
        assert [item.findtext("to") for item in root.findall("messages/message")] == [PERSON, "4915112345678"]
        ids = {item.findtext("id") for item in root.findall("messages/message")}
        assert len(ids) == 2

        root = ElementTree.fromstring((await rehearsal.post("/sms.xml", message(test=True))).body)
        assert root.findtext("test") == "true"


async def test_errors_come_as_xml_too_and_hostile_text_stays_well_formed() -> None:
    async with rehearse() as rehearsal:
        refused = await rehearsal.post("/sms.xml", message(type="<b>&"))
        assert ElementTree.fromstring(refused.body).findtext("responseCode") == "2"
        malformed = await rehearsal.post("/sms.xml", b"{")
        assert malformed.status == 400
        assert ElementTree.fromstring(malformed.body).findtext("responseText")
        unknown = await rehearsal.post("/sms/converted.xml", {"messageId": "<x>&\x00\x1b[31m\ufffe\ud800]]>"})
        assert unknown.status == 404
        assert "<x>&\ufffd\ufffd[31m" in (ElementTree.fromstring(unknown.body).text or "")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_only_post_is_allowed(method: str) -> None:
    async with rehearse() as rehearsal:
        for path in ("/sms", "/smsbulk.json", "/v2/sms.xml", "/sms/converted", "/usage/bycountry"):
            answer = await rehearsal.request(method, path)
            assert (answer.status, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize("path", ["/", "/v2", "/v3/sms", "/sms.csv", "/SMS", "/smsx", "/sms/status", "/v2/v2/sms"])
async def test_other_paths_are_not_there(path: str) -> None:
    async with rehearse() as rehearsal:
        answer = await rehearsal.post(path, message())
        assert answer.status == 404
        assert answer.data["responseText"]
        assert rehearsal.simulator.accepted == 0
