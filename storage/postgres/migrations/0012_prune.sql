-- Older processes go on. What is pruned is found by its age. That of a token begins when
-- its participation has ended; those of participations that ended before there was this
-- column are kept.
ALTER TABLE token ADD COLUMN spent BIGINT;

CREATE INDEX token_spent ON token (spent) WHERE spent IS NOT NULL;
CREATE INDEX command_at ON command (at);
