"""A planned drop and a show's own units in the market."""

from collections.abc import Mapping

from tests.factories.tenancy import Visitor


def fill_drops(owner: Visitor, ids: dict[str, str], secrets: dict[str, set[str]]) -> None:
    """One that the host may start; what is only planned is nobody else's business."""
    lines = {"lines": [{"variant_id": ids["sold_variant"], "quantity": 1}]}
    answer = owner.request("PUT", f"/v1/shows/{ids['show']}/allocations", json=lines)
    assert answer.status_code == 200, answer.text
    answer = owner.post(f"/v1/shows/{ids['show']}/drops", drop_for(ids))
    assert answer.status_code == 201, answer.text
    ids["drop"] = str(answer.json()["id"])
    secrets["the organisation"].add(ids["drop"])


def drop_for(ids: Mapping[str, str]) -> dict[str, object]:
    return {"item_id": ids["item"], "variant_id": ids["sold_variant"], "price_minor": 1, "quantity": 1}
