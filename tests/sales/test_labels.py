"""Labels come from whichever provider is plugged in; ours is one of them."""

from shopcast import sales
from shopcast.sales.errors import LabelsAway
from tests.sales.after import Bought, bought
from tests.sales.support import SaleShop


class Carrier:
    """A second provider: a carrier that prints for label printers and gives its own number, one per reference."""

    def __init__(self) -> None:
        self.sold: dict[str, sales.LabelRequest] = {}
        self.answers = True

    async def label(self, request: sales.LabelRequest) -> sales.Label:
        if not self.answers:
            raise LabelsAway()
        self.sold.setdefault(request.reference, request)
        number = f"PX{list(self.sold).index(request.reference):08d}"
        return sales.Label(
            content=f"^XA^FD{number}^XZ".encode(),
            content_type="application/zpl",
            carrier="DHL",
            tracking_number=number,
        )


def _parcel(order: Bought) -> tuple[str, str]:
    """Its id and the path of its label."""
    shipment = order.ship(2).json()
    return shipment["id"], f"{order.path}/shipments/{shipment['id']}/label.pdf"


def test_our_own_labels_need_nobody(sale: SaleShop) -> None:
    _, path = _parcel(bought(sale, (0, 2)))
    answer = sale.seller.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert sale.backend.rows("SELECT tracking_number FROM sales_shipment") == [("",)]


def test_a_carrier_is_plugged_in_and_its_number_becomes_the_parcels(sale: SaleShop) -> None:
    carrier = sale.labels.provider = Carrier()
    order = bought(sale, (0, 2))
    shipment_id, path = _parcel(order)
    answer = sale.seller.get(path)
    assert (answer.status_code, answer.content) == (200, b"^XA^FDPX00000000^XZ")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].endswith('-1.zpl"')
    asked = carrier.sold[shipment_id]
    assert (asked.units, asked.is_return, asked.receiver.country) == (2, False, "DE")
    assert asked.receiver.lines[:2] == ("Ben Example", "Hauptstr. 1")
    # Printed again it is the same label, and the parcel keeps its number.
    assert sale.seller.get(path).content == answer.content
    assert list(carrier.sold) == [shipment_id]
    assert sale.backend.rows("SELECT carrier, tracking_number, tracking_url FROM sales_shipment") == [
        ("DHL", "PX00000000", "https://www.dhl.com/global-en/home/tracking.html?tracking-id=PX00000000")
    ]


def test_the_way_back_has_the_same_carrier(sale: SaleShop) -> None:
    carrier = sale.labels.provider = Carrier()
    order = bought(sale, (0, 1))
    order.arrived()
    return_id = order.send_back(1).json()["id"]
    order.of_return(return_id, "approve")
    for label in (
        order.buyer.get(f"/v1/returns/{return_id}/label.pdf"),
        sale.seller.get(f"/v1/organisations/{sale.organisation_id}/returns/{return_id}/label.pdf"),
    ):
        assert label.content == b"^XA^FDPX00000000^XZ"
    assert carrier.sold[return_id].is_return
    assert carrier.sold[return_id].sender.lines[0] == "Ben Example"


def test_a_carrier_that_does_not_answer_is_said_in_words(sale: SaleShop) -> None:
    carrier = sale.labels.provider = Carrier()
    carrier.answers = False
    _, path = _parcel(bought(sale, (0, 2)))
    answer = sale.seller.get(path)
    assert (answer.status_code, answer.json()["code"]) == (503, "sales.labels_away")
    assert sale.backend.rows("SELECT tracking_number FROM sales_shipment") == [("",)]
    carrier.answers = True
    assert sale.seller.get(path).status_code == 200


def test_strangers_buy_no_labels(sale: SaleShop) -> None:
    carrier = sale.labels.provider = Carrier()
    _, path = _parcel(bought(sale, (0, 2)))
    assert sale.guest().get(path).status_code == 401
    assert sale.shop.registered("oscar").get(path).status_code == 404
    assert carrier.sold == {}
