"""Notes of recipes, with marks for the tables."""

from collections.abc import Iterable

from keras_groupdir.experiments import Method
from keras_groupdir.experiments import MethodSummary
from keras_groupdir.recipes import RECIPES
from keras_groupdir.recipes import make_recipe
from keras_groupdir.reports.cells import plain

RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Footnotes:
    """What is not as published of some methods.

    Methods with the same note share its number.

    Args:
        methods: Those of a table, in its order.
    """

    def __init__(self, methods: Iterable[Method | MethodSummary]) -> None:
        # Files may hold recipes that are no longer there.
        self._notes = {
            one.name: note
            for one in methods
            if one.name in RECIPES and (note := make_recipe(one.name).note)
        }
        self._order = list(dict.fromkeys(self._notes.values()))

    def title(self, method: Method | MethodSummary) -> str:
        """Title of a method as `plain` text, marked if there is a note."""
        title, note = plain(method.title), self._notes.get(method.name)
        if note is None:
            return title
        number = self._order.index(note) + 1
        return f"{title} {str(number).translate(RAISED)}"

    def texts(self, methods: Iterable[Method | MethodSummary]) -> list[str]:
        """The notes of some of the methods, each with its mark."""
        notes = {self._notes.get(one.name) for one in methods}
        return [
            f"{str(number).translate(RAISED)} {note.rstrip('.')}."
            for number, note in enumerate(self._order, start=1)
            if note in notes
        ]
