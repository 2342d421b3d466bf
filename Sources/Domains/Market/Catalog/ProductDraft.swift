package import Core

/// A product about to be made. Its parts have been checked against the route's schema or the file's rules.
package struct ProductDraft: Sendable, Equatable {
    /// Nil: made of the title.
    package var handle: String?
    package var title: String
    package var body = ""
    package var vendor = ""
    package var type = ""
    package var status = ProductStatus.draft
    /// Names of the options, such as size and colour. Empty: there is a single variant.
    package var options: [String] = []
    package var pictures: [ProductPicture] = []
    package var tags: [String] = []
    /// Nothing is sold before.
    package var opensAt: Timestamp?
    package var perPersonMax: Int64?
    package var variants: [VariantDraft] = []

    package init(title: String) {
        self.title = title
    }
}

package struct ProductPicture: Sendable, Equatable {
    package let url: String
    /// What it shows, for those who cannot see it.
    package let alt: String

    package init(url: String, alt: String = "") {
        self.url = url
        self.alt = alt
    }
}

package struct VariantDraft: Sendable, Equatable {
    /// A value for each of the product's options.
    package var options: [String] = []
    package var sku = ""
    package var barcode = ""
    /// In the shop's minor units.
    package var price: Int64
    package var compareAt: Int64?
    package var grams: Int64 = 0
    /// With its fraction, where it has one: `226.796185`. Files compute grams from ounces and pounds.
    package var gramsExact = ""
    package var weightUnit = WeightUnit.kilogram
    /// An URL; empty without one.
    package var picture = ""
    package var policy = StockPolicy.counted
    package var onHand: Int64 = 0

    package init(price: Int64) {
        self.price = price
    }
}

/// How a weight is shown; it is kept in grams.
package enum WeightUnit: String, Sendable, CaseIterable {
    case gram = "g"
    case kilogram = "kg"
    case ounce = "oz"
    case pound = "lb"
}

extension ProductDraft {
    var optionsJSON: JSON { .array(options.map { .string($0) }) }
    var tagsJSON: JSON { .array(tags.map { .string($0) }) }
    var picturesJSON: JSON { .array(pictures.map { ["url": .string($0.url), "alt": .string($0.alt)] }) }

    var prices: ClosedRange<Int64> {
        let prices = variants.map(\.price)
        return (prices.min() ?? 0)...(prices.max() ?? 0)
    }

    /// What the product is filtered by: its type, vendor and tags.
    var labels: Set<String> {
        var labels = Set(tags.map { ProductLabel.tag.text($0) })
        if !type.isEmpty { labels.insert(ProductLabel.type.text(type)) }
        if !vendor.isEmpty { labels.insert(ProductLabel.vendor.text(vendor)) }
        return labels
    }

    /// What it is found by.
    var searchText: String { Self.searchText(title: title, body: body, vendor: vendor, type: type, tags: tags) }

    static func searchText(title: String, body: String, vendor: String, type: String, tags: [String]) -> String {
        "\(title) \(vendor) \(type) \(tags.joined(separator: " ")) \(body.withoutMarkup)"
    }
}

/// What a label says of a product.
enum ProductLabel: String {
    case type, vendor, tag

    /// Lists that are filtered do not care for case.
    func text(_ value: String) -> String {
        "\(rawValue):\(value.lowercased())"
    }
}

extension String {
    /// Descriptions are HTML; their tags are not to be found.
    var withoutMarkup: String {
        guard utf8.contains(UInt8(ascii: "<")) else { return self }
        var isInTag = false
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar {
            case "<":
                isInTag = true
                text.append(" ")
            case ">": isInTag = false
            default: if !isInTag { text.append(scalar) }
            }
        }
        return String(text)
    }
}
