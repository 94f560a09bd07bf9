"""Finished runs as a table, with mean and spread over seeds."""

from collections import defaultdict
from collections.abc import Callable
from collections.abc import Sequence
from typing import Any

from apps.common.tables import markdown_row
from apps.common.tables import mean_and_spread

Run = dict[str, Any]


def seed_table(
    runs: Sequence[Run],
    names: dict[str, Callable[[Run], str]],
    columns: Sequence[tuple[str, str]],
    digits: int = 3,
) -> str:
    """Test errors as Markdown, a row for each kind of run and routing.

    Args:
        runs: Contents of results files, each with a `"test"` table and the
            seed in its `"settings"`.
        names: What tells kinds of runs apart, by heading.
        columns: Metric and subset of each column.
        digits: Behind the point. Defaults to `3`.
    """
    by_row: dict[tuple[str, ...], list[Any]] = defaultdict(list)
    for run in runs:
        kind = tuple(name(run) for name in names.values())
        for routing, row in run["test"]["rows"].items():
            by_row[(*kind, routing)].append((run, row))
    header = [*names, "routing", "seeds"]
    header += [f"{metric} {subset}" for metric, subset in columns]
    header += ["group accuracy"]
    lines = [markdown_row(header), markdown_row(["---"] * len(header))]
    for key, group in by_row.items():
        *kind_cells, routing = key
        seeds = sorted(run["settings"]["seed"] for run, _ in group)
        if len(set(seeds)) < len(seeds):
            raise ValueError(
                "`runs` must have a seed once for each row. Received: seeds "
                f"{seeds} for {', '.join(key)}"
            )
        accuracies = [run["test"].get("group_accuracy") for run, _ in group]
        lines.append(
            markdown_row(
                [
                    *kind_cells,
                    "-" if routing == "model" else routing,
                    " ".join(map(str, seeds)),
                    *(
                        mean_and_spread(
                            [row[metric][subset] for _, row in group], digits
                        )
                        for metric, subset in columns
                    ),
                    mean_and_spread(accuracies),
                ]
            )
        )
    return "\n".join(lines)
