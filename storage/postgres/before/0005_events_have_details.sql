-- What an event says are named details (JSON), and no longer a note in English,
-- which the events written before keep: theirs is the first format.
-- Older processes have to be stopped: they cannot verify histories
-- with events that have details.
ALTER TABLE event
	ADD COLUMN format BIGINT NOT NULL DEFAULT 1,
	ADD COLUMN detail TEXT COLLATE "C" NOT NULL DEFAULT '',
	ADD COLUMN state BYTEA CHECK (length(state) = 32);

CREATE OR REPLACE FUNCTION event_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP <> 'UPDATE' THEN
		RAISE EXCEPTION 'an event cannot be taken out of its history' USING ERRCODE = 'restrict_violation';
	END IF;
	IF NEW.person IS NOT NULL
		OR (OLD.partner, OLD.customer, OLD.seq, OLD.at, OLD.kind, OLD.party, OLD.engagement, OLD.participation, OLD.status_from, OLD.status_to, OLD.note,
			OLD.format, OLD.detail, OLD.state, OLD.person_digest, OLD.hash)
		IS DISTINCT FROM (NEW.partner, NEW.customer, NEW.seq, NEW.at, NEW.kind, NEW.party, NEW.engagement, NEW.participation, NEW.status_from, NEW.status_to, NEW.note,
			NEW.format, NEW.detail, NEW.state, NEW.person_digest, NEW.hash)
	THEN
		RAISE EXCEPTION 'nothing of an event can be changed but that its person is erased' USING ERRCODE = 'restrict_violation';
	END IF;
	RETURN NEW;
END
$$;
