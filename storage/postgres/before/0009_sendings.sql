-- Which mailboxes of customers a partner has written to lately, by digests, for the
-- limits on that.
-- Older processes go on; what they send does not count against the
-- limits.
CREATE TABLE sending (
	partner    TEXT COLLATE "C" NOT NULL,
	message    TEXT COLLATE "C" NOT NULL,
	mailbox    BYTEA NOT NULL CHECK (length(mailbox) = 32),
	engagement TEXT COLLATE "C" NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (partner, message)
);

CREATE INDEX sending_mailbox ON sending (partner, mailbox, at);

CREATE INDEX sending_at ON sending (partner, at);
