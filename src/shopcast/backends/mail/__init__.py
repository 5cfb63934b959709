from shopcast.backends.mail.files import FileMailer
from shopcast.backends.mail.smtp import SmtpMailer
from shopcast.kernel.config import Settings
from shopcast.kernel.ports import Mailer


def mailer_of(settings: Settings) -> Mailer:
    if settings.smtp_url is None:
        return FileMailer(settings.data_dir / "mail", settings.mail_from)
    return SmtpMailer(settings.smtp_url, settings.mail_from)
