-- A participation's body has some thousand bytes. It stays in its row, and is
-- packed by the faster of the methods where the server was built with it.
-- Older processes go on.
ALTER TABLE participation SET (toast_tuple_target = 8160);
ALTER TABLE standing SET (toast_tuple_target = 8160);
DO $$
BEGIN
	ALTER TABLE participation ALTER COLUMN body SET COMPRESSION lz4;
	ALTER TABLE standing ALTER COLUMN body SET COMPRESSION lz4;
EXCEPTION
	WHEN feature_not_supported THEN NULL;
END
$$;
