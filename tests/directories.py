"""A directory for tests: the people of the stories, imported as a desk would import them."""

from __future__ import annotations

from mailbot.casework.registering import Register
from mailbot.store.directory import Written
from tests.desks import Desk

COLUMNS = "address,name,role,organisation,npn,npi,groups,teams,permissions,active"
DANA_ROW = "dana@broker.example,Dana Reed,producer,Reed Brokers,1234567,,0140026;0140027,,,"
CARL_ROW = "carl@broker.example,Carl Boone,producer,Reed Brokers,7654321,,0140026,,,"
EMMA_ROW = "emma@employer.example,Emma Stone,employer,Stone Works Inc.,,,0150001,,,"
CLINIC_ROW = "*@clinic.example,,provider,North Clinic,,1234567893,,,,"
ANN_ROW = "ann@plan.example,Ann Ortiz,staff,,,,,Enrollment,all,"


def register(desk: Desk, *rows: str, columns: str = COLUMNS) -> Written:
    """Import these lines; all of them must be right."""
    content = "\n".join([columns, *rows]).encode()
    done = Register(desk.store, desk.app.own, desk.app.playbook).take(content, "carla", partial=False)
    assert done.mistakes == ()
    assert done.written
    return done.written
