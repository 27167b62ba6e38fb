"""Call records of switches into the lake: Asterisk, FreeSWITCH, any CSV or Parquet. See docs/calls.md.

    report = import_calls(home, [path], Choice("csv", layout=mapping.load(path)), progress=show)

`sources` cuts a file into rows, `judging` says by the column what they mean and which are bad, `staging` keeps the good
ones by day until all have been read, `running` leads from the files' digests to the ledger entry.
"""

from mingbai.calls.importing.faults import BadRow
from mingbai.calls.importing.mapping import Layout, load
from mingbai.calls.importing.running import Choice, Report, import_calls
from mingbai.calls.importing.sources import FORMATS

__all__ = ["FORMATS", "BadRow", "Choice", "Layout", "Report", "import_calls", "load"]
