-- The record of where a history ends goes on with it, and never back.
CREATE TRIGGER pe_customer_goes_on BEFORE UPDATE OF seq, hash ON pe_customer
	WHEN NEW.seq < OLD.seq OR NEW.seq = OLD.seq AND NEW.hash IS NOT OLD.hash
BEGIN
	SELECT RAISE(ABORT, 'a history goes on, and is not cut off');
END;
