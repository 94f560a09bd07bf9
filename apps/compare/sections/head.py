"""What was compared, and how."""

from collections import defaultdict

from apps.compare.comparison import Comparison
from apps.compare.sections.cells import SHORT
from apps.compare.sections.cells import SUBSETS


def head(comparison: Comparison) -> str:
    """Data, budget and protocol."""
    lines = comparison.lines
    unit = f" ({comparison.unit})" if comparison.unit else ""
    backends = sorted({f"{x['keras']} on {x['backend']}" for x in lines})
    items = [
        *_samples(comparison),
        f"error: {SHORT[comparison.metric]}{unit}, less is better",
        f"Keras {', '.join(backends)}",
        *_budget(comparison),
        f"seeds: {' '.join(map(str, sorted({x['seed'] for x in lines})))}",
        f"settings tried for a method: {_tries(comparison)}",
    ]
    return "\n".join(
        [
            f"# Methods on {comparison.dataset}",
            "",
            *(f"- {item}" for item in items),
            "",
            "The validation set chose the settings, with one seed, and the "
            "epoch of each run. The test set was looked at once, by the runs "
            "with the chosen settings.",
        ]
    )


def _samples(comparison: Comparison) -> list[str]:
    finite = [line for line in comparison.lines if not line["diverged"]]
    if not finite:
        return []
    items = []
    for split, name in (("val", "validation"), ("test", "test")):
        counts = finite[0][split]["counts"]
        shots = ", ".join(f"{counts[key]} {key}" for key in SUBSETS[1:])
        items.append(f"{name} samples: {counts['all']} ({shots})")
    return items


def _budget(comparison: Comparison) -> list[str]:
    """What was not searched, and who had another value of it."""
    holders: dict[str, dict[float, list[str]]] = defaultdict(dict)
    for method in comparison.methods:
        for line in method.runs.values():
            for key, value in line["training"].items():
                if key not in method.settings:
                    names = holders[key].setdefault(value, [])
                    names += [] if method.name in names else [method.name]
    same = [
        f"{key.replace('_', ' ')} {next(iter(values)):g}"
        for key, values in holders.items()
        if len(values) == 1
    ]
    differing = [
        f"**not the same for all**, {key.replace('_', ' ')}: "
        + "; ".join(f"{v:g} for {', '.join(n)}" for v, n in values.items())
        for key, values in holders.items()
        if len(values) > 1
    ]
    return [f"budget of every method: {', '.join(same)}", *differing]


def _tries(comparison: Comparison) -> str:
    counts = sorted({max(1, len(one.tries)) for one in comparison.methods})
    if counts == [1]:
        return "1, as published"
    ends = dict.fromkeys((counts[0], counts[-1]))
    return f"{' to '.join(map(str, ends))}, the published ones among them"
