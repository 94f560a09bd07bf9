"""Recipes: every method as a combination of parts, by its name."""

from keras_groupdir.recipes.compiled_models import CompiledModels
from keras_groupdir.recipes.fit_recipe import FittedRecipe
from keras_groupdir.recipes.fit_recipe import fit_recipe
from keras_groupdir.recipes.label_task import LabelTask
from keras_groupdir.recipes.recipe import Recipe
from keras_groupdir.recipes.recipe import Stage
from keras_groupdir.recipes.table import RECIPES
from keras_groupdir.recipes.table import make_recipe
from keras_groupdir.recipes.weights import with_lds

__all__ = [
    "RECIPES",
    "CompiledModels",
    "FittedRecipe",
    "LabelTask",
    "Recipe",
    "Stage",
    "fit_recipe",
    "make_recipe",
    "with_lds",
]
