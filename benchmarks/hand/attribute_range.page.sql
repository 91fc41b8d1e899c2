SELECT t.trace_id
FROM trace t
WHERE t.rid IN (SELECT p.rid FROM posting p WHERE p.kv_id IN (SELECT id FROM kv WHERE scope = 'attribute' AND key = 'output_tokens' AND num > 695))
ORDER BY t.start_ms DESC, t.trace_id
LIMIT 100
