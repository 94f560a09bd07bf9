"""The table of the methods, the best first."""

from keras_groupdir.experiments import Comparison
from keras_groupdir.experiments import Method
from keras_groupdir.experiments import change
from keras_groupdir.experiments import holm
from keras_groupdir.experiments import interval
from keras_groupdir.experiments import reach
from keras_groupdir.reports.by_validation import by_validation
from keras_groupdir.reports.cells import NONE
from keras_groupdir.reports.cells import SHORT
from keras_groupdir.reports.cells import SUBSETS
from keras_groupdir.reports.cells import change_cell
from keras_groupdir.reports.cells import counted
from keras_groupdir.reports.cells import digits_of
from keras_groupdir.reports.cells import markdown_table
from keras_groupdir.reports.cells import mean_cell
from keras_groupdir.reports.cells import number_cell
from keras_groupdir.reports.cells import p_cell
from keras_groupdir.reports.cells import plain
from keras_groupdir.reports.cells import second_metric
from keras_groupdir.reports.corrections_note import corrections_note
from keras_groupdir.reports.footnotes import Footnotes
from keras_groupdir.reports.recipe_cell import recipe_cell
from keras_groupdir.reports.shots_note import shots_note

# Of which the change from vanilla is tested.
TESTED = ("all", "few")


def errors_table(comparison: Comparison) -> str:
    """Test errors of every method, as Markdown with notes.

    A row for each method, by its own prediction, the best first: means and 95%
    intervals over the seeds, changes from vanilla with paired tests, and what
    to make of it.

    Args:
        comparison: From `experiments.compare`.
    """
    metric, second = comparison.metric, second_metric(comparison.metric)
    digits = digits_of(comparison)
    cells = {subset: _changes(comparison, subset) for subset in TESTED}
    tested = sum(p != NONE for _, p in cells["all"].values())
    footnotes = Footnotes(comparison.methods)
    header = ["rank", "method", "recipe", "routing", "seeds"]
    header += [f"validation {SHORT[metric]}"]
    header += [f"{SHORT[metric]} {subset}" for subset in SUBSETS]
    header += [f"{SHORT[second]} all"]
    for subset in TESTED:
        header += [f"change {subset} (%)", f"p {subset}"]
    rows = [[*header, "best epoch last", "seconds"]]
    ranked = comparison.ranked
    for method in comparison.methods:
        row = [str(ranked.index(method) + 1) if method in ranked else NONE]
        row += [footnotes.title(method), recipe_cell(method)]
        row += [NONE if method.routing == "model" else plain(method.routing)]
        row += [_seeds(method), _validation(method, digits)]
        row += [
            mean_cell(method.errors(metric, subset).values(), digits)
            for subset in SUBSETS
        ]
        # Correlations are below 1, whatever the size of the errors.
        places = 3 if second == "pearson" else digits
        row += [mean_cell(method.errors(second, "all").values(), places)]
        for subset in TESTED:
            row += cells[subset][method.name]
        seconds = interval([one["seconds"] for one in method.finite.values()])
        row += [f"{len(method.last_epoch_best)} of {len(method.finite)}"]
        rows.append([*row, f"{seconds.mean:.0f}" if seconds else NONE])
    notes = [*footnotes.texts(comparison.methods), *_notes(comparison, tested)]
    return "\n\n".join(["## Test errors", markdown_table(rows), *notes])


def _changes(comparison: Comparison, subset: str) -> dict[str, list[str]]:
    """Cells of change and p for each method."""
    found = {}
    for method in comparison.methods:
        of_vanilla = method is comparison.vanilla
        found[method.name] = (
            None
            if comparison.vanilla is None or of_vanilla
            else change(
                method.errors(comparison.metric, subset),
                comparison.vanilla.errors(comparison.metric, subset),
            )
        )
    p_values = {
        name: one.p
        for name, one in found.items()
        if one is not None and one.p is not None
    }
    corrected = holm(p_values)
    return {
        name: [
            change_cell(one),
            p_cell(p_values.get(name), corrected.get(name)),
        ]
        for name, one in found.items()
    }


def _seeds(method: Method) -> str:
    """Seeds with results, and those without.

    Examples:

    >>> _seeds(Method("bmc", {}, {0: {"diverged": False}}))
    '0'
    """
    text = " ".join(map(str, method.finite)) or "none"
    for what, seeds in (
        ("diverged", method.diverged),
        ("failed", method.failed),
    ):
        text += f"; {what}: {' '.join(map(str, seeds))}" if seeds else ""
    return text


def _validation(method: Method, digits: int) -> str:
    error = method.validation_error
    return NONE if error is None else number_cell(error, digits)


def _notes(comparison: Comparison, tested: int) -> list[str]:
    notes = [
        "± is the half-width of the 95% interval of the mean over seeds "
        "(Student's t). It is about what the seed decides; the data sets are "
        "the same for each.",
        "Changes are from vanilla, of the seeds that both have, with paired "
        "intervals; p is of a paired two-sided t-test.",
    ]
    if comparison.vanilla is None:
        notes[-1] = "There is no finished run of vanilla to compare with."
    elif tested:
        notes.append(_power(comparison, tested))
    notes += _training(comparison)
    seeds = {tuple(method.runs) for method in comparison.methods}
    if len(seeds) > 1:
        notes.append(
            "Not every method has every seed: means of different seeds are "
            "less comparable than paired changes."
        )
    diverged = sum(len(method.diverged) for method in comparison.methods)
    if diverged:
        notes.append(
            f"{counted(diverged, 'run')} of {len(comparison.lines)} diverged "
            "and count in no mean, which flatters their methods."
        )
    failed = {m.title: m.failed for m in comparison.methods if m.failed}
    if failed:
        # Mostly the same for every seed.
        listed = (
            plain(f"{title}: {' / '.join(dict.fromkeys(messages.values()))}")
            for title, messages in failed.items()
        )
        notes.append(
            "Methods that could not run on this data set:\n\n"
            + "\n".join(f"- {one}" for one in listed)
        )
    shots = shots_note(
        line["test"] for line in comparison.lines if not line["diverged"]
    )
    chosen = by_validation(comparison)
    corrections = corrections_note(comparison)
    return [one for one in (chosen, corrections, shots, *notes) if one]


def _training(comparison: Comparison) -> list[str]:
    """Whether the budget was enough, and whose epochs are none."""
    notes = []
    methods = [one for one in comparison.methods if not one.is_reference]
    last = sum(len(one.last_epoch_best) for one in methods)
    if last:
        runs = counted(sum(len(one.finite) for one in methods), "run")
        notes.append(
            f"{last} of {runs} had the best epoch as the last one: more epochs "
            "might have made them better."
        )
    if len(methods) < len(comparison.methods):
        notes.append(
            "References are no recipes: they have no rank, and an epoch of "
            "boosted trees is a tree."
        )
    return notes


def _power(comparison: Comparison, tested: int) -> str:
    pairs = sorted(set(_common_seeds(comparison)))
    ends = dict.fromkeys((pairs[-1], pairs[0]))
    reaches = " to ".join(f"{reach(seeds):.1f}" for seeds in ends)
    seeds = " to ".join(map(str, ends))
    return (
        f"`*`: p < 0.05 after Holm's correction for the "
        f"{counted(tested, 'method')} of the column. With {seeds} seeds a mean "
        f"difference has to be {reaches} times its own standard "
        "deviation for p < 0.05 even without it: power is small, and a "
        "missing mark does not mean that there is no difference."
    )


def _common_seeds(comparison: Comparison) -> list[int]:
    """How many seeds each tested method has in common with vanilla."""
    vanilla = comparison.vanilla
    found = [
        len(vanilla.finite.keys() & one.finite.keys())
        for one in comparison.methods
        if vanilla is not None and one is not vanilla
    ]
    return [seeds for seeds in found if seeds > 1]
