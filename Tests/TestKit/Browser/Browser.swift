internal import Foundation
internal import Pipeline

/// A headless Chromium driven through the DevTools protocol. Calls block, and fail after their deadline.
// @unchecked: everything that changes is guarded by `condition`.
public final class Browser: @unchecked Sendable {
    /// One browser for all tests of a process; it ends with the process.
    public static let shared = Result { try Browser() }

    private let process: BrowserProcess
    private let condition = NSCondition()
    private var nextID = 1
    private var answers: [Int: JSONValue] = [:]
    private var events: [String: [JSONValue]] = [:]

    public init() throws {
        process = try BrowserProcess()
        process.listen { [weak self] data in self?.receive(data) }
        process.stopAtExit()
    }

    /// A blank page of a size in CSS pixels, in a context of its own: no cache or storage is shared.
    public func page(
        width: Int = 1000, height: Int = 700, scale: Double = 1, touch: Bool = false, reducedMotion: Bool = false,
        language: String = "en"
    ) throws -> BrowserPage {
        let context = try call("Target.createBrowserContext")["browserContextId"]?.stringValue ?? ""
        let target = try call(
            "Target.createTarget", ["url": "about:blank", "browserContextId": .string(context)])["targetId"]
        let session = try call("Target.attachToTarget", ["targetId": target ?? "", "flatten": true])["sessionId"]
        let page = BrowserPage(browser: self, context: context, session: session?.stringValue ?? "")
        try page.prepare(
            width: width, height: height, scale: scale, touch: touch, reducedMotion: reducedMotion, language: language)
        return page
    }

    /// Sends one command and waits for its answer.
    @discardableResult
    func call(
        _ method: String, _ parameters: JSONValue = [:], session: String? = nil, timeout: TimeInterval = 30
    ) throws -> JSONValue {
        condition.lock()
        let id = nextID
        nextID += 1
        condition.unlock()
        var message: [String: JSONValue] = ["id": .int(id), "method": .string(method), "params": parameters]
        if let session { message["sessionId"] = .string(session) }
        try process.send(try JSON.encode(JSONValue.object(message)))
        let deadline = Date(timeIntervalSinceNow: timeout)
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let answer = answers.removeValue(forKey: id) {
                if let error = answer["error"] {
                    throw BrowserFailure("\(method): \(error["message"]?.stringValue ?? "failed")")
                }
                return answer["result"] ?? [:]
            }
            guard condition.wait(until: deadline) else { throw BrowserFailure("\(method) did not answer.") }
        }
    }

    /// The events of a session so far, in their order.
    func events(_ session: String) -> [JSONValue] {
        condition.lock()
        defer { condition.unlock() }
        return events[session] ?? []
    }

    private func receive(_ data: Data) {
        guard let message = try? JSON.decode(JSONValue.self, from: data) else { return }
        condition.lock()
        if let id = message["id"]?.intValue {
            answers[id] = message
        } else if let session = message["sessionId"]?.stringValue {
            events[session, default: []].append(message)
        }
        condition.broadcast()
        condition.unlock()
    }
}
