"""Docstrings in the order of Keras, and functions named like their file.

Loaded by mkdocstrings' reader of Python, Griffe.
"""

import re
from typing import Any

import griffe

# Sections that the reader does not know, as plain headings.
OWN = re.compile(r"^(Reference|References|Call arguments):$", re.M)
SECTION = re.compile(r"^(\*\*|[A-Z][a-z ]+:$)")


class KerasDocstrings(griffe.Extension):
    """Makes house docstrings readable to Griffe's parser for Google's."""

    def on_instance(self, *, obj: griffe.Object, **_: Any) -> None:
        """Indents what follows "Examples:", where Keras leaves a blank line."""
        if obj.docstring:
            text = OWN.sub(r"**\1**\n", obj.docstring.value)
            obj.docstring.value = with_examples_indented(text)

    def on_package(self, *, pkg: griffe.Module, **_: Any) -> None:
        """Lets a room's name mean its function, not the file it is in."""
        for room in pkg.modules.values():
            for name in room.exports or ():
                member = room.members.get(str(name))
                if isinstance(member, griffe.Module) and name in member.members:
                    target = member.members[str(name)]
                    alias = griffe.Alias(str(name), target, parent=room)
                    room.set_member(str(name), alias)


def with_examples_indented(text: str) -> str:
    """Doctests as an indented section."""
    lines = []
    inside = False
    for line in text.splitlines():
        if SECTION.match(line):
            inside = line == "Examples:"
            lines.append(line)
        elif inside and (line or lines[-1] != "Examples:"):
            lines.append(f"    {line}" if line else line)
        elif not inside:
            lines.append(line)
    return "\n".join(lines)
