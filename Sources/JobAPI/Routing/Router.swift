internal import Foundation
internal import Pipeline
internal import Storage

/// What a method and a path mean.
enum Destination: Sendable {
    case found(Route, PathParameter)
    case wrongMethod(allowed: [String])
    case unknown
}

/// The variable part of a path; a path is never anything but one of these, so it cannot lead anywhere else.
enum PathParameter: Sendable, Equatable {
    case none
    case blob(String)
    case id(UUID)
    case name(String)
}

/// Finds the route of a request. Paths are compared as they were sent: an escaped letter is another letter.
struct Router: Sendable {
    private let routes: [(route: Route, parts: [Substring])]

    init(_ table: [Route] = Route.table) {
        routes = table.map { ($0, $0.template.split(separator: "/", omittingEmptySubsequences: false)) }
    }

    func destination(method: String, path: String) -> Destination {
        let parts = path.split(separator: "/", maxSplits: 8, omittingEmptySubsequences: false)
        var allowed: [String] = []
        for (route, template) in routes {
            guard let parameter = Self.match(parts, template) else { continue }
            if route.method == method || (route.method == "GET" && method == "HEAD") { return .found(route, parameter) }
            allowed += route.method == "GET" ? ["GET", "HEAD"] : [route.method]
        }
        return allowed.isEmpty ? .unknown : .wrongMethod(allowed: allowed)
    }

    private static func match(_ parts: [Substring], _ template: [Substring]) -> PathParameter? {
        guard parts.count == template.count else { return nil }
        var parameter = PathParameter.none
        for (part, pattern) in zip(parts, template) {
            switch pattern {
            case "{sha256}":
                guard SHA256Hasher.isName(String(part)) else { return nil }
                parameter = .blob(String(part))
            case "{id}":
                guard part.utf8.count == 36, let id = UUID(uuidString: String(part)) else { return nil }
                parameter = .id(id)
            case "{name}":
                guard LibraryReference.isName(String(part)) else { return nil }
                parameter = .name(String(part))
            default:
                guard part == pattern else { return nil }
            }
        }
        return parameter
    }
}
