-- What is pruned is found by its age. That of a token begins when its participation has
-- ended; those of participations that ended before there was this column are kept.
ALTER TABLE pe_token ADD COLUMN spent INTEGER;

CREATE INDEX pe_token_spent ON pe_token (spent) WHERE spent IS NOT NULL;
CREATE INDEX pe_command_at ON pe_command (at);
