"""What the HTML shells promise, whatever the frontend has built."""

import os
from pathlib import Path

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from shopcast.kernel.errors import Language
from shopcast.web.shells import Entry, Shells
from shopcast.web.static_files import read_static, static_route
from shopcast.web_support.errors import Problem


@pytest.fixture
def shells(tmp_path: Path) -> Shells:
    entry = Entry(js="assets/home.js", css=["assets/page.css"], preload=["assets/lit.js"])
    (tmp_path / "entries.json").write_bytes(msgspec.json.encode({"home": entry}))
    return Shells(tmp_path)


@pytest.mark.parametrize(("language", "heading"), [("en", "Not here"), ("zh", "找不到页面")])
def test_a_problem_page_is_not_drawn_over(shells: Shells, language: Language, heading: str) -> None:
    problem = Problem(code="not_found", message="Gone <b>for good</b>.", params={}, request_id="req_1")
    answer = shells.problem(problem, "not_found_title", language, 404)
    page = answer.content
    assert answer.status_code == 404
    assert "/static/assets/page.css" in page
    # The start page's elements would replace the message with the start page.
    assert "<script" not in page
    assert "modulepreload" not in page
    assert f"<h1>{heading}</h1>" in page
    assert "Gone &lt;b&gt;for good&lt;/b&gt;." in page


def test_a_page_loads_its_entry_and_embeds_data_that_cannot_end_its_element(shells: Shells) -> None:
    page = shells.page("base.html", "home", "en", page="home", data={"title": "</script><script>"}).content
    assert '<script type="module" src="/static/assets/home.js"></script>' in page
    assert '<link rel="modulepreload" href="/static/assets/lit.js">' in page
    assert page.count("</script>") == 2
    assert "\\u003c/script\\u003e" in page


def test_pages_follow_a_build_that_was_made_meanwhile(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    entries = tmp_path / "entries.json"
    entries.write_text('{"home": {"js": "assets/home-1.js", "css": []}}')
    os.utime(entries, ns=(1, 1))
    (tmp_path / "assets" / "home-1.js").write_text("first")
    shells = Shells(tmp_path)
    app = Litestar([static_route(read_static(tmp_path), tmp_path)])
    assert "assets/home-1.js" in page_of(shells)
    # As the build does: everything goes, everything new comes, the list of entries last.
    entries.unlink()
    (tmp_path / "assets" / "home-1.js").unlink()
    assert "assets/home-1.js" in page_of(shells)
    (tmp_path / "assets" / "home-2.js").write_text("second")
    entries.write_text("{")
    os.utime(entries, ns=(2, 2))
    assert "assets/home-1.js" in page_of(shells)
    entries.write_text('{"home": {"js": "assets/home-2.js", "css": []}}')
    os.utime(entries, ns=(3, 3))
    assert "assets/home-2.js" in page_of(shells)
    with TestClient(app) as client:
        # Pages that were open before go on with what they know.
        assert client.get("/static/assets/home-1.js").text == "first"
        assert client.get("/static/assets/home-2.js").text == "second"
        assert client.get("/static/assets/home-3.js").status_code == 404


def page_of(shells: Shells) -> str:
    return shells.page("base.html", "home", "en", page="home").content
