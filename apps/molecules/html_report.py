"""The report as one HTML page that needs no other file."""

import base64
import platform
from collections.abc import Mapping
from collections.abc import Sequence
from html import escape
from importlib.metadata import version
from pathlib import Path

import keras

import keras_groupdir
from keras_groupdir.reports import SUBSETS
from keras_groupdir.scores import ShotTable

_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 52rem;
  margin: 2rem auto; padding: 0 1rem; color: #222; }}
table {{ border-collapse: collapse; margin: 1rem 0; }}
th, td {{ border-bottom: 1px solid #ddd; padding: .3rem .8rem;
  text-align: right; }}
th:first-child, td:first-child {{ text-align: left; }}
img {{ max-width: 100%; }}
code {{ background: #f4f4f4; padding: .1rem .3rem; word-break: break-all; }}
</style>
<h1>{title}</h1>
{said}
<h2>Mean absolute error in kelvin</h2>
{errors}
<p>{shots}</p>
<img alt="Bars of the errors in the table" src="data:image/png;base64,{image}">
<h2>Molecules that were in no split</h2>
{known}
<h2>How it was made</h2>
<p><code>{command}</code></p>
<p>Seeds: {seeds}. {versions}.</p>
</html>
"""


def html_report(
    title: str,
    said: Sequence[str],
    tables: Mapping[str, ShotTable],
    known: Sequence[Sequence[str]],
    picture: Path,
    command: str,
    seeds: Sequence[int],
) -> str:
    """Tables, the picture and what made them.

    Args:
        title: Of the page.
        said: Sentences, a paragraph each.
        tables: Shot tables of one row, by the name of the method.
        known: Rows of text, the header first.
        picture: PNG file, which becomes part of the page.
        command: What was run.
        seeds: Whose means the tables are.
    """
    first = next(iter(tables.values()))
    errors = [["", *SUBSETS]]
    errors += [
        [name, *(_number(table.rows["model"]["mae"][s]) for s in SUBSETS)]
        for name, table in tables.items()
    ]
    errors.append(["test molecules", *(str(first.counts[s]) for s in SUBSETS)])
    return _PAGE.format(
        title=escape(title),
        said="\n".join(f"<p>{escape(one)}</p>" for one in said),
        errors=_table(errors),
        shots=escape(str(first.thresholds)),
        image=base64.b64encode(picture.read_bytes()).decode(),
        known=_table(known),
        command=escape(command),
        seeds=", ".join(map(str, seeds)),
        versions=escape(
            ", ".join(f"{name} {one}" for name, one in versions().items())
        ),
    )


def versions() -> dict[str, str]:
    """Of what makes the numbers, by name."""
    backend = keras.config.backend()
    return {
        "Python": platform.python_version(),
        "keras_groupdir": keras_groupdir.__version__,
        "keras": keras.version(),
        **{name: version(name) for name in (backend, "numpy", "chemicals")},
        "machine": platform.machine(),
    }


def _number(error: float) -> str:
    return f"{error:.1f}"


def _table(rows: Sequence[Sequence[str]]) -> str:
    header, *body = rows
    lines = [_row("th", header), *(_row("td", row) for row in body)]
    return "<table>\n" + "\n".join(lines) + "\n</table>"


def _row(cell: str, values: Sequence[str]) -> str:
    cells = "".join(f"<{cell}>{escape(one)}</{cell}>" for one in values)
    return f"<tr>{cells}</tr>"
