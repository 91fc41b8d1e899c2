SELECT count(*) FROM posting p WHERE p.kv_id = (SELECT id FROM kv WHERE scope = 'attribute' AND key = 'model' AND kind = 's' AND value = 'gpt-4o')
