-- Times are microseconds since 1970; a time that does not come is NULL. Bodies are
-- what package storage/record makes of values. Keys begin with the customer, or with
-- the partner for what only a partner looks for; a file has no parts, so no slots.

-- What partners share of a customer in an engagement, once one of them takes part.
CREATE TABLE pe_shared (
	customer     TEXT    NOT NULL CHECK (customer <> ''),
	engagement   TEXT    NOT NULL CHECK (engagement <> ''),
	version      INTEGER NOT NULL CHECK (version > 0),
	claim_limit  INTEGER NOT NULL,
	consented    INTEGER NOT NULL,
	participated INTEGER NOT NULL,
	as_of        INTEGER NOT NULL,
	granted      INTEGER NOT NULL CHECK (granted >= 0), -- how many holders there are
	holders      BLOB    CHECK ((holders IS NULL) = (granted = 0)),
	PRIMARY KEY (customer, engagement)
) STRICT, WITHOUT ROWID;

-- No consent is granted beyond the claim limit. A limit that was lowered since then
-- takes nothing away.
CREATE TRIGGER pe_shared_granted BEFORE INSERT ON pe_shared WHEN NEW.granted > max(NEW.claim_limit, 1)
BEGIN
	SELECT RAISE(ABORT, 'more consents are granted than the claim limit has places');
END;

CREATE TRIGGER pe_shared_grant BEFORE UPDATE ON pe_shared WHEN NEW.granted > max(NEW.claim_limit, 1) AND NEW.granted > OLD.granted
BEGIN
	SELECT RAISE(ABORT, 'more consents are granted than the claim limit has places');
END;

-- The rows of Customers pages and claims lists, with all that they show. That of a
-- record, whose row is its customer, is the record too, but for its participations.
CREATE TABLE pe_entry (
	customer      TEXT    NOT NULL CHECK (customer <> ''),
	engagement    TEXT    NOT NULL CHECK (engagement <> ''),
	partner       TEXT    NOT NULL CHECK (partner <> ''),
	row           TEXT    NOT NULL CHECK (row <> ''),
	participation INTEGER NOT NULL CHECK (participation IN (0, 1)),
	tab           TEXT    NOT NULL, -- '': on no page and no list
	base          TEXT,             -- the tab while there is room; NULL: the same
	type          TEXT    NOT NULL,
	status        TEXT    NOT NULL,
	rank          INTEGER NOT NULL,
	name          TEXT    NOT NULL,
	search        TEXT    NOT NULL,
	since         INTEGER NOT NULL,
	soonest       INTEGER NOT NULL, -- the deadline, or a time behind all of them
	amount        TEXT    NOT NULL,
	locations     TEXT,             -- JSON
	until         INTEGER,
	due           INTEGER,
	minds_room    INTEGER NOT NULL CHECK (minds_room IN (0, 1)),
	room          BLOB,
	shown         BLOB    NOT NULL,
	version       INTEGER CHECK ((version IS NULL) = (participation = 1) AND version > 0),
	record        BLOB, -- NULL: what is shown is all there is of the record
	CHECK (participation = 1 OR row = customer)
) STRICT;

CREATE UNIQUE INDEX pe_entry_key ON pe_entry (customer, engagement, partner, row);

-- Those that change with the room there is.
CREATE INDEX pe_entry_room ON pe_entry (customer, engagement) WHERE minds_room = 1;

-- A tab of a Customers page, in each order.
CREATE INDEX pe_tab_name ON pe_entry (partner, engagement, tab, name, row) WHERE tab <> '';
CREATE INDEX pe_tab_deadline ON pe_entry (partner, engagement, tab, soonest, row) WHERE tab <> '';
CREATE INDEX pe_tab_since ON pe_entry (partner, engagement, tab, since, row) WHERE tab <> '';
CREATE INDEX pe_tab_status ON pe_entry (partner, engagement, tab, rank, name, row) WHERE tab <> '';

-- What becomes something else by itself.
CREATE INDEX pe_entry_until ON pe_entry (partner, engagement, until) WHERE until IS NOT NULL;

-- The participations of a partner, in each order.
CREATE INDEX pe_claim_name ON pe_entry (partner, name, row) WHERE participation = 1;
CREATE INDEX pe_claim_deadline ON pe_entry (partner, soonest, row) WHERE participation = 1;
CREATE INDEX pe_claim_since ON pe_entry (partner, since, row) WHERE participation = 1;
CREATE INDEX pe_claim_status ON pe_entry (partner, rank, name, row) WHERE participation = 1;
CREATE INDEX pe_claim_amount ON pe_entry (partner, amount, row) WHERE participation = 1;
CREATE INDEX pe_claim_engagement ON pe_entry (partner, engagement, name, row) WHERE participation = 1;

-- By what version of the library names and searches were made.
CREATE TABLE pe_keys (version TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;

-- The words and IDs by which a partner finds a customer, in whatever entry they are.
CREATE TABLE pe_word (
	partner  TEXT NOT NULL,
	word     TEXT NOT NULL,
	customer TEXT NOT NULL,
	PRIMARY KEY (partner, word, customer)
) STRICT, WITHOUT ROWID;

-- How many entries there are, kept by writes so that no page has to count them.
CREATE TABLE pe_tab_count (
	partner    TEXT    NOT NULL,
	engagement TEXT    NOT NULL,
	tab        TEXT    NOT NULL,
	entries    INTEGER NOT NULL,
	PRIMARY KEY (partner, engagement, tab)
) STRICT, WITHOUT ROWID;

CREATE TABLE pe_status_count (
	partner        TEXT    NOT NULL,
	status         TEXT    NOT NULL,
	participations INTEGER NOT NULL,
	PRIMARY KEY (partner, status)
) STRICT, WITHOUT ROWID;

-- live is NULL once a participation has ended; '' while it is open, of which there is
-- one in a record at most; and else its ID.
CREATE TABLE pe_participation (
	partner    TEXT    NOT NULL CHECK (partner <> ''),
	id         TEXT    NOT NULL CHECK (id <> ''),
	engagement TEXT    NOT NULL,
	customer   TEXT    NOT NULL,
	live       TEXT    CHECK (live IN ('', id)),
	wake       INTEGER, -- when it next has something to record or to send
	body       BLOB    NOT NULL,
	PRIMARY KEY (partner, id)
) STRICT;

CREATE UNIQUE INDEX pe_participation_live ON pe_participation (customer, engagement, partner, live) WHERE live IS NOT NULL;
CREATE INDEX pe_participation_wake ON pe_participation (wake, engagement, customer, partner) WHERE wake IS NOT NULL;

-- A customer as one partner has it, with the end of its history.
CREATE TABLE pe_customer (
	partner  TEXT    NOT NULL CHECK (partner <> ''),
	customer TEXT    NOT NULL CHECK (customer <> ''),
	known    INTEGER NOT NULL CHECK (known IN (0, 1)),
	seq      INTEGER NOT NULL CHECK (seq >= 0),
	hash     BLOB,
	body     BLOB    NOT NULL,
	PRIMARY KEY (partner, customer)
) STRICT, WITHOUT ROWID;

CREATE INDEX pe_customer_known ON pe_customer (partner, customer) WHERE known = 1;

-- The record of where a history ends goes on with it, and never back.
CREATE TRIGGER pe_customer_goes_on BEFORE UPDATE OF seq, hash ON pe_customer
	WHEN NEW.seq < OLD.seq OR NEW.seq = OLD.seq AND NEW.hash IS NOT OLD.hash
BEGIN
	SELECT RAISE(ABORT, 'a history goes on, and is not cut off');
END;

CREATE TABLE pe_event (
	partner       TEXT    NOT NULL,
	customer      TEXT    NOT NULL,
	seq           INTEGER NOT NULL,
	participation TEXT    NOT NULL,
	hash          BLOB    NOT NULL,
	body          BLOB    NOT NULL, -- without the person
	person        BLOB,             -- NULL: nobody is named, or no longer
	PRIMARY KEY (partner, customer, seq)
) STRICT;

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
	OR (OLD.partner, OLD.customer, OLD.seq, OLD.participation, OLD.hash, OLD.body)
	IS NOT (NEW.partner, NEW.customer, NEW.seq, NEW.participation, NEW.hash, NEW.body)
BEGIN
	SELECT RAISE(ABORT, 'nothing of an event can be changed but that its person is erased');
END;

-- By which hashes participations are found. Spent ones stay.
CREATE TABLE pe_token (
	hash          BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
	slot          INTEGER NOT NULL, -- that its link says, if the link says one; 0: whichever
	partner       TEXT    NOT NULL,
	participation TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- The outbox. A message that is held is with somebody who sends it, or waits to
-- be tried again.
CREATE TABLE pe_message (
	id         TEXT    NOT NULL PRIMARY KEY CHECK (id <> ''),
	partner    TEXT    NOT NULL,
	receiver   TEXT    NOT NULL,
	created_at INTEGER NOT NULL,
	attempts   INTEGER NOT NULL,
	held       INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1)),
	held_until INTEGER NOT NULL DEFAULT -9223372036854775807,
	body       BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX pe_message_ready ON pe_message (created_at, id) WHERE held = 0;
CREATE INDEX pe_message_held ON pe_message (held_until) WHERE held = 1;

-- What each idempotency key led to.
CREATE TABLE pe_command (
	partner TEXT    NOT NULL CHECK (partner <> ''),
	key     TEXT    NOT NULL CHECK (key <> ''),
	body    BLOB    NOT NULL,
	result  BLOB,
	at      INTEGER NOT NULL,
	PRIMARY KEY (partner, key)
) STRICT;

-- Which mailboxes of customers a partner has written to lately, by digests, for the
-- limits on that.
CREATE TABLE pe_sending (
	partner    TEXT    NOT NULL,
	message    TEXT    NOT NULL,
	mailbox    BLOB    NOT NULL CHECK (length(mailbox) = 32),
	engagement TEXT    NOT NULL,
	at         INTEGER NOT NULL,
	PRIMARY KEY (partner, message)
) STRICT, WITHOUT ROWID;

CREATE INDEX pe_sending_mailbox ON pe_sending (partner, mailbox, at);
CREATE INDEX pe_sending_at ON pe_sending (partner, at);
