import Foundation
import JobQueue
import Pipeline

/// What happened, written down beside the queue's tables by triggers of the suite, in the queue's own transactions.
///
/// Times are the machine's uptime in seconds, which no clock that is moved and no server that is restarted changes.
struct Audit: Sendable {
    let database: Database

    static func uptime() -> Double {
        let text = (try? String(contentsOfFile: "/proc/uptime", encoding: .utf8)) ?? ""
        return text.split(separator: " ").first.flatMap { Double($0) } ?? 0
    }

    func install() async throws { _ = try await database.execute(Self.schema) }

    /// A worker that was cut off at this moment, in whatever way: what it held must go on elsewhere.
    func note(blow pid: Int32, at uptime: Double) async throws {
        try await write("insert into chaos.blow (pid, at) values ($1, $2)", ["\(pid)", "\(uptime)"])
    }

    func note(enqueued ids: [UUID]) async throws {
        try await write(
            "insert into chaos.enqueued select unnest($1::uuid[])",
            ["{\(ids.map(\.uuidString).joined(separator: ","))}"])
    }

    /// Which attempts workers say were accepted, from their logs.
    func note(accepted: [(job: String, fence: Int)]) async throws {
        try await write(
            "insert into chaos.accepted select * from unnest($1::uuid[], $2::bigint[])",
            [
                "{\(accepted.map(\.job).joined(separator: ","))}",
                "{\(accepted.map { "\($0.fence)" }.joined(separator: ","))}",
            ])
    }

    /// Waits for a server that is being restarted.
    private func write(_ sql: String, _ parameters: [String?]) async throws {
        let end = ContinuousClock.now + .seconds(60)
        while true {
            do {
                _ = try await database.execute(sql, parameters)
                return
            } catch { guard error.kind == .unavailable, ContinuousClock.now < end else { throw error } }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private static let schema = """
        create schema chaos;
        create function chaos.uptime() returns double precision language sql volatile as
            $$ select split_part(pg_read_file('/proc/uptime', 0, 64), ' ', 1)::double precision $$;
        create table chaos.enqueued (job uuid primary key);
        create table chaos.accepted (job uuid, fence bigint);
        create table chaos.blow (pid integer, at double precision);
        create table chaos.worker (id bigint primary key, pid integer, at double precision);
        create table chaos.start (
            fence bigint primary key, job uuid, attempt integer, worker bigint, at double precision);
        create table chaos.stop (
            fence bigint, job uuid, attempt integer, state text, code text, at double precision);
        create table chaos.ending (
            fence bigint, job uuid, attempt integer, state text, code text, at double precision);
        create index on chaos.start (job);
        create index on chaos.start (worker);
        create index on chaos.stop (job);
        create index on chaos.stop (fence);
        create index on chaos.ending (job);
        create index on chaos.ending (fence);

        create function chaos.on_worker() returns trigger language plpgsql as $$
        begin
            insert into chaos.worker values (new.id, new.pid, chaos.uptime());
            return null;
        end $$;
        create function chaos.on_start() returns trigger language plpgsql as $$
        begin
            insert into chaos.start values (new.fence, new.id, new.attempt, new.worker_id, chaos.uptime());
            return null;
        end $$;
        create function chaos.on_stop() returns trigger language plpgsql as $$
        begin
            insert into chaos.stop values (old.fence, new.id, new.attempt, new.state::text,
                case when new.attempt = old.attempt then new.failure #>> '{failure,code}' end, chaos.uptime());
            return null;
        end $$;
        create function chaos.on_ending() returns trigger language plpgsql as $$
        begin
            insert into chaos.ending values (
                new.fence, new.id, new.attempt, new.state::text, new.failure #>> '{failure,code}', chaos.uptime());
            return null;
        end $$;
        create trigger chaos after insert on rundum.worker for each row execute function chaos.on_worker();
        create trigger chaos_start after update of state on rundum.job for each row
            when (new.state = 'running' and old.state <> 'running') execute function chaos.on_start();
        create trigger chaos_stop after update of state on rundum.job for each row
            when (old.state = 'running' and new.state <> 'running') execute function chaos.on_stop();
        create trigger chaos after insert on rundum.done for each row execute function chaos.on_ending();
        """
}
