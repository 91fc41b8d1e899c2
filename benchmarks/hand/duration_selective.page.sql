SELECT t.trace_id
FROM trace t
WHERE t.rid IN (SELECT s.rid FROM span s WHERE s.type_id = (SELECT id FROM symbol WHERE text = 'LLM') AND s.duration_ns > 6000000000)
ORDER BY t.start_ms DESC, t.trace_id
LIMIT 100
