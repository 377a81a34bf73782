-- Older processes have to be stopped: what they work with is brought over into these
-- tables and dropped. Migrate does that; another tool can run this on an empty schema.
--
-- Times are microseconds since 1970; a time that does not come is NULL. Texts are
-- compared byte by byte. Bodies are what package storage/record makes of values.
-- Of conditions there are only those that keep an invariant, since the server reads the
-- text of each anew for every statement that writes, which is a good part of its work.
-- slot is the customer's: every key begins with what places its rows, so that the
-- tables that have it can be partitioned by its hash, and those of counts by shard.

-- What partners share of a customer in an engagement, once one of them takes part.
CREATE TABLE shared (
	slot         SMALLINT NOT NULL CHECK (slot BETWEEN 1 AND 1024),
	engagement   TEXT COLLATE "C" NOT NULL,
	customer     TEXT COLLATE "C" NOT NULL,
	version      BIGINT NOT NULL,
	claim_limit  BIGINT NOT NULL,
	consented    BIGINT NOT NULL,
	participated BIGINT NOT NULL,
	as_of        BIGINT,
	holders      BYTEA,

	-- No consent is granted beyond the claim limit. A limit that was lowered since
	-- then takes nothing away: until one of those ends, there is room for them.
	granted      BIGINT NOT NULL,
	room         BIGINT NOT NULL,
	PRIMARY KEY (slot, engagement, customer),
	CONSTRAINT shared_room_for_granted CHECK (granted <= room)
) WITH (fillfactor = 80);

-- The rows of Customers pages and claims lists, with all that they show. participation
-- is '' in that of a record, which is the record too but for its participations.
-- tab is a letter: e, i, c or o; NULL: on no page and no list. Then until can stand in
-- covered, if there is one of a participation with none that is later.
CREATE TABLE entry (
	-- What does not change comes first: then a change is little in the log.
	keys          INTEGER NOT NULL,
	slot          SMALLINT NOT NULL,
	engagement    TEXT COLLATE "C" NOT NULL,
	customer      TEXT COLLATE "C" NOT NULL,
	partner       TEXT COLLATE "C" NOT NULL,
	participation TEXT COLLATE "C" NOT NULL,
	name          TEXT COLLATE "C" NOT NULL,
	search        TEXT COLLATE "C" NOT NULL,
	locations     TEXT COLLATE "C", -- JSON
	since         BIGINT NOT NULL,
	minds_room    BOOLEAN NOT NULL,
	base          TEXT COLLATE "C", -- the tab while there is room
	tab           TEXT COLLATE "C",
	type          TEXT COLLATE "C", -- of a participation
	status        TEXT COLLATE "C", -- of a participation
	amount        TEXT COLLATE "C", -- of a participation
	was           TEXT COLLATE "C", -- tab and status before the last change, for the counts
	rank          INTEGER, -- of a participation
	soonest       BIGINT, -- of a participation: its deadline, or a time behind all of them
	until         BIGINT,
	covered       BIGINT,
	due           BIGINT,
	wake          BIGINT, -- of a participation
	version       BIGINT, -- of a record
	room          BYTEA,
	record        BYTEA, -- of a record: NULL where what is shown is all there is
	shown         BYTEA NOT NULL,
	PRIMARY KEY (slot, engagement, customer, partner, participation),
	CONSTRAINT entry_of_record_has_version CHECK ((version IS NULL) = (participation <> '') AND version > 0),
	CONSTRAINT entry_of_participation_has_order CHECK (participation = '' OR num_nulls(rank, soonest, type, status, amount) = 0)
) WITH (fillfactor = 85);

-- A tab of a Customers page, in each order: first the customers as such, none of whom
-- has a deadline or an amount, and who all have one status; then the participations.
CREATE INDEX known_name ON entry (partner, engagement, tab, name) WHERE participation = '' AND tab IS NOT NULL;
CREATE INDEX known_since ON entry (partner, engagement, tab, since, customer) WHERE participation = '' AND tab IS NOT NULL;
CREATE INDEX known_customer ON entry (partner, engagement, tab, customer) WHERE participation = '' AND tab IS NOT NULL;
CREATE INDEX tab_name ON entry (partner, engagement, tab, name, participation) WHERE participation <> '' AND tab IS NOT NULL;
CREATE INDEX tab_soonest ON entry (partner, engagement, tab, soonest, participation) WHERE participation <> '' AND tab IS NOT NULL;
CREATE INDEX tab_since ON entry (partner, engagement, tab, since, participation) WHERE participation <> '' AND tab IS NOT NULL;
CREATE INDEX tab_rank ON entry (partner, engagement, tab, rank, name, participation) WHERE participation <> '' AND tab IS NOT NULL;

-- The participations of a partner, in each order.
CREATE INDEX claim_name ON entry (partner, name, participation) WHERE participation <> '' AND tab IS NOT NULL;
CREATE INDEX claim_soonest ON entry (partner, soonest, participation) WHERE participation <> '' AND tab IS NOT NULL;
CREATE INDEX claim_since ON entry (partner, since, participation) WHERE participation <> '' AND tab IS NOT NULL;
CREATE INDEX claim_rank ON entry (partner, rank, name, participation) WHERE participation <> '' AND tab IS NOT NULL;
CREATE INDEX claim_amount ON entry (partner, amount, participation) WHERE participation <> '' AND tab IS NOT NULL;

-- The words and IDs by which rows are found, each behind what tells lists apart.
-- It costs what it says, so that an index is looked into rather than each row.
CREATE FUNCTION words(partner TEXT, engagement TEXT, search TEXT) RETURNS TSVECTOR LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 10000 AS $$
DECLARE
	list TEXT := left(md5(partner || E'\n' || engagement), 6);
BEGIN
	search := translate(search, '=', ' ');
	IF length(search) > 200 THEN
		search := regexp_replace(search, '([^ ]{200})[^ ]+', '\1', 'g');
	END IF;
	RETURN array_to_tsvector(array_remove(string_to_array(list || replace(search, ' ', ' ' || list), ' '), list));
END
$$;

CREATE INDEX known_words ON entry USING gin (words(partner, engagement, search)) WHERE participation = '' AND tab IS NOT NULL;

-- What becomes something else by itself, and what has something to record or to send.
CREATE INDEX entry_until ON entry (partner, engagement, until) WHERE until IS NOT NULL;
CREATE INDEX entry_wake ON entry (wake, engagement, customer, partner) WHERE wake IS NOT NULL;

-- How many entries there are, kept by writes so that no page has to count them: the
-- sum over the shards. The slot decides on the shard, from 0 to 31; a transaction that
-- writes several records has one of its own behind those.
CREATE TABLE tab_count (
	shard      SMALLINT NOT NULL,
	partner    TEXT COLLATE "C" NOT NULL,
	engagement TEXT COLLATE "C" NOT NULL,
	tab        TEXT COLLATE "C" NOT NULL,
	entries    BIGINT NOT NULL,
	PRIMARY KEY (shard, partner, engagement, tab)
) WITH (fillfactor = 50);

CREATE TABLE status_count (
	shard          SMALLINT NOT NULL,
	partner        TEXT COLLATE "C" NOT NULL,
	status         TEXT COLLATE "C" NOT NULL,
	participations BIGINT NOT NULL,
	PRIMARY KEY (shard, partner, status)
) WITH (fillfactor = 50);

-- live is NULL once a participation has ended; '' while it is open, of which there is
-- one in a record at most; and else its ID. slotted: its ID has the slot.
CREATE TABLE participation (
	slot       SMALLINT NOT NULL,
	slotted    BOOLEAN NOT NULL,
	partner    TEXT COLLATE "C" NOT NULL,
	id         TEXT COLLATE "C" NOT NULL,
	engagement TEXT COLLATE "C" NOT NULL,
	customer   TEXT COLLATE "C" NOT NULL,
	search     TEXT COLLATE "C" NOT NULL, -- that of its row: here it stays where it is when the row changes
	live       TEXT COLLATE "C" CHECK (live IN ('', id)),
	body       BYTEA NOT NULL,
	PRIMARY KEY (slot, partner, id)
) WITH (fillfactor = 70);

CREATE UNIQUE INDEX participation_live ON participation (slot, engagement, customer, partner, live) WHERE live IS NOT NULL;
CREATE INDEX participation_ended ON participation (slot, engagement, customer, partner) WHERE live IS NULL;
CREATE INDEX participation_words ON participation USING gin (words(partner, '', search));
CREATE INDEX participation_unslotted ON participation (partner, id) WHERE NOT slotted;

-- A customer as one partner has it, with the end of its history.
CREATE TABLE customer (
	slot     SMALLINT NOT NULL,
	known    BOOLEAN NOT NULL,
	partner  TEXT COLLATE "C" NOT NULL,
	customer TEXT COLLATE "C" NOT NULL,
	seq      BIGINT NOT NULL,
	hash     BYTEA,
	body     BYTEA NOT NULL,
	PRIMARY KEY (slot, partner, customer),
	CONSTRAINT customer_hash_of_last_event CHECK (CASE seq WHEN 0 THEN hash IS NULL ELSE coalesce(length(hash), 0) = 32 END)
) WITH (fillfactor = 85);

CREATE INDEX customer_key ON customer (partner, customer);

-- The record of where a history ends goes on with it, and never back.
CREATE FUNCTION customer_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'a history goes on, and is not cut off' USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER customer_goes_on BEFORE UPDATE OF seq, hash ON customer FOR EACH ROW
	WHEN (NEW.seq < OLD.seq OR NEW.seq = OLD.seq AND NEW.hash IS DISTINCT FROM OLD.hash)
	EXECUTE FUNCTION customer_goes_on();

CREATE TABLE event (
	slot          SMALLINT NOT NULL,
	partner       TEXT COLLATE "C" NOT NULL,
	customer      TEXT COLLATE "C" NOT NULL,
	seq           BIGINT NOT NULL,
	participation TEXT COLLATE "C" NOT NULL,
	hash          BYTEA NOT NULL CHECK (length(hash) = 32),
	person        BYTEA, -- NULL: nobody is named, or no longer
	body          BYTEA NOT NULL, -- without the person
	PRIMARY KEY (slot, partner, customer, seq)
);

-- A history only grows. What can go is the person of an event.
CREATE FUNCTION event_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP <> 'UPDATE' THEN
		RAISE EXCEPTION 'an event cannot be taken out of its history' USING ERRCODE = 'restrict_violation';
	END IF;
	IF NEW.person IS NOT NULL
		OR (OLD.slot, OLD.partner, OLD.customer, OLD.seq, OLD.participation, OLD.hash, OLD.body)
		IS DISTINCT FROM (NEW.slot, NEW.partner, NEW.customer, NEW.seq, NEW.participation, NEW.hash, NEW.body)
	THEN
		RAISE EXCEPTION 'nothing of an event can be changed but that its person is erased' USING ERRCODE = 'restrict_violation';
	END IF;
	RETURN NEW;
END
$$;

CREATE TRIGGER event_same BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION event_stays();
CREATE TRIGGER event_all BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION event_stays();

-- By which hashes participations are found. Spent ones stay. home is the slot of the
-- participation, which can be another one than where the token is.
CREATE TABLE token (
	slot          SMALLINT NOT NULL,
	home          SMALLINT NOT NULL,
	hash          BYTEA NOT NULL CHECK (length(hash) = 32),
	partner       TEXT COLLATE "C" NOT NULL,
	participation TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (slot, hash)
);

-- The outbox. A message that is held is with somebody who sends it, or waits to
-- be tried again.
CREATE TABLE message (
	slot       SMALLINT NOT NULL,
	id         TEXT COLLATE "C" NOT NULL,
	partner    TEXT COLLATE "C" NOT NULL,
	receiver   TEXT COLLATE "C" NOT NULL,
	created_at BIGINT NOT NULL,
	attempts   BIGINT NOT NULL,
	held       BOOLEAN NOT NULL DEFAULT false, -- not handed out again before a Lease finds held_until over
	held_until BIGINT,
	body       BYTEA NOT NULL,
	PRIMARY KEY (slot, id)
);

CREATE INDEX message_ready ON message (created_at, id) WHERE NOT held;
CREATE INDEX message_held ON message (held_until) WHERE held;

-- What each idempotency key led to.
CREATE TABLE command (
	partner TEXT COLLATE "C" NOT NULL,
	key     TEXT COLLATE "C" NOT NULL,
	body    BYTEA NOT NULL,
	result  BYTEA,
	at      BIGINT NOT NULL,
	PRIMARY KEY (partner, key)
);

-- Which mailboxes of customers a partner has written to lately, by digests, for the
-- limits on that.
CREATE TABLE sending (
	partner    TEXT COLLATE "C" NOT NULL,
	message    TEXT COLLATE "C" NOT NULL,
	mailbox    BYTEA NOT NULL CHECK (length(mailbox) = 32),
	engagement TEXT COLLATE "C" NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (partner, message)
);

CREATE INDEX sending_mailbox ON sending (partner, mailbox, at);
CREATE INDEX sending_at ON sending (partner, at);
