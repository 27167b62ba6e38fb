"""Why a call ended, as ITU-T Q.850 numbers it: from such numbers, from FreeSWITCH's names, from SIP's codes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

FORMS = ("q850", "sip", "name")
NONE = -1
# ITU-T Q.850 (05/98), table 1, with the names that FreeSWITCH writes; those of its own that Q.850 has no number for
# stand with the number that it sends for them.
NAMES = {
    "UNSPECIFIED": 0, "UNALLOCATED_NUMBER": 1, "NO_ROUTE_TRANSIT_NET": 2, "NO_ROUTE_DESTINATION": 3,
    "CHANNEL_UNACCEPTABLE": 6, "CALL_AWARDED_DELIVERED": 7, "NORMAL_CLEARING": 16, "USER_BUSY": 17,
    "NO_USER_RESPONSE": 18, "NO_ANSWER": 19, "SUBSCRIBER_ABSENT": 20, "CALL_REJECTED": 21, "NUMBER_CHANGED": 22,
    "REDIRECTION_TO_NEW_DESTINATION": 23, "EXCHANGE_ROUTING_ERROR": 25, "DESTINATION_OUT_OF_ORDER": 27,
    "INVALID_NUMBER_FORMAT": 28, "FACILITY_REJECTED": 29, "RESPONSE_TO_STATUS_ENQUIRY": 30, "NORMAL_UNSPECIFIED": 31,
    "NORMAL_CIRCUIT_CONGESTION": 34, "NETWORK_OUT_OF_ORDER": 38, "NORMAL_TEMPORARY_FAILURE": 41,
    "SWITCH_CONGESTION": 42, "ACCESS_INFO_DISCARDED": 43, "REQUESTED_CHAN_UNAVAIL": 44, "PRE_EMPTED": 45,
    "FACILITY_NOT_SUBSCRIBED": 50, "OUTGOING_CALL_BARRED": 52, "INCOMING_CALL_BARRED": 54,
    "BEARERCAPABILITY_NOTAUTH": 57, "BEARERCAPABILITY_NOTAVAIL": 58, "SERVICE_UNAVAILABLE": 63,
    "BEARERCAPABILITY_NOTIMPL": 65, "CHAN_NOT_IMPLEMENTED": 66, "FACILITY_NOT_IMPLEMENTED": 69,
    "SERVICE_NOT_IMPLEMENTED": 79, "INVALID_CALL_REFERENCE": 81, "INCOMPATIBLE_DESTINATION": 88,
    "INVALID_MSG_UNSPECIFIED": 95, "MANDATORY_IE_MISSING": 96, "MESSAGE_TYPE_NONEXIST": 97, "WRONG_MESSAGE": 98,
    "IE_NONEXIST": 99, "INVALID_IE_CONTENTS": 100, "WRONG_CALL_STATE": 101, "RECOVERY_ON_TIMER_EXPIRE": 102,
    "MANDATORY_IE_LENGTH_ERROR": 103, "PROTOCOL_ERROR": 111, "INTERWORKING": 127,
    "ORIGINATOR_CANCEL": 16, "LOSE_RACE": 16, "MANAGER_REQUEST": 16, "BLIND_TRANSFER": 16, "ATTENDED_TRANSFER": 16,
    "ALLOTTED_TIMEOUT": 16, "PICKED_OFF": 16, "USER_CHALLENGE": 21, "MEDIA_TIMEOUT": 41, "USER_NOT_REGISTERED": 20,
    "PROGRESS_TIMEOUT": 18, "GATEWAY_DOWN": 38, "CRASH": 41, "SYSTEM_SHUTDOWN": 41,
}  # fmt: skip
# RFC 3398, 8.2.6.1: a SIP response as a cause; 2xx is normal clearing.
SIP = {
    400: 41, 401: 21, 402: 21, 403: 21, 404: 1, 405: 63, 406: 79, 407: 21, 408: 102, 410: 22, 413: 127, 414: 127,
    415: 79, 416: 127, 420: 127, 421: 127, 423: 127, 480: 18, 481: 41, 482: 25, 483: 25, 484: 28, 485: 1, 486: 17,
    487: 16, 488: 31, 500: 41, 501: 79, 502: 38, 503: 41, 504: 102, 505: 127, 513: 127, 580: 47, 600: 17, 603: 21,
    604: 1, 606: 31, 607: 21, 608: 21,
}  # fmt: skip


def read(column: Any, form: str) -> NDArray[np.int16]:
    """Causes of a column of text, NONE where there is none. "auto": numbers below 128 are Q.850's, 200 to 699 SIP's.

    A cause that nobody knows is none: no call is refused for it.
    """
    coded = pc.utf8_upper(column).dictionary_encode()
    values = np.array([*(_one(text or "", form) for text in coded.dictionary.to_pylist()), NONE], np.int16)
    found: NDArray[np.int16] = values[coded.indices.fill_null(len(values) - 1).to_numpy(zero_copy_only=False)]
    return found


def _one(text: str, form: str) -> int:
    text = text.strip()
    if form in ("auto", "name") and text in NAMES:
        return NAMES[text]
    digits = text.rpartition(":")[2].rpartition("=")[2].strip().removesuffix(".0")  # “Q.850;cause=16”, “sip:404”
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 3):
        return NONE
    value = int(digits)
    if form in ("auto", "q850") and value < 128:
        return value
    if form in ("auto", "sip") and 200 <= value < 700:
        return 16 if value < 300 else SIP.get(value, 31)
    return NONE


def none(count: int) -> NDArray[np.int16]:
    return np.full(count, NONE, np.int16)


def array(values: NDArray[np.int16]) -> pa.Array[Any]:
    """As a column of the lake."""
    return pa.array(values, mask=values == NONE)
