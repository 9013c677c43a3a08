"""The configuration: the file, the environment before it, and clear words for each mistake."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mailbot.config import (
    After,
    AfterAction,
    Carrier,
    Config,
    OAuthMechanism,
    SecretFile,
    SecretText,
    SocketAddress,
    load,
)
from mailbot.config.schema import SECTIONS
from mailbot.errors import ConfigurationError

DESK = '[desk]\nname = "Desk"\naddress = "enrollment@desk.example"\n'
MAILBOX = '[[mailbox]]\nname = "m"\nhost = "imap.desk.example"\nuser = "u"\npassword_file = "secrets/m"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mailbot.toml"


def configured(file: Path, text: str, **environ: str) -> Config:
    file.write_text(text)
    return load(file, environ)


def problems(file: Path, text: str, **environ: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        configured(file, text, **environ)
    return str(caught.value)


def test_a_desk_is_all_that_must_be_set(file: Path) -> None:
    config = configured(file, DESK)
    assert config.desk.addresses == ("enrollment@desk.example",)
    assert config.database.url == f"sqlite:///{file.parent}/mailbot.db"
    assert config.database.file == file.parent / "mailbot.db"
    assert config.keys.file == file.parent / "mailbot.key"
    assert config.outgoing.url.carrier is Carrier.MAILDIR
    assert config.outgoing.url.path == file.parent / "letters"
    assert config.listener.smtp is None
    assert config.mailboxes == ()


def test_the_budgets_have_the_defaults_that_the_documents_promise(file: Path) -> None:
    outgoing = configured(file, DESK).outgoing
    assert (outgoing.per_address_a_day, outgoing.per_domain_an_hour, outgoing.per_case_a_day) == (20, 200, 6)


def test_every_kind_of_value_is_read_from_the_file(file: Path) -> None:
    config = configured(
        file,
        DESK
        + 'aliases = ["groups@desk.example"]\nplus_addressing = false\ntime_zone = "Europe/Berlin"\n'
        + '[listener]\nsmtp = "[::1]:2525"\nlmtp = "run/lmtp.sock"\nlmtp_mode = "0600"\nmax_message_mb = 5\n'
        + MAILBOX
        + 'after = "move:Processed"\nsince = "2026-11-01"\nfolders = ["INBOX", "Second"]\n'
        + '[outgoing]\nurl = "smtp+starttls://relay.desk.example"\nuser = "u"\npassword_file = "/secrets/relay"\n',
    )
    assert config.desk.aliases == ("groups@desk.example",)
    assert not config.desk.plus_addressing
    assert str(config.desk.time_zone) == "Europe/Berlin"
    assert config.listener.smtp == SocketAddress("::1", 2525)
    assert config.listener.lmtp == file.parent / "run/lmtp.sock"
    assert config.listener.lmtp_mode == 0o600
    assert config.mailboxes[0].after == After(AfterAction.MOVE, "Processed")
    assert config.mailboxes[0].since == date(2026, 11, 1)
    assert config.mailboxes[0].folders == ("INBOX", "Second")
    assert config.mailboxes[0].password == SecretFile(file.parent / "secrets/m")
    assert config.outgoing.url.server == SocketAddress("relay.desk.example", 587)
    assert config.outgoing.password == SecretFile(Path("/secrets/relay"))


def test_a_variable_goes_before_the_file(file: Path) -> None:
    config = configured(
        file,
        DESK + MAILBOX,
        MAILBOT_DESK__ALIASES="a@desk.example, b@desk.example",
        MAILBOT_DESK__PLUS_ADDRESSING="no",
        MAILBOT_LISTENER__MAX_MESSAGE_MB="7",
        MAILBOT_MAILBOX__0__HOST="other.desk.example",
        MAILBOT_MAILBOX__0__FOLDERS='["With, comma"]',
        MAILBOT_MAILBOX__0__PASSWORD="from the environment",
    )
    assert config.desk.aliases == ("a@desk.example", "b@desk.example")
    assert not config.desk.plus_addressing
    assert config.listener.max_message_mb == 7
    assert config.mailboxes[0].host == "other.desk.example"
    assert config.mailboxes[0].folders == ("With, comma",)
    assert config.mailboxes[0].password == SecretText("from the environment")


@pytest.mark.parametrize(
    ("text", "switched"),
    [("true", True), ("1", True), ("YES", True), ("false", False), ("0", False), ("No", False)],
)
def test_a_switch_in_the_environment_is_written_in_many_ways(file: Path, text: str, switched: bool) -> None:
    assert configured(file, DESK, MAILBOT_DESK__PLUS_ADDRESSING=text).desk.plus_addressing is switched


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("smtp://relay.desk.example", "smtp://relay.desk.example:25"),
        ("smtp+starttls://relay.desk.example/", "smtp+starttls://relay.desk.example:587"),
        ("smtps://relay.desk.example:2465", "smtps://relay.desk.example:2465"),
        ("lmtp://10.0.0.7", "lmtp://10.0.0.7:24"),
        ("lmtp:/run/lmtp.sock", "lmtp:/run/lmtp.sock"),
        ("maildir:/var/letters", "maildir:/var/letters"),
    ],
)
def test_letters_leave_by_any_of_these_ways(file: Path, url: str, shown: str) -> None:
    assert str(configured(file, f"{DESK}[outgoing]\nurl = '{url}'\n").outgoing.url) == shown


@pytest.mark.parametrize(
    "url",
    [
        *("smtp://", "smtp:relay.desk.example", "smtp://relay.desk.example/box", "smtp://relay.desk.example?x=1"),
        *("smtp://u@relay.desk.example", "smtp://relay.desk.example:99999", "http://relay.desk.example", "maildir:"),
    ],
)
def test_letters_leave_by_no_other(file: Path, url: str) -> None:
    assert "outgoing.url must be" in problems(file, f"{DESK}[outgoing]\nurl = '{url}'\n")


@pytest.mark.parametrize("megabytes", [1, 1000])
def test_bounds_are_part_of_what_is_allowed(file: Path, megabytes: int) -> None:
    config = configured(file, f"{DESK}[listener]\nmax_message_mb = {megabytes}\n")
    assert config.listener.max_message_mb == megabytes
    assert "from 1 to 1000" in problems(file, f"{DESK}[listener]\nmax_message_mb = {megabytes * 1001}\n")


def test_a019_a_text_of_the_configuration_is_short_and_on_one_line(file: Path) -> None:
    for name in ("x" * 1001, "two\\nlines"):
        assert "desk.name must be" in problems(file, DESK.replace('"Desk"', f'"{name}"'))
    assert configured(file, DESK.replace('"Desk"', f'"{"x" * 1000}"')).desk.name == "x" * 1000


def test_mailboxes_can_be_added_by_variables_alone(file: Path) -> None:
    variables = {
        f"MAILBOT_MAILBOX__{number}__{key}": f"{key.lower()}{number}"
        for number in range(12)
        for key in ("NAME", "HOST", "USER", "PASSWORD")
    }
    names = [mailbox.name for mailbox in configured(file, DESK, **variables).mailboxes]
    assert names == [f"name{number}" for number in range(12)]


def test_a_mailbox_can_use_oauth_in_place_of_a_password(file: Path) -> None:
    table = MAILBOX.replace(
        'password_file = "secrets/m"', 'oauth = { token_url = "https://id.example/t", client_id = "c" }'
    )
    oauth = configured(file, DESK + table, MAILBOT_MAILBOX__0__OAUTH__REFRESH_TOKEN="r").mailboxes[0].oauth
    assert oauth is not None
    assert oauth.mechanism is OAuthMechanism.XOAUTH2
    assert oauth.refresh_token == SecretText("r")


def test_the_file_is_the_one_named_else_the_variable_else_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("named", "variable", "here"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mailbot.toml").write_text(DESK.replace('"Desk"', f'"{name}"'))
    monkeypatch.chdir(tmp_path / "here")
    environ = {"MAILBOT_CONFIG": str(tmp_path / "variable/mailbot.toml")}
    assert load(tmp_path / "named/mailbot.toml", environ).desk.name == "named"
    assert load(None, environ).desk.name == "variable"
    assert load(None, {}).desk.name == "here"
    assert load(None, {}).folder == tmp_path / "here"


def test_the_environment_alone_can_say_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = load(None, {"MAILBOT_DESK__NAME": "Desk", "MAILBOT_DESK__ADDRESS": "a@desk.example"})
    assert config.folder == tmp_path


def test_no_configuration_at_all_names_init_as_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match="mailbot init"):
        load(None, {})


@pytest.mark.parametrize(
    ("line", "nearest"),
    [
        ("[listener]\nsmpt = ''", "did you mean listener.smtp?"),
        ("[outgoing]\nlmtp = ''", "did you mean listener.lmtp?"),
        ("[outgoing]\npasword_file = ''", "did you mean outgoing.password_file?"),
        ("[listner]\nsmtp = ''", "did you mean [listener]?"),
        ("[mailboxes]\nhost = ''", "did you mean [[mailbox]]?"),
        ("[[mailbox]]\noauth = { client = '' }", "did you mean mailbox.oauth.client_id?"),
    ],
)
def test_an_unknown_key_is_an_error_that_names_the_nearest(file: Path, line: str, nearest: str) -> None:
    assert nearest in problems(file, DESK + line)


@pytest.mark.parametrize(
    ("variable", "nearest"),
    [
        ("MAILBOT_LISTENER_SMTP", "MAILBOT_LISTENER__SMTP"),
        ("MAILBOT_OUTGOING__ULR", "MAILBOT_OUTGOING__URL"),
        ("MAILBOT_CONFG", "MAILBOT_CONFIG"),
        ("MAILBOT_MAILBOX__HOST", "MAILBOT_MAILBOX__0__HOST"),
        ("MAILBOT_MAILBOX__0__HOTS", "MAILBOT_MAILBOX__0__HOST"),
    ],
)
def test_an_unknown_variable_is_an_error_that_names_the_nearest(file: Path, variable: str, nearest: str) -> None:
    assert f"{variable} is no setting; did you mean {nearest}?" in problems(file, DESK, **{variable: "x"})


def test_variables_for_rehearsals_are_known(file: Path) -> None:
    configured(file, DESK, MAILBOT_CONFIG="x", MAILBOT_FAILPOINT="x", MAILBOT_TEST_SWITCH="1", HOME="/")


def test_a_gap_between_numbered_mailboxes_is_told(file: Path) -> None:
    assert "count them from 0 without a gap" in problems(file, DESK, MAILBOT_MAILBOX__3__HOST="h")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            "time_zone = 'Mars/Olympus'",
            "desk.time_zone must be a time zone as \"America/New_York\", not 'Mars/Olympus'",
        ),
        ("plus_addressing = 'perhaps'", "desk.plus_addressing must be true or false, not 'perhaps'"),
        ("aliases = 'a@b.example'", "desk.aliases must be a list of e-mail addresses, not 'a@b.example'"),
        ("aliases = ['nobody']", "desk.aliases must be a list of e-mail addresses, not ['nobody']"),
        ("language = 'english'", "desk.language must be a language of two letters"),
        ("holidays = 'america'", "desk.holidays must be a country"),
        ("[listener]\nsmtp = '2525'", "listener.smtp must be an address and a port"),
        ("[listener]\nmax_message_mb = 0", "listener.max_message_mb must be a whole number from 1 to 1000, not 0"),
        (
            "[listener]\nmax_message_mb = true",
            "listener.max_message_mb must be a whole number from 1 to 1000, not True",
        ),
        ("[listener]\nlmtp_mode = 'rw'", "listener.lmtp_mode must be a file mode"),
        ("[database]\nurl = 'mysql://h/n'", "database.url must be sqlite:///FILE or postgresql://"),
        ("[outgoing]\nurl = 'relay.desk.example'", "outgoing.url must be smtp+starttls://"),
        ("[outgoing]\nurl = 'smtps://u:p@relay.desk.example'", "user and password_file are keys of their own"),
        ("[trust]\nauthserv_ids = ['a b']", "trust.authserv_ids must be a list of hosts"),
        ("[web]\nlisten = 8025", "web.listen must be an address and a port"),
        ("[[web]]", "web must be written as [web]"),
        ("[mailbox]\nname = 'm'", "mailbox must be written as [[mailbox]]"),
    ],
)
def test_a_value_that_cannot_be_is_told_in_one_sentence_with_file_and_key(file: Path, line: str, sentence: str) -> None:
    told = problems(file, DESK + line)
    assert told.startswith("mailbot.toml: ")
    assert sentence in told
    assert "\n" not in told


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("after = 'move'", "mailbox[0].after must be"),
        ("after = 'keep:it'", "mailbox[0].after must be"),
        ("since = 'yesterday'", "mailbox[0].since must be a day"),
        ('folders = ["IN\\r\\nBOX"]', "mailbox[0].folders must be a list of texts"),
        ("port = 0", "mailbox[0].port must be"),
        ("password = 'p'", "mailbox[0].password_file and password say the same"),
        ("oauth = 'x'", "mailbox[0].oauth must be a table"),
        ("oauth = { client_id = 'c' }", "mailbox[0].oauth.token_url is missing"),
        ("oauth = { client_id = 'c', token_url = 'https://i.example' }", "mailbox[0] needs either"),
        (MAILBOX, "mailbox[1].name 'm' is taken"),
    ],
)
def test_a_mailbox_that_cannot_be_is_told_with_its_number(file: Path, line: str, sentence: str) -> None:
    assert sentence in problems(file, DESK + MAILBOX + line)


def test_all_problems_are_told_at_once(file: Path) -> None:
    told = problems(file, "[desk]\nnmae = 'x'\n[listener]\nmax_recipients = 1\n", MAILBOT_WEB__LISTEN="x")
    assert told.startswith("5 things in the configuration need attention:")
    for key in (
        "desk.nmae",
        "desk.name is missing",
        "desk.address is missing",
        "listener.max_recipients",
        "MAILBOT_WEB",
    ):
        assert key.replace("desk.nmae", "'nmae'") in told


@pytest.mark.parametrize(("content", "sentence"), [(b"[desk\n", "is not valid TOML"), (b"\xff\xfe", "is not UTF-8")])
def test_a_file_that_cannot_be_read_is_told(file: Path, content: bytes, sentence: str) -> None:
    file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=sentence):
        load(file, {})


def test_a_password_never_crosses_a_network_unencrypted(file: Path) -> None:
    account = "user = 'u'\npassword_file = 'p'\n"
    assert "smtp+starttls" in problems(file, f"{DESK}[outgoing]\nurl = 'smtp://relay.desk.example'\n{account}")
    assert "smtp+starttls" in problems(file, f"{DESK}[outgoing]\nurl = 'lmtp://relay.desk.example'\n{account}")
    for safe in ("smtp://127.0.0.1:2500", "smtps://relay.desk.example", "lmtp:run/lmtp.sock"):
        configured(file, f"{DESK}[outgoing]\nurl = '{safe}'\n{account}")
    configured(file, f"{DESK}[outgoing]\nurl = 'smtp://relay.desk.example'\n")  # no password, nothing to lose


def test_a_user_without_a_password_is_told(file: Path) -> None:
    assert "user and password_file together" in problems(file, f"{DESK}[outgoing]\nuser = 'u'\n")


def test_every_key_can_be_told_by_its_use() -> None:
    for section in SECTIONS.values():
        for slot in section.slots.values():
            assert slot.about, f"{section.name}.{slot.key}"
