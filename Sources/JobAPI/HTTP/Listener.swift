internal import CMicroHTTPD
internal import Dispatch
internal import Glibc
internal import Pipeline
internal import Synchronization

/// libmicrohttpd's daemon: owns the listening socket and the polling threads, and turns callbacks into exchanges.
final class Listener: Sendable {
    /// What the daemon asks of the layer above.
    struct Callbacks: Sendable {
        let admit: @Sendable (Request) -> Admission
        let tooLarge: @Sendable (BodyPlan) -> Response
        let stopping: @Sendable () -> Response
    }

    // @unchecked: the library's daemon handle may be used from any thread.
    private struct Daemon: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    private struct Running {
        var exchanges: [ObjectIdentifier: Exchange] = [:]
        var isDraining = false
    }

    private let callbacks: Callbacks
    private let limits: APILimits
    private let watch = ConnectionWatch()
    private let daemon = Mutex<Daemon?>(nil)
    private let running = Mutex(Running())
    private let watchdog = Mutex<Task<Void, Never>?>(nil)

    init(limits: APILimits, callbacks: Callbacks) { (self.limits, self.callbacks) = (limits, callbacks) }

    /// Requests that are being received, worked on or answered.
    var inFlight: Int { running.withLock { $0.exchanges.count } }

    /// Listens; the daemon keeps the listener alive until `stop`.
    ///
    /// - Returns: the port.
    func start(address: String, port: UInt16, threads: Int) throws(Failure) -> UInt16 {
        let keep = Unmanaged.passRetained(self)
        var callbacks = CMHDCallbacks(
            context: keep.toOpaque(), request: Self.onRequest, completed: Self.onCompleted,
            connection: Self.onConnection)
        errno = 0
        let started = address.withCString { text in
            var settings = CMHDSettings(
                address: text, port: port, threads: UInt32(clamping: threads),
                idle_seconds: UInt32(clamping: Int(limits.idleSeconds.rounded(.up))),
                connections: UInt32(clamping: limits.connections),
                connections_per_address: UInt32(clamping: limits.connectionsPerAddress),
                connection_memory: limits.connectionMemory)
            return cmhd_start(&settings, &callbacks)
        }
        guard let started else {
            let reason = String(cString: strerror(errno))
            keep.release()
            throw Failure(
                .invalidRequest, "The API can't listen on \(address), port \(port).",
                hint: "Is the port taken? Choose another one; 0 takes a free one.", detail: reason)
        }
        daemon.withLock { $0 = Daemon(pointer: started) }
        beginWatching()
        return cmhd_port(started)
    }

    /// Stops accepting, lets running requests finish for a while, answers the rest with 503, and ends the threads.
    func stop() async {
        guard
            let daemon = daemon.withLock({ held in
                defer { held = nil }
                return held
            })
        else { return }
        running.withLock { $0.isDraining = true }
        let listening = MHD_quiesce_daemon(daemon.pointer)
        if listening >= 0 { close(listening) }
        await drain(within: limits.drainSeconds)
        for exchange in running.withLock({ Array($0.exchanges.values) }) { exchange.abort(with: callbacks.stopping()) }
        await drain(within: 1)
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            DispatchQueue.global().async {
                MHD_stop_daemon(daemon.pointer)
                done.resume()
            }
        }
        watchdog.withLock { $0?.cancel() }
        Unmanaged.passUnretained(self).release()
    }

    private func drain(within seconds: Double) async {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while inFlight > 0, .now < deadline { try? await Task.sleep(for: .milliseconds(5)) }
    }

    private func beginWatching() {
        let pause = Duration.seconds(min(max(limits.headerSeconds / 4, 0.01), 1))
        let task = Task { [watch] in
            while !Task.isCancelled {
                watch.look()
                try? await Task.sleep(for: pause)
            }
        }
        watchdog.withLock { $0 = task }
    }
}

extension Listener {
    private static let onRequest: MHD_AccessHandlerCallback = { context, connection, url, method, _, data, size, slot in
        guard let context, let connection, let url, let method, let size, let slot else { return .NO }
        let listener = Unmanaged<Listener>.fromOpaque(context).takeUnretainedValue()
        let goesOn: Bool
        if let held = slot.pointee {
            let exchange = Unmanaged<Exchange>.fromOpaque(held).takeUnretainedValue()
            if size.pointee > 0 {
                goesOn = listener.receive(UnsafeRawBufferPointer(start: data, count: size.pointee), exchange)
                size.pointee = 0
            } else {
                goesOn = listener.proceed(exchange)
            }
        } else {
            goesOn = listener.begin(Request(connection, method: method, url: url), connection, slot)
        }
        return goesOn ? .YES : .NO
    }

    private static let onCompleted: MHD_RequestCompletedCallback = { context, connection, slot, _ in
        guard let context, let connection, let slot else { return }
        let listener = Unmanaged<Listener>.fromOpaque(context).takeUnretainedValue()
        let socket = cmhd_socket(connection)
        listener.watch.set(.now + .seconds(listener.limits.idleSeconds), expectsBytes: true, socket: socket)
        guard let held = slot.pointee else { return }
        let exchange = Unmanaged<Exchange>.fromOpaque(held).takeRetainedValue()
        slot.pointee = nil
        exchange.end()
        listener.running.withLock { _ = $0.exchanges.removeValue(forKey: ObjectIdentifier(exchange)) }
    }

    private static let onConnection: MHD_NotifyConnectionCallback = { context, connection, _, event in
        guard let context, let connection else { return }
        let listener = Unmanaged<Listener>.fromOpaque(context).takeUnretainedValue()
        let socket = cmhd_socket(connection)
        guard event == .CONNECTION_NOTIFY_STARTED else { return listener.watch.forget(socket: socket) }
        listener.watch.set(.now + .seconds(listener.limits.headerSeconds), expectsBytes: true, socket: socket)
    }

    private func begin(
        _ request: Request, _ connection: OpaquePointer, _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    ) -> Bool {
        let handle = ConnectionHandle(pointer: connection)
        let exchange: Exchange
        var expected = 0
        switch callbacks.admit(request) {
        case .refuse(let response):
            // Answered here, libmicrohttpd discards what follows and closes: right for a body that nobody reads.
            if request.hasBody { return send(response, on: handle) }
            exchange = Exchange(handle, answered: response)
        case .accept(let plan, let answer):
            exchange = Exchange(handle, plan: plan, tooLarge: callbacks.tooLarge(plan), answer: answer)
            if request.hasBody { expected = min(request.contentLength ?? plan.limit, plan.limit) }
        }
        let isTaken = running.withLock { running in
            guard !running.isDraining else { return false }
            running.exchanges[ObjectIdentifier(exchange)] = exchange
            return true
        }
        guard isTaken else { return send(callbacks.stopping(), on: handle) }
        slot.pointee = Unmanaged.passRetained(exchange).toOpaque()
        watch.set(limits.transferDeadline(bytes: expected), expectsBytes: request.hasBody, socket: handle.socket)
        return true
    }

    private func receive(_ bytes: UnsafeRawBufferPointer, _ exchange: Exchange) -> Bool {
        let reception = exchange.receive(bytes)
        watch.moved(expectsBytes: reception == .more, socket: exchange.connection.socket)
        return reception != .close
    }

    private func proceed(_ exchange: Exchange) -> Bool {
        switch exchange.proceed() {
        case .nothing: return true
        case .close: return false
        case .work:
            watch.set(nil, expectsBytes: false, socket: exchange.connection.socket)
            return true
        case .send(let response): return send(response, on: exchange.connection)
        }
    }

    /// The answer goes out now, and the caller must take it in time.
    private func send(_ response: Response, on connection: ConnectionHandle) -> Bool {
        watch.set(
            limits.transferDeadline(bytes: response.body.count), expectsBytes: false, socket: connection.socket)
        return response.queue(on: connection.pointer)
    }
}
