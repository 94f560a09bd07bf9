"""Every public name is in the reference, every question has its answer."""

import importlib
import inspect
import re
from pathlib import Path

import pytest

import keras_groupdir

pytestmark = pytest.mark.no_backend

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
# Of a room that needs an extra, which may be missing here.
APART = {"keras_groupdir.sklearn.ImbalancedRegressor"}
# Questions that must be answered within one click of the README, by a word.
QUESTIONS = (
    "num_groups",
    "weights",
    "monitor",
    "serve",
    "my GPU",
    "several GPUs",
    "add a method",
    "cite",
    "beta",
    "reproduce a table",
    "How sure",
    "skewed prices",
)


def public_names():
    """Full names of all that rooms export."""
    exported = [getattr(keras_groupdir, n) for n in keras_groupdir.__all__]
    rooms = {value.__name__ for value in exported if inspect.ismodule(value)}
    # Two that apps use, which the package does not load by name.
    rooms |= {"keras_groupdir.checks", "keras_groupdir.types"}
    return APART | {
        f"{room}.{name}"
        for room in rooms
        for name in importlib.import_module(room).__all__
    }


def referenced_names():
    text = "\n".join(p.read_text() for p in (DOCS / "reference").glob("*.md"))
    return re.findall(r"^::: (\S+)$", text, re.M)


def test_every_public_name_is_in_the_reference_once():
    found = referenced_names()
    missing = sorted(public_names() - set(found))
    assert not missing, f"add `::: NAME` to a page of docs/reference: {missing}"
    assert sorted(found) == sorted(public_names())


def test_every_page_is_in_the_navigation():
    navigation = (DOCS / "site" / "mkdocs.yml").read_text()
    for page in DOCS.rglob("*.md"):
        assert f": {page.relative_to(DOCS).as_posix()}\n" in navigation


@pytest.mark.parametrize("words", QUESTIONS)
def test_a_question_has_two_sentences_and_a_link(words):
    parts = (DOCS / "faq.md").read_text().split("\n## ")[1:]
    (part,) = (p for p in parts if words in p.partition("\n")[0])
    _, _, answer = part.partition("\n")
    assert "](" in answer
    assert len(re.findall(r"[.:](?:\s|$)", answer)) >= 2


def test_the_readme_is_short_and_leads_to_the_questions():
    text = (ROOT / "README.md").read_text()
    assert text.count("\n") <= 130
    assert "](docs/faq.md)" in text


def test_the_citation_has_this_version():
    citation = (ROOT / "CITATION.cff").read_text()
    assert f"\nversion: {keras_groupdir.__version__}\n" in citation
