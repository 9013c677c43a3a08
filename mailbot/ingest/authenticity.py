"""Whether the From domain vouches for a message: by a trusted host's results or our own DKIM check (RFC 8601)."""

from __future__ import annotations

from mailbot.cases.organisations import is_organisation
from mailbot.ingest import defects
from mailbot.ingest.auth_results import AuthResults, MethodResult, parse_auth_results
from mailbot.ingest.signatures import DkimResult
from mailbot.mail import Address, Authenticity, Message, Verdict, a_label


def assess(message: Message, authserv_ids: tuple[str, ...], dkim: DkimResult | None) -> Authenticity:
    """PASS only on proof for the one From domain; FAIL where From or the proof is bad; NONE where nobody says anything.

    `authserv_ids` are the hosts whose Authentication-Results are believed, none by default; `dkim` is our own
    check, or None when it was not made. Reply-To, Return-Path and other claims are never looked at (A035, A036).
    """
    sender = message.sender
    if sender is None or len(message.headers_named("from")) != 1:
        return _fail("From is not exactly one mailbox")
    if defects.FROM_ODD in message.defects or _names_another(sender):
        return _fail("From is not well formed")
    trusted = _trusted_results(message, authserv_ids)
    if trusted is not None:
        found = _from_results(trusted, sender.domain)
        if found.verdict is not Verdict.NONE:
            return found
    return Authenticity(Verdict.NONE, ("no trusted result",)) if dkim is None else _from_dkim(dkim, sender.domain)


def _fail(why: str) -> Authenticity:
    return Authenticity(Verdict.FAIL, (why,))


def _names_another(sender: Address) -> bool:
    """The display name shows an address that is not the sender's."""
    shown = [word.strip("<>()[]\"',;") for word in sender.name.split() if "@" in word]
    return any(Address(word).key != sender.key for word in shown)


def _trusted_results(message: Message, authserv_ids: tuple[str, ...]) -> AuthResults | None:
    """The topmost Authentication-Results, if a trusted host wrote it and nothing foreign stands above it (A037)."""
    trusted = {a_label(host.strip()) for host in authserv_ids if host.strip()}
    if not trusted:
        return None
    above: list[str] = []
    for name, value in message.headers:
        if name == "received":
            above.append(value)
        elif name == "authentication-results":
            results = parse_auth_results(value)
            if results is None or results.authserv_id not in trusted:
                return None
            ours = all(_received_by(hop, results.authserv_id) for hop in above)
            return results if ours else None
    return None


def _received_by(hop: str, authserv_id: str) -> bool:
    """A Received line written within the domain of this host (RFC 5321 section 4.4)."""
    words = hop.split("(")[0].split() if hop.lstrip().lower().startswith("by") else hop.split()
    for before, host in zip(words, words[1:], strict=False):
        if before.lower() == "by":
            host = a_label(host.strip("[]();"))
            return host == authserv_id or aligned(host, authserv_id) or _siblings(host, authserv_id)
    return False


def _siblings(first: str, second: str) -> bool:
    """Two hosts of one domain, as mx1.example.com and mail.example.com."""
    parent = first.partition(".")[2]
    return parent == second.partition(".")[2] and is_organisation(parent)


def _from_results(results: AuthResults, domain: str) -> Authenticity:
    """DMARC decides where it was checked; else an aligned DKIM or SPF pass."""
    dmarc = [result for result in results.results if result.method == "dmarc"]
    if any(result.result in ("fail", "permerror") for result in dmarc):
        return _fail("dmarc failed")
    for result in dmarc:
        if result.result == "pass":
            return _dmarc_pass(result, domain)
    for result in results.results:
        if result.result == "pass" and aligned(_vouching_domain(result), domain):
            return Authenticity(Verdict.PASS, (f"{result.method} passed and is aligned with From",))
    checked = [result for result in results.results if result.method in ("dkim", "spf")]
    if any(result.result in ("fail", "hardfail", "permerror") for result in checked):
        return _fail("spf or dkim failed, and neither passed for the From domain")
    return Authenticity(Verdict.NONE, ("nothing was checked for the From domain",))


def _dmarc_pass(result: MethodResult, domain: str) -> Authenticity:
    checked = result.properties.get("header.from", domain)
    if a_label(checked.rpartition("@")[2]) != domain:
        return _fail("dmarc passed for another domain than that of From")
    return Authenticity(Verdict.PASS, ("dmarc passed",))


def _vouching_domain(result: MethodResult) -> str:
    """The domain that a DKIM or SPF pass speaks for, "" when it names none."""
    names = {"dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom", "smtp.mail")}.get(result.method, ())
    value = next((result.properties[name] for name in names if result.properties.get(name)), "")
    return a_label(value.rpartition("@")[2])


def _from_dkim(dkim: DkimResult, domain: str) -> Authenticity:
    if any(aligned(signer, domain) for signer in dkim.passed):
        return Authenticity(Verdict.PASS, ("our DKIM check passed and is aligned with From",))
    if any(aligned(signer, domain) for signer in dkim.unknown):
        return Authenticity(Verdict.NONE, ("the key of the From domain could not be looked up",))
    if any(aligned(signer, domain) for signer in dkim.failed):
        return _fail("the signature of the From domain does not verify")
    return Authenticity(Verdict.NONE, ("no verifiable signature of the From domain",))


def aligned(vouching: str, domain: str) -> bool:
    """Equal, or one the parent of the other within one organisation (RFC 7489 section 3.1, relaxed)."""
    if not vouching or not domain:
        return False
    if vouching == domain:
        return True
    parent, child = sorted((vouching, domain), key=len)
    return child.endswith(f".{parent}") and is_organisation(parent)
