"""What to ask for to have a method again."""

from keras_groupdir.experiments import Method
from keras_groupdir.experiments import MethodSummary
from keras_groupdir.recipes import RECIPES
from keras_groupdir.reports.cells import NONE
from keras_groupdir.reports.cells import plain


def recipe_cell(method: Method | MethodSummary) -> str:
    """Name of a method's recipe; nothing for a reference, which is none."""
    if method.is_reference:
        return NONE
    # Files may hold recipes that are no longer there, and any other text.
    name = method.name
    return f"`{name}`" if name in RECIPES else plain(name)
