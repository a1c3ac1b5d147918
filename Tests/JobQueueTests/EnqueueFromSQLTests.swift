import Foundation
import JobQueue
import Pipeline
import TestKit
import Testing

/// What a service in another language does, in its own transaction.
@Suite struct EnqueueFromSQLTests {
    @Test func `a job comes in as the API would have brought it`() async throws {
        let queue = try await QueueFixture.fresh()
        let request = """
            {"kind": "cutout", "tenant": "dealer", "options": {"edge": 2}, "subject": "car-1", "priority": 2,
             "maxAttempts": 7, "inputs": [{"slot": "front", "name": "a.jpg", "sha256": "\(QueueFixture.sha(1))"}]}
            """
        let id = try #require(try await queue.enqueued(request))
        let job = try await queue.store.job(id, tenant: "dealer")
        let input = JobInput(slot: "front", name: "a.jpg", source: .blob(sha256: QueueFixture.sha(1)))
        #expect(
            job.request
                == JobRequest(
                    kind: "cutout", options: ["edge": 2], inputs: [input], subject: "car-1", priority: 2, maxAttempts: 7
                ))
        let claim = try await queue.takeFirst()
        #expect(claim.job == id)
        #expect(claim.inputs.map(\.sha256) == [QueueFixture.sha(1)])
        #expect(try await queue.complete(claim))
    }

    @Test func `what is left out has the queue's defaults`() async throws {
        let queue = try await QueueFixture.fresh()
        let id = try #require(try await queue.enqueued(#"{"kind": "cutout", "options": null, "subject": null}"#))
        #expect(try await queue.store.job(id, tenant: "default").request == JobRequest(kind: "cutout", inputs: []))
    }

    @Test func `a job exists when its transaction commits, and not before`() async throws {
        let queue = try await QueueFixture.fresh()
        _ = try await queue.db.database.execute("begin; select rundum.enqueue('{\"kind\": \"cutout\"}'); rollback")
        #expect(try await queue.claim().isEmpty)
        _ = try await queue.db.database.execute("begin; select rundum.enqueue('{\"kind\": \"cutout\"}'); commit")
        #expect(try await queue.claim().count == 1)
    }

    @Test func `many keep their order, their times and their tenants`() async throws {
        let queue = try await QueueFixture.fresh()
        let requests = [
            #"{"kind": "a"}"#, #"{"kind": "b", "tenant": "x", "runAt": "2090-01-31T22:00:00+01:00"}"#,
            #"{"kind": "c", "priority": 0}"#, #"{"kind": "d", "key": "k"}"#, #"{"kind": "e", "tenant": "x"}"#,
            #"{"kind": "d", "key": "k"}"#,
        ]
        let ids = try await queue.enqueuedMany(requests)
        let tenants = ["default", "x", "default", "default", "x", "default"]
        for (place, kind) in ["a", "b", "c", "d", "e", "d"].enumerated() {
            let job = try await queue.store.job(try #require(ids[place]), tenant: tenants[place])
            #expect(job.request.kind == Kind(rawValue: kind))
            #expect(job.state == (kind == "b" ? .scheduled : .queued))
        }
        #expect(ids[3] == ids[5])
        let b = try await queue.store.job(try #require(ids[1]), tenant: "x")
        #expect(b.request.runAt == Date(timeIntervalSince1970: 3_789_579_600))
        #expect(try await queue.enqueuedMany([]).isEmpty)
        #expect(try await queue.enqueuedMany(requests)[3] == ids[3])
    }

    @Test(arguments: [
        ("5", "not a JSON object"), ("null", "not a JSON object"), ("{}", "kind is missing"),
        (#"{"kind": "No"}"#, "kind is missing"), (#"{"kind": 7}"#, "kind is missing"),
        (#"{"kind": "a", "prio": 1}"#, "no member prio"), (#"{"kind": "a", "options": []}"#, "options are not"),
        (#"{"kind": "a", "inputs": {}}"#, "inputs are not"),
        (#"{"kind": "a", "tenant": ""}"#, "texts that are not empty"),
        (#"{"kind": "a", "subject": 5}"#, "texts that are not empty"),
        (#"{"kind": "a", "priority": 4}"#, "priority is 4"),
        (#"{"kind": "a", "priority": 0.5}"#, "priority is 0.5"),
        (#"{"kind": "a", "maxAttempts": 0}"#, "attempts are 0"),
        (#"{"kind": "a", "maxAttempts": 1001}"#, "attempts are 1001"),
        (#"{"kind": "a", "runAt": "soon"}"#, "no time: soon"),
        (#"{"kind": "a", "inputs": [{"slot": "s", "sha256": "00"}]}"#, "not as it should be"),
        (#"{"kind": "a", "inputs": ["s"]}"#, "not as it should be"),
    ])
    func `a mistake is told in words`(request: String, words: String) async throws {
        let queue = try await QueueFixture.fresh(connections: 1)
        let refused = await failure { _ = try await queue.enqueued(request) }
        #expect(refused?.code == .invalidRequest)
        #expect(refused?.summary.contains(words) == true, "\(refused?.summary ?? "")")
        let among = await failure { _ = try await queue.enqueuedMany([#"{"kind": "ok"}"#, request]) }
        #expect(among?.summary.hasPrefix("Request 2: ") == true)
        #expect(try await queue.db.rows("select count(*) from rundum.job") == [["0"]])
    }

    @Test func `a foreign blob, a slot that is there twice and a key with another request are refused`() async throws {
        let queue = try await QueueFixture.fresh()
        func input(_ slot: String, _ number: Int) -> String {
            #"{"slot": "\#(slot)", "sha256": "\#(QueueFixture.sha(number))"}"#
        }
        let foreign = await failure {
            _ = try await queue.enqueued(#"{"kind": "a", "tenant": "dealer", "inputs": [\#(input("left", 99))]}"#)
        }
        #expect(foreign?.code == .inputMissing)
        #expect(foreign?.slot == "left")
        let twice = await failure {
            _ = try await queue.enqueued(
                #"{"kind": "a", "tenant": "dealer", "inputs": [\#(input("s", 1)), \#(input("s", 1))]}"#)
        }
        #expect(twice?.slot == "s")
        _ = try await queue.enqueued(#"{"kind": "a", "key": "k"}"#)
        let other = await failure { _ = try await queue.enqueued(#"{"kind": "b", "key": "k"}"#) }
        #expect(other?.code == .idempotencyMismatch)
    }

    @Test func `a caller needs no right on the tables`() async throws {
        let queue = try await QueueFixture.fresh(connections: 1)
        let role = "shop_\(UInt32.random(in: 0...(.max)))"
        _ = try await queue.db.database.execute(
            """
            create role \(role); grant usage on schema rundum to \(role);
            grant execute on function rundum.enqueue(jsonb), rundum.enqueue_many(jsonb[]) to \(role);
            set role \(role)
            """)
        #expect(try await queue.enqueued(#"{"kind": "cutout", "key": "k"}"#) != nil)
        let refused = await failure { _ = try await queue.db.rows("select * from rundum.job") }
        #expect(refused != nil)
        _ = try await queue.db.database.execute("reset role; drop owned by \(role); drop role \(role)")
        #expect(try await queue.claim().count == 1)
    }

    @Test func `the documented statements run as they stand`() async throws {
        let queue = try await QueueFixture.fresh(connections: 1)
        let page = try String(contentsOf: Fixtures.root.appending(path: "docs/enqueue.md"), encoding: .utf8)
        let statements = try #require(page.firstMatch(of: /```sql\n([\s\S]*?)```/)?.1)
        _ = try await queue.db.database.execute(String(statements))
        let states = try await queue.db.rows("select state, count(*) from rundum.job group by 1 order by 1")
        #expect(states == [["scheduled", "1"], ["queued", "2"]])
    }
}

extension QueueFixture {
    fileprivate func enqueued(_ request: String) async throws -> UUID? {
        let rows = try await db.database.execute("select rundum.enqueue($1::jsonb)", [request])
        return rows.first?.first.flatMap { $0 }.flatMap(UUID.init(uuidString:))
    }

    fileprivate func enqueuedMany(_ requests: [String]) async throws -> [UUID?] {
        let list = requests.map { "'" + $0.replacing("'", with: "''") + "'" }.joined(separator: ",")
        let rows = try await db.database.execute("select unnest(rundum.enqueue_many(array[\(list)]::jsonb[]))", [])
        return rows.map { $0.first.flatMap { $0 }.flatMap(UUID.init(uuidString:)) }
    }
}
