"""Refusals of accounts. They never tell whether an address has an account, except to the person registering it."""

from collections.abc import Mapping
from typing import ClassVar

from shopcast.kernel.errors import Language, ShopcastError


class WrongCredentials(ShopcastError):
    code = "accounts.wrong_credentials"
    status = 401
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "The e-mail address or the password is not right. Check both, or reset your password.",
        "zh": "邮箱或密码不正确。请核对后重试，或重置密码。",
    }


class WrongPassword(ShopcastError):
    code = "accounts.wrong_password"
    status = 403
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Your current password is not right. Type it again, or reset it from the sign-in page.",
        "zh": "当前密码不正确。请重新输入，或在登录页重置密码。",
    }


class DemoAccountRefused(ShopcastError):
    code = "accounts.demo_account_refused"
    status = 403
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This is a demo account and its password is public. It only works when Shopcast runs in demo mode; "
        "register an account of your own.",
        "zh": "这是演示账号，其密码是公开的，仅在演示模式下可用。请注册您自己的账号。",
    }


class EmailTaken(ShopcastError):
    code = "accounts.email_taken"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "There is already an account with this e-mail address. Sign in, or reset the password.",
        "zh": "该邮箱已注册。请直接登录，或重置密码。",
    }


class EmailInvalid(ShopcastError):
    code = "accounts.email_invalid"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This does not look like an e-mail address. Write it like name@example.com.",
        "zh": "邮箱格式不正确。请按 name@example.com 的格式填写。",
    }


class PasswordTooWeak(ShopcastError):
    code = "accounts.password_too_weak"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "Choose a password of {shortest} to {longest} characters that is neither your e-mail address nor one "
        "character repeated. Four words in a row work well.",
        "zh": "请设置 {shortest} 至 {longest} 个字符的密码，不能与邮箱相同，也不能是同一字符的重复。",
    }


class LinkExpired(ShopcastError):
    code = "accounts.link_expired"
    status = 410
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This link was already used or is too old. Ask for a new one.",
        "zh": "该链接已使用或已过期。请重新获取。",
    }


class InvitationForAnotherAddress(ShopcastError):
    code = "accounts.invitation_for_another_address"
    status = 403
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This invitation was sent to another e-mail address. Sign in with that address, or ask for a new "
        "invitation.",
        "zh": "该邀请发送给了另一个邮箱。请使用该邮箱登录，或请对方重新邀请。",
    }


class AlreadyMember(ShopcastError):
    code = "accounts.already_member"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "This person already belongs to the organisation. Change their role instead.",
        "zh": "此人已是组织成员。请直接修改其角色。",
    }


class LastOwner(ShopcastError):
    code = "accounts.last_owner"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "An organisation needs an owner. Make somebody else an owner first.",
        "zh": "组织至少需要一名所有者。请先将其他成员设为所有者。",
    }


class RoleUnknown(ShopcastError):
    code = "accounts.role_unknown"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "There is no role “{role}”. Choose one of: {roles}.",
        "zh": "没有“{role}”这个角色。请从以下角色中选择:{roles}。",
    }


class CountryUnknown(ShopcastError):
    code = "accounts.country_unknown"
    status = 422
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "“{country}” is not a country code. Use the two letters of ISO 3166, such as DE or CN.",
        "zh": "“{country}”不是国家代码。请使用 ISO 3166 两位代码，例如 DE 或 CN。",
    }


class TooManyAddresses(ShopcastError):
    code = "accounts.too_many_addresses"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "You already keep {limit} addresses. Remove one you no longer need first.",
        "zh": "您已保存 {limit} 个地址。请先删除不再需要的地址。",
    }


class TooManyOrganisations(ShopcastError):
    code = "accounts.too_many_organisations"
    status = 409
    messages: ClassVar[Mapping[Language, str]] = {
        "en": "An account can belong to {limit} organisations. Leave one you no longer work with first.",
        "zh": "一个账号最多可加入 {limit} 个组织。请先退出不再合作的组织。",
    }
