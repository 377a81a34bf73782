-- A claim is shown with the events about it, whatever else there is in the history.
CREATE INDEX pe_event_participation ON pe_event (participation, seq) WHERE participation <> '';
