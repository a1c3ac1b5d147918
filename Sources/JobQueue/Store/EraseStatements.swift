/// The statements that erase a subject.
enum EraseStatements {
    /// Forgets a tenant's ended jobs about a subject, with their results, also those in the cache, and the blobs that no
    /// other job, background or recipe of the tenant names, and what would make jobs about it again. Items of backfills stay for
    /// their count, without what they said; one that waits never becomes a job. While a job is live, nothing.
    static let erase = Statement(
        "erase.subject",
        """
        with mine as (select t.id from rundum.tenant t where t.key = $1),
        live as (
            select count(*) as n from rundum.job j join mine on mine.id = j.tenant_id where j.subject = $2
        ),
        doomed as (
            select d.id, d.workflow_id, d.inputs, d.result from rundum.done d join mine on mine.id = d.tenant_id
            cross join live where d.subject = $2 and live.n = 0
        ),
        named as (
            select i.value #>> '{source,blob,sha256}' as sha256
            from doomed d cross join lateral jsonb_array_elements(d.inputs) i
            union
            select o.value ->> 'sha256'
            from doomed d cross join lateral jsonb_each(coalesce(d.result -> 'outputs', '{}')) o
        ),
        others as (
            select a.id, a.workflow_id, a.inputs, a.result from rundum.any_job a join mine on mine.id = a.tenant_id
            where a.subject is distinct from $2
        ),
        kept as (
            select i.value #>> '{source,blob,sha256}' as sha256
            from others a cross join lateral jsonb_array_elements(a.inputs) i
            union
            select o.value ->> 'sha256'
            from others a cross join lateral jsonb_each(coalesce(a.result -> 'outputs', '{}')) o
            union
            select encode(b.sha256, 'hex') from rundum.background b join mine on mine.id = b.tenant_id
            union
            select o.value from rundum.recipe r join mine on mine.id = r.tenant_id
            cross join lateral jsonb_each_text(r.options) o where o.value ~ '^[0-9a-f]{64}$'
        ),
        freed as (
            delete from rundum.blob_owner o using mine
            where o.tenant_id = mine.id and encode(o.sha256, 'hex') in (select n.sha256 from named n)
                and encode(o.sha256, 'hex') not in (select k.sha256 from kept k where k.sha256 is not null)
            returning encode(o.sha256, 'hex') as sha256
        ),
        forgotten as (
            delete from rundum.cache c using mine, doomed d where c.tenant_id = mine.id and c.job_id = d.id
        ),
        untied as (
            delete from rundum.dependency p using doomed d where p.parent = d.id or p.child = d.id
        ),
        unkeyed as (
            delete from rundum.idempotency i using mine, doomed d where i.tenant_id = mine.id and d.id = any (i.jobs)
        ),
        unscheduled as (
            delete from rundum.cron c using mine, live
            where c.tenant_id = mine.id and c.request ->> 'subject' = $2 and live.n = 0
        ),
        emptied as (
            update rundum.backfill_item i set
                key = 'erased-' || i.n, source = '{"files": []}',
                outcome = case
                    when i.outcome is null and i.job_id is null and i.workflow_id is null then 'canceled'
                    else i.outcome end,
                failure = case when i.job_id is null and i.workflow_id is null
                    then jsonb_build_object('code', 'cancelled', 'summary', 'What it shows was erased.') end
            from rundum.backfill b join mine on mine.id = b.tenant_id cross join live
            where i.backfill_id = b.id and i.source ->> 'subject' = $2 and live.n = 0
        ),
        gone as (delete from rundum.done x using doomed d where x.id = d.id returning x.id),
        ended as (
            delete from rundum.workflow w using doomed d
            where w.id = d.workflow_id and not exists (select from others a where a.workflow_id = w.id)
        )
        select (select l.n from live l) as live, (select count(*) from gone) as jobs,
            (select coalesce(jsonb_agg(f.sha256 order by f.sha256), '[]') from freed f) as blobs
        """)

    /// Those of the hashes that some tenant may read.
    static let owned = Statement(
        "erase.owned",
        """
        select distinct b.sha256 from unnest($1::text[]) b(sha256)
        join rundum.blob_owner o on o.sha256 = decode(b.sha256, 'hex')
        """)
}
