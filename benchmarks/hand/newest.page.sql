SELECT t.trace_id
FROM trace t
ORDER BY t.start_ms DESC, t.trace_id
LIMIT 100
