/// Where files wait to be imported.
struct ImportSpool: Sendable {
    let directory: String
}
