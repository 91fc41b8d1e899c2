SELECT count(DISTINCT p.rid) FROM posting p WHERE p.kv_id IN (SELECT id FROM kv WHERE scope = 'attribute' AND key = 'output_tokens' AND num > 695)
