"""A label as a download: as the provider printed it, under a name a person finds again."""

from collections.abc import Mapping

from litestar import Response

from shopcast.sales.fulfilment.ports import Label

# What carriers print. Anything else is saved, never shown: a page is not a label.
_ENDINGS: Mapping[str, str] = {"application/pdf": "pdf", "image/png": "png", "image/gif": "gif"}
_PRINTER_ENDING = "zpl"
_PRINTER_TYPES = frozenset({"application/zpl", "x-application/zpl", "text/zpl"})


def label_answer(label: Label, name: str) -> Response[bytes]:
    shown = label.content_type in _ENDINGS
    ending = _ENDINGS.get(label.content_type) or (_PRINTER_ENDING if label.content_type in _PRINTER_TYPES else "bin")
    headers = {
        "Content-Disposition": f'{"inline" if shown else "attachment"}; filename="{name}.{ending}"',
        "X-Content-Type-Options": "nosniff",
    }
    media_type = label.content_type if shown else "application/octet-stream"
    return Response(label.content, media_type=media_type, headers=headers)
