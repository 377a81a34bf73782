-- Who is named in what is kept of a customer, by digests: first that of the key by which
-- they are made, then theirs, of 8 bytes each. NULL: nobody has looked, as of all that are
-- there now. By pe_person customers are found who name somebody; those of whom nobody has
-- looked stand there with no key and no person.
ALTER TABLE pe_customer ADD COLUMN persons BLOB;

CREATE TABLE pe_person (
	partner  TEXT NOT NULL,
	key      BLOB NOT NULL,
	person   BLOB NOT NULL,
	customer TEXT NOT NULL,
	PRIMARY KEY (partner, key, person, customer)
) STRICT, WITHOUT ROWID;

INSERT INTO pe_person (partner, key, person, customer) SELECT partner, x'', x'', customer FROM pe_customer;
