"""What the HTML shells promise, whatever the frontend has built."""

from pathlib import Path

import msgspec
import pytest

from shopcast.kernel.errors import Language
from shopcast.web.shells import Entry, Shells
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
