SELECT count(*) FROM posting p WHERE p.kv_id = (SELECT id FROM kv WHERE scope = 'attribute' AND key = 'step.index' AND kind = 'n' AND value = '15')
