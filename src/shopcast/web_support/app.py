"""Owns putting an application together from routes and a context, with everything every route must have."""

from collections.abc import Awaitable, Callable, Sequence

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders, State
from litestar.openapi.config import OpenAPIConfig
from litestar.types import ControllerRouterHandler, Message, Scope

from shopcast.web_support.context import AnyConnection, WebContext, request_notes
from shopcast.web_support.deps import dependencies
from shopcast.web_support.errors import ProblemPage, exception_handlers
from shopcast.web_support.requests import REQUEST_ID_HEADER, request_id_of
from shopcast.web_support.security import content_security_policy, security_headers
from shopcast.web_support.sessions import cookies_to_set, require_same_site

# A catalogue of 50,000 rows is under this; routes that take less say so themselves.
BODY_LIMIT_BYTES = 1024 * 1024

Hook = Callable[[Litestar], Awaitable[None]]


def litestar_app(
    route_handlers: Sequence[ControllerRouterHandler],
    context: WebContext,
    *,
    openapi_config: OpenAPIConfig | None = None,
    problem_page: ProblemPage | None = None,
    on_startup: Sequence[Hook] = (),
    on_shutdown: Sequence[Hook] = (),
    debug: bool = False,
) -> Litestar:
    """Routes may override `request_max_body_size`, and opt out by `opt`: "csrf_exempt" (signed webhooks), "embed"."""
    return Litestar(
        route_handlers=list(route_handlers),
        state=State({"shopcast": context}),
        dependencies=dict(dependencies(context)),
        exception_handlers=exception_handlers(problem_page),
        guards=[require_same_site],
        before_send=[_header_writer(context)],
        openapi_config=openapi_config,
        request_max_body_size=BODY_LIMIT_BYTES,
        on_startup=list(on_startup),
        on_shutdown=list(on_shutdown),
        debug=debug,
        # Logging is ours (kernel.telemetry); the framework's own would write every refusal as an error.
        logging_config=None,
    )


def _header_writer(context: WebContext) -> Callable[[Message, Scope], Awaitable[None]]:
    always = security_headers(context.settings)
    embeddable = content_security_policy(context.settings, framed_by="*")

    async def write(message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start":
            return
        headers = MutableScopeHeaders.from_message(message)
        headers[REQUEST_ID_HEADER] = request_id_of(scope)
        if _may_be_framed(scope):
            headers.setdefault("Content-Security-Policy", embeddable)
        for name, value in always.items():
            if name != "X-Frame-Options" or not _may_be_framed(scope):
                headers.setdefault(name, value)
        _write_personal(headers, scope)

    return write


def _write_personal(headers: MutableScopeHeaders, scope: Scope) -> None:
    """What was made for one visitor is kept in nobody's cache, and carries the cookies that visitor lacks."""
    if "principal" not in request_notes(scope):
        return
    headers.setdefault("Cache-Control", "no-store")
    connection: AnyConnection = ASGIConnection(scope)
    for cookie in cookies_to_set(connection):
        headers.add("Set-Cookie", cookie.to_header(header=""))


def _may_be_framed(scope: Scope) -> bool:
    handler = scope.get("route_handler")
    return handler is not None and bool(handler.opt.get("embed"))
