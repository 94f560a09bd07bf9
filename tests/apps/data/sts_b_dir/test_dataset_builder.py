"""Where the builder takes its files from, and what it makes of them."""

import functools
import hashlib
import http.server
import threading

import numpy as np
import pytest
import tensorflow_datasets as tfds

from apps.data.sts_b_dir import sts_b_dir_dataset_builder as dataset
from apps.data.sts_b_dir.data import load_splits
from apps.data.sts_b_dir.pair_files import read_pairs
from apps.data.sts_b_dir.sts_b_dir_dataset_builder import Builder
from apps.data.tfds_files import COMMIT
from apps.data.tfds_files import FilesUnavailable
from apps.data.tfds_files import read_examples

pytestmark = pytest.mark.no_backend

SPLITS = {"train": "train", "validation": "dev", "test": "test"}


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A local web server: its folder, and its address.

    It lives as long as the process: when one of three downloads fails, the
    other two may still be on their way, and would try again for minutes.
    """
    folder = tmp_path_factory.mktemp("served")
    handler = functools.partial(_QuietHandler, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return folder, f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def served_dir(server, request, monkeypatch):
    """A folder that the builder now downloads from."""
    root, address = server
    folder = root / request.node.name
    folder.mkdir()
    monkeypatch.setattr(dataset, "URL_ROOT", f"{address}/{folder.name}")
    return folder


@pytest.fixture
def no_network(monkeypatch):
    # Nothing listens on port 1.
    monkeypatch.setattr(dataset, "URL_ROOT", "http://127.0.0.1:1")


@pytest.fixture
def pin_dummy(dummy_dir, monkeypatch):
    """Makes the dummy files the ones that the builder expects."""

    def pin():
        infos = {}
        for path in dummy_dir.glob("*.tsv"):
            content = path.read_bytes()
            infos[f"{dataset.URL_ROOT}/{path.name}"] = (
                tfds.core.download.checksums.UrlInfo(
                    tfds.core.utils.Size(len(content)),
                    hashlib.sha256(content).hexdigest(),
                    path.name,
                )
            )
        monkeypatch.setattr(Builder, "url_infos", infos)

    return pin


def _copy(source, target):
    for path in source.glob("*.tsv"):
        (target / path.name).write_bytes(path.read_bytes())


def _prepare(folder, **config):
    builder = Builder(data_dir=folder / "prepared")
    builder.download_and_prepare(
        file_format="array_record",
        download_config=tfds.download.DownloadConfig(**config),
    )
    return builder


def _assert_holds(builder, folder):
    for split, name in SPLITS.items():
        pairs = read_pairs(folder / f"{name}_new.tsv")
        rows = list(read_examples(builder, split))
        assert [row["sentence1"].decode() for row in rows] == pairs.first
        assert [row["sentence2"].decode() for row in rows] == pairs.second
        assert [row["score"] for row in rows] == pairs.scores.tolist()


def test_features_are_two_texts_and_a_float_score(tmp_path):
    features = Builder(data_dir=tmp_path).info.features
    assert set(features) == {"sentence1", "sentence2", "score"}
    assert features["score"].np_dtype == np.float32


def test_every_url_has_a_pinned_checksum():
    urls = {f"{dataset.URL_ROOT}/{name}_new.tsv" for name in SPLITS.values()}
    assert COMMIT in dataset.URL_ROOT
    assert set(Builder.url_infos) == urls
    assert all(len(i.checksum) == 64 for i in Builder.url_infos.values())


def test_files_are_downloaded(served_dir, dummy_dir, tmp_path, pin_dummy):
    _copy(dummy_dir, served_dir)
    pin_dummy()
    _assert_holds(_prepare(tmp_path), dummy_dir)


def test_a_download_with_another_checksum_is_refused(
    served_dir, dummy_dir, tmp_path, pin_dummy
):
    _copy(dummy_dir, served_dir)
    pin_dummy()
    with (served_dir / "dev_new.tsv").open("a") as file:
        file.write("\n")
    with pytest.raises(FilesUnavailable, match=r"dev_new.*wrong checksum"):
        _prepare(tmp_path)


def test_a_refused_download_can_be_tried_again(
    served_dir, dummy_dir, tmp_path, pin_dummy
):
    pin_dummy()
    with pytest.raises(FilesUnavailable, match="404"):
        _prepare(tmp_path)
    _copy(dummy_dir, served_dir)
    _assert_holds(_prepare(tmp_path), dummy_dir)


def test_files_in_the_manual_folder_need_no_network(
    no_network, dummy_dir, tmp_path, pin_dummy
):
    pin_dummy()
    _assert_holds(_prepare(tmp_path, manual_dir=dummy_dir), dummy_dir)


def test_what_the_manual_folder_lacks_is_downloaded(
    served_dir, dummy_dir, tmp_path, pin_dummy
):
    _copy(dummy_dir, served_dir)
    pin_dummy()
    manual = tmp_path / "manual"
    manual.mkdir()
    (served_dir / "test_new.tsv").rename(manual / "test_new.tsv")
    _assert_holds(_prepare(tmp_path, manual_dir=manual), dummy_dir)


def test_other_files_in_the_manual_folder_are_refused(dummy_dir, tmp_path):
    with pytest.raises(FilesUnavailable, match="wrong checksum"):
        _prepare(tmp_path, manual_dir=dummy_dir)


def test_what_cannot_be_had_is_asked_for(no_network, tmp_path, monkeypatch):
    monkeypatch.setattr(
        dataset, "Builder", functools.partial(Builder, data_dir=tmp_path)
    )
    with pytest.raises(SystemExit) as caught:
        load_splits(None)
    message = str(caught.value)
    for part in (
        "Could not get the files of STS-B-DIR",
        "train_new.tsv, dev_new.tsv, test_new.tsv",
        f"github.com/YyzHarry/imbalanced-regression/tree/{COMMIT}",
        "--data-dir",
    ):
        assert part in message


def test_without_a_network_no_download_is_tried(
    no_network, tmp_path, monkeypatch
):
    # It would try again for 200 seconds.
    tried = []
    monkeypatch.setattr(
        tfds.download.DownloadManager, "download", lambda _, x: tried.append(x)
    )
    with pytest.raises(FilesUnavailable):
        _prepare(tmp_path)
    assert not tried


def test_without_a_folder_the_splits_are_those_of_the_builder(
    served_dir, dummy_dir, tmp_path, pin_dummy, monkeypatch
):
    _copy(dummy_dir, served_dir)
    pin_dummy()
    monkeypatch.setattr(
        dataset, "Builder", functools.partial(Builder, data_dir=tmp_path)
    )
    prepared, read = load_splits(None), load_splits(dummy_dir)
    assert list(prepared) == list(read) == ["train", "val", "test"]
    for name in read:
        assert prepared[name].first == read[name].first
        assert prepared[name].second == read[name].second
        assert prepared[name].scores.dtype == np.float32
        np.testing.assert_array_equal(prepared[name].scores, read[name].scores)


def test_a_set_prepared_for_tensorflow_is_read_as_well(
    no_network, dummy_dir, tmp_path, pin_dummy
):
    pytest.importorskip("tensorflow")
    pin_dummy()
    builder = Builder(data_dir=tmp_path)
    builder.download_and_prepare(
        file_format="tfrecord",
        download_config=tfds.download.DownloadConfig(manual_dir=dummy_dir),
    )
    _assert_holds(Builder(data_dir=tmp_path), dummy_dir)


def test_the_benchmark_keeps_its_sizes_and_its_order(real_dir, tmp_path):
    builder = _prepare(tmp_path, manual_dir=real_dir)
    sizes = {s: builder.info.splits[s].num_examples for s in SPLITS}
    assert sizes == {"train": 5249, "validation": 1000, "test": 1000}
    _assert_holds(builder, real_dir)
