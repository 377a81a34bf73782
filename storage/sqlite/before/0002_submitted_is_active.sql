-- A claim that is submitted or under review can come back: its row is active, and
-- complete only when the claim has ended.
INSERT INTO pe_tab_count (partner, engagement, tab, entries)
SELECT e.partner, e.engagement, t.tab, sum(t.n)
FROM pe_entry e JOIN (SELECT 'eligible' AS tab, 1 AS n UNION ALL SELECT 'complete', -1) t
WHERE e.tab = 'complete' AND e.status IN ('Submitted', 'Under review')
GROUP BY e.partner, e.engagement, t.tab
ON CONFLICT (partner, engagement, tab) DO UPDATE SET entries = pe_tab_count.entries + excluded.entries;

UPDATE pe_entry SET tab = 'eligible', type = 'active' WHERE tab = 'complete' AND status IN ('Submitted', 'Under review');
