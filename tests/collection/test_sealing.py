from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from surveys.collection.answered import forget, leaving, note_answered
from surveys.collection.codes import AccessCode, new_nonce
from surveys.collection.entry import new_poster
from surveys.collection.sealing import CARRIED, seal_phase
from surveys.collection.submit import submit, submit_open
from surveys.collection.traces import erase_traces
from surveys.collection.waves import close_wave
from surveys.errors import UnknownCode
from surveys.ledger.leaves import tag_of
from surveys.ledger.log import broken_checkpoints, leaf_hashes
from surveys.ledger.receipts import find_receipt
from surveys.ledger.tree import is_included
from surveys.records.box import Answered, Arrival, BoxRecord, Checkpoint, Leaf, PendingLeaf, Response, Wave
from surveys.records.frames import Invitation
from surveys.records.kinds import Channel, Mode
from tests.collection.samples import NOW, answers, issued, passes, running_wave
from webapp.db import Stores


def count(box: Session, record: type) -> int:
    return box.scalar(select(func.count()).select_from(record)) or 0


def answered(box: Session, wave: Wave, psu: str, number: int) -> list[AccessCode]:
    codes = [code for [code] in passes(box, wave, number, psu=psu)]
    for code in codes:
        submit(box, code, answers(), NOW)
    return codes


def test_arrivals_become_responses_with_all_that_they_said_under_new_ids(box: Session) -> None:
    wave = running_wave(box)
    answered(box, wave, "p1", 6)
    answered(box, wave, "p2", 2)
    names = [column.name for column in CARRIED]
    before = {a.receipt_id: [getattr(a, name) for name in names] for a in box.scalars(select(Arrival))}
    ids = set(box.scalars(select(Arrival.id)))
    sealed = seal_phase(box, wave)
    after = {r.receipt_id: [getattr(r, name) for name in names] for r in box.scalars(select(Response))}
    assert after == before
    assert not ids & set(box.scalars(select(Response.id)))
    assert (sealed.phase, sealed.responses, sealed.size, sealed.batch) == (0, 8, 8, 1)
    assert count(box, Arrival) == count(box, PendingLeaf) == 0


def test_leaves_stand_in_their_batch_by_hash_and_every_receipt_is_proved(box: Session) -> None:
    wave = running_wave(box)
    codes = [code for [code] in passes(box, wave, 9)]
    receipts = [submit(box, code, answers(), NOW).code for code in codes[:7]]
    assert find_receipt(box, wave, receipts[0]) is None
    seal_phase(box, wave)
    receipts += [submit(box, code, answers(), NOW).code for code in codes[7:]]
    close_wave(box, wave)
    batches = [row.batch for row in box.scalars(select(Leaf).order_by(Leaf.position))]
    hashes = leaf_hashes(box, wave.id)
    assert batches == [1] * 7 + [2] * 2
    assert (hashes[:7], hashes[7:]) == (sorted(hashes[:7]), sorted(hashes[7:]))
    for receipt in receipts:
        found = find_receipt(box, wave, receipt.lower().replace("-", " "))
        assert found is not None
        assert is_included(found.leaf, found.position, found.size, found.proof, found.root)
    assert broken_checkpoints(box, wave) == []


def test_a_receipt_leads_to_a_tag_that_says_nothing_of_the_answers(box: Session) -> None:
    wave = running_wave(box)
    [[code]] = passes(box, wave, 1)
    submit(box, code, answers(), NOW)
    seal_phase(box, wave)
    kept = box.scalars(select(Response)).one()
    assert box.scalars(select(Leaf.tag)).one() == tag_of(wave.log_id, kept.receipt_id)


@pytest.mark.parametrize(
    ("receipt", "code"),
    [("0000-0000-00001", "receipt.check"), ("0000", "receipt.length"), ("0000-0000-0000U", "receipt.character")],
)
def test_a_miscopied_receipt_is_refused(box: Session, receipt: str, code: str) -> None:
    wave = running_wave(box)
    with pytest.raises(UnknownCode, match=code):
        find_receipt(box, wave, receipt)
    assert find_receipt(box, wave, "0000-0000-00000") is None


def test_a_sealing_without_answers_still_has_its_checkpoint(box: Session) -> None:
    wave = running_wave(box)
    assert seal_phase(box, wave).size == 0
    answered(box, wave, "p1", 1)
    assert close_wave(box, wave).size == 1
    assert [point.size for point in box.scalars(select(Checkpoint).order_by(Checkpoint.batch))] == [0, 1]
    assert broken_checkpoints(box, wave) == []


TAMPERED = {
    "edited": "UPDATE leaf SET commitment = tag WHERE position = 3",
    "moved": "UPDATE leaf SET position = 99 WHERE position = 3",
    "taken out": "DELETE FROM leaf WHERE position = 3",
    "cut off": "DELETE FROM leaf WHERE position >= 3",
    "added": "INSERT INTO leaf SELECT wave_id, 99, batch, leaf, kind, tag, commitment FROM leaf WHERE position = 3",
}


@pytest.mark.parametrize("how", TAMPERED)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_log_that_was_touched_no_longer_gives_its_checkpoint(box: Session, how: str) -> None:
    wave = running_wave(box)
    answered(box, wave, "p1", 6)
    seal_phase(box, wave)
    for act in ("update", "delete"):
        box.connection().exec_driver_sql(f"DROP TRIGGER leaf_never_{act}")  # what a host administrator can do
    box.connection().exec_driver_sql(TAMPERED[how])
    box.expire_all()
    assert broken_checkpoints(box, wave) == [1]


def test_only_psus_with_five_newly_answered_leave_at_a_cut_off_and_the_others_wait(box: Session) -> None:
    wave = running_wave(box)
    five, four = answered(box, wave, "p1", 5), answered(box, wave, "p2", 4)
    assert seal_phase(box, wave).leaving == 5
    assert leaving(box, wave.id) == sorted(code.fingerprint("registrar") for code in five)
    forget(box, wave.id, leaving(box, wave.id))
    one_more = answered(box, wave, "p1", 1)
    fifth = answered(box, wave, "p2", 1)
    assert seal_phase(box, wave).leaving == 5
    assert leaving(box, wave.id) == sorted(code.fingerprint("registrar") for code in four + fifth)
    waiting = select(Answered.registrar_fingerprint).where(Answered.leaving.is_(False))
    assert box.scalars(waiting).all() == [one_more[0].fingerprint("registrar")]


def test_what_was_let_go_and_not_yet_forgotten_does_not_help_others_out(box: Session) -> None:
    wave = running_wave(box)
    answered(box, wave, "p1", 5)
    seal_phase(box, wave)
    answered(box, wave, "p1", 4)
    assert seal_phase(box, wave).leaving == 0
    assert len(leaving(box, wave.id)) == 5


def test_closing_seals_everything_and_destroys_the_outbox(box: Session) -> None:
    wave = running_wave(box)
    answered(box, wave, "p1", 5)
    seal_phase(box, wave)
    answered(box, wave, "p1", 7)
    sealed = close_wave(box, wave)
    assert (sealed.responses, sealed.leaving) == (7, 0)
    assert count(box, Response) == 12
    assert count(box, Arrival) == count(box, Answered) == count(box, PendingLeaf) == 0


def test_the_registrar_notes_who_answered_as_often_as_it_is_told(stores: Stores) -> None:
    wave, codes = issued(stores, {"p1": 6})
    with stores.box_transaction() as box:
        for one in codes[:5]:
            submit(box, one.invitation, answers(), NOW)
        seal_phase(box, wave)
    for _ in range(2):  # a crash before `forget`
        with stores.box_reading() as reading:
            told = leaving(reading, wave.id)
        with stores.registrar_transaction() as registrar:
            assert note_answered(registrar, wave.id, told) == 5
    with stores.box_transaction() as box:
        forget(box, wave.id, told)
        assert count(box, Answered) == 0
    with stores.registrar_reading() as registrar:
        noted = set(registrar.scalars(select(Invitation.unit_id).where(Invitation.answered)))
    assert noted == {one.unit.id for one in codes[:5]}


def test_another_wave_is_not_touched(box: Session) -> None:
    wave, other = running_wave(box), running_wave(box, code="other")
    answered(box, wave, "p1", 5)
    answered(box, other, "p1", 5)
    close_wave(box, wave)
    assert (count(box, Response), count(box, Arrival), count(box, PendingLeaf), count(box, Answered)) == (5, 5, 5, 5)


def physical_order(box: Session) -> list[bytes]:
    """Responses as the database lays them down: by key in SQLite's file, by place in PostgreSQL's."""
    by = "ctid" if box.get_bind().dialect.name == "postgresql" else "id"
    rows = box.connection().exec_driver_sql(f"SELECT receipt_id FROM response ORDER BY {by}")
    return [bytes(row[0]) for row in rows]


def test_the_order_of_sealed_responses_says_nothing_of_the_order_of_arrival(box: Session) -> None:
    wave = running_wave(box)
    arrived = [bytes([n // 256, n % 256]) * 8 for n in range(1200)]
    for receipt_id in arrived:
        box.add(bare_arrival(wave, receipt_id))
        if receipt_id[1] % 50 == 0:
            box.flush()
    box.flush()
    seal_phase(box, wave, Random(20211001))
    placed = {receipt_id: place for place, receipt_id in enumerate(physical_order(box))}
    places = [placed[receipt_id] for receipt_id in arrived]
    # Spearman's rho has a standard deviation of 1/sqrt(n - 1) = 0.029 by chance; neighbours stay neighbours
    # once in n/2 = 600 pairs by chance, so 2 of 1199 are expected.
    squares = sum((place - number) ** 2 for number, place in enumerate(places))
    n = len(places)
    assert abs(1 - 6 * squares / (n * (n * n - 1))) < 4 * 0.029
    assert sum(abs(one - two) == 1 for one, two in pairwise(places)) < 12


def bare_arrival(wave: Wave, receipt_id: bytes) -> Arrival:
    return Arrival(
        fingerprint=receipt_id * 2,
        wave_id=wave.id,
        instrument_version_id=wave.instrument_version_id,
        form="resident",
        mode=Mode.SELF,
        channel=Channel.INVITED,
        phase=0,
        stratum="s",
        psu="p",
        town="t",
        base_weight=1.0,
        subject="",
        cell="age=1",
        marks="1",
        scores={"complete": 1.0},
        answers=b"{}",
        receipt_id=receipt_id,
        commitment_key=bytes(32),
    )


def rows_of(box: Session) -> list[tuple[str, list[str]]]:
    """Every row of every table as text, bytes in hex."""
    rows = []
    for table in BoxRecord.metadata.sorted_tables:
        for row in box.execute(select(table)):
            values = [value.hex() if isinstance(value, bytes) else str(value) for value in row]
            rows.append((table.name, [value.replace("-", "") for value in values]))
    return rows


def test_after_sealing_no_row_holds_a_response_and_a_way_to_its_code(box: Session) -> None:
    wave = running_wave(box)
    poster, nonces = new_poster(box, wave, "library").code, [new_nonce() for _ in range(3)]
    codes = answered(box, wave, "p1", 6)
    for nonce in nonces:
        submit_open(box, poster, nonce, answers(), NOW)
    arrival_ids = {key.hex for key in box.scalars(select(Arrival.id))}
    seal_phase(box, wave)
    rows = rows_of(box)
    theirs = {
        secret
        for response in box.scalars(select(Response))
        for secret in (response.id.hex, response.receipt_id.hex(), response.commitment_key.hex())
    }
    ours = {code.fingerprint(store).hex() for code in codes for store in ("box", "registrar")}
    ours |= {slot for name, row in rows if name == "slot" for slot in row[:1]} | arrival_ids
    joined = [name for name, row in rows if theirs & set(row) and ours & set(row)]
    assert joined == []
    assert not arrival_ids & {value for _, row in rows for value in row}


def dumped(engine: Engine) -> bytes:
    """All bytes SQLite keeps on disk, its write-ahead log too; for PostgreSQL every row as text."""
    if engine.dialect.name == "sqlite":
        file = Path(engine.url.database or "")
        return b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    with engine.connect() as connection:
        names = connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").scalars()
        texts = [connection.exec_driver_sql(f'SELECT t::text FROM "{name}" t').scalars().all() for name in list(names)]
    return "\n".join(line for lines in texts for line in lines).encode()


def test_a_code_and_a_receipt_are_found_nowhere_in_either_store(stores: Stores) -> None:
    wave, codes = issued(stores, {"p1": 6})
    receipts = []
    for one in codes:
        with stores.box_transaction() as box:
            receipts.append(submit(box, one.invitation, answers(), NOW).code)
    arrivals = dumped_ids(stores)
    with stores.box_transaction() as box:
        seal_phase(box, wave)
    erase_traces(stores.box)
    secrets = [code.symbols for one in codes for code in one.codes.values()] + receipts
    secrets += [code.printed for one in codes for code in one.codes.values()]
    for dump in (dumped(stores.box), dumped(stores.registrar)):
        for secret in (*secrets, *(receipt.replace("-", "") for receipt in receipts)):
            assert secret.encode() not in dump
    for arrival in arrivals:
        assert arrival.hex.encode() not in dumped(stores.box)


def dumped_ids(stores: Stores) -> list[UUID]:
    with stores.box_reading() as box:
        return list(box.scalars(select(Arrival.id)))
