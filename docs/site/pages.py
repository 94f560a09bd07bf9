"""What the site shows from outside of docs/, and links that still lead there.

Pages are written for a code host, where links are paths of the repository.
The README is the site's home; what a page links to elsewhere in the repository,
such as a picture or a report, becomes part of the site under the same path.
"""

import posixpath
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File
from mkdocs.structure.files import Files

ROOT = Path(__file__).parents[2]
# Pages of the repository's top; the others are found by links.
FIRST = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
HOME = {"README.md": "index.md"}
LINK = re.compile(r"(\]\()([^)\s#]+)(#[^)\s]*)?(\))")


def on_files(files: Files, config: Any) -> Files:
    """Adds the README, and whatever pages link to."""
    todo = list(FIRST)
    todo += [f"docs/{file.src_uri}" for file in files.documentation_pages()]
    done = set()
    while todo:
        path = todo.pop()
        if path in done or not (ROOT / path).is_file():
            continue
        done.add(path)
        uri = site_path(path)
        if files.get_file_from_path(uri) is None:
            source = str(ROOT / path)
            files.append(File.generated(config, uri, abs_src_path=source))
        if path.endswith(".md"):
            text = (ROOT / path).read_text(encoding="utf-8")
            todo += links_of(path, text)
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Turns links between files of the repository into links of the site."""
    path = in_repository(page.file)
    here = posixpath.dirname(site_path(path))

    def moved(target: str) -> str:
        uri = site_path(joined(path, target))
        return posixpath.relpath(uri, here or ".")

    return with_links(markdown, moved)


def site_path(path: str) -> str:
    """Where a file of the repository is on the site."""
    return HOME.get(path, path.removeprefix("docs/"))


def in_repository(file: File) -> str:
    """The path of a page's file in the repository."""
    return Path(file.abs_src_path).resolve().relative_to(ROOT).as_posix()


def links_of(path: str, text: str) -> list[str]:
    """Files of the repository that a page links to."""
    found = [match[2] for match in LINK.finditer(text)]
    return [joined(path, link) for link in found if is_path(link)]


def with_links(text: str, moved: Callable[[str], str]) -> str:
    """The text with every path in a link replaced."""

    def replaced(match: re.Match[str]) -> str:
        start, target, anchor, end = match.groups()
        target = moved(target) if is_path(target) else target
        return f"{start}{target}{anchor or ''}{end}"

    return LINK.sub(replaced, text)


def is_path(link: str) -> bool:
    """Whether a link is to a file, and not an address."""
    return ":" not in link


def joined(path: str, link: str) -> str:
    """The path of the repository that a link of a page means."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), link))
