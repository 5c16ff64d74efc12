"""Files lie compressed beside the originals where that pays, and a server hands out the form that a browser takes."""

import gzip
import os
import threading
import types
import urllib.error
import urllib.request

import pytest

from convoscope.homes import compressing
from convoscope.homes.compressing import NO_BROTLI, compress, is_compressed, sizes_of
from convoscope.homes.server import make_server, takes

TEXT = b"export const numbers = [1, 2, 3];\n" * 100
BROTLI = types.SimpleNamespace(compress=lambda data, quality, lgwin: b"br" + data[:40])


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.setattr(compressing, "_brotli", lambda: BROTLI)
    compressing._compressed.cache_clear()
    (tmp_path / "assets-1").mkdir()
    (tmp_path / "data").mkdir()
    for name, data in {
        "assets-1/main.js": TEXT,
        "index.html": b"<p>Words</p>" * 200,
        "small.css": b"p {}",
        "data/random.npy": os.urandom(4000),
        "data/digits.gz": gzip.compress(TEXT),
    }.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def names(site):
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())


def test_what_pays_is_compressed_in_both_ways(site):
    before = names(site)
    compress(site, say=pytest.fail)
    assert sorted(set(names(site)) - set(before)) == [
        "assets-1/main.js.br", "assets-1/main.js.gz", "data/random.npy.br", "index.html.br", "index.html.gz",
    ]  # fmt: skip
    assert gzip.decompress((site / "assets-1/main.js.gz").read_bytes()) == TEXT
    assert sizes_of(site / "assets-1/main.js") == {
        "": len(TEXT), "br": 42, "gzip": (site / "assets-1/main.js.gz").stat().st_size,
    }  # fmt: skip
    assert is_compressed(site / "index.html.br")
    assert not is_compressed(site / "data/digits.gz")  # an original


def test_without_brotli_there_is_gzip_and_a_sentence(site, monkeypatch):
    monkeypatch.setattr(compressing, "_brotli", lambda: None)
    compressing._compressed.cache_clear()
    said = []
    compress(site, say=said.append)
    assert said == [NO_BROTLI]
    assert [name for name in names(site) if name.endswith(".br")] == []
    assert "assets-1/main.js.gz" in names(site)


@pytest.fixture
def address(site):
    compress(site)
    server = make_server(site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def answer(address, **headers):
    request = urllib.request.Request(address, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, b""


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br;q=0, gzip;q=0.5", "gzip"), ("*", "br"), ("identity", None)],
)
def test_a_browser_gets_the_smallest_form_that_it_takes(address, site, accepted, encoding):
    status, headers, body = answer(address + "assets-1/main.js?x=1", Accept_Encoding=accepted)
    assert status == 200
    assert headers["Content-Type"] == "text/javascript"
    assert headers["Content-Encoding"] == encoding
    assert headers["Vary"] == "Accept-Encoding"
    assert "immutable" in headers["Cache-Control"]
    ending = {"br": ".br", "gzip": ".gz", None: ""}[encoding]
    assert body == (site / f"assets-1/main.js{ending}").read_bytes()


def test_each_form_has_a_tag_of_its_own_and_is_not_sent_twice(address):
    tags = {}
    for accepted in ("br", "gzip", ""):
        _, headers, _ = answer(address, Accept_Encoding=accepted)
        tags[accepted] = headers["ETag"]
        status, again, body = answer(address, Accept_Encoding=accepted, If_None_Match=f'"other", {tags[accepted]}')
        assert (status, body, again["ETag"], again["Vary"]) == (304, b"", tags[accepted], "Accept-Encoding")
    assert len(set(tags.values())) == 3
    assert answer(address, Accept_Encoding="gzip", If_None_Match=tags["br"])[0] == 200


def test_an_original_that_is_a_gzip_stays_one(address):
    status, headers, body = answer(address + "data/digits.gz", Accept_Encoding="gzip, br")
    assert (status, headers["Content-Encoding"]) == (200, None)
    assert gzip.decompress(body) == TEXT


def test_what_is_not_there_is_not_found(address):
    assert [answer(address + path)[0] for path in ("nothing.js", "index.html/", "../pyproject.toml")] == [404, 404, 404]


def test_what_a_header_allows():
    assert [takes(header, "br") for header in ("br", "BR ; q=0.1", "gzip", "*;q=0, br", "br;q=0", "br;q=x")] == [
        True, True, False, True, False, False,
    ]  # fmt: skip
