internal import Foundation
public import Pipeline

/// Rows of a query of the operator's own, as the columns' texts; read bit by bit, in a transaction that can't write.
public struct QuerySource: Sendable {
    let url: String
    let sql: String

    /// - Parameters:
    ///   - url: of any PostgreSQL.
    ///   - sql: one `select`.
    public init(url: String, sql: String) { (self.url, self.sql) = (url, sql) }

    /// Gives each row to `body`; blocks. Columns that are null are left out.
    ///
    /// - Throws: `invalidRequest` when the database refuses the query.
    public func each(_ body: ([String: String]) throws(Failure) -> Void) throws(Failure) {
        let query = Statement("query", sql.trimmingCharacters(in: CharacterSet(charactersIn: "; \n\t")))
        do throws(Failure) {
            try Cursor.read(url, query, []) { (row) throws(Failure) in
                try body(row.record)
            }
        } catch {
            // The operator's own words: whatever the server says of them, they are what is wrong.
            guard let said = error.detail, said.hasPrefix("\(query.name):") else { throw error }
            throw Failure(
                .invalidRequest, "The database refused the \(said)", hint: "It must be one select.", detail: said)
        }
    }
}

/// Which ended jobs to do again.
public struct JobSelection: Sendable, Equatable {
    public var tenant: String
    public var kind: Kind
    /// Final ones.
    public var states: Set<JobState>
    /// Ended so recently.
    public var span: Duration?
    public var subject: String?

    public init(
        tenant: String, kind: Kind, states: Set<JobState> = [.succeeded, .review], span: Duration? = nil,
        subject: String? = nil
    ) {
        (self.tenant, self.kind, self.states, self.span, self.subject) = (tenant, kind, states, span, subject)
    }
}

extension PostgresJobStore {
    /// Gives an item for each selected job to `body`; blocks. Of several that were about one thing, the newest counts; an
    /// input that another step made is taken as the file that it is.
    ///
    /// - Parameter keepsOptions: the items have the jobs' own options.
    public func items(
        of selection: JobSelection, keepsOptions: Bool, _ body: (BackfillItem) throws(Failure) -> Void
    ) throws(Failure) {
        try Cursor.read(
            database.url, SourceStatements.jobs,
            [
                .text(selection.tenant), .text(selection.kind.rawValue),
                .array(selection.states.map(\.rawValue).sorted()), selection.span.map { .interval($0) } ?? .null,
                .text(selection.subject),
            ]
        ) { (row) throws(Failure) in
            let files: [BackfillItem.File] = try row.json("files")
            try body(
                BackfillItem(
                    key: try row.text("key"),
                    source: .init(
                        subject: try row.optional("subject"), files: files,
                        options: keepsOptions ? try row.json("options") : nil),
                    previous: try row.uuid("id")))
        }
    }

    /// Gives an item for each ended workflow to `body`, with the files that it was made from; blocks.
    ///
    /// - Parameter name: of the workflow; the selection's kind does not count.
    public func workflowItems(
        of selection: JobSelection, name: String, _ body: (BackfillItem) throws(Failure) -> Void
    ) throws(Failure) {
        try Cursor.read(
            database.url, SourceStatements.workflows,
            [
                .text(selection.tenant), .text(name), .array(selection.states.map(\.rawValue).sorted()),
                selection.span.map { .interval($0) } ?? .null, .text(selection.subject),
            ]
        ) { (row) throws(Failure) in
            try body(
                BackfillItem(
                    key: try row.text("key"),
                    source: .init(subject: try row.optional("subject"), files: try row.json("files")),
                    previous: try row.uuid("id")))
        }
    }
}

/// A query's rows, some thousand at a time.
private enum Cursor {
    static func read(
        _ url: String, _ statement: Statement, _ parameters: [Parameter], _ body: (Row) throws(Failure) -> Void
    ) throws(Failure) {
        let connection = try Connection(url)
        try connection.script("begin transaction read only", named: "backfill.read")
        let declare = "declare items no scroll cursor for \(statement.sql)"
        _ = try connection.query(Statement(statement.name, declare), parameters)
        while true {
            let rows = try connection.query(Statement(statement.name, "fetch 2000 from items"))
            if rows.isEmpty { return }
            for row in rows { try body(row) }
        }
    }
}

private enum SourceStatements {
    static let jobs = Statement(
        "backfill.source-jobs",
        """
        select distinct on (coalesce(i.key, d.id::text)) coalesce(i.key, d.id::text) as key, d.id, d.subject, d.options,
            (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                'slot', x.value -> 'slot', 'name', x.value -> 'name', 'sha256', coalesce(
                    x.value #> '{source,blob,sha256}',
                    p.result #> array['outputs', x.value #>> '{source,output,name}', 'sha256']))) order by x.n), '[]')
            from jsonb_array_elements(d.inputs) with ordinality x(value, n)
            left join rundum.done p on p.workflow_id = d.workflow_id
                and p.label = x.value #>> '{source,output,job}') as files
        from rundum.done d left join rundum.backfill_item i on i.job_id = d.id
        where d.tenant_id = (select t.id from rundum.tenant t where t.key = $1) and d.kind = $2
            and d.state = any ($3::rundum.job_state[])
            and ($4::interval is null or d.finished_at > now() - $4::interval)
            and ($5::text is null or d.subject = $5)
        order by 1, d.id desc
        """)
    static let workflows = Statement(
        "backfill.source-workflows",
        """
        select distinct on (coalesce(i.key, w.id::text)) coalesce(i.key, w.id::text) as key, w.id, f.subject, f.files
        from rundum.workflow w left join rundum.backfill_item i on i.workflow_id = w.id
        cross join lateral (
            select min(x.subject) as subject, jsonb_agg(jsonb_build_object(
                'slot', x.slot, 'name', x.name, 'sha256', x.sha256) order by x.id, x.n) as files
            from (
                select distinct on (y.value ->> 'slot') y.value ->> 'slot' as slot, y.value ->> 'name' as name,
                    y.value #>> '{source,blob,sha256}' as sha256, y.n, d.id, d.subject
                from rundum.done d cross join lateral jsonb_array_elements(d.inputs) with ordinality y(value, n)
                where d.workflow_id = w.id and y.value #> '{source,blob}' is not null
                order by y.value ->> 'slot', d.id, y.n) x) f
        where w.tenant_id = (select t.id from rundum.tenant t where t.key = $1) and w.name = $2
            and rundum.workflow_outcome(w.id) = any ($3::text[])
            and ($4::interval is null or w.created_at > now() - $4::interval)
            and ($5::text is null or f.subject = $5) and f.files is not null
        order by 1, w.id desc
        """)
}
