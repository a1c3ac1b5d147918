/// One numbered step of the schema. Steps are only ever added; a released one is never changed.
struct Migration: Sendable {
    let version: Int
    let name: String
    let sql: String

    /// The files in `SQL`, in their order.
    static let all = [
        Migration(1, "tables", PackageResources._001_tables_sql),
        Migration(2, "places", PackageResources._002_places_sql),
        Migration(3, "enqueue", PackageResources._003_enqueue_sql),
        Migration(4, "settle", PackageResources._004_settle_sql),
        Migration(5, "claims", PackageResources._005_claims_sql),
        Migration(6, "callers", PackageResources._006_callers_sql),
        Migration(7, "library", PackageResources._007_library_sql),
        Migration(8, "batches", PackageResources._008_batches_sql),
        Migration(9, "enqueue-from-sql", PackageResources._009_enqueue_from_sql_sql),
        Migration(10, "controls", PackageResources._010_controls_sql),
        Migration(11, "stats", PackageResources._011_stats_sql),
        Migration(12, "backfill", PackageResources._012_backfill_sql),
        Migration(13, "lanes", PackageResources._013_lanes_sql),
        Migration(14, "history", PackageResources._014_history_sql),
        Migration(15, "cron", PackageResources._015_cron_sql),
        Migration(16, "enqueue-many", PackageResources._016_enqueue_many_sql),
        Migration(17, "claims-in-place", PackageResources._017_claims_in_place_sql),
        Migration(18, "answers", PackageResources._018_answers_sql),
        Migration(19, "heartbeats", PackageResources._019_heartbeats_sql),
        Migration(20, "dependents-due", PackageResources._020_dependents_due_sql),
        Migration(21, "enqueue-one", PackageResources._021_enqueue_one_sql),
        Migration(22, "claim-at-once", PackageResources._022_claim_at_once_sql),
        Migration(23, "weeks-alone", PackageResources._023_weeks_alone_sql),
        Migration(24, "heartbeats-apart", PackageResources._024_heartbeats_apart_sql),
        Migration(25, "one-request", PackageResources._025_one_request_sql),
        Migration(26, "live-room", PackageResources._026_live_room_sql),
    ]

    private init(_ version: Int, _ name: String, _ file: [UInt8]) {
        (self.version, self.name, sql) = (version, name, String(decoding: file, as: UTF8.self))
    }
}
