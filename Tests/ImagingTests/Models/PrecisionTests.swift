import Imaging
import Testing

@Suite struct PrecisionTests {
    private let modern = CPUFeatures(
        cpuinfo: """
            processor\t: 0
            flags\t\t: fpu sse2 avx2 avx512f avx512bw avx512dq avx512vl avx512_bf16

            processor\t: 1
            flags\t\t: fpu
            """)
    private let older = CPUFeatures(flags: ["sse2", "avx2"])
    private let tiles = CPUFeatures(flags: ["avx2", "amx_bf16"])

    @Test func `takes bf16 only where the CPU multiplies it`() {
        #expect(Precision.auto.running(on: modern) == .bf16)
        #expect(Precision.auto.running(on: tiles) == .bf16)
        #expect(Precision.auto.running(on: older) == .f32)
        #expect(Precision.bf16.running(on: older) == .f32)
    }

    @Test(arguments: [CPUFeatures(flags: ["avx2"]), CPUFeatures(flags: ["avx512_bf16"])])
    func `keeps f32 everywhere`(cpu: CPUFeatures) {
        #expect(Precision.f32.running(on: cpu) == .f32)
    }

    @Test func `names the arithmetic and the vectors in the identity`() {
        #expect(Precision.auto.identity(on: modern) == "bf16/avx512")
        #expect(Precision.f32.identity(on: modern) == "f32/avx512")
        #expect(Precision.auto.identity(on: older) == "f32/avx2")
        #expect(Precision.auto.identity(on: CPUFeatures(cpuinfo: "")) == "f32/sse")
    }

    @Test func `follows the limit that the environment sets`() {
        let limited = CPUFeatures(flags: modern.flags, limit: "AVX2")
        #expect(Precision.f32.identity(on: limited) == "f32/avx2")
        #expect(Precision.auto.running(on: limited) == .f32)
    }
}
