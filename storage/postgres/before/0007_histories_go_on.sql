-- The record of where a history ends goes on with it, and never back.
-- Older processes go on.
CREATE FUNCTION customer_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'a history goes on, and is not cut off' USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER customer_goes_on BEFORE UPDATE OF seq, hash ON customer FOR EACH ROW
	WHEN (NEW.seq < OLD.seq OR NEW.seq = OLD.seq AND NEW.hash IS DISTINCT FROM OLD.hash)
	EXECUTE FUNCTION customer_goes_on();
