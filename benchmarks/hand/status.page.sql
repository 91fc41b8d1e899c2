SELECT t.trace_id
FROM trace t
WHERE t.status = 'ERROR' AND t.status <> 'OK'
ORDER BY t.start_ms DESC, t.trace_id
LIMIT 100
