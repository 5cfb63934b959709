"""Promotions: made and watched by sellers and operators, taken by shoppers."""

from datetime import datetime
from typing import Annotated

from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from shopcast import accounts
from shopcast.kernel.actions import Actions, ReadConnection
from shopcast.kernel.clock import Clock
from shopcast.kernel.errors import IdempotencyKeyMissing, InvalidInput, Language
from shopcast.kernel.ports import RateLimits
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.sales.http.promotion_schemas import (
    CodeAnswer,
    CodesAnswer,
    CodesRequest,
    CouponAnswer,
    PreviewAnswer,
    PreviewRequest,
    PromotionAnswer,
    PromotionChanges,
    PromotionOnShow,
    PromotionRequest,
)
from shopcast.sales.promotions.add_codes import AddCode, DisableCode, GenerateCodes
from shopcast.sales.promotions.change_state import EndPromotion, PausePromotion, ResumePromotion
from shopcast.sales.promotions.claim_coupon import ClaimCoupon
from shopcast.sales.promotions.create_promotion import PROMOTION_ROLES, CreatePromotion
from shopcast.sales.promotions.edit_promotion import EditPromotion
from shopcast.sales.promotions.model import (
    CodeView,
    CouponView,
    PromotionState,
    PromotionView,
    clean_typed_codes,
)
from shopcast.sales.promotions.preview import READING_ROLES, TriedCart, TriedLine, preview
from shopcast.sales.promotions.queries import codes_of, coupon_of, coupons_of, promotion_view, promotions_of
from shopcast.sales.promotions.show_coupon import ShowCoupon
from shopcast.web_support.deps import Injected, require_rate
from shopcast.web_support.pagination import Page, PageRequest, encode_cursor

# A show has a handful of coupons; one address may be an office or a whole mobile network behind one router.
CLAIMS_PER_BUYER, CLAIMS_PER_ADDRESS, CLAIMS_PER_S = 30, 1_200, 60.0

_ALL = "/v1/organisations/{organisation_id:str}/promotions"
_ONE = f"{_ALL}/{{promotion_id:str}}"


@get(_ALL, operation_id="list_promotions")
async def list_promotions(
    organisation_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    clock: Injected[Clock],
    page: Injected[PageRequest],
    promotion_state: Annotated[PromotionState | None, QueryParameter(name="state")] = None,
) -> Page[PromotionAnswer]:
    """Newest first."""
    before = page.after(tuple[str])
    found = await reads.run(
        _promotions, principal, organisation_id, promotion_state, before[0] if before else None, page.limit + 1
    )
    shown = found[: page.limit]
    return Page(
        items=[PromotionAnswer.of(view, clock.now()) for view in shown],
        next_cursor=encode_cursor((shown[-1].id,)) if len(found) > page.limit else None,
    )


@post(_ALL, operation_id="create_promotion", status_code=201)
async def create_promotion(
    organisation_id: FromPath[str],
    data: JSONBody[PromotionRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    clock: Injected[Clock],
) -> PromotionAnswer:
    command = CreatePromotion(
        organisation_id=organisation_id,
        name=data.name,
        lane=data.lane,
        needs=data.needs,
        benefit=data.benefit,
        scope=data.scope,
        currency=data.currency,
        minimum_minor=data.minimum_minor,
        minimum_quantity=data.minimum_quantity,
        new_buyers_only=data.new_buyers_only,
        starts_at=data.starts_at,
        ends_at=data.ends_at,
        usage_limit=data.usage_limit,
        per_customer_limit=data.per_customer_limit,
    )
    return PromotionAnswer.of(await actions.run(command, principal), clock.now())


@get(_ONE, operation_id="get_promotion")
async def get_promotion(
    organisation_id: FromPath[str],
    promotion_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    clock: Injected[Clock],
) -> PromotionAnswer:
    view = await reads.run(_promotion, principal, organisation_id, promotion_id)
    return PromotionAnswer.of(view, clock.now())


@patch(_ONE, operation_id="edit_promotion")
async def edit_promotion(
    organisation_id: FromPath[str],
    promotion_id: FromPath[str],
    data: JSONBody[PromotionChanges],
    principal: Injected[Principal],
    actions: Injected[Actions],
    clock: Injected[Clock],
) -> PromotionAnswer:
    """Orders and payments that have begun keep the version they were priced with."""
    command = EditPromotion(
        organisation_id=organisation_id,
        promotion_id=promotion_id,
        version=data.version,
        name=data.name,
        benefit=data.benefit,
        scope=data.scope,
        currency=data.currency,
        minimum_minor=data.minimum_minor,
        minimum_quantity=data.minimum_quantity,
        new_buyers_only=data.new_buyers_only,
        starts_at=data.starts_at,
        ends_at=data.ends_at,
        usage_limit=data.usage_limit,
        per_customer_limit=data.per_customer_limit,
    )
    return PromotionAnswer.of(await actions.run(command, principal), clock.now())


@post(f"{_ONE}/pause", operation_id="pause_promotion", status_code=200)
async def pause_promotion(
    organisation_id: FromPath[str],
    promotion_id: FromPath[str],
    principal: Injected[Principal],
    actions: Injected[Actions],
    clock: Injected[Clock],
) -> PromotionAnswer:
    command = PausePromotion(organisation_id=organisation_id, promotion_id=promotion_id)
    return PromotionAnswer.of(await actions.run(command, principal), clock.now())


@post(f"{_ONE}/resume", operation_id="resume_promotion", status_code=200)
async def resume_promotion(
    organisation_id: FromPath[str],
    promotion_id: FromPath[str],
    principal: Injected[Principal],
    actions: Injected[Actions],
    clock: Injected[Clock],
) -> PromotionAnswer:
    command = ResumePromotion(organisation_id=organisation_id, promotion_id=promotion_id)
    return PromotionAnswer.of(await actions.run(command, principal), clock.now())


@post(f"{_ONE}/end", operation_id="end_promotion", status_code=200)
async def end_promotion(
    organisation_id: FromPath[str],
    promotion_id: FromPath[str],
    principal: Injected[Principal],
    actions: Injected[Actions],
    clock: Injected[Clock],
) -> PromotionAnswer:
    """For good; payments that have begun keep what they were promised."""
    command = EndPromotion(organisation_id=organisation_id, promotion_id=promotion_id)
    return PromotionAnswer.of(await actions.run(command, principal), clock.now())


@post(f"{_ONE}/show_on_screen", operation_id="show_coupon", status_code=200)
async def show_coupon(
    organisation_id: FromPath[str],
    promotion_id: FromPath[str],
    data: JSONBody[PromotionOnShow],
    principal: Injected[Principal],
    actions: Injected[Actions],
    clock: Injected[Clock],
) -> PromotionAnswer:
    """Everybody in the room sees it, and can take it or type its code."""
    command = ShowCoupon(organisation_id=organisation_id, promotion_id=promotion_id, show_id=data.show_id)
    return PromotionAnswer.of(await actions.run(command, principal), clock.now())


@get(f"{_ONE}/codes", operation_id="list_promotion_codes")
async def list_promotion_codes(
    organisation_id: FromPath[str],
    promotion_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    page: Injected[PageRequest],
) -> Page[CodeAnswer]:
    """In the order of their letters."""
    after = page.after(tuple[str])
    found = await reads.run(
        _codes, principal, organisation_id, promotion_id, after[0] if after else None, page.limit + 1
    )
    shown = found[: page.limit]
    return Page(
        items=[CodeAnswer.of(code) for code in shown],
        next_cursor=encode_cursor((shown[-1].code,)) if len(found) > page.limit else None,
    )


@post(f"{_ONE}/codes", operation_id="add_promotion_codes", status_code=201)
async def add_promotion_codes(
    organisation_id: FromPath[str],
    promotion_id: FromPath[str],
    data: JSONBody[CodesRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    optional_idempotency_key: Injected[str | None],
) -> CodesAnswer:
    """One code of one's own choice, or up to 1,000 random ones that work once each. Random ones need an
    Idempotency-Key: sent again after a lost answer, the same codes are told instead of a second batch made."""
    if (data.code is None) == (data.count is None):
        raise InvalidInput("code", "it has the wrong form")
    command: AddCode | GenerateCodes
    if data.code is not None:
        command = AddCode(
            organisation_id=organisation_id,
            promotion_id=promotion_id,
            code=data.code,
            usage_limit=data.usage_limit,
        )
    else:
        if optional_idempotency_key is None:
            raise IdempotencyKeyMissing()
        command = GenerateCodes(
            organisation_id=organisation_id, promotion_id=promotion_id, count=data.count or 0, prefix=data.prefix
        )
    made: tuple[str, ...] = await actions.run(command, principal, idempotency_key=optional_idempotency_key)
    return CodesAnswer(codes=list(made))


@delete(f"{_ONE}/codes/{{code:str}}", operation_id="disable_promotion_code", status_code=204)
async def disable_promotion_code(
    organisation_id: FromPath[str],
    promotion_id: FromPath[str],
    code: FromPath[str],
    principal: Injected[Principal],
    actions: Injected[Actions],
) -> None:
    """It can't be used from now on. Its letters stay taken."""
    await actions.run(DisableCode(organisation_id=organisation_id, promotion_id=promotion_id, code=code), principal)


@post(f"{_ALL}/preview", operation_id="preview_promotions", status_code=200)
async def preview_promotions(
    organisation_id: FromPath[str],
    data: JSONBody[PreviewRequest],
    principal: Injected[Principal],
    reads: Injected[Reads],
    clock: Injected[Clock],
    language: Injected[Language],
) -> PreviewAnswer:
    """What this cart would pay and why, by the very rules of the counter. Nothing is stored."""
    tried = TriedCart(
        lines=tuple(
            TriedLine(
                variant_id=line.variant_id,
                quantity=line.quantity,
                price_minor=line.price_minor,
                in_drop=line.in_drop,
            )
            for line in data.lines
        ),
        codes=clean_typed_codes(data.codes),
        show_id=data.show_id,
        at=data.at,
        country=data.country,
        buyer_is_new=data.buyer_is_new,
    )
    seen = await reads.run(preview, principal, organisation_id, tried, clock.now())
    return PreviewAnswer.of(seen, language)


@post("/v1/promotions/{promotion_id:str}/claim", operation_id="claim_coupon", status_code=200)
async def claim_coupon(
    promotion_id: FromPath[str],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    clock: Injected[Clock],
    limits: Injected[RateLimits],
    address: Injected[str],
    language: Injected[Language],
) -> CouponAnswer:
    """Takes a coupon; it applies by itself from then on. Taking it again changes nothing."""
    require_rate(limits, f"claims:{principal.key}", CLAIMS_PER_BUYER, CLAIMS_PER_S)
    require_rate(limits, f"claims:{address}", CLAIMS_PER_ADDRESS, CLAIMS_PER_S)
    await actions.run(ClaimCoupon(promotion_id=promotion_id), principal)
    coupon, names = await reads.run(_my_coupon, promotion_id, principal, clock.now())
    return CouponAnswer.of(coupon, names.get(coupon.seller_id, ""), language)


@get("/v1/me/coupons", operation_id="list_my_coupons")
async def list_my_coupons(
    principal: Injected[Principal], reads: Injected[Reads], clock: Injected[Clock], language: Injected[Language]
) -> Page[CouponAnswer]:
    """The buyer's own, the last taken first; never more than a page."""
    coupons, names = await reads.run(_my_coupons, principal, clock.now())
    return Page(items=[CouponAnswer.of(one, names.get(one.seller_id, ""), language) for one in coupons])


def _promotions(
    conn: ReadConnection,
    by: Principal,
    organisation_id: str,
    state: PromotionState | None,
    before_id: str | None,
    limit: int,
) -> list[PromotionView]:
    accounts.require_role(conn, by, organisation_id, *READING_ROLES)
    return promotions_of(conn, organisation_id, state, before_id, limit)


def _promotion(conn: ReadConnection, by: Principal, organisation_id: str, promotion_id: str) -> PromotionView:
    accounts.require_role(conn, by, organisation_id, *READING_ROLES)
    return promotion_view(conn, organisation_id, promotion_id)


def _codes(
    conn: ReadConnection, by: Principal, organisation_id: str, promotion_id: str, after: str | None, limit: int
) -> list[CodeView]:
    # Codes are money to whoever reads them.
    accounts.require_role(conn, by, organisation_id, *PROMOTION_ROLES)
    return codes_of(conn, promotion_view(conn, organisation_id, promotion_id).id, after, limit)


def _my_coupon(
    conn: ReadConnection, promotion_id: str, by: Principal, now: datetime
) -> tuple[CouponView, dict[str, str]]:
    coupon = coupon_of(conn, promotion_id, by.key, now)
    return coupon, _seller_names(conn, [coupon])


def _my_coupons(conn: ReadConnection, by: Principal, now: datetime) -> tuple[list[CouponView], dict[str, str]]:
    coupons = coupons_of(conn, by.key, now)
    return coupons, _seller_names(conn, coupons)


def _seller_names(conn: ReadConnection, coupons: list[CouponView]) -> dict[str, str]:
    found = accounts.organisations_by_id(conn, {coupon.seller_id for coupon in coupons})
    return {organisation_id: organisation.name for organisation_id, organisation in found.items()}


PROMOTION_ROUTES: list[ControllerRouterHandler] = [
    list_promotions,
    create_promotion,
    get_promotion,
    edit_promotion,
    pause_promotion,
    resume_promotion,
    end_promotion,
    show_coupon,
    list_promotion_codes,
    add_promotion_codes,
    disable_promotion_code,
    preview_promotions,
    claim_coupon,
    list_my_coupons,
]
