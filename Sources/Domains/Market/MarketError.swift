package import Core
package import HTTP
import HTTPTypes

/// Everything that the catalog refuses.
package enum MarketError: Error, Equatable {
    /// Also when it is closed to the viewer.
    case shopNotFound
    /// Also a draft or an archived product, for those who are not of its shop.
    case productNotFound
    case variantNotFound
    case collectionNotFound
    case importNotFound
    case shopHandleTaken
    case productHandleTaken
    case collectionHandleTaken
    /// The caller's role in the shop is below the one that this needs.
    case shopRoleRequired(ShopRole)
    /// Two variants of a product have the same options.
    case duplicateVariant
    case tooManyVariants
    /// A product's options can be renamed, but their number is that of its variants' values.
    case optionCount
    /// An administrator has closed the shop, or archived the product.
    case shopBarred
    case productBarred
    case tooManyStaff
    case tooManyCollections
    case lastVariant
    case ownerStays
    /// Fewer pieces than are sold already.
    case belowReserved(reserved: Int64)
    case stockOutOfRange
    case currencyNeeded
    /// A shop takes one file at a time.
    case importRunning
    /// When the shop last sold: a file was written before.
    case olderThanLastSale(Timestamp)
    /// There is no need to wait.
    case notSoldOut
    case notWaiting
    case waitingListFull
    case tooManyPlaces
    /// Of a purchase, all of it: nothing was taken.
    case notSold([RefusedLine])
}

extension MarketError: ProblemConvertible {
    package var problem: Problem {
        switch self {
        case .shopNotFound: .notFound("shop_not_found", "There is no such shop.")
        case .productNotFound: .notFound("product_not_found", "There is no such product, or it is not for sale.")
        case .variantNotFound: .notFound("variant_not_found", "There is no such variant, or it is not for sale.")
        case .collectionNotFound: .notFound("collection_not_found", "There is no such collection.")
        case .importNotFound: .notFound("import_not_found", "There is no such import in this shop.")
        case .shopHandleTaken: Self.taken("shop")
        case .productHandleTaken: Self.taken("product of this shop")
        case .collectionHandleTaken: Self.taken("collection of this shop")
        case .shopRoleRequired(let role):
            Problem(.forbidden, "shop_role_required", "This needs the role \(role.name) in the shop.")
        case .duplicateVariant:
            Problem(.conflict, "duplicate_variant", "The product has a variant with these options already.")
        case .tooManyVariants:
            .invalidField("/variants", "too_many", "A product has \(CatalogLimits.variantsMax) variants at most.")
        case .optionCount:
            .invalidField("/options", "wrong_count", "must be as many as the product has")
        case .shopBarred:
            Problem(.conflict, "shop_barred", "An administrator has closed the shop: ask them to open it.")
        case .productBarred:
            Problem(.conflict, "product_barred", "An administrator has archived the product: ask them to release it.")
        case .tooManyStaff:
            Problem(.conflict, "too_many_staff", "A shop has \(CatalogLimits.staffMax) people at most.")
        case .tooManyCollections:
            Problem(
                .conflict, "too_many_collections",
                "A shop has \(CatalogLimits.collectionsMax) collections at most, of "
                    + "\(CatalogLimits.collectionProductsMax) products each.")
        case .lastVariant:
            Problem(.conflict, "last_variant", "A product keeps one variant at least: archive the product instead.")
        case .ownerStays: Problem(.conflict, "owner_stays", "The owner's role cannot be changed.")
        case .belowReserved(let reserved):
            Problem(
                .conflict, "stock_reserved",
                "\(reserved) pieces are sold and not yet handed over, or kept for people who waited: fewer cannot be there."
            )
        case .stockOutOfRange:
            .invalidField(
                "/change", "out_of_range", "must leave 0 to \(CatalogLimits.stockMax) pieces on hand")
        case .currencyNeeded:
            .invalidField(
                "currency", "required", "is needed with prices, unless a shop is named: prices do not compare")
        case .olderThanLastSale(let time):
            Problem(
                .conflict, "file_older_than_last_sale",
                "The shop has sold at \(time), after the file was written: its quantities would bring back what was sold. "
                    + "Leave quantities as they are with stock=keep, or set them with stock=set.")
        case .importRunning:
            Problem(.conflict, "import_running", "The shop has a file being imported: wait until it is done.")
        case .notSoldOut: Problem(.conflict, "not_sold_out", "It can be bought: there is no need to wait.")
        case .notWaiting: .notFound("not_waiting", "You have no place in this line.")
        case .waitingListFull:
            Problem(
                .conflict, "waiting_list_full",
                "\(PlaceInLine.lineMax) people wait already, and no more can: come back later.")
        case .tooManyPlaces:
            Problem(
                .conflict, "too_many_places",
                "A person has a place in \(PlaceInLine.perPersonMax) lines at most: leave one.")
        case .notSold(let lines): Self.notSold(lines)
        }
    }

    private static func taken(_ what: String) -> Problem {
        Problem(.conflict, "handle_taken", "Another \(what) has this handle: choose another.")
    }

    private static func notSold(_ lines: [RefusedLine]) -> Problem {
        var problem = Problem(.conflict, "not_sold", "Nothing was taken: see errors for the lines that cannot be had.")
        problem.errors = lines.map { line in
            FieldProblem(
                pointer: "/lines/\(line.variant)", code: line.refusal.code, message: line.refusal.message)
        }
        return problem
    }
}

extension SaleRefusal {
    /// Stable, for programs.
    package var code: String {
        switch self {
        case .unknown: "variant_not_found"
        case .notForSale: "not_for_sale"
        case .shopClosed: "shop_closed"
        case .notOpen: "not_open"
        case .invalidQuantity: "invalid_quantity"
        case .personLimit: "person_limit"
        case .soldOut: "sold_out"
        }
    }

    package var message: String {
        switch self {
        case .unknown: "there is no such variant"
        case .notForSale: "is not for sale any more"
        case .shopClosed: "its shop is closed"
        case .notOpen(let time): "is sold from \(time) on"
        case .invalidQuantity: "takes 1 to \(CatalogLimits.lineQuantityMax) pieces"
        case .personLimit(let most, let left): "a person may have \(most), of which \(left) are left to you"
        case .soldOut(let left):
            left == 0
                ? "is sold out: PUT /v1/variants/{variant}/waiting keeps a place in line" : "only \(left) are left"
        }
    }
}
