"""Roles of lines: chrome, metadata and the elements of a paper.

In: clean lines and the rule table seeds/reference/line_rules.csv. Out: role, rule, joins and repeats of every line.
"""

from transforms.roles.assign import assign_roles, rule_names
from transforms.roles.page import label_lines

__all__ = ["assign_roles", "label_lines", "rule_names"]
