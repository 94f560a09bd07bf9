"""The tables of docs/ecosystem.md and docs/exports.md, from the tests.

A test that is marked `ecosystem` is a row. Files are read and not imported:
what stands in them does not depend on the backend.
"""

import ast
from pathlib import Path

from keras_groupdir.models.export_format import OFFERED
from tests.ecosystem.runtimes import FILES
from tests.ecosystem.runtimes import READERS
from tests.ecosystem.runtimes import WRITERS

ROOT = Path(__file__).parents[2]
BACKENDS = ("tensorflow", "jax", "torch")
TITLES = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "torch"}
START, END = "<!-- table -->", "<!-- end -->"

# What no test tells of, and why.
WITHOUT_TEST = [
    (
        "`keras.Model.export` of the outputs beside the prediction",
        "not offered",
        "export `keras.Model(model.input, model.output)` yourself",
    ),
    (
        "KerasHub presets with trained weights",
        "not tried",
        "as backbones from a config; tests download nothing",
    ),
]


def rows():
    """Subject, result, reason, backends and test of each row."""
    found = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if "mark.ecosystem(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                marks = [mark_of(one) for one in node.decorator_list]
                place = path.relative_to(ROOT).as_posix()
                found += [(*one, place) for one in marks if one]
    return sorted(found, key=lambda row: row[0].strip("`").lower())


def mark_of(decorator):
    """What a decorator says if it is a row."""
    if not ast.unparse(decorator).startswith("pytest.mark.ecosystem("):
        return None
    subject, result, why = map(ast.literal_eval, decorator.args)
    named = {one.arg: ast.literal_eval(one.value) for one in decorator.keywords}
    return subject, result, why, named.get("backends", BACKENDS)


def ecosystem_table():
    lines = [
        "| what | result | how, or why not | backends | test |",
        "|---|---|---|---|---|",
    ]
    for subject, result, why, backends, place in rows():
        names = ", ".join(TITLES[one] for one in backends)
        if backends == BACKENDS:
            names = "all"
        test = f"[{Path(place).stem}](../{place})"
        lines.append(f"| {subject} | {result} | {why} | {names} | {test} |")
    for subject, result, why in WITHOUT_TEST:
        lines.append(f"| {subject} | {result} | {why} | - | - |")
    return "\n".join(lines)


def exports_table():
    names = " | ".join(f"from {TITLES[one]}" for one in BACKENDS)
    lines = [
        f"| `format` | file | {names} | run in the tests by |",
        "|---|---|---|---|---|---|",
    ]
    for format, offered in OFFERED.items():
        cells = [
            cell(format, one) if one in offered else "refused"
            for one in BACKENDS
        ]
        ending = Path(FILES[format]).suffix
        file = f"`{ending}`" if ending else "folder"
        reader = f"`{READERS[format]}`"
        lines.append(
            f"| `{format}` | {file} | {' | '.join(cells)} | {reader} |"
        )
    return "\n".join(lines)


def cell(format, backend):
    fixed = (format, backend) == ("litert", "torch")
    text = "batch of 1" if fixed else "any batch"
    writer = WRITERS.get((format, backend))
    return f"{text}, needs `{writer.replace('_', '-')}`" if writer else text


TABLES = {
    "docs/ecosystem.md": ecosystem_table,
    "docs/exports.md": exports_table,
}


def with_table(page):
    """A page's text with its table as it should be."""
    text = (ROOT / page).read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n\n{TABLES[page]()}\n\n{END}{after}"
