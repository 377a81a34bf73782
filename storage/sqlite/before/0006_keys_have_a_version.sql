-- By what version of the library an entry's name and search were made. Migrate
-- makes those of other versions anew, and has triggers keep them out.
ALTER TABLE pe_entry ADD COLUMN keys TEXT NOT NULL DEFAULT '';
