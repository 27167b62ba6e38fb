"""SMPP 3.4, the protocol of SMS centres. Bytes of messages by the library `smpp34`, the session by ourselves.

Its own client answers a centre's deliver_sm before anybody has seen it, and knows no private CA: a reply or a receipt
that arrived while the worker was killed would be lost. Decision 7 says more.
"""
