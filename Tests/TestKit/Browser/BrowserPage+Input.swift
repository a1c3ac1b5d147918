internal import Foundation
internal import Pipeline

extension BrowserPage {
    public typealias Place = (x: Double, y: Double)

    /// Presses the mouse at the first place, moves through the others and lets go at the last.
    public func drag(_ path: [Place]) throws {
        guard let first = path.first, let last = path.last else { return }
        // The page sees a hand's pace, however slowly the machine delivers the events.
        let (start, pace) = (Date.now.timeIntervalSince1970, 0.016)
        try mouse("mousePressed", first, at: start)
        for (index, place) in path.enumerated().dropFirst() {
            try mouse("mouseMoved", place, at: start + Double(index) * pace)
        }
        try mouse("mouseReleased", last, at: start + Double(path.count) * pace)
    }

    /// Clicks `count` times: 2 is a double click.
    public func click(_ place: Place, count: Int = 1) throws {
        for number in 1...max(1, count) {
            try mouse("mousePressed", place, clicks: number)
            try mouse("mouseReleased", place, clicks: number)
        }
    }

    /// Clicks the middle of the element that a CSS selector finds.
    public func click(_ selector: String) throws {
        let script = """
            (() => { const b = document.querySelector(\(selector.debugDescription)).getBoundingClientRect();
            return [b.x + b.width / 2, b.y + b.height / 2]; })()
            """
        let middle = try evaluate(script).arrayValue?.compactMap(\.doubleValue) ?? []
        guard middle.count == 2 else { throw BrowserFailure("\(selector) is not on the page.") }
        try click((middle[0], middle[1]))
    }

    /// Turns the wheel; down is positive and zooms out as a rule.
    public func wheel(_ place: Place, deltaY: Double) throws {
        try call(
            "Input.dispatchMouseEvent",
            [
                "type": "mouseWheel", "x": .number(place.x), "y": .number(place.y), "deltaX": 0,
                "deltaY": .number(deltaY), "pointerType": "mouse",
            ])
    }

    /// Presses and releases a key by its DOM name: `ArrowRight`, `Home`, `+`.
    public func key(_ name: String, shift: Bool = false) throws {
        var event: [String: JSONValue] = ["type": "keyDown", "key": .string(name), "modifiers": .int(shift ? 8 : 0)]
        if name.count == 1 { event["text"] = .string(name) }
        if let code = Self.keyCodes[name] { event["windowsVirtualKeyCode"] = .int(code) }
        try call("Input.dispatchKeyEvent", .object(event))
        event["type"] = "keyUp"
        event["text"] = nil
        try call("Input.dispatchKeyEvent", .object(event))
    }

    /// Moves fingers: each step names where every finger is; all lift at the end.
    public func touch(_ steps: [[Place]]) throws {
        for (index, fingers) in steps.enumerated() {
            try touch(index == 0 ? "touchStart" : "touchMove", fingers)
        }
        try touch("touchEnd", [])
    }

    private func touch(_ type: String, _ fingers: [Place]) throws {
        let points = fingers.enumerated().map { id, place -> JSONValue in
            ["x": .number(place.x), "y": .number(place.y), "id": .int(id)]
        }
        try call("Input.dispatchTouchEvent", ["type": .string(type), "touchPoints": .array(points)])
    }

    /// - Parameter time: when it happened, in seconds since 1970; now by default.
    private func mouse(_ type: String, _ place: Place, clicks: Int = 1, at time: Double? = nil) throws {
        try call(
            "Input.dispatchMouseEvent",
            [
                "type": .string(type), "x": .number(place.x), "y": .number(place.y), "button": "left",
                "buttons": .int(type == "mouseReleased" ? 0 : 1), "clickCount": .int(clicks), "pointerType": "mouse",
                "timestamp": .number(time ?? Date.now.timeIntervalSince1970),
            ])
    }

    private static let keyCodes = [
        "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "Home": 36, "End": 35, "PageUp": 33,
        "PageDown": 34, "Tab": 9, "Enter": 13, "Escape": 27, " ": 32,
    ]
}
