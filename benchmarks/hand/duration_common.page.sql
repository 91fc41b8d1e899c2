SELECT t.trace_id
FROM trace t
WHERE EXISTS (SELECT 1 FROM span s WHERE s.rid = t.rid AND +s.type_id = (SELECT id FROM symbol WHERE text = 'LLM') AND s.duration_ns > 2000000000)
ORDER BY t.start_ms DESC, t.trace_id
LIMIT 100
