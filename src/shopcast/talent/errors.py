"""What talent refuses."""

from collections.abc import Mapping
from typing import ClassVar

from shopcast.kernel.errors import Language, ShopcastError


class JournalOutOfBalance(ShopcastError):
    """A programming error caught before it is stored; the database would refuse the journal too."""

    code = "talent.journal_out_of_balance"
    status = 500
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "The sums of this booking do not balance, so nothing was booked. Tell the operator.",
        "zh": "该笔记账借贷不平，未予入账。请联系运营者。",
    }
