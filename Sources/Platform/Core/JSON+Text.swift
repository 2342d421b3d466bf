extension JSON {
    /// The value as JSON text, for columns that hold JSON.
    package var text: String {
        var json = JSONWriter()
        json.value(self)
        return String(decoding: json.finish(), as: UTF8.self)
    }
}
