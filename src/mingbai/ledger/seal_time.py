"""时间戳: one question to a time stamping authority (RFC 3161 over HTTP), its answer as it came."""

from __future__ import annotations

import http.client
from collections.abc import Iterable
from urllib.parse import urlsplit

from asn1crypto import cms, tsp, x509
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError

TIMEOUT_S = 10
_LARGEST = 65_536
_QUERY = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


class Clock(TimeStamper):
    """The authority at an address; `roots` (DER) end its chain. Whether its answer can be trusted `seal` finds out."""

    def __init__(self, url: str, roots: Iterable[bytes]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library left it without types
        self.url = url
        self.ends = {x509.Certificate.load(root).subject.dump() for root in roots}

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Ask. Raises OSError (TimestampRequestError is one) when there is no answer, or none that is one."""
        try:
            status, kind, body = _post(self.url, req.dump())
        except http.client.HTTPException as error:
            raise TimestampRequestError("the authority does not speak HTTP") from error
        if status != 200 or kind != "application/timestamp-reply" or len(body) > _LARGEST:
            raise TimestampRequestError(f"the authority answered {status}, {kind or 'without a kind'}")
        try:
            answer = tsp.TimeStampResp.load(body, strict=True)
            granted = answer["status"]["status"].native == "granted"
            asked = answer["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed if granted else req
            same = asked["nonce"].native == req["nonce"].native
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise TimestampRequestError("the authority's answer makes no sense") from error
        if not same:  # the library stumbles over it
            raise TimestampRequestError("the authority answered another question")
        if granted:
            self._lean(answer["time_stamp_token"]["content"])
        return answer

    def _lean(self, token: cms.SignedData) -> None:
        """Leave only the certificates that lead to a root: no signature covers them, and what is not needed could be
        changed later without anybody noticing."""
        given = {one.chosen.subject.dump(): one.chosen for one in token["certificates"]}
        serials = {signer["sid"].chosen["serial_number"].native for signer in token["signer_infos"]}
        chain = [one for one in given.values() if one.serial_number in serials][:1]
        while chain and chain[-1].issuer.dump() not in self.ends:
            above = given.get(chain[-1].issuer.dump())
            if above is None or above in chain:
                break
            chain.append(above)
        if chain:
            token["certificates"] = cms.CertificateSet([cms.CertificateChoices("certificate", one) for one in chain])


def _post(url: str, body: bytes) -> tuple[int, str, bytes]:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_S)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, _QUERY)
        answer = connection.getresponse()
        said = answer.headers.get_content_type() if answer.headers.get("Content-Type") else ""
        return answer.status, said, answer.read(_LARGEST + 1)
    finally:
        connection.close()
