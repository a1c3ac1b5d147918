public import Foundation
public import Pipeline

/// One tab. Places are CSS pixels from the top left.
public struct BrowserPage: Sendable {
    let browser: Browser
    let context: String
    let session: String

    func prepare(
        width: Int, height: Int, scale: Double, touch: Bool, reducedMotion: Bool, language: String
    ) throws {
        for domain in ["Page", "Runtime", "Network", "Log"] { try call("\(domain).enable") }
        try call(
            "Emulation.setDeviceMetricsOverride",
            ["width": .int(width), "height": .int(height), "deviceScaleFactor": .number(scale), "mobile": .bool(touch)])
        let motion: JSONValue = [
            "name": "prefers-reduced-motion", "value": reducedMotion ? "reduce" : "no-preference",
        ]
        try call("Emulation.setEmulatedMedia", ["features": [motion]])
        if touch { try call("Emulation.setTouchEmulationEnabled", ["enabled": true, "maxTouchPoints": 5]) }
        let agent = try evaluate("navigator.userAgent").stringValue ?? ""
        try call("Emulation.setUserAgentOverride", ["userAgent": .string(agent), "acceptLanguage": .string(language)])
    }

    /// Closes the tab and all that belongs to it.
    public func close() {
        _ = try? browser.call("Target.disposeBrowserContext", ["browserContextId": .string(context)])
    }

    /// Goes to an address and waits until the page is complete.
    public func open(_ url: URL) throws {
        let answer = try call("Page.navigate", ["url": .string(url.absoluteString)])
        if let error = answer["errorText"]?.stringValue { throw BrowserFailure("\(url.lastPathComponent): \(error)") }
        try wait("document.readyState === 'complete' && location.href !== 'about:blank'")
    }

    /// The value of a JavaScript expression; promises are awaited.
    @discardableResult
    public func evaluate(_ expression: String, timeout: TimeInterval = 30) throws -> JSONValue {
        let answer = try browser.call(
            "Runtime.evaluate",
            ["expression": .string(expression), "returnByValue": true, "awaitPromise": true, "userGesture": true],
            session: session, timeout: timeout)
        if let error = answer["exceptionDetails"] {
            let text = error["exception"]?["description"]?.stringValue ?? error["text"]?.stringValue ?? "failed"
            throw BrowserFailure("\(expression): \(text)")
        }
        return answer["result"]?["value"] ?? .null
    }

    /// Waits, frame by frame inside the page, until an expression is true.
    public func wait(_ condition: String, timeout: TimeInterval = 20) throws {
        let script = """
            new Promise((done, fail) => {
              const end = performance.now() + \(timeout * 1000);
              const check = () => {
                let met = false;
                try { met = !!(\(condition)); } catch { }
                met ? done(true) : performance.now() > end ? fail(new Error("never came true")) : setTimeout(check, 8);
              };
              check();
            })
            """
        do { try evaluate(script, timeout: timeout + 10) } catch {
            // A page that is replaced while it waits takes its promises with it: ask the new one.
            guard "\(error)".contains("navigated") || "\(error)".contains("destroyed") else {
                throw BrowserFailure("\(condition) never came true: \(error)")
            }
            try evaluate(script, timeout: timeout + 10)
        }
    }

    /// PNG bytes of what is visible.
    public func screenshot() throws -> Data {
        let answer = try call("Page.captureScreenshot", ["format": "png"])
        return Data(base64Encoded: answer["data"]?.stringValue ?? "") ?? Data()
    }

    /// Every address that the page asked for, also those inside the file itself (`data:`, `blob:`).
    public var requests: [String] {
        browser.events(session).filter { $0["method"]?.stringValue == "Network.requestWillBeSent" }
            .compactMap { $0["params"]?["request"]?["url"]?.stringValue }
    }

    /// What the page complained about: uncaught exceptions and errors on the console, broken security rules among them.
    public var complaints: [String] {
        browser.events(session).compactMap { event in
            let details = event["params"]
            return switch event["method"]?.stringValue {
            case "Runtime.exceptionThrown":
                details?["exceptionDetails"]?["exception"]?["description"]?.stringValue ?? "exception"
            case "Log.entryAdded" where details?["entry"]?["level"]?.stringValue == "error":
                details?["entry"]?["text"]?.stringValue ?? "error"
            default: nil
            }
        }
    }

    @discardableResult
    func call(_ method: String, _ parameters: JSONValue = [:]) throws -> JSONValue {
        try browser.call(method, parameters, session: session)
    }
}
