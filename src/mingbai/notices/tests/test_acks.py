"""The file of acknowledgements: what was written is read again, whatever moment the writer died at."""

from __future__ import annotations

from pathlib import Path

import pytest

from mingbai.kernel.problems import Problem
from mingbai.notices.delivery.acks import Ack, Acks

ONE, TWO, THREE = (Ack(n, 1, 2, 0, f"id\t{n}\n") for n in (1, 2, 3))


def clean(ack: Ack) -> Ack:
    return ack._replace(centre_id=ack.centre_id.replace("\t", " ").replace("\n", " "))


def test_what_was_written_is_left_for_the_next_process(tmp_path: Path) -> None:
    acks = Acks(tmp_path / "messages", "main")
    acks.write([ONE, TWO])
    acks.close()
    again = Acks(tmp_path / "messages", "main")
    assert again.left() == [clean(ONE), clean(TWO)]
    again.close()


def test_a_file_is_emptied_when_its_content_is_on_disk_and_not_the_other(tmp_path: Path) -> None:
    acks = Acks(tmp_path, "main")
    acks.write([ONE])
    turn = acks.switch()
    acks.write([TWO])
    assert set(acks.left()) == {clean(ONE), clean(TWO)}
    acks.empty(turn)
    assert acks.left() == [clean(TWO)]
    acks.write([THREE])
    acks.empty(acks.switch())
    assert acks.left() == []
    acks.close()


def test_half_a_line_is_no_acknowledgement(tmp_path: Path) -> None:
    acks = Acks(tmp_path, "main")
    acks.write([ONE])
    acks.close()
    for tail in (b"2\t1\t1\t0\tno-end", b"", b"x\ty\n", b"\xff\xfe\n"):
        path = tmp_path / "main.0.acks"
        path.write_bytes(path.read_bytes().split(b"\n")[0] + b"\n" + tail)
        again = Acks(tmp_path, "main")
        assert again.left() == [clean(ONE)]
        again.close()


def test_two_processes_do_not_share_a_link(tmp_path: Path) -> None:
    acks, other = Acks(tmp_path, "main"), Acks(tmp_path, "backup")
    with pytest.raises(Problem, match="another process"):
        Acks(tmp_path, "main")
    for one in (acks, other):
        one.close()
