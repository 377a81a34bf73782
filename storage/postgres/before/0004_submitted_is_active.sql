-- A claim that is submitted or under review can come back: its row is active, and
-- complete only when the claim has ended.
-- Older processes have to be stopped: they would go on to make rows
-- by the old rule, and to count by it.
INSERT INTO tab_count (partner, engagement, tab, shard, entries)
SELECT e.partner, e.engagement, t.tab, 0, sum(t.n)
FROM entry e, (VALUES ('eligible', 1), ('complete', -1)) t (tab, n)
WHERE e.tab = 'complete' AND e.status IN ('Submitted', 'Under review')
GROUP BY e.partner, e.engagement, t.tab
ON CONFLICT (partner, engagement, tab, shard) DO UPDATE SET entries = tab_count.entries + excluded.entries;

UPDATE entry SET tab = 'eligible', type = 'active' WHERE tab = 'complete' AND status IN ('Submitted', 'Under review');
