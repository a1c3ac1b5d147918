internal import CVShim
internal import Foundation

/// The arithmetic that a network is asked to run in.
public enum Precision: String, Sendable, Codable, CaseIterable {
    /// The machine's fast one: `bf16` where the CPU multiplies bfloat16, else `f32`.
    case auto
    case f32
    case bf16

    /// What will run on a CPU. Never `auto`; `bf16` becomes `f32` where the CPU would only imitate it, slowly.
    public func running(on cpu: CPUFeatures = .current) -> Precision {
        self != .f32 && cpu.multipliesBF16 ? .bf16 : .f32
    }

    /// What decides a network's last bits besides its weights, for cache keys: `bf16`, `f32/avx512`, `f32/avx2`.
    ///
    /// The number of threads does not; the width of the CPU's vectors does, since sums are taken in another order.
    public func identity(on cpu: CPUFeatures = .current) -> String {
        let running = running(on: cpu)
        return "\(running.rawValue)/\(cpu.vectors)"
    }

    var shim: CVSPrecision { running() == .bf16 ? .BF16 : .F32 }
}

/// What the CPU says that it can do; read from the kernel, so nothing has to be loaded for it.
public struct CPUFeatures: Sendable, Equatable {
    public let flags: Set<String>
    /// What `ONEDNN_MAX_CPU_ISA` limits networks to, such as `AVX2`; nil for no limit.
    public let limit: String?

    public init(flags: Set<String>, limit: String? = nil) { (self.flags, self.limit) = (flags, limit) }

    /// From the text of `/proc/cpuinfo`: its first line of flags.
    public init(cpuinfo: String, limit: String? = nil) {
        let line = cpuinfo.split(separator: "\n").first { $0.hasPrefix("flags") }
        let words = line?.split(separator: ":").last?.split(separator: " ").map(String.init) ?? []
        self.init(flags: Set(words), limit: limit)
    }

    /// This machine's.
    public static let current = CPUFeatures(
        cpuinfo: (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? "",
        limit: ProcessInfo.processInfo.environment["ONEDNN_MAX_CPU_ISA"])

    /// With a limit set it is not counted on.
    public var multipliesBF16: Bool {
        limit == nil && (flags.contains("avx512_bf16") || flags.contains("amx_bf16"))
    }

    /// The widest vectors that networks are compiled for: `avx512`, `avx2` or `sse`, or the limit in lower case.
    public var vectors: String {
        if let limit { return limit.lowercased() }
        if flags.isSuperset(of: ["avx512f", "avx512bw", "avx512dq", "avx512vl"]) { return "avx512" }
        return flags.contains("avx2") ? "avx2" : "sse"
    }
}
