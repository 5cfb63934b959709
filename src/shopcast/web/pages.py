"""The pages: shells with the data their first paint needs. The rest they fetch from the API like anybody else."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from shopcast import discovery, shows
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.clock import Clock
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import Language
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.web.shells import Shells
from shopcast.web_support.context import AnyRequest
from shopcast.web_support.deps import Injected
from shopcast.web_support.errors import Problem
from shopcast.web_support.languages import language_of

# Page address -> (entry of the build, name of the page, title in both languages).
_PLAIN_PAGES: tuple[tuple[list[str], str, str, dict[Language, str]], ...] = (
    (["/search"], "home", "search", {"en": "Search", "zh": "搜索"}),
    (["/login"], "account", "login", {"en": "Sign in", "zh": "登录"}),
    (["/register"], "account", "register", {"en": "Create an account", "zh": "注册"}),
    (["/reset", "/reset/{token:str}"], "account", "reset", {"en": "New password", "zh": "重置密码"}),
    (["/verify/{token:str}"], "account", "verify", {"en": "Confirm your address", "zh": "验证邮箱"}),
    (["/invitations/{token:str}"], "account", "invitation", {"en": "Invitation", "zh": "邀请"}),
    (["/account"], "account", "account", {"en": "Your account", "zh": "我的账号"}),
    (["/cart"], "cart", "cart", {"en": "Your cart", "zh": "购物车"}),
    (["/standing"], "plans", "standing", {"en": "What you wait for", "zh": "预约与候补"}),
    (["/subscriptions"], "plans", "subscriptions", {"en": "Subscriptions", "zh": "定期购买"}),
    (["/coupons"], "plans", "coupons", {"en": "Coupons", "zh": "优惠券"}),
    (["/restrictions"], "plans", "restrictions", {"en": "Restrictions", "zh": "购买限制"}),
    (["/orders"], "order", "orders", {"en": "Your orders", "zh": "我的订单"}),
    (["/orders/{order_id:str}"], "order", "order", {"en": "Your order", "zh": "订单详情"}),
    (["/console", "/console/{rest:path}"], "console", "console", {"en": "Console", "zh": "控制台"}),
)


def page_routes(shells: Shells) -> Sequence[ControllerRouterHandler]:
    return (
        _home(shells),
        _show(shells),
        _list(shells),
        *(_plain(shells, paths, entry, page, titles) for paths, entry, page, titles in _PLAIN_PAGES),
    )


def problem_page(shells: Shells) -> Any:
    def render(request: AnyRequest, problem: Problem, status: int) -> Response[Any]:
        language = language_of(request)
        heading = "not_found_title" if status == 404 else "error_title"
        return shells.problem(problem, heading, language, status)

    return render


def _home(shells: Shells) -> ControllerRouterHandler:
    @get("/", include_in_schema=False, opt={"public": True}, name="page.home")
    async def home(
        principal: Injected[Principal],
        reads: Injected[Reads],
        settings: Injected[Settings],
        clock: Injected[Clock],
        language: Injected[Language],
    ) -> Response[str]:
        data = await reads.run(discovery.home, settings, principal, clock.now())
        return shells.page("base.html", "home", language, page="home", data=data)

    return home


def _show(shells: Shells) -> ControllerRouterHandler:
    @get("/shows/{show_id:str}", include_in_schema=False, opt={"public": True}, name="page.show")
    async def show(
        show_id: FromPath[str],
        principal: Injected[Principal],
        reads: Injected[Reads],
        settings: Injected[Settings],
        clock: Injected[Clock],
        language: Injected[Language],
    ) -> Response[str]:
        data = await reads.run(shows.show_page, settings, show_id, principal, clock.now())
        return shells.page(
            "show.html",
            "viewer",
            language,
            page="viewer",
            data=data,
            show=data,
            is_public=await reads.run(_is_public, show_id),
            origin=settings.public_url,
            media_origin=_origin(settings.public_media_url),
        )

    return show


def _list(shells: Shells) -> ControllerRouterHandler:
    @get("/shows/{show_id:str}/list", include_in_schema=False, opt={"public": True}, name="page.list")
    async def express_lane(
        show_id: FromPath[str],
        principal: Injected[Principal],
        reads: Injected[Reads],
        settings: Injected[Settings],
        clock: Injected[Clock],
        language: Injected[Language],
    ) -> Response[str]:
        data = await reads.run(shows.show_page, settings, show_id, principal, clock.now())
        cards = [card for card in data.items if not card.hidden]
        return shells.page(
            "list.html",
            "list",
            language,
            page="list",
            data=data,
            show=data,
            cards=cards,
            explained={chapter.item_id for chapter in data.chapters if chapter.clip_url},
            is_public=await reads.run(_is_public, show_id),
        )

    return express_lane


def _is_public(conn: ReadConnection, show_id: str) -> bool:
    return shows.show(conn, show_id).visibility == "public"


def _plain(
    shells: Shells, paths: list[str], entry: str, page: str, titles: dict[Language, str]
) -> ControllerRouterHandler:
    # Names the guest: the first page somebody opens gives them the cookies their first request needs.
    @get(paths, include_in_schema=False, opt={"public": True}, name=f"page.{page}")
    async def plain(principal: Injected[Principal], language: Injected[Language]) -> Response[str]:
        return shells.page("page.html", entry, language, page=page, title=titles[language])

    return plain


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
