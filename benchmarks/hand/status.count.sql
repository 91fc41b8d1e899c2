SELECT count(*) FROM trace t WHERE t.status = 'ERROR' AND t.status <> 'OK'
