import Core

/// What is wrong with a row of a file. Raw values are stable, for programs.
package enum CatalogFault: String, Sendable, CaseIterable {
    case wrongColumnCount = "wrong_column_count"
    case invalidUTF8 = "invalid_utf8"
    case missingHandle = "missing_handle"
    case noParent = "no_parent"
    case duplicateHandle = "duplicate_handle"
    case duplicateVariant = "duplicate_variant"
    case badPrice = "bad_price"
    case badQuantity = "bad_quantity"
    case badStatus = "bad_status"
    case wrongCurrency = "wrong_currency"
    case missingOption = "missing_option"
    case noVariant = "no_variant"
    case tooManyVariants = "too_many_variants"
    case tooLong = "too_long"
    case tooScattered = "too_scattered"
    case stockReserved = "stock_reserved"
    case unknownProduct = "unknown_product"
    case unknownVariant = "unknown_variant"
    case unsupportedType = "unsupported_type"
    case tornFile = "torn_file"
    /// Another row of the same product has one of the faults above.
    case productSkipped = "product_skipped"

    // Warnings: the product is taken without what they are about.
    case badWeight = "bad_weight"
    case badPicture = "bad_picture"
    case tooManyTags = "too_many_tags"
    case tooManyPictures = "too_many_pictures"
    case textCut = "text_cut"
    case textCleaned = "text_cleaned"
    case soldElsewhere = "sold_elsewhere"
    case sharedQuantity = "shared_quantity"

    /// Whether its product is taken all the same.
    package var isWarning: Bool {
        switch self {
        case .badWeight, .badPicture, .tooManyTags, .tooManyPictures, .textCut, .textCleaned, .soldElsewhere,
            .sharedQuantity:
            true
        default: false
        }
    }

    /// What is wrong, and what to do.
    package var explanation: String {
        switch self {
        case .wrongColumnCount:
            "It has more or fewer columns than the header: put values with separators or quotes in quotes."
        case .invalidUTF8: "It is not UTF-8, as the rest of the file is: save the file as UTF-8."
        case .missingHandle: "It has no handle: give each row the handle of its product."
        case .noParent: "No row of the file has the title of its product: add one with this handle and the title."
        case .duplicateHandle: "Its handle is that of another product of the file: give it one of its own."
        case .duplicateVariant: "Another variant of the product has the same options: change or remove one of the two."
        case .badPrice:
            "A price has digits, and a point before the cents: 12.99. 1,299 is doubtful: write 1299 or 1.299."
        case .badQuantity: "A quantity is a whole number up to \(CatalogLimits.stockMax)."
        case .badStatus:
            "A status is active, draft, archived or unlisted; published is true or false: write one of them."
        case .wrongCurrency: "Its price is in another currency than the shop's: convert it."
        case .missingOption: "A variant has a value for each option of its product: fill it in."
        case .noVariant: "The product has no variant: give one of its rows a price."
        case .tooManyVariants: "A product has \(CatalogLimits.variantsMax) variants at most: split it."
        case .tooLong: "A name has \(CatalogLimits.nameLengthMax) characters at most: shorten it."
        case .tooScattered: "Its rows are too far apart in the file: sort the file by handle."
        case .stockReserved:
            "More pieces are sold and not yet handed over than the file says are there: raise the quantity."
        case .unknownProduct: "The shop has no product with this handle: import the product first."
        case .unknownVariant: "The product has no variant with these options: import the variant first."
        case .unsupportedType: "Products of this type are not sold here: change its type, or leave it out."
        case .tornFile: "The file cannot be read on after it, so the product may not be whole: mend the file."
        case .productSkipped: "Another row of the same product cannot be taken: mend that one."
        case .badWeight:
            "A weight is a number of grams, and its unit is g, kg, oz or lb: the weight was left as it is."
        case .badPicture:
            "A picture is an http or https URL of \(CatalogLimits.urlLengthMax) characters at most: it was left out."
        case .tooManyTags: "A product has \(CatalogLimits.tagsMax) tags at most: the rest was left out."
        case .tooManyPictures: "A product has \(CatalogLimits.picturesMax) pictures at most: the rest was left out."
        case .textCut: "It is longer than what is kept: its end was left out. Shorten it."
        case .textCleaned: "It has control characters: they were left out."
        case .soldElsewhere:
            "Some pieces on hand are committed elsewhere, and are for sale here: hand them over, and count again."
        case .sharedQuantity:
            "The file has one quantity for all variants: none was set. Set the stock of each variant."
        }
    }

    /// The same of a value: what is doubtful is answered with both readings.
    package func explanation(of value: String) -> String {
        guard self == .badPrice, let (thousands, cents) = value.twoReadings else { return explanation }
        return "\(value) may be \(thousands) or \(cents): write the one that is meant, with a point before the cents."
    }
}

/// Something that is wrong with a value of a row.
package struct CatalogFinding: Error, Sendable, Equatable {
    package let fault: CatalogFault
    /// As the file names it; empty where it is about the row.
    package let column: String
    /// As it is in the file, its start at least.
    package let value: String

    /// A report is read in a terminal: enough of a value to find it.
    private static let valueLengthMax = 100

    package init(_ fault: CatalogFault, column: String = "", value: String = "") {
        self.fault = fault
        self.column = String(column.prefix(Self.valueLengthMax))
        self.value =
            value.unicodeScalars.count > Self.valueLengthMax
            ? String(String.UnicodeScalarView(value.unicodeScalars.prefix(Self.valueLengthMax))) + "…" : value
    }

    package var explanation: String { fault.explanation(of: value) }
}

/// Something to know about a file as a whole. Raw values are stable, for programs.
package struct CatalogNote: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case columnPassedOver = "column_passed_over"
        case headerBelow = "header_below"
        case encodingRead = "encoding_read"
        case separatorRead = "separator_read"
        case olderThanLastSale = "older_than_last_sale"

        package var explanation: String {
            switch self {
            case .columnPassedOver: "Nobody reads this column."
            case .headerBelow: "The header is not in the first line but in this one: the lines above were passed over."
            case .encodingRead: "The file is not UTF-8 and was read in this encoding: look at its accents."
            case .separatorRead: "The file has this between its fields instead of commas."
            case .olderThanLastSale:
                "The shop has sold since the file was written: its quantities bring back what was sold."
            }
        }
    }

    package let kind: Kind
    package let value: String

    package init(_ kind: Kind, _ value: String) {
        self.kind = kind
        self.value = value
    }
}

extension CatalogFinding {
    var json: JSON { ["code": .string(fault.rawValue), "column": .string(column), "value": .string(value)] }

    init?(_ json: JSON) {
        guard let fault = json["code"]?.string.flatMap({ CatalogFault(rawValue: $0) }) else { return nil }
        self.init(fault, column: json["column"]?.string ?? "", value: json["value"]?.string ?? "")
    }
}

extension CatalogNote {
    var json: JSON { ["code": .string(kind.rawValue), "value": .string(value)] }

    init?(_ json: JSON) {
        guard let kind = json["code"]?.string.flatMap({ Kind(rawValue: $0) }) else { return nil }
        self.init(kind, json["value"]?.string ?? "")
    }
}
