"""Recipes: every method as a combination of parts, by its name."""

from keras_groupdir.recipes.fit_recipe import FittedRecipe
from keras_groupdir.recipes.fit_recipe import fit_recipe
from keras_groupdir.recipes.recipe import Recipe
from keras_groupdir.recipes.recipe import Stage
from keras_groupdir.recipes.table import RECIPES
from keras_groupdir.recipes.table import make_recipe
from keras_groupdir.recipes.task import Task

__all__ = [
    "RECIPES",
    "FittedRecipe",
    "Recipe",
    "Stage",
    "Task",
    "fit_recipe",
    "make_recipe",
]
