"""A private Dovecot on loopback, with TLS from a test authority; Debian's package, nothing of the system's set-up."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme
from imapclient import IMAPClient

#: The password of every user; there is no user that this server does not know.
PASSWORD = "p\N{SNOWMAN}ss\\word"
START_SECONDS = 30
#: Dovecot never serves mail as root; Debian has this user on every machine.
MAIL_USER = 8

BASE = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
disable_plaintext_auth = yes
ssl = yes
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
mail_location = maildir:{home}/mail/%u
first_valid_uid = 1
mail_max_userip_connections = 100
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/%u allow_all_users=yes
}}
service imap-login {{
  process_min_avail = 0
  inet_listener imap {{
    port = {starttls_port}
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
"""

ROOTLESS = """
default_internal_user = {name}
default_internal_group = {group}
default_login_user = {name}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
}}
"""


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority of the test, and the certificate of a server."""

    ca: trustme.CA
    names: tuple[str, ...] = ("localhost", "127.0.0.1")

    def write(self, folder: Path) -> None:
        issued = self.ca.issue_cert(*self.names)
        self.ca.cert_pem.write_to_path(str(folder / "ca.pem"))
        issued.private_key_pem.write_to_path(str(folder / "key.pem"))
        (folder / "cert.pem").write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))


class Dovecot:
    """One server: `start`, `stop`, `kill -9`, and start again on the same ports with the same mail."""

    host = "localhost"

    def __init__(self, home: Path, extra: str = "") -> None:
        """`extra` is added to the configuration, with HOME for the server's folder."""
        self.home = home
        self.port, self.starttls_port = free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None
        Authority(trustme.CA()).write(home)
        self._configure(extra)

    @property
    def ca_file(self) -> Path:
        return self.home / "ca.pem"

    def start(self) -> None:
        """Returns when a client is greeted."""
        self._process = subprocess.Popen(
            [_program(), "-F", "-c", str(self.home / "dovecot.conf")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_until_greeted(self.port, self._process, self.home / "log")

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(START_SECONDS)
            self._process = None

    def kill(self) -> None:
        """As a crash of the machine: the master and every process of it at once."""
        if self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(START_SECONDS)
            self._process = None
            shutil.rmtree(self.home / "run", ignore_errors=True)

    def pause(self) -> None:
        """Stop answering without closing anything."""
        assert self._process
        os.killpg(self._process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        assert self._process
        os.killpg(self._process.pid, signal.SIGCONT)

    def client(self, user: str, password: str = PASSWORD) -> IMAPClient:
        """A mail program of a person, for the test to use."""
        trust = ssl.create_default_context(cafile=str(self.ca_file))
        client = IMAPClient(self.host, self.port, ssl_context=trust, timeout=30)
        client.plain_login(user, password)
        return client

    def maildir(self, user: str) -> Path:
        return self.home / "mail" / user

    def log(self) -> str:
        return (self.home / "log").read_text(errors="replace")

    def _configure(self, extra: str) -> None:
        root = os.geteuid() == 0
        uid, gid = (MAIL_USER, MAIL_USER) if root else (os.getuid(), os.getgid())
        (self.home / "mail").mkdir()
        os.chown(self.home / "mail", uid, gid)
        text = BASE.format(
            password=PASSWORD, home=self.home, uid=uid, gid=gid, port=self.port, starttls_port=self.starttls_port
        )
        if not root:
            text += ROOTLESS.format(name=_user_name(), group=_group_name())
        (self.home / "dovecot.conf").write_text(text + extra.replace("HOME", str(self.home)))


@contextmanager
def running_dovecot(extra: str = "") -> Iterator[Dovecot]:
    """A started server in a folder of its own, gone at the end."""
    # Dovecot's sockets need a short path, and its mail user must be able to walk there.
    home = Path(tempfile.mkdtemp(prefix="dovecot-"))
    home.chmod(0o755)
    server = Dovecot(home, extra)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(home, ignore_errors=True)


def free_port() -> int:
    """A port that the kernel has just found free; Dovecot cannot be handed a socket."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_until_greeted(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait on the process in short turns until the port greets; RuntimeError with the log when it will not."""
    for _ in range(START_SECONDS * 20):
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
        else:
            break
    raise RuntimeError(f"Dovecot did not start:\n{log.read_text() if log.exists() else '(no log)'}")


def _program() -> str:
    """Where Dovecot is; Debian's package is installed when this user may do that."""
    found = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        install = ["apt-get", "install", "--yes", "--no-install-recommends", "dovecot-imapd"]
        subprocess.run(install, check=False, capture_output=True, timeout=600)
        found = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        raise RuntimeError("these tests need Dovecot: run `apt-get install dovecot-imapd` as root, then try again")
    return found


def _user_name() -> str:
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name


def _group_name() -> str:
    import grp

    return grp.getgrgid(os.getgid()).gr_name
