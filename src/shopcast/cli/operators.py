"""`shopcast operator create EMAIL`"""

from shopcast import accounts
from shopcast.cli.backend import backend_for_command
from shopcast.kernel.config import Settings


def create_operator(settings: Settings, email: str, name: str, password: str) -> int:
    with backend_for_command(settings) as backend:
        accounts.create_operator_account(
            backend.actions,
            accounts.Passwords(),
            email=email,
            password=password,
            display_name=name,
            currency=settings.currency,
        )
    print(f"{email} is an operator now and can sign in at {settings.public_url}/login")
    return 0
