SELECT count(*) FROM posting p WHERE p.kv_id = (SELECT id FROM kv WHERE scope = 'tag' AND key = 'env' AND kind = 's' AND value = 'staging')
