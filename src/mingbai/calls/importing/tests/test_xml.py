"""FreeSWITCH's XML: one document a call."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingbai.calls.importing import dialects, sources, xml
from mingbai.calls.importing.tests.test_dialects import FIRST, some
from mingbai.calls.models import ImportedFile
from mingbai.kernel.problems import Problem

pytestmark = pytest.mark.django_db
START = FIRST["at_us"]


def document(**more: str) -> str:
    """As mod_xml_cdr writes it, with what does not matter here left out."""
    values = {
        "uuid": "6f644233-fcae-46bb-ad45-74838a9c51ab", "call_uuid": "6f644233-fcae-46bb-ad45-74838a9c51ab",
        "sip_from_user": "1000", "caller_id_name": "%E5%BC%A0%20%22x%22", "sip_to_user": "9%2B8602160876100",
        "start_epoch": str(START // 1_000_000), "start_uepoch": str(START), "answer_uepoch": str(START + 7_000_000),
        "end_uepoch": str(START + 67_000_000), "duration": "67", "billsec": "60", "billusec": "60000000",
        "hangup_cause": "NORMAL_CLEARING", "hangup_cause_q850": "16", **more,
    }  # fmt: skip
    variables = "".join(f"    <{name}>{value}</{name}>\n" for name, value in values.items())
    return f"""<?xml version="1.0"?>
<cdr core-uuid="2df5304f-b9b6-456b-8d6c-2dd01afd7771" switchname="sh-1">
  <channel_data><state>CS_REPORTING</state><direction>inbound</direction></channel_data>
  <variables>
{variables}  </variables>
  <callflow dialplan="XML" profile_index="2">
    <caller_profile>
      <caller_id_number>13912345678</caller_id_number><destination_number>1001</destination_number>
      <originator><originator_caller_profiles><caller_profile><destination_number>7</destination_number></caller_profile>
      </originator_caller_profiles></originator>
    </caller_profile>
  </callflow>
  <callflow dialplan="XML" profile_index="1">
    <caller_profile>
      <caller_id_number>13912345678</caller_id_number><destination_number>%2B862160876100</destination_number>
    </caller_profile>
  </callflow>
</cdr>
"""


def test_one_call(taken: Callable[..., Any], written: Callable[..., Path]) -> None:
    report, rows = taken(written(document(), "a_6f.cdr.xml"), format="freeswitch")
    assert (report.rows, report.good) == (1, 1), report.bad_rows
    assert {name: rows[0][name] for name in FIRST} == FIRST
    assert some(rows[0], "cause", "row", "source") == (16, 1, "freeswitch")


def test_many_files_are_one_import_and_one_document_cut_off_spoils_itself(
    taken: Callable[..., Any], written: Callable[..., Path]
) -> None:
    unanswered = document(
        uuid="b", call_uuid="b", answer_uepoch="0", answer_epoch="0", billsec="0", billusec="0", hangup_cause_q850="1",
    )  # fmt: skip
    several = document() + document(uuid="c", call_uuid="c")[:900] + unanswered + "garbage"
    report, rows = taken(
        written(several, "all.xml"), written(document(uuid="d", call_uuid="d"), "d.xml"), format="freeswitch"
    )
    assert (report.files, report.rows, report.good, report.bad) == (2, 4, 3, 1)
    assert report.bad_rows[0].row == 2
    assert report.bad_rows[0].code == "calls.xml"
    assert sorted(some(row, "answered", "cause") for row in rows) == [(False, 1), (True, 16), (True, 16)]
    assert report.aside is not None
    assert (report.aside / "all.bad.xml").read_bytes().startswith(b"<cdr core-uuid")


def test_a_name_in_gbk_and_an_entity(taken: Callable[..., Any], written: Callable[..., Path]) -> None:
    odd = document(caller_id_name="x").replace("<caller_id_name>x", "<caller_id_name>张").encode("gb18030")
    evil = b'<cdr><!DOCTYPE x [<!ENTITY a "b">]><variables></variables></cdr>'
    report, _ = taken(written(odd + evil, "odd.xml"), format="freeswitch")
    assert (report.good, report.bad) == (1, 1)


def test_what_is_no_cdr_is_refused(taken: Callable[..., Any], written: Callable[..., Path]) -> None:
    with pytest.raises(Problem, match="no cdr document"):
        taken(written("<html></html>", "x.xml"), format="freeswitch")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.data())
def test_documents_are_found_whole_however_they_are_cut(tmp_path: Path, data: st.DataObject) -> None:
    whole = [document(uuid=str(place)).encode() for place in range(3)]
    text = b"".join(whole)
    cut = text[: data.draw(st.integers(200, len(text)))]
    path = tmp_path / "x.xml"
    path.write_bytes(cut)
    layout = dialects.known("freeswitch").with_clock(zone="Asia/Shanghai", offset_s=None)
    parts = list(sources.opened(path, "freeswitch", layout))
    ends = [i for i in range(1, 4) if len(cut) >= len(b"".join(whole[:i])) - 1]
    good = sum(int((part.spoiled == 0).sum()) for part in parts)
    assert good == len(ends)
    assert sum(len(part.rows) for part in parts) == cut.count(b"<cdr ")


@pytest.mark.parametrize("bundle", [1, 2, 100])
def test_files_of_one_call_are_judged_together_and_told_apart(
    taken: Callable[..., Any], written: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, bundle: int
) -> None:
    """FreeSWITCH writes a file a call: thousands of them are one piece of work, and each keeps its name and row."""
    monkeypatch.setattr(xml, "_BUNDLE", bundle)
    whole = [document(uuid=f"u{n}", call_uuid=f"u{n}", start_uepoch=str(START - n)) for n in range(5)]
    whole[2] += document(uuid="u9", call_uuid="u9").replace("13912345678", "nobody")
    whole[3] = whole[3][:900]
    paths = [written(text, f"{n}.cdr.xml") for n, text in enumerate(whole)]
    report, rows = taken(*paths, format="freeswitch")
    assert (report.files, report.rows, report.good, report.bad) == (5, 6, 4, 2)
    assert [(bad.file, bad.row, bad.code) for bad in report.bad_rows] == [
        ("2.cdr.xml", 2, "calls.caller_unreadable"), ("3.cdr.xml", 1, "calls.xml"),
    ]  # fmt: skip
    assert len({row["segment"] for row in rows}) == 4
    assert report.aside is not None
    assert {path.name for path in report.aside.iterdir()} == {"bad.csv", "2.cdr.bad.xml", "3.cdr.bad.xml"}
    assert {(one.rows, one.good, one.bad) for one in ImportedFile.objects.all()} == {(1, 1, 0), (2, 1, 1), (1, 0, 1)}
