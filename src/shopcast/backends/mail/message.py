"""Owns how a mail is written down; refuses what would add headers or reach somebody else."""

import re
from email.message import EmailMessage
from email.policy import SMTP

from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.ids import new_id
from shopcast.kernel.ports import Mail

# One plain address: no list, no display name, no line break.
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,255}")
_SUBJECT_LIMIT = 200


def build_message(mail: Mail, sender: str) -> EmailMessage:
    if not _ADDRESS.fullmatch(mail.to):
        raise InvalidInput("to", "it has the wrong form")
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = mail.to
    message["Subject"] = " ".join(mail.subject.split())[:_SUBJECT_LIMIT]
    message["Message-ID"] = f"<{new_id('eml')}@{sender.rpartition('@')[2] or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    if mail.html is not None:
        message.add_alternative(mail.html, subtype="html")
    for attachment in mail.attachments:
        main, _, sub = attachment.content_type.partition("/")
        message.add_attachment(attachment.content, maintype=main, subtype=sub, filename=attachment.file_name)
    return message
