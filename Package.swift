// swift-tools-version:6.2
import PackageDescription

// The targets are the layers, bottom to top; `scripts/check-layers` holds the arrows that SwiftPM itself does not see.

/// Where `scripts/setup` puts the OpenVINO runtime that it takes out of the published wheel.
let openVINO = "\(Context.packageDirectory)/.deps/openvino"

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// Where pixels and points are counted one by one: unoptimised, tests of these would take minutes.
let numeric: [SwiftSetting] = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

let package = Package(
    name: "rundum",
    products: [.executable(name: "rundum", targets: ["Runner"])],
    targets: [
        // System libraries: a module map, and the few lines that Swift can't call.
        .systemLibrary(name: "CVips", pkgConfig: "vips", providers: [.apt(["libvips-dev"])]),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(
            name: "CMicroHTTPD", cSettings: [.unsafeFlags(["-Werror", "-Wall"])],
            linkerSettings: [.linkedLibrary("microhttpd")]),
        .target(name: "CProcess", cSettings: [.unsafeFlags(["-Werror", "-Wall"])]),
        .target(
            name: "CVShim", dependencies: ["CVips"],
            cxxSettings: [
                .unsafeFlags([
                    "-I/usr/include/opencv4", "-I/usr/include/eigen3", "-I\(openVINO)/include", "-fvisibility=hidden",
                    "-Wall", "-Werror", "-O2",
                    // Coverage is measured of Swift; its counters would slow the innermost loops of tests down.
                    "-fno-profile-instr-generate", "-fno-coverage-mapping",
                ])
            ],
            linkerSettings: [
                .linkedLibrary("opencv_core"), .linkedLibrary("opencv_imgproc"), .linkedLibrary("opencv_features2d"),
                .linkedLibrary("opencv_calib3d"), .linkedLibrary("ceres"), .linkedLibrary("glog"),
                .linkedLibrary("meshoptimizer"),
                .unsafeFlags([
                    "-L\(openVINO)/libs", "-lopenvino_c", "-Xlinker", "-rpath", "-Xlinker", "\(openVINO)/libs",
                ]),
            ]),

        .target(name: "Pipeline", swiftSettings: strict),
        .target(name: "Processes", dependencies: ["CProcess"], swiftSettings: strict),
        .target(name: "Imaging", dependencies: ["CVShim", "Pipeline"], swiftSettings: numeric),
        .target(name: "Photogrammetry", dependencies: ["CVShim", "Imaging", "Pipeline"], swiftSettings: numeric),
        .target(name: "Storage", dependencies: ["CCrypto", "Pipeline"], swiftSettings: strict),
        .target(
            name: "JobQueue", dependencies: ["CLibPQ", "Pipeline", "Processes"],
            resources: [.embedInCode("Migrations/SQL")],
            swiftSettings: strict),
        .target(
            name: "Stages", dependencies: ["Imaging", "Photogrammetry", "Pipeline"],
            exclude: [
                "Cutout/README.md", "Plates/README.md", "Reconstruct/README.md", "Renditions/README.md",
                "Spin/README.md",
            ],
            resources: [
                "viewer.html", "viewer.css", "words.js", "frames.js", "view.js", "turn.js", "input.js", "start.js",
            ]
            .map { .embedInCode("Spin/Viewer/\($0)") }, swiftSettings: strict),
        .target(
            name: "Worker", dependencies: ["CProcess", "JobQueue", "Pipeline", "Processes", "Storage"],
            swiftSettings: strict),
        .target(
            name: "JobAPI", dependencies: ["CMicroHTTPD", "JobQueue", "Pipeline", "Storage"],
            resources: [.embedInCode("openapi.json")], swiftSettings: strict),
        .executableTarget(
            name: "Runner",
            dependencies: ["Imaging", "JobAPI", "JobQueue", "Pipeline", "Stages", "Storage", "Worker"],
            resources: [.embedInCode("Recipes/recipes.json")], swiftSettings: strict),

        // The scene path alone, for `make eval AREA=sfm` and `make bench AREA=sfm`.
        .executableTarget(
            name: "sfm-bench", dependencies: ["Imaging", "Photogrammetry", "Pipeline"], path: "Benchmarks/sfm/tool",
            swiftSettings: strict),
        // The queue alone, for `make bench AREA=queue`.
        .executableTarget(
            name: "queue-bench", dependencies: ["JobQueue", "Pipeline", "Storage", "Worker"],
            path: "Benchmarks/queue/tool", swiftSettings: strict),
        // The finder of plates alone, for `make eval AREA=plates` and `make bench AREA=plates`.
        .executableTarget(
            name: "plate-bench", dependencies: ["Imaging", "Pipeline"], path: "Benchmarks/plates/tool",
            swiftSettings: strict),
        // Other views of a finished model, for the same.
        .executableTarget(
            name: "model-views", dependencies: ["Imaging", "Photogrammetry", "Pipeline"],
            path: "Evaluation/reconstruct/tool", swiftSettings: strict),

        .target(
            name: "TestKit", dependencies: ["Imaging", "JobQueue", "Pipeline", "Processes", "Storage"],
            path: "Tests/TestKit", swiftSettings: strict),
        .testTarget(name: "ProcessesTests", dependencies: ["Processes"], swiftSettings: strict),
        .testTarget(name: "PipelineTests", dependencies: ["Pipeline"], swiftSettings: strict),
        .testTarget(name: "ImagingTests", dependencies: ["Imaging", "Pipeline", "TestKit"], swiftSettings: strict),
        .testTarget(
            name: "PhotogrammetryTests", dependencies: ["Imaging", "Photogrammetry", "Pipeline", "TestKit"],
            swiftSettings: strict),
        .testTarget(name: "StorageTests", dependencies: ["Pipeline", "Storage", "TestKit"], swiftSettings: strict),
        .testTarget(name: "JobQueueTests", dependencies: ["JobQueue", "Pipeline", "TestKit"], swiftSettings: strict),
        .testTarget(
            name: "StagesTests", dependencies: ["Imaging", "Photogrammetry", "Pipeline", "Stages", "TestKit"],
            swiftSettings: strict),
        .executableTarget(
            name: "ExecutorFixture", dependencies: ["JobQueue", "Pipeline", "Storage", "Worker"],
            path: "Tests/ExecutorFixture", swiftSettings: strict),
        .testTarget(
            name: "WorkerTests",
            dependencies: ["ExecutorFixture", "JobQueue", "Pipeline", "Storage", "TestKit", "Worker"],
            swiftSettings: strict),
        .testTarget(
            name: "JobAPITests", dependencies: ["JobAPI", "JobQueue", "Pipeline", "Storage", "TestKit"],
            swiftSettings: strict),
        .testTarget(
            name: "RunnerTests", dependencies: ["JobQueue", "Pipeline", "Runner", "Storage", "TestKit"],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests", dependencies: ["Imaging", "JobQueue", "Pipeline", "Storage", "TestKit"],
            swiftSettings: strict),
        .testTarget(
            name: "ChaosTests",
            dependencies: [
                "ExecutorFixture", "Imaging", "JobQueue", "Pipeline", "Processes", "Runner", "Storage", "TestKit",
            ], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
