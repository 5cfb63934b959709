"""The evidence as a file: a PDF in the order's language, the same as JSON, and a list of the clips."""

import zipfile
from io import BytesIO

import msgspec
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]

from shopcast.kernel.errors import Language
from shopcast.sales.disputes.model import Evidence, LineEvidence
from shopcast.sales.disputes.words import what, word
from shopcast.sales.fulfilment.sheet import Sheet
from shopcast.sales.receipts.words import instant_text, money_text

# Of ZIP's own calendar: the same evidence gives the same bytes.
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def evidence_zip(evidence: Evidence) -> bytes:
    buffer = BytesIO()
    files = {
        f"evidence-{evidence.order_number}.pdf": evidence_pdf(evidence),
        "evidence.json": msgspec.json.format(msgspec.json.encode(evidence), indent=2),
        "clips.txt": _clips(evidence).encode(),
    }
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _ZIP_EPOCH), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def evidence_pdf(first: Evidence, *others: Evidence) -> bytes:
    """Of one order, or of all of one payment that are contested, each from a new page on."""
    language: Language = "zh" if first.language == "zh" else "en"
    sheet = Sheet(f"{word('evidence', language)} {first.order_number}", A4, 56)
    _order(sheet, first, language)
    for evidence in others:
        sheet.new_page()
        _order(sheet, evidence, language)
    return sheet.finished()


def _order(sheet: Sheet, evidence: Evidence, language: Language) -> None:
    sheet.heading(f"{word('evidence', language)} {evidence.order_number}", size=18)
    _facts(sheet, evidence, language)
    for line in evidence.lines:
        _line(sheet, line, language)
    _list(sheet, word("delivery", language), _deliveries(evidence, language), language)
    entries = [f"{instant_text(one.at)} · {what(one.what, language)} {one.details}".rstrip() for one in
               evidence.timeline]  # fmt: skip
    _list(sheet, word("timeline", language), entries, language)
    mails = [f"{instant_text(mail.at)} · {what(mail.kind, language)} · {mail.to}" for mail in evidence.mails]
    _list(sheet, word("mails", language), mails, language)
    terms = [evidence.terms_version, *evidence.terms.splitlines()]
    _list(sheet, word("terms", language), terms, language)


def _facts(sheet: Sheet, evidence: Evidence, language: Language) -> None:
    sheet.line(word("seller", language), bold=True)
    for text in (evidence.seller_name, *evidence.seller_legal_identity.splitlines()):
        sheet.line(text)
    sheet.gap()
    sheet.line(word("buyer", language), bold=True)
    for text in (*evidence.address, evidence.email):
        sheet.line(text)
    sheet.gap()
    charged = money_text(evidence.charged)
    sheet.line(f"{word('total', language)}: {money_text(evidence.total)} · {word('charged', language)}: {charged}")
    if evidence.paid_at is not None:
        label = f" · {evidence.method_label}" if evidence.method_label else ""
        sheet.line(f"{word('paid', language)}: {instant_text(evidence.paid_at)}{label}")
    sheet.gap()


def _line(sheet: Sheet, line: LineEvidence, language: Language) -> None:
    sheet.rule()
    title = " · ".join(part for part in (f"{line.quantity} × {line.title}", line.variant_title, line.sku) if part)
    sheet.line(title, size=11, bold=True)
    lowest = word("none", language) if line.lowest_30d is None else money_text(line.lowest_30d)
    facts = [
        (word("price_shown", language), money_text(line.price_shown)),
        (word("paid_for_it", language), money_text(line.paid)),
        (word("lowest", language), lowest),
        (word("claims", language), line.claims_shown or word("none", language)),
        (word("source", language), what(line.source, language)),
        (word("opened", language), "" if line.opened_at is None else instant_text(line.opened_at)),
        (word("held", language), instant_text(line.held_at)),
        (word("placed", language), instant_text(line.placed_at)),
        (word("host", language), line.host_opened_name or line.host_placed_name or ""),
    ]
    for name, text in facts:
        if text:
            sheet.row([name, text], (0.32, 0.68))
    if line.said_at is not None:
        second = "" if line.said_at.second is None else f" ({word('second', language)} {line.said_at.second})"
        sheet.row([word("said_at", language), instant_text(line.said_at.from_at) + second], (0.32, 0.68))
        sheet.line(line.said_at.page_url, size=8, indent=10)
        if line.said_at.clip_url is not None:
            sheet.line(line.said_at.clip_url, size=8, indent=10)
    sheet.gap()


def _deliveries(evidence: Evidence, language: Language) -> list[str]:
    found = []
    for one in evidence.shipments:
        tracking = f"{one.carrier} {one.tracking_number}".strip()
        arrived = word("not_known", language) if one.delivered_at is None else instant_text(one.delivered_at)
        found.append(
            f"{word('parcel', language)} {one.number}: {tracking} · {word('shipped', language)} "
            f"{instant_text(one.shipped_at)} · {word('delivered', language)} {arrived}"
        )
        if one.tracking_url is not None:
            found.append(one.tracking_url)
    return found


def _list(sheet: Sheet, heading: str, entries: list[str], language: Language) -> None:
    sheet.rule()
    sheet.line(heading, size=11, bold=True)
    for entry in entries or [word("none", language)]:
        sheet.line(entry, size=8.5)
    sheet.gap()


def _clips(evidence: Evidence) -> str:
    """One line per item: its number, where it was said, the clip."""
    lines = [
        f"{line.title}\t{line.said_at.from_at.isoformat()}\t{line.said_at.page_url}\t{line.said_at.clip_url or ''}"
        for line in evidence.lines
        if line.said_at is not None
    ]
    return "\n".join(lines) + ("\n" if lines else "")
