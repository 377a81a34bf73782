-- Events are numbered over all histories, in the order in which they are committed: there
-- is one writer at a time, and what it takes back it had not shown anybody. A number of a
-- column of its own stays what it is when the file is vacuumed.
DROP TRIGGER pe_event_follows;
DROP TRIGGER pe_event_stays;
DROP TRIGGER pe_event_same;

CREATE TABLE pe_event_numbered (
	number        INTEGER NOT NULL PRIMARY KEY,
	partner       TEXT    NOT NULL,
	customer      TEXT    NOT NULL,
	seq           INTEGER NOT NULL,
	participation TEXT    NOT NULL,
	hash          BLOB    NOT NULL,
	body          BLOB    NOT NULL, -- without the person
	person        BLOB,             -- NULL: nobody is named, or no longer
	UNIQUE (partner, customer, seq)
) STRICT;

INSERT INTO pe_event_numbered (partner, customer, seq, participation, hash, body, person)
SELECT partner, customer, seq, participation, hash, body, person FROM pe_event ORDER BY rowid;

DROP TABLE pe_event;
ALTER TABLE pe_event_numbered RENAME TO pe_event;

-- A claim is shown with the events about it, whatever else there is in the history.
CREATE INDEX pe_event_participation ON pe_event (participation, seq) WHERE participation <> '';

-- A history only grows, one event after the other. What can go is the person.
CREATE TRIGGER pe_event_follows BEFORE INSERT ON pe_event
BEGIN
	SELECT RAISE(ABORT, 'an event does not follow the last one of its history')
	WHERE NEW.seq <> 1 + coalesce((SELECT max(seq) FROM pe_event WHERE partner = NEW.partner AND customer = NEW.customer), 0);
END;

CREATE TRIGGER pe_event_stays BEFORE DELETE ON pe_event
BEGIN
	SELECT RAISE(ABORT, 'an event cannot be taken out of its history');
END;

CREATE TRIGGER pe_event_same BEFORE UPDATE ON pe_event
	WHEN NEW.person IS NOT NULL
	OR (OLD.number, OLD.partner, OLD.customer, OLD.seq, OLD.participation, OLD.hash, OLD.body)
	IS NOT (NEW.number, NEW.partner, NEW.customer, NEW.seq, NEW.participation, NEW.hash, NEW.body)
BEGIN
	SELECT RAISE(ABORT, 'nothing of an event can be changed but that its person is erased');
END;

-- How far those have got who follow the feed. The partner is '' for the program's.
CREATE TABLE pe_consumer (
	partner  TEXT    NOT NULL,
	name     TEXT    NOT NULL CHECK (name <> ''),
	position TEXT    NOT NULL CHECK (position <> ''),
	at       INTEGER NOT NULL,
	PRIMARY KEY (partner, name)
) STRICT, WITHOUT ROWID;
