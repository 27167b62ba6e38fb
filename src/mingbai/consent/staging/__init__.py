"""A whitelist's first half, in a process of its own: read, checked, sealed and hashed by column, put down in parts.

Knows neither Django nor the database: it gets a job and leaves files. `python -m mingbai.consent.staging FOLDER`.
"""
