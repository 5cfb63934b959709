"""How a seller decides about requests: by hand, or at once; and where parcels go back to."""

from datetime import datetime

from shopcast import accounts
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.principal import Principal
from shopcast.sales.returns import repository
from shopcast.sales.returns.model import Approval, ReturnRules

# Five lines on a label.
ADDRESS_LIMIT = 400


class SetReturnRules(Command, frozen=True, kw_only=True):
    organisation_id: str
    approval: Approval
    address: str = ""


def set_return_rules(tx: Tx, command: SetReturnRules, by: Principal, now: datetime) -> ReturnRules:
    accounts.require_role(tx, by, command.organisation_id, "owner", "manager")
    address = command.address.strip()
    if len(address) > ADDRESS_LIMIT:
        raise InvalidInput("address", "it is too long")
    rules = ReturnRules(organisation_id=command.organisation_id, approval=command.approval, address=address)
    repository.set_rules(tx, rules, now)
    tx.audit(by, "sales.set_return_rules", command.organisation_id, {"approval": rules.approval.value})
    return rules
