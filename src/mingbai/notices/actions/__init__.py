"""告知与验证码: write to a subscriber, take their replies, issue and check one-time codes, deliver what is due."""

from mingbai.notices.actions.codes import check_code, dim_old_codes, issue_code
from mingbai.notices.actions.commercial import advertise, ask
from mingbai.notices.actions.delivering import deliver_due, delivered
from mingbai.notices.actions.missed import LONGEST, again, register_standing, see_to, try_second_ways
from mingbai.notices.actions.replies import answer_waiting, file_incomplete, receive
from mingbai.notices.actions.sending import send, tell, wish

__all__ = [
    "LONGEST", "advertise", "again", "answer_waiting", "ask", "check_code", "deliver_due", "delivered", "dim_old_codes",
    "file_incomplete", "issue_code", "receive", "register_standing", "see_to", "send", "tell", "try_second_ways",
    "wish",
]  # fmt: skip
