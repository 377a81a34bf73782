-- What an entry counts and comes to, see engagement.FiguresText; NULL: it counts as one,
-- without a month.
ALTER TABLE pe_entry ADD COLUMN figures TEXT;

-- What entries come to, kept by writes so that nobody has to add them up. A sum that is
-- NULL is 0; sums are texts, since numbers here are not exact. What comes to nothing is
-- not kept.
CREATE TABLE pe_figure (
	partner    TEXT    NOT NULL,
	engagement TEXT    NOT NULL,
	tab        TEXT    NOT NULL,
	status     TEXT    NOT NULL,
	month      TEXT    NOT NULL,
	locations  TEXT    NOT NULL, -- JSON; '': none
	currency   TEXT    NOT NULL,
	entries    INTEGER NOT NULL,
	estimated  TEXT,
	requested  TEXT,
	approved   TEXT,
	paid       TEXT,
	PRIMARY KEY (partner, engagement, tab, status, month, locations, currency)
) STRICT, WITHOUT ROWID;
