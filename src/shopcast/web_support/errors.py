"""Owns how refusals and failures are answered over HTTP: one JSON problem, in the request's language."""

import errno
import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import structlog
from litestar import Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ExceptionHandlersMap

from shopcast.kernel.errors import (
    Forbidden,
    InvalidInput,
    Language,
    NotFound,
    Param,
    ShopcastError,
    StorageAway,
    StorageFull,
    Unauthenticated,
)
from shopcast.web_support.context import AnyRequest
from shopcast.web_support.languages import language_of
from shopcast.web_support.requests import request_id_of

_log = structlog.get_logger()


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """`message` is for the person, in their language; programs go by `code` and `params`."""

    code: str
    message: str
    params: dict[str, Any]
    request_id: str


# web/ answers people who asked for a page with a page.
ProblemPage = Callable[[AnyRequest, Problem, int], Response[Any]]

_PLAIN: Mapping[int, tuple[str, Mapping[Language, str]]] = {
    400: ("bad_request", {"en": "We could not read this request.", "zh": "无法识别该请求。"}),
    405: ("method_not_allowed", {"en": "This address can't be used in this way.", "zh": "该地址不支持此操作。"}),
    413: ("too_large", {"en": "This is too large. Send something smaller.", "zh": "内容过大，请缩小后重试。"}),
    415: ("wrong_media_type", {"en": "We can't read this kind of content.", "zh": "不支持该内容类型。"}),
}
_FAILED: Mapping[Language, str] = {
    "en": "Something went wrong on our side. Try again; if it stays, give the operator this number: {request_id}.",
    "zh": "服务器出现问题。请重试；如仍无法解决，请将此编号告知运营人员:{request_id}。",
}


def exception_handlers(page: ProblemPage | None = None) -> ExceptionHandlersMap:
    def answer(request: AnyRequest, problem: Problem, status: int) -> Response[Any]:
        if page is not None and _wants_page(request):
            return page(request, problem, status)
        return Response(problem, status_code=status, media_type="application/json", headers=problem_headers(problem))

    def refused(request: AnyRequest, error: ShopcastError) -> Response[Any]:
        return answer(
            request, _problem(request, error.code, error.message(language_of(request)), error.params), error.status
        )

    def invalid(request: AnyRequest, error: ValidationException) -> Response[Any]:
        return refused(request, _invalid_input(error))

    def http(request: AnyRequest, error: HTTPException) -> Response[Any]:
        if error.status_code >= 500:
            misnamed = _misnamed_field(error)
            return failed(request, error) if misnamed is None else refused(request, misnamed)
        if error.status_code in _AS_REFUSAL:
            return refused(request, _AS_REFUSAL[error.status_code]())
        code, messages = _PLAIN.get(error.status_code, _PLAIN[400])
        return answer(request, _problem(request, code, messages[language_of(request)], {}), error.status_code)

    def failed(request: AnyRequest, error: Exception) -> Response[Any]:
        request_id = request_id_of(request.scope)
        _log.error("web.request.failed", request_id=request_id, path=request.url.path, exc_info=error)
        message = failure_message(language_of(request), request_id)
        return answer(request, _problem(request, "internal_error", message, {}), 500)

    def unstored(request: AnyRequest, error: OSError) -> Response[Any]:
        """Of what a request touches only the store of blobs speaks in these: a disk, or a bucket."""
        if isinstance(error, TimeoutError | FileNotFoundError):
            return failed(request, error)
        _log.error("web.request.unstored", request_id=request_id_of(request.scope), error=str(error))
        return refused(request, StorageFull() if error.errno == errno.ENOSPC else StorageAway())

    return {
        ShopcastError: refused,
        ValidationException: invalid,
        HTTPException: http,
        OSError: unstored,
        Exception: failed,
    }


_BODY_PATH = re.compile(r"`\$\.data\.([\w.\[\]]+)`")

_AS_REFUSAL: Mapping[int, Callable[[], ShopcastError]] = {
    401: Unauthenticated,
    403: Forbidden,
    404: lambda: NotFound("page"),
}


def _problem(request: AnyRequest, code: str, message: str, params: dict[str, Param]) -> Problem:
    return Problem(code=code, message=message, params=params, request_id=request_id_of(request.scope))


def _wants_page(request: AnyRequest) -> bool:
    accepted = request.headers.get("accept", "")
    return "text/html" in accepted and request.method in ("GET", "HEAD")


# msgspec names a missing or unknown field in its message only; everything else has a path of its own.
_NAMED_FIELD = re.compile(r"(missing required|unknown) field `([^`]{1,100})`")


def _invalid_input(error: ValidationException) -> InvalidInput:
    extra = error.extra
    first = extra[0] if isinstance(extra, list) and extra else {}
    path = [part for part in str(first.get("key") or "").split(".") if part not in ("", "data")]
    named = _NAMED_FIELD.search(str(first.get("message", "")))
    if named is None:
        return InvalidInput(".".join(path) or "body", "it has the wrong form")
    reason = "it is empty" if named[1] == "missing required" else "it has the wrong form"
    return InvalidInput(".".join([*path, named[2]]), reason)


def _misnamed_field(error: HTTPException) -> InvalidInput | None:
    """Litestar takes a wrong body field that is named like a dependency ("language") for that dependency's failure."""
    cause = error.__cause__ or error.__context__
    if not isinstance(cause, msgspec.ValidationError):
        return None
    path = _BODY_PATH.search(str(cause))
    return None if path is None else InvalidInput(path[1], "it has the wrong form")


def failure_message(language: Language, request_id: str) -> str:
    return _FAILED[language].format(request_id=request_id)


def problem_headers(problem: Problem) -> dict[str, str]:
    retry_after_s = problem.params.get("retry_after_s")
    return {"Retry-After": str(retry_after_s)} if isinstance(retry_after_s, int) else {}
