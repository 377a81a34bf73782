-- Which mailboxes of customers a partner has written to lately, by digests, for the
-- limits on that.
CREATE TABLE pe_sending (
	partner    TEXT    NOT NULL,
	message    TEXT    NOT NULL,
	mailbox    BLOB    NOT NULL CHECK (length(mailbox) = 32),
	engagement TEXT    NOT NULL,
	at         INTEGER NOT NULL,
	PRIMARY KEY (partner, message)
) STRICT, WITHOUT ROWID;

CREATE INDEX pe_sending_mailbox ON pe_sending (partner, mailbox, at);
CREATE INDEX pe_sending_at ON pe_sending (partner, at);
