/// A currency of ISO 4217, by its three letters.
package struct Currency: RawRepresentable, Hashable, Sendable, Comparable {
    package let rawValue: String

    /// Nil for what is not a circulating currency.
    package init?(rawValue: String) {
        guard Self.codes.contains(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    package init?(_ code: some StringProtocol) {
        self.init(rawValue: String(code))
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.rawValue < right.rawValue
    }

    /// Digits after the decimal point: 2 for `EUR`, 0 for `JPY`, 3 for `KWD`.
    package var fractionDigits: Int {
        if Self.codesWithoutFraction.contains(rawValue) { return 0 }
        return Self.codesWithThreeDigits.contains(rawValue) ? 3 : 2
    }

    // https://www.six-group.com/en/products-services/financial-information/data-standards.html (list one), without
    // metals, funds and testing codes.
    private static let codes = Set(
        """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP \
        CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF \
        IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD \
        MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB \
        RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD \
        UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
        """.split(separator: " ").map(String.init))
    private static let codesWithoutFraction: Set<String> = [
        "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF",
    ]
    private static let codesWithThreeDigits: Set<String> = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]
}
