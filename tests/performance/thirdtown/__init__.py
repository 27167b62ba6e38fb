"""A third made town: its calls follow from people's days, phone books, lists and diallers, and how the called react.

Written apart from the detector and from the other towns; nobody may fit a rule on it.
"""
