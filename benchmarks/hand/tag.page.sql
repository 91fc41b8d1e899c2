SELECT t.trace_id
FROM trace t
WHERE EXISTS (SELECT 1 FROM posting p WHERE p.kv_id = (SELECT id FROM kv WHERE scope = 'tag' AND key = 'env' AND kind = 's' AND value = 'staging') AND p.rid = t.rid)
ORDER BY t.start_ms DESC, t.trace_id
LIMIT 100
