-- Older processes have to be stopped: what they write has no figures and is refused.
--
-- What an entry of a participation counts and comes to, see engagement.FiguresText; was
-- has what it was before the last change, too.
ALTER TABLE entry ADD COLUMN figures TEXT COLLATE "C";

-- What entries come to, kept by writes so that nobody has to add them up: the sum over
-- the shards. The slot decides on the shard, from 0 to 7; a transaction that writes
-- several records has one of its own, from 32 on, as with the other counts. There are
-- fewer of them, since there are more figures.
CREATE TABLE figure (
	shard      SMALLINT NOT NULL,
	partner    TEXT COLLATE "C" NOT NULL,
	engagement TEXT COLLATE "C" NOT NULL,
	tab        TEXT COLLATE "C" NOT NULL,
	status     TEXT COLLATE "C" NOT NULL, -- '': of records
	month      TEXT COLLATE "C" NOT NULL,
	locations  TEXT COLLATE "C" NOT NULL, -- JSON; '': none
	currency   TEXT COLLATE "C" NOT NULL,
	entries    BIGINT NOT NULL,
	estimated  NUMERIC NOT NULL,
	requested  NUMERIC NOT NULL,
	approved   NUMERIC NOT NULL,
	paid       NUMERIC NOT NULL,
	PRIMARY KEY (shard, partner, engagement, tab, status, month, locations, currency)
) WITH (fillfactor = 70);
