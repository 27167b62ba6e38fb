"""The desk at which cases are worked on: queues with their clocks, the file of a case, approvals."""
