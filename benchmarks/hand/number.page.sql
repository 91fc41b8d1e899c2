SELECT t.trace_id
FROM trace t
WHERE (SELECT count(*) FROM span s WHERE s.rid = t.rid AND +s.type_id = (SELECT id FROM symbol WHERE text = 'TOOL')) >= 3
ORDER BY t.start_ms DESC, t.trace_id
LIMIT 100
