"""Adds and removes one's own delivery addresses."""

from datetime import datetime

from shopcast.accounts.addresses.model import Address, AddressDraft, clean_address
from shopcast.accounts.addresses.repository import delete_address, insert_address
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal


class AddAddress(Command, frozen=True, kw_only=True):
    address: AddressDraft
    is_default: bool = False


class RemoveAddress(Command, frozen=True, kw_only=True):
    address_id: str


def add_address(tx: Tx, command: AddAddress, by: Principal, now: datetime) -> Address:
    return insert_address(tx, by.require_person(), clean_address(command.address), command.is_default, now)


def remove_address(tx: Tx, command: RemoveAddress, by: Principal, now: datetime) -> None:
    delete_address(tx, by.require_person(), command.address_id)
