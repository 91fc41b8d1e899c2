SELECT t.trace_id
FROM trace t
WHERE NOT EXISTS (SELECT 1 FROM span s WHERE s.rid = t.rid AND +s.type_id = (SELECT id FROM symbol WHERE text = 'RETRIEVER'))
ORDER BY t.start_ms DESC, t.trace_id
LIMIT 100
