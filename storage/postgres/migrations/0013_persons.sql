-- Older processes have to be stopped: they name people whom an erasure then does not find.
--
-- Who is named in what is kept of a customer, by digests: first that of the key by which
-- they are made, then theirs, of 8 bytes each. NULL: nobody has looked, as of all that are
-- there now. By person customers are found who name somebody, wherever they are; those of
-- whom nobody has looked stand there with no key and no person. A customer is found there
-- only when somebody is erased, so that there is one index, which begins with whom.
ALTER TABLE customer ADD COLUMN persons BYTEA;

CREATE TABLE person (
	slot     SMALLINT NOT NULL,
	partner  TEXT COLLATE "C" NOT NULL,
	key      BYTEA NOT NULL,
	person   BYTEA NOT NULL,
	customer TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (partner, key, person, customer, slot)
);

INSERT INTO person (slot, partner, key, person, customer) SELECT slot, partner, '', '', customer FROM customer;
