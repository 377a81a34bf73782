-- Times are microseconds since 1970; 9223372036854775807 is a time that does not
-- come. Texts are compared byte by byte. Every primary key and unique constraint
-- begins with what places the row: the partner; the engagement and the customer,
-- for what partners share; the hash of a link's token. Foreign keys are between
-- tables that are placed alike.
-- Older processes go on: there are none.

-- What partners share: one customer in one engagement.
CREATE TABLE place (
	engagement   TEXT COLLATE "C" NOT NULL CHECK (engagement <> ''),
	customer     TEXT COLLATE "C" NOT NULL CHECK (customer <> ''),
	version      BIGINT NOT NULL CHECK (version > 0),
	claim_limit  BIGINT NOT NULL,
	consented    BIGINT NOT NULL,
	participated BIGINT NOT NULL,
	as_of        BIGINT NOT NULL,
	wake         BIGINT NOT NULL,
	due          BIGINT NOT NULL,

	-- No consent is granted beyond the claim limit. A limit that was lowered since
	-- then takes nothing away: until one of those ends, there is room for them.
	granted      BIGINT NOT NULL CHECK (granted >= 0),
	room         BIGINT NOT NULL CHECK (room >= 1),
	PRIMARY KEY (engagement, customer),
	CONSTRAINT place_room_for_granted CHECK (granted <= room)
);

CREATE INDEX place_wake ON place (wake, engagement, customer) WHERE wake < 9223372036854775807;

-- What one partner has in a place.
CREATE TABLE standing (
	engagement TEXT COLLATE "C" NOT NULL,
	customer   TEXT COLLATE "C" NOT NULL,
	partner    TEXT COLLATE "C" NOT NULL CHECK (partner <> ''),
	known      BOOLEAN NOT NULL,
	body       TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (engagement, customer, partner),
	FOREIGN KEY (engagement, customer) REFERENCES place
);

CREATE TABLE participation (
	engagement TEXT COLLATE "C" NOT NULL,
	customer   TEXT COLLATE "C" NOT NULL,
	partner    TEXT COLLATE "C" NOT NULL,
	id         TEXT COLLATE "C" NOT NULL CHECK (id <> ''),
	ordinal    BIGINT NOT NULL,
	status     TEXT COLLATE "C" NOT NULL,
	open       BOOLEAN NOT NULL,
	holding    BOOLEAN NOT NULL,
	body       TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (engagement, customer, partner, id),
	FOREIGN KEY (engagement, customer, partner) REFERENCES standing
);

CREATE UNIQUE INDEX participation_id ON participation (partner, id);

-- A partner has at most one open participation in a place.
CREATE UNIQUE INDEX participation_open ON participation (engagement, customer, partner) WHERE open;

-- What the pages sort, filter and count the rows of a place by. due is the
-- place's.
CREATE TABLE entry (
	partner       TEXT COLLATE "C" NOT NULL CHECK (partner <> ''),
	engagement    TEXT COLLATE "C" NOT NULL,
	customer      TEXT COLLATE "C" NOT NULL,
	"row"         TEXT COLLATE "C" NOT NULL,
	participation BOOLEAN NOT NULL,
	tab           TEXT COLLATE "C" NOT NULL,
	type          TEXT COLLATE "C" NOT NULL,
	status        TEXT COLLATE "C" NOT NULL,
	locations     TEXT COLLATE "C" NOT NULL,
	name          TEXT COLLATE "C" NOT NULL,
	search        TEXT COLLATE "C" NOT NULL,
	since         BIGINT NOT NULL,
	deadline      BIGINT NOT NULL,
	soonest       BIGINT NOT NULL,
	amount        TEXT COLLATE "C" NOT NULL,
	due           BIGINT NOT NULL,
	PRIMARY KEY (engagement, customer, partner, "row"),
	FOREIGN KEY (engagement, customer) REFERENCES place
);

-- A tab of a Customers page, in each order.
CREATE INDEX entry_name ON entry (partner, engagement, tab, name, "row");
CREATE INDEX entry_deadline ON entry (partner, engagement, tab, soonest, "row");
CREATE INDEX entry_since ON entry (partner, engagement, tab, since, "row");
CREATE INDEX entry_status ON entry (partner, engagement, tab, type, status, name, "row");
CREATE INDEX entry_amount ON entry (partner, engagement, tab, amount, "row");
CREATE INDEX entry_due ON entry (partner, engagement, due) WHERE due < 9223372036854775807;

-- The participations of a partner, in each order.
CREATE INDEX claim_name ON entry (partner, name, "row") WHERE participation;
CREATE INDEX claim_deadline ON entry (partner, soonest, "row") WHERE participation;
CREATE INDEX claim_since ON entry (partner, since, "row") WHERE participation;
CREATE INDEX claim_status ON entry (partner, type, status, name, "row") WHERE participation;
CREATE INDEX claim_amount ON entry (partner, amount, "row") WHERE participation;
CREATE INDEX claim_due ON entry (partner, due) WHERE participation AND due < 9223372036854775807;

-- The participations of every partner, in each order.
CREATE INDEX program_name ON entry (name, "row") WHERE participation;
CREATE INDEX program_deadline ON entry (soonest, "row") WHERE participation;
CREATE INDEX program_since ON entry (since, "row") WHERE participation;
CREATE INDEX program_status ON entry (type, status, name, "row") WHERE participation;
CREATE INDEX program_amount ON entry (amount, "row") WHERE participation;
CREATE INDEX program_due ON entry (due) WHERE participation AND due < 9223372036854775807;

-- How many entries there are, kept by writes so that no page has to count them:
-- the sum over the shards. Each connection adds to a shard of its own, so that
-- those who write at once do not wait for each other; one shard alone says
-- nothing, and may be below 0.
CREATE TABLE tab_count (
	partner    TEXT COLLATE "C" NOT NULL,
	engagement TEXT COLLATE "C" NOT NULL,
	tab        TEXT COLLATE "C" NOT NULL,
	shard      BIGINT NOT NULL,
	entries    BIGINT NOT NULL,
	PRIMARY KEY (partner, engagement, tab, shard)
);

-- The partner '' stands for all partners together.
CREATE TABLE status_count (
	partner        TEXT COLLATE "C" NOT NULL,
	status         TEXT COLLATE "C" NOT NULL,
	shard          BIGINT NOT NULL,
	participations BIGINT NOT NULL,
	PRIMARY KEY (partner, status, shard)
);

-- A customer as one partner has it, with the end of its history.
CREATE TABLE customer (
	partner  TEXT COLLATE "C" NOT NULL CHECK (partner <> ''),
	customer TEXT COLLATE "C" NOT NULL CHECK (customer <> ''),
	known    BOOLEAN NOT NULL,
	seq      BIGINT NOT NULL CHECK (seq >= 0),
	hash     BYTEA CHECK (length(hash) = 32),
	body     TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (partner, customer),
	CONSTRAINT customer_hash_of_last_event CHECK ((seq = 0) = (hash IS NULL))
);

CREATE INDEX customer_known ON customer (partner, customer) WHERE known;

-- A history goes on where it ended: each event stands behind the one before, and
-- the first one belongs to a customer, hence all do.
CREATE TABLE event (
	partner       TEXT COLLATE "C" NOT NULL,
	customer      TEXT COLLATE "C" NOT NULL,
	seq           BIGINT NOT NULL CHECK (seq > 0),
	before        BIGINT GENERATED ALWAYS AS (NULLIF(seq, 1) - 1) STORED,
	beginning     TEXT COLLATE "C" GENERATED ALWAYS AS (CASE WHEN seq = 1 THEN customer END) STORED,
	at            BIGINT NOT NULL,
	kind          TEXT COLLATE "C" NOT NULL,
	party         TEXT COLLATE "C" NOT NULL,
	engagement    TEXT COLLATE "C" NOT NULL,
	participation TEXT COLLATE "C" NOT NULL,
	status_from   TEXT COLLATE "C" NOT NULL,
	status_to     TEXT COLLATE "C" NOT NULL,
	note          TEXT COLLATE "C" NOT NULL,
	person        TEXT COLLATE "C",
	person_digest BYTEA CHECK (length(person_digest) = 32),
	hash          BYTEA NOT NULL CHECK (length(hash) = 32),
	PRIMARY KEY (partner, customer, seq),
	FOREIGN KEY (partner, beginning) REFERENCES customer,
	FOREIGN KEY (partner, customer, before) REFERENCES event
);

-- Through which participation a link's token leads. Spent ones stay.
CREATE TABLE token (
	hash          BYTEA NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
	partner       TEXT COLLATE "C" NOT NULL,
	participation TEXT COLLATE "C" NOT NULL,
	engagement    TEXT COLLATE "C" NOT NULL,
	customer      TEXT COLLATE "C" NOT NULL
);

-- The outbox. A message that is held is with somebody who sends it, or waits to
-- be tried again.
CREATE TABLE message (
	partner    TEXT COLLATE "C" NOT NULL,
	id         TEXT COLLATE "C" NOT NULL,
	receiver   TEXT COLLATE "C" NOT NULL,
	created_at BIGINT NOT NULL,
	attempts   BIGINT NOT NULL,
	body       TEXT COLLATE "C" NOT NULL,
	held       BOOLEAN NOT NULL DEFAULT false,
	held_until BIGINT NOT NULL DEFAULT -9223372036854775807,
	PRIMARY KEY (partner, id)
);

CREATE INDEX message_id ON message (id);
CREATE INDEX message_ready ON message (created_at, id) WHERE NOT held;
CREATE INDEX message_held ON message (held_until) WHERE held;
CREATE INDEX message_receiver ON message (partner, receiver);

-- What each idempotency key led to.
CREATE TABLE command (
	partner TEXT COLLATE "C" NOT NULL CHECK (partner <> ''),
	key     TEXT COLLATE "C" NOT NULL CHECK (key <> ''),
	body    BYTEA NOT NULL,
	result  BYTEA,
	at      BIGINT NOT NULL,
	PRIMARY KEY (partner, key)
);
