"""The gate inside a SIP proxy: what a call is read from, what a verdict becomes on the wire."""
