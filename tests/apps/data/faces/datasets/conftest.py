"""The benchmarks' files, which are not part of this project; a web server."""

import functools
import http.server
import threading
from pathlib import Path

import pytest

DATA = Path(__file__).parents[6] / "shared" / "data"


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def real_agedb_csv():
    path = DATA / "agedb_dir" / "agedb.csv"
    if not path.is_file():
        pytest.skip("needs ../shared/data/agedb_dir")
    return path


@pytest.fixture
def real_utkface():
    path = DATA / "utkface_dir" / "utkface_96px.npz"
    if not path.is_file():
        pytest.skip("needs ../shared/data/utkface_dir")
    return path


@pytest.fixture
def serve(tmp_path):
    """A folder on a local web server, and its address."""
    folder = tmp_path / "served"
    folder.mkdir()
    handler = functools.partial(_QuietHandler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
