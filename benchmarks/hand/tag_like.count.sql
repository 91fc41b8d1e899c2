SELECT count(DISTINCT p.rid) FROM posting p WHERE p.kv_id IN (SELECT id FROM kv WHERE scope = 'tag' AND key = 'model_version' AND kind = 's' AND value GLOB 'v5*')
