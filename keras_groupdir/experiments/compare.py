"""Every method on one problem, with the same budget for each."""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from keras_groupdir.checks import check_choice
from keras_groupdir.checks import check_whole
from keras_groupdir.experiments.comparison import Comparison
from keras_groupdir.experiments.comparison import best_try
from keras_groupdir.experiments.describe_run import describe_run
from keras_groupdir.experiments.differences import differences
from keras_groupdir.experiments.method import Line
from keras_groupdir.experiments.problem import Problem
from keras_groupdir.experiments.progress import Progress
from keras_groupdir.experiments.runs import Runs
from keras_groupdir.experiments.store import Store
from keras_groupdir.experiments.tries import list_tries
from keras_groupdir.recipes import RECIPES


def compare(
    problem: Problem,
    methods: Sequence[str] = tuple(RECIPES),
    seeds: Sequence[int] = (0, 1, 2),
    tries: int = 1,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    say: Callable[[str], Any] = print,
    store: Store | None = None,
    verbose: Any = 0,
) -> Comparison:
    """Trains methods with several seeds and judges them by the test set.

    For each method: `tries` settings on the first seed, judged by the
    validation set alone, then the best of them with every seed. Models of one
    method are built and compiled once.

    Args:
        problem: The data set, encoder and budget.
        methods: Names of recipes. Defaults to all.
        seeds: Of the runs; the first is that of the tries.
        tries: Settings to try for each method, at most `MOST_TRIES`. Defaults
            to `1`: the defaults.
        settings: Settings of methods, by name, in place of a search. Defaults
            to `None`.
        say: Is handed a line of text after each run. Defaults to `print`.
        store: Where lines of runs are kept; those that are there are not made
            again. Defaults to a new one, in memory.
        verbose: As for `keras.Model.fit`.

    Returns:
        `Comparison`, with means, intervals and tests: print
        `reports.errors_table` of it, or draw it by `reports.draw_errors`.

    Examples:

    >>> from keras_groupdir.experiments import Budget
    >>> def make_encoder():
    ...     inputs = keras.Input((4,))
    ...     return keras.Model(inputs, keras.layers.Dense(8)(inputs))
    >>> x = np.random.default_rng(0).normal(size=(60, 4)).astype("float32")
    >>> data = x, np.exp(x[:, 0])
    >>> problem = Problem(
    ...     make_encoder, data, data, data, budget=Budget(epochs=2)
    ... )
    >>> results = compare(
    ...     problem, ["vanilla", "groupdir"], seeds=[0], say=lambda line: None
    ... )
    >>> sorted(method.name for method in results.methods)
    ['groupdir', 'vanilla']
    """
    _check(problem, methods, seeds, tries, settings or {})
    searched = {
        method: (
            [dict(settings[method])]
            if settings and method in settings
            else list_tries(method, tries, problem)
        )
        for method in methods
    }
    total = sum(
        len(seeds) + (len(own) if len(own) > 1 else 0)
        for own in searched.values()
    )
    store = Store() if store is None else store
    asked = describe_run(problem, next(iter(methods)), {}, seeds[0])
    _check_store(store.lines(), asked)
    runs = Runs(problem, store, Progress(total, say), verbose)
    for method, candidates in searched.items():
        runs.begin(method)
        best = candidates[0]
        if len(candidates) > 1:
            tried = [runs.line("try", one, seeds[0]) for one in candidates]
            best = best_try(tried, default=best)
        for seed in seeds:
            runs.line("run", best, seed)
    return Comparison.from_lines(store.lines())


def _check_store(lines: Sequence[Line], asked: Line) -> None:
    """Refuses a store whose lines would not go with new ones."""
    found = differences([asked, *lines])
    if found:
        listed = "; ".join(
            f"{name} {' and '.join(map(str, others))}, where {own} is asked for"
            for name, (own, *others) in found.items()
        )
        raise ValueError(
            "`store` must hold lines of one data set, task and budget. "
            f"Received: {listed}"
        )


def _check(
    problem: Problem,
    methods: Sequence[str],
    seeds: Sequence[int],
    tries: int,
    settings: Mapping[str, Mapping[str, Any]],
) -> None:
    """Refuses what could not be run, before anything is."""
    if not isinstance(problem, Problem):
        raise ValueError(
            "`problem` must be an experiments.Problem. "
            f"Received: {type(problem).__name__}"
        )
    for name, values in (("methods", methods), ("seeds", seeds)):
        is_list = isinstance(values, Sequence) and not isinstance(values, str)
        if not is_list or not len(values):
            raise ValueError(
                f"`{name}` must be a list of at least one. Received: {values!r}"
            )
        if len(set(values)) < len(values):
            raise ValueError(f"`{name}` must differ. Received: {list(values)}")
    for name, chosen in (("methods", methods), ("settings", settings)):
        for method in chosen:
            check_choice(name, method, RECIPES)
    for seed in seeds:
        check_whole("seeds", seed, at_least=0)
    check_whole("tries", tries, at_least=1)
    for method, own in settings.items():
        describe_run(problem, method, own, seeds[0])
