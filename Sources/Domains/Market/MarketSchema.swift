package import Storage

/// The tables that Market owns. Nobody else reads or writes them.
package enum MarketSchema {
    package static let migrations: [Migration] = [shops, products, stock, listing, imports]

    /// A shop's owner is among its staff, so that one look-up tells what somebody may do there.
    private static let shops = Migration(
        "market.001 shops",
        [
            .table(
                "shop",
                columns: """
                    id BIGINT NOT NULL PRIMARY KEY,
                    handle TEXT NOT NULL UNIQUE,
                    name TEXT NOT NULL,
                    owner_id BIGINT NOT NULL,
                    currency TEXT NOT NULL,
                    state BIGINT NOT NULL CHECK (state IN (0, 1))
                    """),
            .table(
                "shop_staff", clustered: true,
                columns: """
                    shop_id BIGINT NOT NULL,
                    account_id BIGINT NOT NULL,
                    role BIGINT NOT NULL CHECK (role IN (0, 1, 2)),
                    PRIMARY KEY (shop_id, account_id)
                    """),
            .statement("CREATE INDEX shop_staff_account ON shop_staff (account_id, shop_id)"),
        ])

    /// `options`, `pictures` and `tags` are JSON as it was checked on the way in, and leave as they are. `picture` is
    /// the first one's URL. Prices are in
    /// the shop's currency, of which a product keeps a copy with the span of its variants' prices: lists are ordered by
    /// them. `is_listed` says that everybody sees the product in lists: it is active and its shop is open. What is long
    /// comes last: SQLite reads a row from its start.
    private static let products = Migration(
        "market.002 products",
        [
            .table(
                "product",
                columns: """
                    id BIGINT NOT NULL PRIMARY KEY,
                    shop_id BIGINT NOT NULL,
                    handle TEXT NOT NULL,
                    title TEXT NOT NULL,
                    vendor TEXT NOT NULL,
                    type TEXT NOT NULL,
                    status BIGINT NOT NULL CHECK (status IN (0, 1, 2)),
                    picture TEXT NOT NULL,
                    currency TEXT NOT NULL,
                    price_min BIGINT NOT NULL CHECK (price_min >= 0),
                    price_max BIGINT NOT NULL CHECK (price_max >= price_min),
                    opens_at BIGINT,
                    per_person_max BIGINT CHECK (per_person_max > 0),
                    score BIGINT NOT NULL,
                    sale_count BIGINT NOT NULL DEFAULT 0,
                    view_count BIGINT NOT NULL DEFAULT 0 CHECK (view_count >= 0),
                    is_listed BIGINT NOT NULL,
                    updated_at BIGINT NOT NULL,
                    options TEXT NOT NULL,
                    tags TEXT NOT NULL,
                    pictures TEXT NOT NULL,
                    body TEXT NOT NULL,
                    UNIQUE (shop_id, handle)
                    """),
            .table(
                "variant",
                columns: """
                    id BIGINT NOT NULL PRIMARY KEY,
                    product_id BIGINT NOT NULL,
                    position BIGINT NOT NULL,
                    option1 TEXT NOT NULL,
                    option2 TEXT NOT NULL,
                    option3 TEXT NOT NULL,
                    sku TEXT NOT NULL,
                    barcode TEXT NOT NULL,
                    price BIGINT NOT NULL CHECK (price >= 0),
                    compare_at BIGINT CHECK (compare_at >= 0),
                    grams BIGINT NOT NULL CHECK (grams >= 0),
                    weight_unit TEXT NOT NULL,
                    picture TEXT NOT NULL,
                    stock_policy BIGINT NOT NULL CHECK (stock_policy IN (0, 1, 2)),
                    is_deleted BIGINT NOT NULL DEFAULT 0
                    """),
            // Deleted variants keep their rows, for what was sold of them, and may be made anew: their mark is their id.
            .statement(
                "CREATE UNIQUE INDEX variant_product ON variant (product_id, is_deleted, option1, option2, option3)"),
            .table(
                "collection",
                columns: """
                    id BIGINT NOT NULL PRIMARY KEY,
                    shop_id BIGINT NOT NULL,
                    handle TEXT NOT NULL,
                    title TEXT NOT NULL,
                    UNIQUE (shop_id, handle)
                    """),
            .table(
                "collection_product", clustered: true,
                columns: """
                    collection_id BIGINT NOT NULL,
                    product_id BIGINT NOT NULL,
                    PRIMARY KEY (collection_id, product_id)
                    """),
        ])

    /// `reserved` pieces of those on hand are sold and not yet handed over. Every change of either number is a row of
    /// `stock_movement`, which is only added to. `limited_purchase` counts what a person has bought of a product with a
    /// limit, and nothing of others.
    private static let stock = Migration(
        "market.003 stock",
        [
            .table(
                "stock",
                columns: """
                    variant_id BIGINT NOT NULL PRIMARY KEY,
                    on_hand BIGINT NOT NULL CHECK (on_hand >= 0),
                    reserved BIGINT NOT NULL CHECK (reserved >= 0)
                    """),
            .table(
                "stock_movement",
                columns: """
                    id BIGINT NOT NULL PRIMARY KEY,
                    variant_id BIGINT NOT NULL,
                    reason BIGINT NOT NULL,
                    on_hand_change BIGINT NOT NULL,
                    reserved_change BIGINT NOT NULL,
                    subject_id BIGINT NOT NULL,
                    CHECK (on_hand_change <> 0 OR reserved_change <> 0)
                    """),
            .statement("CREATE INDEX stock_movement_variant ON stock_movement (variant_id, id)"),
            .table(
                "limited_purchase", clustered: true,
                columns: """
                    product_id BIGINT NOT NULL,
                    account_id BIGINT NOT NULL,
                    quantity BIGINT NOT NULL CHECK (quantity >= 0),
                    PRIMARY KEY (product_id, account_id)
                    """),
        ])

    /// Each index names what its WHERE fixes: SQLite would look it up in each product's row, descriptions and all.
    /// `product_label` holds a product's type, vendor and tags in lower case, as `type:rings`.
    private static let listing = Migration(
        "market.004 listing",
        [
            .statement("CREATE INDEX product_trending ON product (score, id, is_listed) WHERE is_listed = 1"),
            .statement("CREATE INDEX product_newest ON product (id, is_listed) WHERE is_listed = 1"),
            .statement(
                "CREATE INDEX product_price ON product (currency, price_min, id, is_listed) WHERE is_listed = 1"),
            .statement(
                "CREATE INDEX product_shop_trending ON product (shop_id, score, id, is_listed) WHERE is_listed = 1"),
            .statement(
                "CREATE INDEX product_shop_price ON product (shop_id, price_min, id, is_listed) WHERE is_listed = 1"),
            // With drafts and archived products too: staff see them all.
            .statement("CREATE INDEX product_shop ON product (shop_id, id, is_listed, status)"),
            .table(
                "product_label", clustered: true,
                columns: """
                    label TEXT NOT NULL,
                    product_id BIGINT NOT NULL,
                    PRIMARY KEY (label, product_id)
                    """),
            .statement("CREATE INDEX product_label_product ON product_label (product_id, label)"),
            .table(
                "product_view", clustered: true,
                columns: """
                    account_id BIGINT NOT NULL,
                    product_id BIGINT NOT NULL,
                    viewed_at BIGINT NOT NULL,
                    PRIMARY KEY (account_id, product_id)
                    """),
        ])

    /// `line` is that of the last row whose product is committed: an import that was cut off goes on after it.
    /// `catalog_import_row` is the report. `catalog_import_product` tells a handle that the file has twice.
    private static let imports = Migration(
        "market.005 imports",
        [
            .table(
                "catalog_import",
                columns: """
                    id BIGINT NOT NULL PRIMARY KEY,
                    shop_id BIGINT NOT NULL,
                    account_id BIGINT NOT NULL,
                    is_dry_run BIGINT NOT NULL,
                    state BIGINT NOT NULL CHECK (state IN (0, 1, 2)),
                    failure TEXT,
                    bytes BIGINT NOT NULL,
                    bytes_done BIGINT NOT NULL DEFAULT 0,
                    line BIGINT NOT NULL DEFAULT 0,
                    rows_read BIGINT NOT NULL DEFAULT 0,
                    created_count BIGINT NOT NULL DEFAULT 0,
                    updated_count BIGINT NOT NULL DEFAULT 0,
                    unchanged_count BIGINT NOT NULL DEFAULT 0,
                    skipped_count BIGINT NOT NULL DEFAULT 0,
                    finished_at BIGINT
                    """),
            .statement("CREATE INDEX catalog_import_shop ON catalog_import (shop_id, id)"),
            .table(
                "catalog_import_row", clustered: true,
                columns: """
                    import_id BIGINT NOT NULL,
                    line BIGINT NOT NULL,
                    outcome BIGINT NOT NULL,
                    handle TEXT NOT NULL,
                    fault TEXT NOT NULL,
                    PRIMARY KEY (import_id, line)
                    """),
            .statement(
                "CREATE INDEX catalog_import_row_skipped ON catalog_import_row (import_id, line) WHERE outcome = 3"),
            .table(
                "catalog_import_product", clustered: true,
                columns: """
                    import_id BIGINT NOT NULL,
                    handle TEXT NOT NULL,
                    PRIMARY KEY (import_id, handle)
                    """),
        ])
}
