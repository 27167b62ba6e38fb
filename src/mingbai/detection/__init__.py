"""Nuisance callers found in call records: features, rules, findings, rule sets and their shadow runs."""
