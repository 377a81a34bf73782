-- A claim is shown with the events about it, whatever else there is in the history.
-- Older processes go on.
CREATE INDEX event_participation ON event (participation, seq) WHERE participation <> '';
