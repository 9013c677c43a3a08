"""Addresses as people write them, old ones left out; telephone numbers, faxes left out."""

from __future__ import annotations

import pytest

from mailbot.classify.places import find_addresses, find_phones

ADDRESSES = {
    "OLD: 77 Larch Ct, Apt 3\nNEW: 14 Sycamore Ave, Millbrook, MD 21099": "14 Sycamore Ave, Millbrook, MD 21099",
    "im at my sons now, 77 w main street hagerstown md 21740.": "77 w main street hagerstown md 21740",
    "新地址：88 Bend Road, Apt 12, Rockville, MD 20850。会员号 HSP 118": "88 Bend Road, Apt 12, Rockville, MD 20850",
    "Current address on file: 18 Elm Terrace, Bel Air, MD 21014\nChange to: 2 Harbor Way, Dover, DE 19901": (
        "2 Harbor Way, Dover, DE 19901"
    ),
    "Street: 90 Orchard Drive, Apt 4C\nCity: Lewes\nState: DE\nZip: 19958": "90 Orchard Drive, Apt 4C, Lewes, DE 19958",
    "ZIP code: 21601\nTown: Easton\nAddress line 1: 4 Pine St\nState: MD": "4 Pine St, Easton, MD 21601",
    "at One Harbor Place, Unit 9, Easton, MD 21601.": "One Harbor Place, Unit 9, Easton, MD 21601",
    "PSC 1204 Box 118, APO AE 09012": "PSC 1204 Box 118, APO AE 09012",
    "RR 2 Box 118\nFelton, DE 19943": "RR 2 Box 118, Felton, DE 19943",
    "900 Tidewater Blvd, Bldg 3 Apt 17, Chester MD 21619": "900 Tidewater Blvd, Bldg 3 Apt 17, Chester MD 21619",
    "moved from Frederick to 12 1/2 Oak St, Dover, DE 19901": "12 1/2 Oak St, Dover, DE 19901",
    "We sold 14 Kestrel Ct, Elk, NJ 08999. Now 22 Cobble Lane, Elk, NJ 08998": "22 Cobble Lane, Elk, NJ 08998",
    "new place is 31 Cooper's Row, Hagerstown, Maryland 21799": "31 Cooper's Row, Hagerstown, Maryland 21799",
    "WE LIVE AT 18 ELM TERRACE, UNIT 5, BEL AIR MARYLAND 21014. THANKS": (
        "18 ELM TERRACE, UNIT 5, BEL AIR MARYLAND 21014"
    ),
    "it is 4 pine st, concord, new hampshire 03399 since monday": "4 pine st, concord, new hampshire 03399",
    "P.O. Box 4471, Dover DE 19903-4471": "P.O. Box 4471, Dover DE 19903-4471",
}


@pytest.mark.parametrize("text", ADDRESSES)
def test_the_new_address_is_read_in_one_line(text: str) -> None:
    assert [place.value for place in find_addresses(text)] == [ADDRESSES[text]]


@pytest.mark.parametrize(
    "word",
    [
        *("Highway", "Hwy", "Route", "Rt", "County", "Interstate", "Apt", "Unit", "Suite", "Ste.", "#", "Apto", "Lot"),
        *("Bldg", "Building", "Floor", "Fl.", "Room", "Rm", "No.", "Space", "Trailer"),
    ],
)
def test_the_number_of_a_flat_or_a_road_does_not_begin_the_address(word: str) -> None:
    address = f"77 Larch Court, {word} 3 Rear, Dover, DE 19901"
    assert [place.value for place in find_addresses(f"moved to {address}")] == [address]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("new address: 4 Pine Street", "4 Pine Street"),
        ("her new home address is 12 Oak Lane, please", "12 Oak Lane"),
        ("domicilio nuevo: 4 Calle Luna, San Juan", "4 Calle Luna, San Juan"),
        ("地址：88 Bend Road, Rockville", "88 Bend Road, Rockville"),
        ("he lives at 4 Pine St now", "4 Pine St"),
        ("Currently 18 Elm Ter, Bel Air, MD 21014, soon 2 Bay Way, Dover, DE 19901", "2 Bay Way, Dover, DE 19901"),
        ("currently at 18 Elm Terrace, Bel Air, MD 21014", "18 Elm Terrace, Bel Air, MD 21014"),
        ("Town: Easton\nAddress: 4 Pine St", "4 Pine St, Easton"),
        ("Street: 90 Bay Dr\nUnit: 4\nCity: Lewes\nState: DE\nPostal code: 19958", "90 Bay Dr, 4, Lewes, DE 19958"),
        ("Street: 90 Bay Dr\nCity: Lewes\nZip: 19958", "90 Bay Dr, Lewes, 19958"),
    ],
)
def test_an_address_may_lack_its_state_or_be_the_one_of_now(text: str, address: str) -> None:
    assert [place.value for place in find_addresses(text)] == [address]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "my old address: 4 Pine Street",
        "Street: Orchard Drive\nCity: Lewes",
        "it is on 12 members of group 40118",
        "City: tbd",
        "my old address was 12 Birch Rd, Dover, DE 19901",
        "zip 21601",
        "effective 12/1/2026",
    ],
)
def test_where_no_new_address_stands_none_is_found(text: str) -> None:
    assert find_addresses(text) == ()


def test_two_addresses_of_two_members_are_both_new() -> None:
    text = "Ann: 19 Dock Street, Cambridge, MD 21613\nBo: 4 Chandler Court, Trappe, MD 21673"
    assert len(find_addresses(text)) == 2


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("call 410.555.0177", ["4105550177"]),
        ("P: 410-555-0166\nF: 410-555-0167", ["4105550166"]),
        ("office 410 555 0149 | fax 410 555 0150", ["4105550149"]),
        ("(443) 555-0119", ["4435550119"]),
        ("call 1-410-555-0177", ["4105550177"]),
        ("+1 (410) 555-0177", ["4105550177"]),
        ("(410)555-0177", ["4105550177"]),
        ("+1.410.555.0177.", ["4105550177"]),
        ("4105550177", ["4105550177"]),
        ("555-0177", ["5550177"]),
        ("our members, 555 or 0177", []),
        ("fax 1-410-555-0177", []),
        ("Fax number is (410)555-0177", []),
        ("faxed it to 410-555-0177", []),
        ("f: 410-555-0177", []),
        ("传真：410-555-0177，电话：410-555-0178", ["4105550178"]),
        ("x-410-555-0177", []),
        ("2011-410-555-0177", []),
        ("410-555-0177-2", []),
        ("410-555-0177/78", []),
        ("a410-555-0177", []),
        ("14105550177", []),
        *((f"{label} 4105550177", []) for label in ("NPI", "id:", "npn", "claim #", "account", "case", "group", "no.")),
        ("NPI 1245319599", []),
        ("claim 330-771-9022-1", []),
    ],
)
def test_a_telephone_number_is_no_fax_and_no_id(text: str, phones: list[str]) -> None:
    assert [place.value for place in find_phones(text)] == phones
