-- Times are microseconds since 1970; 9223372036854775807 is a time that does not
-- come. Every primary key and unique constraint begins with what places the row:
-- the partner; the engagement and the customer, for what partners share; the hash
-- of a link's token.

-- What partners share: one customer in one engagement.
CREATE TABLE pe_place (
	engagement   TEXT    NOT NULL CHECK (engagement <> ''),
	customer     TEXT    NOT NULL CHECK (customer <> ''),
	version      INTEGER NOT NULL CHECK (version > 0),
	claim_limit  INTEGER NOT NULL,
	consented    INTEGER NOT NULL,
	participated INTEGER NOT NULL,
	as_of        INTEGER NOT NULL,
	wake         INTEGER NOT NULL,
	due          INTEGER NOT NULL,
	PRIMARY KEY (engagement, customer)
) STRICT, WITHOUT ROWID;

CREATE INDEX pe_place_wake ON pe_place (wake, engagement, customer) WHERE wake < 9223372036854775807;

-- What one partner has in a place.
CREATE TABLE pe_standing (
	engagement TEXT    NOT NULL,
	customer   TEXT    NOT NULL,
	partner    TEXT    NOT NULL CHECK (partner <> ''),
	known      INTEGER NOT NULL CHECK (known IN (0, 1)),
	body       TEXT    NOT NULL,
	PRIMARY KEY (engagement, customer, partner),
	FOREIGN KEY (engagement, customer) REFERENCES pe_place
) STRICT;

CREATE TABLE pe_participation (
	engagement TEXT    NOT NULL,
	customer   TEXT    NOT NULL,
	partner    TEXT    NOT NULL,
	id         TEXT    NOT NULL CHECK (id <> ''),
	ordinal    INTEGER NOT NULL,
	status     TEXT    NOT NULL,
	open       INTEGER NOT NULL CHECK (open IN (0, 1)),
	holding    INTEGER NOT NULL CHECK (holding IN (0, 1)),
	body       TEXT    NOT NULL,
	PRIMARY KEY (engagement, customer, partner, id),
	FOREIGN KEY (engagement, customer, partner) REFERENCES pe_standing
) STRICT;

CREATE UNIQUE INDEX pe_participation_id ON pe_participation (partner, id);

-- A partner has at most one open participation in a place.
CREATE UNIQUE INDEX pe_participation_open ON pe_participation (partner, engagement, customer) WHERE open = 1;

-- No consent is granted beyond the claim limit. A limit that was lowered since
-- then takes nothing away.
CREATE TRIGGER pe_participation_granted AFTER INSERT ON pe_participation WHEN NEW.holding = 1
BEGIN
	SELECT RAISE(ABORT, 'more consents are granted in a place than its claim limit')
	WHERE (SELECT count(*) FROM pe_participation WHERE engagement = NEW.engagement AND customer = NEW.customer AND holding = 1)
		> (SELECT max(claim_limit, 1) FROM pe_place WHERE engagement = NEW.engagement AND customer = NEW.customer);
END;

CREATE TRIGGER pe_participation_grant AFTER UPDATE OF holding ON pe_participation WHEN NEW.holding = 1 AND OLD.holding = 0
BEGIN
	SELECT RAISE(ABORT, 'more consents are granted in a place than its claim limit')
	WHERE (SELECT count(*) FROM pe_participation WHERE engagement = NEW.engagement AND customer = NEW.customer AND holding = 1)
		> (SELECT max(claim_limit, 1) FROM pe_place WHERE engagement = NEW.engagement AND customer = NEW.customer);
END;

-- What the pages sort, filter and count the rows of a place by. due is the
-- place's.
CREATE TABLE pe_entry (
	partner       TEXT    NOT NULL CHECK (partner <> ''),
	engagement    TEXT    NOT NULL,
	customer      TEXT    NOT NULL,
	row           TEXT    NOT NULL,
	participation INTEGER NOT NULL CHECK (participation IN (0, 1)),
	tab           TEXT    NOT NULL,
	type          TEXT    NOT NULL,
	status        TEXT    NOT NULL,
	locations     TEXT    NOT NULL,
	name          TEXT    NOT NULL,
	search        TEXT    NOT NULL,
	since         INTEGER NOT NULL,
	deadline      INTEGER NOT NULL,
	soonest       INTEGER NOT NULL,
	amount        TEXT    NOT NULL,
	due           INTEGER NOT NULL,
	PRIMARY KEY (engagement, customer, partner, row),
	FOREIGN KEY (engagement, customer) REFERENCES pe_place
) STRICT;

-- A tab of a Customers page, in each order.
CREATE INDEX pe_entry_name ON pe_entry (partner, engagement, tab, name, row);
CREATE INDEX pe_entry_deadline ON pe_entry (partner, engagement, tab, soonest, row);
CREATE INDEX pe_entry_since ON pe_entry (partner, engagement, tab, since, row);
CREATE INDEX pe_entry_status ON pe_entry (partner, engagement, tab, type, status, name, row);
CREATE INDEX pe_entry_amount ON pe_entry (partner, engagement, tab, amount, row);

-- What a partner has in places that are due.
CREATE INDEX pe_entry_due ON pe_entry (partner, due, engagement, customer, tab, status, participation) WHERE due < 9223372036854775807;

-- The participations of a partner, in each order.
CREATE INDEX pe_claim_name ON pe_entry (partner, name, row) WHERE participation = 1;
CREATE INDEX pe_claim_deadline ON pe_entry (partner, soonest, row) WHERE participation = 1;
CREATE INDEX pe_claim_since ON pe_entry (partner, since, row) WHERE participation = 1;
CREATE INDEX pe_claim_status ON pe_entry (partner, type, status, name, row) WHERE participation = 1;
CREATE INDEX pe_claim_amount ON pe_entry (partner, amount, row) WHERE participation = 1;

-- Those with one customer.
CREATE INDEX pe_claim_customer ON pe_entry (customer, partner) WHERE participation = 1;

-- The participations of every partner, in each order.
CREATE INDEX pe_program_name ON pe_entry (name, row) WHERE participation = 1;
CREATE INDEX pe_program_deadline ON pe_entry (soonest, row) WHERE participation = 1;
CREATE INDEX pe_program_since ON pe_entry (since, row) WHERE participation = 1;
CREATE INDEX pe_program_status ON pe_entry (type, status, name, row) WHERE participation = 1;
CREATE INDEX pe_program_amount ON pe_entry (amount, row) WHERE participation = 1;

-- How many entries there are, kept by writes so that no page has to count them.
CREATE TABLE pe_tab_count (
	partner    TEXT    NOT NULL,
	engagement TEXT    NOT NULL,
	tab        TEXT    NOT NULL,
	entries    INTEGER NOT NULL,
	PRIMARY KEY (partner, engagement, tab)
) STRICT, WITHOUT ROWID;

-- The partner '' stands for all partners together.
CREATE TABLE pe_status_count (
	partner        TEXT    NOT NULL,
	status         TEXT    NOT NULL,
	participations INTEGER NOT NULL,
	PRIMARY KEY (partner, status)
) STRICT, WITHOUT ROWID;

-- A customer as one partner has it, with the end of its history.
CREATE TABLE pe_customer (
	partner  TEXT    NOT NULL CHECK (partner <> ''),
	customer TEXT    NOT NULL CHECK (customer <> ''),
	known    INTEGER NOT NULL CHECK (known IN (0, 1)),
	seq      INTEGER NOT NULL CHECK (seq >= 0),
	hash     BLOB,
	body     TEXT    NOT NULL,
	PRIMARY KEY (partner, customer)
) STRICT;

CREATE INDEX pe_customer_known ON pe_customer (partner, customer) WHERE known = 1;

CREATE TABLE pe_event (
	partner       TEXT    NOT NULL,
	customer      TEXT    NOT NULL,
	seq           INTEGER NOT NULL,
	at            INTEGER NOT NULL,
	kind          TEXT    NOT NULL,
	party         TEXT    NOT NULL,
	engagement    TEXT    NOT NULL,
	participation TEXT    NOT NULL,
	status_from   TEXT    NOT NULL,
	status_to     TEXT    NOT NULL,
	note          TEXT    NOT NULL,
	person        TEXT,
	person_digest BLOB,
	hash          BLOB    NOT NULL,
	PRIMARY KEY (partner, customer, seq),
	FOREIGN KEY (partner, customer) REFERENCES pe_customer
) STRICT;

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
	OR (OLD.partner, OLD.customer, OLD.seq, OLD.at, OLD.kind, OLD.party, OLD.engagement, OLD.participation, OLD.status_from, OLD.status_to, OLD.note, OLD.person_digest, OLD.hash)
	IS NOT (NEW.partner, NEW.customer, NEW.seq, NEW.at, NEW.kind, NEW.party, NEW.engagement, NEW.participation, NEW.status_from, NEW.status_to, NEW.note, NEW.person_digest, NEW.hash)
BEGIN
	SELECT RAISE(ABORT, 'nothing of an event can be changed but that its person is erased');
END;

-- Through which participation a link's token leads. Spent ones stay.
CREATE TABLE pe_token (
	hash          BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
	partner       TEXT NOT NULL,
	participation TEXT NOT NULL,
	engagement    TEXT NOT NULL,
	customer      TEXT NOT NULL,
	FOREIGN KEY (engagement, customer) REFERENCES pe_place
) STRICT, WITHOUT ROWID;

-- The outbox. A message that is held is with somebody who sends it, or waits to
-- be tried again.
CREATE TABLE pe_message (
	partner    TEXT    NOT NULL,
	id         TEXT    NOT NULL,
	receiver   TEXT    NOT NULL,
	created_at INTEGER NOT NULL,
	attempts   INTEGER NOT NULL,
	held       INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1)),
	held_until INTEGER NOT NULL DEFAULT -9223372036854775807,
	body       TEXT    NOT NULL,
	PRIMARY KEY (partner, id)
) STRICT;

CREATE INDEX pe_message_id ON pe_message (id);
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
