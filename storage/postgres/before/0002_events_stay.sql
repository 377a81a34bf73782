-- A history only grows. What can go is the person of an event.
-- Older processes go on.
CREATE FUNCTION event_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP <> 'UPDATE' THEN
		RAISE EXCEPTION 'an event cannot be taken out of its history' USING ERRCODE = 'restrict_violation';
	END IF;
	IF NEW.person IS NOT NULL
		OR (OLD.partner, OLD.customer, OLD.seq, OLD.at, OLD.kind, OLD.party, OLD.engagement, OLD.participation, OLD.status_from, OLD.status_to, OLD.note, OLD.person_digest, OLD.hash)
		IS DISTINCT FROM (NEW.partner, NEW.customer, NEW.seq, NEW.at, NEW.kind, NEW.party, NEW.engagement, NEW.participation, NEW.status_from, NEW.status_to, NEW.note, NEW.person_digest, NEW.hash)
	THEN
		RAISE EXCEPTION 'nothing of an event can be changed but that its person is erased' USING ERRCODE = 'restrict_violation';
	END IF;
	RETURN NEW;
END
$$;

CREATE TRIGGER event_same BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION event_stays();
CREATE TRIGGER event_all BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION event_stays();
