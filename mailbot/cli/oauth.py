"""`mailbot oauth login`: let mailbot into a mailbox of Microsoft 365 and the like, by a code typed elsewhere."""

from __future__ import annotations

import threading
from typing import Annotated

import typer

from mailbot.app import App
from mailbot.cli.opening import opened_app
from mailbot.cli.options import ConfigOption, JsonOption, NowOption, print_json, say
from mailbot.config import Mailbox, OAuth
from mailbot.errors import UsageError
from mailbot.ingest.oauth import DeviceCode, TokenEndpoint, sign_in


def register(commands: typer.Typer) -> None:
    """Add `oauth` with its one command."""
    oauth = typer.Typer(help="Sign in to mailboxes that want OAuth tokens.", no_args_is_help=True)
    oauth.callback()(lambda: None)
    oauth.command()(login)
    commands.add_typer(oauth, name="oauth")


def login(
    mailbox: Annotated[str, typer.Argument(metavar="MAILBOX", help="The name of a [[mailbox]] with oauth.")],
    config: ConfigOption = None,
    now: NowOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Show a code to type in a browser, wait for it, and keep the refresh token, sealed.

    Example: mailbot oauth login enrollment
    """
    with opened_app(config, now) as app:
        found, oauth = _with_oauth(app, mailbox)
        granted = sign_in(TokenEndpoint(oauth), _show, threading.Event().wait)
        if granted.refresh_token is None:
            raise UsageError("the server gave no refresh token: add offline_access to oauth.scope, then sign in again")
        with app.store.writing() as transaction:
            transaction.mailbox_tokens.save(found.account, granted.refresh_token)
    if as_json:
        print_json({"mailbox": mailbox, "signed_in": True})
    else:
        say(f"Signed in; mailbox {mailbox} is read with this from now on.")


def _with_oauth(app: App, name: str) -> tuple[Mailbox, OAuth]:
    found = next((mailbox for mailbox in app.config.mailboxes if mailbox.name == name), None)
    if found is None:
        names = ", ".join(mailbox.name for mailbox in app.config.mailboxes) or "none is configured"
        raise UsageError(f"there is no mailbox {name!r}; the configured ones: {names}")
    if found.oauth is None:
        raise UsageError(f"mailbox {name} has a password, not oauth: there is nothing to sign in to")
    if not found.oauth.device_url:
        raise UsageError(
            f"mailbox {name} has no oauth.device_url: set it, or put a refresh token into the file that "
            "oauth.refresh_token_file names (Google gives none by device code)"
        )
    return found, found.oauth


def _show(code: DeviceCode) -> None:
    say(f"Open {code.address} in a browser and type the code {code.shown} there.")
