extension Unicode.Scalar {
    /// Whether a reader sees something: no space, no control, nothing that fonts leave blank.
    package var isVisible: Bool {
        if isASCII { return value > 0x20 && value != 0x7F }
        // U+2800 is a symbol by its category: a Braille cell without dots.
        return !properties.isWhitespace && !properties.isDefaultIgnorableCodePoint
            && properties.generalCategory != .control && value != 0x2800
    }

    /// Whether it turns the text around it, so that what is read is not what is stored: https://trojansource.codes
    package var isBidiControl: Bool {
        (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value)
    }
}

extension String {
    /// Nobody sees anything of it.
    package var isBlank: Bool { !unicodeScalars.contains(where: \.isVisible) }
}
