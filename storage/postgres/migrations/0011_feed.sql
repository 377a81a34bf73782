-- Older processes go on: what they write has its place, too. While the events that are
-- there get theirs, nobody can write any.
--
-- place is where an event is in the feed of all histories: the number of the transaction
-- that wrote it, so that readers can tell what may still come before it, behind an epoch.
-- A dump that is restored elsewhere meets transactions with smaller numbers than its own;
-- then Migrate begins another epoch, which comes behind all that was before. Events of
-- one transaction are in order of their seq and hash. The events from before there was a
-- feed are numbered in epoch 0.
CREATE TABLE feed_epoch (
	one   BOOLEAN NOT NULL PRIMARY KEY DEFAULT true CHECK (one),
	epoch BIGINT NOT NULL CHECK (epoch BETWEEN 1 AND 32767)
);

INSERT INTO feed_epoch (epoch) VALUES (1);

ALTER TABLE event ADD COLUMN place BIGINT;

DROP TRIGGER event_same ON event;

UPDATE event t SET place = n.place
FROM (SELECT slot, partner, customer, seq, row_number() OVER (ORDER BY slot, partner, customer, seq) AS place FROM event) n
WHERE t.slot = n.slot AND t.partner = n.partner AND t.customer = n.customer AND t.seq = n.seq;

CREATE OR REPLACE FUNCTION event_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP <> 'UPDATE' THEN
		RAISE EXCEPTION 'an event cannot be taken out of its history' USING ERRCODE = 'restrict_violation';
	END IF;
	IF NEW.person IS NOT NULL
		OR (OLD.slot, OLD.partner, OLD.customer, OLD.seq, OLD.participation, OLD.hash, OLD.body, OLD.place)
		IS DISTINCT FROM (NEW.slot, NEW.partner, NEW.customer, NEW.seq, NEW.participation, NEW.hash, NEW.body, NEW.place)
	THEN
		RAISE EXCEPTION 'nothing of an event can be changed but that its person is erased' USING ERRCODE = 'restrict_violation';
	END IF;
	RETURN NEW;
END
$$;

CREATE TRIGGER event_same BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION event_stays();

ALTER TABLE event ALTER COLUMN place SET NOT NULL;

ALTER TABLE event ALTER COLUMN place SET DEFAULT (1::bigint << 48) + pg_current_xact_id()::text::bigint;

CREATE INDEX event_place ON event (place);

-- How far those have got who follow the feed. partner is '' for the program's.
CREATE TABLE consumer (
	partner  TEXT COLLATE "C" NOT NULL,
	name     TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
	position TEXT COLLATE "C" NOT NULL CHECK (position <> ''),
	at       BIGINT NOT NULL,
	PRIMARY KEY (partner, name)
);
