// swift-tools-version:5.9
// Ermine as a Swift package. Not built here: there is no Swift where the project's tests run.
//
// First make the library that is linked, a static one for each platform, joined by `xcodebuild -create-xcframework` with ../include as headers:
//
//     cargo build --release -p ermine-c --target aarch64-apple-ios --target aarch64-apple-darwin

import PackageDescription

let package = Package(
    name: "Ermine",
    platforms: [.iOS(.v13), .macOS(.v11), .tvOS(.v13), .visionOS(.v1)],
    products: [.library(name: "CErmine", targets: ["CErmine"])],
    targets: [.binaryTarget(name: "CErmine", path: "CErmine.xcframework")]
)
