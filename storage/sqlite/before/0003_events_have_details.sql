-- What an event says are named details (JSON), and no longer a note in English,
-- which the events written before keep: theirs is the first format.
ALTER TABLE pe_event ADD COLUMN format INTEGER NOT NULL DEFAULT 1;
ALTER TABLE pe_event ADD COLUMN detail TEXT NOT NULL DEFAULT '';
ALTER TABLE pe_event ADD COLUMN state BLOB;

DROP TRIGGER pe_event_same;
CREATE TRIGGER pe_event_same BEFORE UPDATE ON pe_event
	WHEN NEW.person IS NOT NULL
	OR (OLD.partner, OLD.customer, OLD.seq, OLD.at, OLD.kind, OLD.party, OLD.engagement, OLD.participation, OLD.status_from, OLD.status_to, OLD.note,
		OLD.format, OLD.detail, OLD.state, OLD.person_digest, OLD.hash)
	IS NOT (NEW.partner, NEW.customer, NEW.seq, NEW.at, NEW.kind, NEW.party, NEW.engagement, NEW.participation, NEW.status_from, NEW.status_to, NEW.note,
		NEW.format, NEW.detail, NEW.state, NEW.person_digest, NEW.hash)
BEGIN
	SELECT RAISE(ABORT, 'nothing of an event can be changed but that its person is erased');
END;
