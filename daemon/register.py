"""Makes the daemon's account with the homeserver's registration secret, and changes no account that is there.

It leaves no session behind: the daemon's one device is made by its first start. What cannot be done from here is
explained with the commands that do it.
"""

import hashlib
import hmac
import secrets

from daemon.matrix import Homeserver, Limited, Refusal, Unreachable, path
from daemon.settings import Settings

ADMIN = "/_synapse/admin/v1/register"

IN_USE = "M_USER_IN_USE"
FORBIDDEN = 403
NOT_FOUND = (404, 405)


class CannotRegister(Exception):
    """No account was made; the message says why, and how else to make one."""


async def register(settings: Settings, name: str) -> str:
    """Make the account of `settings.user_id` with the display name `name`; returns what to tell the operator.

    An account that exists already is left as it is. Raises CannotRegister.
    """
    if settings.registration_secret is None:
        raise CannotRegister(
            f"KINKEEPER_REGISTRATION_SECRET is not set, so no account was made.\n\n{otherwise(settings)}"
        )
    password = settings.password.get_secret_value() if settings.password else None
    chosen = password or secrets.token_urlsafe(24)
    homeserver = Homeserver(settings.homeserver_url)
    secret = settings.registration_secret.get_secret_value()
    try:
        user = await _make(homeserver, secret, _localpart(settings), chosen, name)
    except Unreachable as error:
        raise CannotRegister(
            f"{settings.homeserver_url} gives no answer about registration ({error}). No account was made. "
            "Where a proxy hides /_synapse from the world, run this beside the homeserver with "
            f"KINKEEPER_HOMESERVER_URL=http://localhost:8008.\n\n{otherwise(settings)}"
        ) from error
    except Limited as limited:
        raise CannotRegister(
            f"The homeserver asks to wait {limited.pause:.0f} s. No account was made; try again then."
        ) from limited
    except Refusal as refusal:
        if refusal.errcode == IN_USE:
            return (
                f"The account {settings.user_id} exists already. Nothing was changed.\n"
                "`kinkeeper check` tells whether the daemon can use it."
            )
        raise CannotRegister(_refused(refusal, settings)) from refusal
    finally:
        await homeserver.close()
    return _made(settings, user, None if password else chosen)


async def _make(
    homeserver: Homeserver, secret: str, localpart: str, password: str, name: str
) -> str:
    """Register with the shared secret; returns the new account's id. Raises Refusal or Unreachable."""
    nonce = str((await homeserver.request("GET", ADMIN)).get("nonce", ""))
    signed = "\0".join((nonce, localpart, password, "notadmin")).encode()
    answer = await homeserver.request(
        "POST",
        ADMIN,
        {
            "nonce": nonce,
            "username": localpart,
            "password": password,
            "admin": False,
            "displayname": name,
            "inhibit_login": True,
            "mac": hmac.new(secret.encode(), signed, hashlib.sha1).hexdigest(),
        },
    )
    token = answer.get("access_token")
    if isinstance(token, str):
        # A server that does not know inhibit_login.
        homeserver.token = token
        await homeserver.request("POST", path("logout"), {})
    return str(answer.get("user_id"))


def _localpart(settings: Settings) -> str:
    return settings.user_id.removeprefix("@").partition(":")[0]


def _made(settings: Settings, user: str, password: str | None) -> str:
    lines = [f"Made the account {user}."]
    if user != settings.user_id:
        lines.append(f"The settings call it {settings.user_id}: set KINKEEPER_USER_ID={user}.")
    if password is not None:
        lines += [
            "Its password is shown this once. Put it into the env file:",
            "",
            f"KINKEEPER_PASSWORD={password}",
            "",
        ]
    lines.append(
        "KINKEEPER_REGISTRATION_SECRET is not needed any more: take it out of the settings. Next: `kinkeeper run`."
    )
    return "\n".join(lines)


def _refused(refusal: Refusal, settings: Settings) -> str:
    if refusal.status == FORBIDDEN and "HMAC" in refusal.reason:
        return (
            "The homeserver says that the registration secret is wrong. No account was made. "
            "It is registration_shared_secret in the homeserver's homeserver.yaml."
        )
    if refusal.status in NOT_FOUND:
        reason = "This homeserver does not register accounts that way: it is no Synapse, or its accounts are kept elsewhere."
    elif "not enabled" in refusal.reason:
        reason = "This homeserver has no registration_shared_secret in its homeserver.yaml."
    else:
        reason = f"The homeserver refused: {refusal}."
    return f"{reason} No account was made.\n\n{otherwise(settings)}"


def otherwise(settings: Settings) -> str:
    """How else to make the account, as commands to type."""
    localpart = _localpart(settings)
    return f"""\
Other ways to make it:

- On the machine of a Synapse:
    register_new_matrix_user -c /etc/matrix-synapse/homeserver.yaml --no-admin -u {localpart} http://localhost:8008
- With Synapse in a container called synapse:
    docker exec -it synapse register_new_matrix_user -c /data/homeserver.yaml --no-admin -u {localpart} http://localhost:8008
- Where Matrix Authentication Service keeps the accounts:
    mas-cli manage register-user {localpart}
- On any other homeserver: register {settings.user_id} in Element, by hand.

Then put its password into the env file as KINKEEPER_PASSWORD."""
