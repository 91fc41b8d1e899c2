SELECT t.trace_id
FROM trace t
WHERE t.rid IN (SELECT p.rid FROM posting p WHERE p.kv_id = (SELECT id FROM kv WHERE scope = 'attribute' AND key = 'step.index' AND kind = 'n' AND value = '15'))
ORDER BY t.start_ms DESC, t.trace_id
LIMIT 100
