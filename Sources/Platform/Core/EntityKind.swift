/// A kind of thing that has an ``ID``. A slice declares the kinds it owns; kinds that several slices speak of are here.
package protocol EntityKind {
    /// The part before the underscore in the id's outside form, `pst` in `pst_01HV…`. Three letters, never reused.
    static var idPrefix: String { get }
}

/// A person's account: the one kind that every slice refers to.
package enum Account: EntityKind {
    package static let idPrefix = "acc"

    // Bounds of what people say of themselves, in Unicode scalars. Accounts holds them, and whoever shows people admits
    // what it has let pass.

    package static let displayNameLength = 1...50
    package static let bioLengthMax = 300
    package static let avatarURLLengthMax = 2_048
}

/// A signed-in device. Owned by Accounts; the HTTP layer carries it in ``Principal``.
package enum Session: EntityKind {
    package static let idPrefix = "ses"
}

/// What a person publishes. Owned by Social; orders say which one led to them.
package enum Post: EntityKind {
    package static let idPrefix = "pst"
}

/// A thing for sale. Posts refer to products by id.
package enum Product: EntityKind {
    package static let idPrefix = "prd"
}

/// A particular product: one size, one colour. Stock and prices are of variants.
package enum Variant: EntityKind {
    package static let idPrefix = "var"
}

/// Who sells.
package enum Shop: EntityKind {
    package static let idPrefix = "shp"
}

/// What somebody has bought at once, from one shop or several.
package enum Order: EntityKind {
    package static let idPrefix = "ord"
}
