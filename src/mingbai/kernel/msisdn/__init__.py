"""What a Chinese network sees as caller or callee: read, put in normal form, classified.

Chinese numbers by our own table, in a microsecond or two; those of other countries by what the library `phonenumbers`
knows, written into a table too.
"""

from mingbai.kernel.msisdn.parsing import MALFORMED, MOST_DIGITS, WITHHELD, Msisdn, of_digits, parse, require
from mingbai.kernel.msisdn.table import Kind

__all__ = ["MALFORMED", "MOST_DIGITS", "WITHHELD", "Kind", "Msisdn", "of_digits", "parse", "require"]
