"""A shop on air for each test."""

from collections.abc import Iterator

import pytest

from tests.sales.support import SaleShop, Template, open_sale


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    with open_sale(tmp_path_factory.mktemp("sale")) as opened:
        made = Template.of(opened)
        yield made


@pytest.fixture
def sale(template: Template) -> SaleShop:
    return template.put_back()
