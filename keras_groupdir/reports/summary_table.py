"""Methods over several data sets, the best first."""

from keras_groupdir.experiments import MethodSummary
from keras_groupdir.experiments import Summary
from keras_groupdir.reports.cells import NONE
from keras_groupdir.reports.cells import SHORT
from keras_groupdir.reports.cells import counted
from keras_groupdir.reports.cells import markdown_table
from keras_groupdir.reports.cells import p_cell
from keras_groupdir.reports.cells import percent_cell
from keras_groupdir.reports.cells import plain
from keras_groupdir.reports.footnotes import Footnotes
from keras_groupdir.reports.recipe_cell import recipe_cell
from keras_groupdir.reports.summary_cells import counts_cells
from keras_groupdir.reports.summary_cells import over_sets_cell
from keras_groupdir.reports.summary_cells import result_cell
from keras_groupdir.reports.summary_cells import title_of
from keras_groupdir.reports.summary_notes import choices
from keras_groupdir.reports.summary_notes import issues
from keras_groupdir.reports.summary_notes import lead
from keras_groupdir.reports.summary_notes import notes

# Rivals, by their kind, in the words of a heading.
KINDS = {
    "against": "than {base}",
    "single": "than the best single rival",
    "best": "than the best rival",
    "weighted": "than the best density weights",
}
COUNTED = ("win / tie / loss", "better / worse")
CHOSEN = {
    "any": "of all",
    "rival": "but groupdir*",
    "weighted": "of density weights",
}


def summary_table(summary: Summary) -> str:
    """Methods over several data sets, as Markdown with notes.

    Mean ranks and changes over the data sets; where a method is not worse than
    its rivals; changes on each data set; what the data sets are; and what is
    missing.

    Args:
        summary: From `experiments.summarize`.
    """
    footnotes = Footnotes(summary.methods)
    titles = {one.name: footnotes.title(one) for one in summary.methods}
    base = title_of(summary, summary.against)
    parts = [
        f"## Methods over {counted(len(summary.datasets), 'data set')}",
        lead(summary),
        markdown_table(_over_sets(summary, titles)),
        *footnotes.texts(summary.methods),
        *notes(summary),
        f"## Not worse by more than {summary.margin:g} %",
        "Data sets where the paired 95% interval of the overall error ends "
        f"below +{summary.margin:g} %, of those where there is an interval; "
        "then the mean change over data sets with its 95% interval. Rivals "
        "are chosen by validation, never the method itself, and for "
        "`groupdir*` none of them. The single one has the least mean of the "
        "logarithms of its validation errors; the others are another one on "
        "each data set, the one with the least validation error there.",
        markdown_table(_not_worse(summary, titles, base)),
        f"## Change from {base} by data set",
        f"Of the overall test error, in per cent; of {base}, the error itself. "
        "± is the paired 95% interval over seeds, bold if it excludes 0.",
        markdown_table(_by_set(summary, titles)),
        "## Data sets",
        markdown_table(_sets(summary)),
        choices(summary),
        *issues(summary),
    ]
    return "\n\n".join(part for part in parts if part)


def _over_sets(summary: Summary, titles: dict[str, str]) -> list[list[str]]:
    header = ["mean rank", "method", "recipe", "data sets"]
    header += [f"all: {x}" for x in ("change (%)", "median", *COUNTED)]
    header += ["p", *(f"rarest: {x}" for x in ("change (%)", *COUNTED))]
    rows = [[*header, "best epoch last"]]
    means = summary.ranks.means if summary.ranks else {}
    for one in summary.methods:
        rank = means.get(one.name)
        overall, pair = one.overall, one.pair
        row = [NONE if rank is None else f"{rank:.2f}"]
        row += [titles[one.name], recipe_cell(one)]
        row += [str(sum(x.error is not None for x in one.results.values()))]
        row += [over_sets_cell(overall)]
        row += [NONE if overall is None else percent_cell(overall.median)]
        row += counts_cells(overall)
        row += [p_cell(pair.p, pair.corrected) if pair else NONE]
        row += [over_sets_cell(one.rare), *counts_cells(one.rare)]
        rows.append([*row, _last(one)])
    return rows


def _last(method: MethodSummary) -> str:
    lost = f", {method.num_lost} lost" if method.num_lost else ""
    return f"{method.num_last} of {method.num_runs} runs{lost}"


def _not_worse(
    summary: Summary, titles: dict[str, str], base: str
) -> list[list[str]]:
    rows = [["method", *(text.format(base=base) for text in KINDS.values())]]
    for one in summary.methods:
        cells = [_against(summary, one, kind) for kind in KINDS]
        rows.append([titles[one.name], *cells])
    return rows


def _against(summary: Summary, method: MethodSummary, kind: str) -> str:
    """Where it is not worse than a kind of rivals, and its mean change."""
    rivals = [
        result.rivals[kind]
        for result in method.results.values()
        if kind in result.rivals
    ]
    if not rivals:
        return NONE
    number, total = method.not_worse(kind, summary.margin)
    count = f"{number} of {total}; " if total else ""
    over = over_sets_cell(method.over_rivals(kind))
    name = title_of(summary, rivals[0].name)
    return f"{count}{over}{f' ({name})' if kind == 'single' else ''}"


def _by_set(summary: Summary, titles: dict[str, str]) -> list[list[str]]:
    names = [one.name for one in summary.datasets]
    rows = [["method", *map(plain, names)]]
    for one in summary.methods:
        is_base = one.name == summary.against
        cells = (result_cell(one.results.get(name), is_base) for name in names)
        rows.append([titles[one.name], *cells])
    return rows


def _sets(summary: Summary) -> list[list[str]]:
    header = ["data set", "error", "test samples", "rarest", "seeds"]
    rows = [[*header, *(f"best by validation {x}" for x in CHOSEN.values())]]
    for one in summary.datasets:
        row = [plain(one.name), SHORT[one.metric]]
        row += [str(one.counts.get("all", NONE))]
        row += [f"{one.rare} ({one.counts.get(one.rare, 0)})"]
        row += [" ".join(map(str, one.seeds))]
        row += [
            title_of(summary, one.chosen[kind]) if kind in one.chosen else NONE
            for kind in CHOSEN
        ]
        rows.append(row)
    return rows
