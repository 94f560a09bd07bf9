"""Settings that are tried are those of the recipes."""

import pytest

from keras_groupdir.experiments import MOST_TRIES
from keras_groupdir.experiments import list_tries
from keras_groupdir.experiments.tries import SETTINGS
from keras_groupdir.recipes import RECIPES
from keras_groupdir.recipes import make_recipe
from tests.experiments.problem import make_problem

pytestmark = pytest.mark.no_backend


@pytest.mark.parametrize("error", ["absolute", "squared"])
@pytest.mark.parametrize("method", RECIPES)
def test_every_try_is_of_the_recipe_and_another(method, error):
    found = list_tries(method, MOST_TRIES, make_problem(error=error))
    assert found[0] == {}
    assert len(found) == MOST_TRIES
    assert all(found.count(one) == 1 for one in found)
    for one in found:
        others = {k: v for k, v in one.items() if k != "learning_rate"}
        make_recipe(method, **others)


def test_more_tries_than_there_are_settings_are_refused():
    with pytest.raises(ValueError, match="`tries` must be at most 4"):
        list_tries("vanilla", 5, make_problem())


def test_settings_are_of_recipes():
    assert SETTINGS.keys() <= set(RECIPES)
