"""SIPp, the SIP tester, with scenarios made here: what is sent, and what must come back."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

INSTALL = "apt-get install -y sip-tester"
INVITE = """\
INVITE sip:{callee}@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch={branch}
Max-Forwards: 70
From: <sip:{caller}@[local_ip]>;tag=[pid]-[call_number]
To: <sip:{callee}@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:sipp@[local_ip]:[local_port]>
{headers}Content-Length: 0
"""
ACK = """\
ACK sip:{callee}@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch={branch}
Max-Forwards: 70
From: <sip:{caller}@[local_ip]>;tag=[pid]-[call_number]
To: <sip:{callee}@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 1 ACK
Content-Length: 0
"""
OTHER = INVITE.replace("INVITE", "{method}")


def send(message: str, **values: str) -> str:
    """A step that sends a message of this module."""
    values = {"branch": "[branch]", "headers": "", **values}
    return f"<send><![CDATA[\n{message.format(**values)}\n]]></send>\n"


def receive(code: int, *, holds: str = "") -> str:
    """A step that waits for a response, which must hold a regular expression."""
    wanted = f'<action><ereg regexp="{holds}" search_in="msg" check_it="true" assign_to="1"/></action>' if holds else ""
    use = '<nop><action><log message="[$1]"/></action></nop>\n' if holds else ""
    return f'<recv response="{code}" rtd="true">{wanted}</recv>\n{use}'


def run(folder: Path, port: int, steps: str, *, calls: int = 1, rate: int = 10, tcp: bool = False) -> None:
    """Play a scenario against the proxy on loopback. Raises AssertionError with SIPp's own words when it fails."""
    sipp = shutil.which("sipp")
    assert sipp, f"SIPp is not installed: {INSTALL}"
    scenario = folder / "scenario.xml"
    scenario.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="test">\n{steps}</scenario>\n', "utf-8"
    )
    done = subprocess.run(
        [
            sipp, f"127.0.0.1:{port}", "-sf", str(scenario), "-i", "127.0.0.1", "-m", str(calls), "-r", str(rate),
            "-t", "t1" if tcp else "u1", "-nostdin", "-nr", "-recv_timeout", "5000", "-timeout", "30",
            "-trace_err", "-error_file", str(folder / "errors.log"),
        ],
        cwd=folder, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    errors = folder / "errors.log"
    said = errors.read_text("utf-8", "replace") if errors.exists() else ""
    assert done.returncode == 0, f"SIPp ended with {done.returncode}:\n{said or done.stderr or done.stdout[-2000:]}"
