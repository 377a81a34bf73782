-- By what version of the library an entry's name and search were made. Migrate
-- makes those of other versions anew, and has a constraint keep them out.
-- Older processes have to be stopped: what they write of rows is
-- refused from then on.
ALTER TABLE entry ADD COLUMN keys TEXT COLLATE "C" NOT NULL DEFAULT '';
